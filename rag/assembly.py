"""Settings → the working parts. The only place that names concrete classes."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import SettingsError
from rag.settings import EXTRACTIVE, ModelSettings, Settings, nearest, secret

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.conversations import Conversations
    from rag.feedback_box import FeedbackBox
    from rag.index import Index
    from rag.ingest import Ingest
    from rag.ports import Embedder

Notify = Callable[[str], None]
MAIN_INDEX = "index"
UPLOADS = "uploads"
"""Folder in the data folder for reports added on the page."""


@dataclass(frozen=True, slots=True)
class ConfiguredModel:
    """A model one can choose by its alias."""

    alias: str
    use: str
    """`回答` or `嵌入`."""
    description: str
    is_chosen: bool


def for_folder(settings: Settings, folder: Path) -> Settings:
    """Settings whose corpus is this folder and whose index lives in the data folder under the folder's key."""
    if not folder.is_dir():
        raise SettingsError(f"找不到报告文件夹 {folder}：请检查 --reports 的路径。")
    key = hashlib.sha256(str(folder.resolve()).encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return replace(settings, reports=folder, index_name=f"reports-{key}")


def index_folder(settings: Settings) -> Path:
    """Where the index of these settings lives."""
    return settings.data / (settings.index_name or MAIN_INDEX)


def check_choices(settings: Settings) -> None:
    """Raises SettingsError where the answerer or the embedder chosen is none of those configured."""
    _check_alias("回答", settings.model, (EXTRACTIVE,))
    _check_alias("嵌入", settings.embedder, settings.embedders)


def _check_alias(use: str, alias: str, known: Collection[str]) -> None:
    if alias not in known:
        raise SettingsError(f"没有名为 {alias!r} 的{use}模型{nearest(alias, known)}可用的：{'、'.join(known)}。")


def configured_models(settings: Settings) -> tuple[ConfiguredModel, ...]:
    """Every answerer, then every embedder."""
    answerer = ConfiguredModel(EXTRACTIVE, "回答", "摘录式，内置，不用联网", settings.model == EXTRACTIVE)
    embedders = (
        ConfiguredModel(alias, "嵌入", _embedder_description(model), alias == settings.embedder)
        for alias, model in settings.embedders.items()
    )
    return (answerer, *embedders)


def _embedder_description(model: ModelSettings) -> str:
    if model.kind == "builtin":
        return "按字词散列，内置，不用联网"
    return "，".join(filter(None, (model.model, model.base_url or model.path)))


def probe_model(settings: Settings, model: ConfiguredModel) -> str:
    """What one tiny real call to the model gave, in a sentence; SettingsError or ModelError where it fails."""
    if model.use == "回答":
        return "内置，不用联网，可以直接使用。"
    embedder = build_embedder(replace(settings, embedder=model.alias))
    started = time.perf_counter()
    vector = embedder.embed_query("毕业去向落实率")
    milliseconds = (time.perf_counter() - started) * 1000
    return f"可以使用：返回 {len(vector)} 维向量，用时 {milliseconds:.0f} 毫秒。"


def build_embedder(settings: Settings) -> Embedder:
    """The embedder chosen by alias."""
    from rag.embedders import FastEmbedEmbedder, HashingEmbedder, OpenAICompatibleEmbedder

    _check_alias("嵌入", settings.embedder, settings.embedders)
    chosen = settings.embedders[settings.embedder]
    if chosen.kind == "builtin":
        return HashingEmbedder()
    if chosen.kind == "fastembed":
        return FastEmbedEmbedder(chosen.model, Path(chosen.path))
    if chosen.kind == "openai":
        if not (chosen.model and chosen.base_url):
            raise SettingsError(f"嵌入模型 {settings.embedder!r} 缺少 model 或 base_url：请在 config.toml 里补上。")
        key = secret(chosen.api_key_env) if chosen.api_key_env else "none"
        return OpenAICompatibleEmbedder(
            base_url=chosen.base_url,
            model=chosen.model,
            api_key=key,
            timeout_seconds=chosen.timeout,
            batch_size=chosen.batch_size,
            max_retries=chosen.max_retries,
            dimension=chosen.dimensions or None,
        )
    raise SettingsError(
        f"嵌入模型 {settings.embedder!r} 的 kind 应为 builtin、openai 或 fastembed，不是 {chosen.kind!r}。"
    )


def open_index(settings: Settings, notify: Notify = lambda message: None) -> Index:
    """The index of these settings, repaired where that is needed."""
    from rag.index import Index
    from rag.vectors import EMBEDDED, ChromaLocation

    location = ChromaLocation(settings.chroma_host, settings.chroma_port) if settings.chroma_host else EMBEDDED
    return Index.open(
        index_folder(settings),
        build_embedder(settings),
        chroma=location,
        lock_wait_seconds=settings.lock_seconds,
        notify=notify,
    )


def build_ingest(settings: Settings, index: Index) -> Ingest:
    """The pipeline from files to this index."""
    from rag.ingest import Ingest
    from rag.readers import Limits
    from rag.tokens import estimate_tokens

    limits = Limits(
        memory_bytes=settings.read_memory_mb << 20,
        seconds=settings.read_seconds,
        max_pages=settings.read_max_pages,
        max_file_bytes=settings.read_max_file_mb << 20,
    )
    return Ingest(index, limits, estimate_tokens, settings.max_chunk_tokens)


def build_assistant(settings: Settings, index: Index) -> Assistant:
    """The pipeline from a question to an answer over this index."""
    from rag.assistant import Assistant
    from rag.retrieve import RetrievalLimits
    from rag.tokens import estimate_tokens

    _check_alias("回答", settings.model, (EXTRACTIVE,))
    limits = RetrievalLimits(settings.retrieve_passages, settings.max_passage_tokens)
    return Assistant(index, limits, estimate_tokens)


def build_conversations(settings: Settings) -> Conversations:
    """The conversations kept in the data folder; no file is touched before one is used."""
    from rag.conversations import Conversations
    from rag.keeping import FILE_NAME, Keeping

    return Conversations(Keeping(settings.data / FILE_NAME))


def build_feedback_box(settings: Settings) -> FeedbackBox:
    """The feedback kept in the data folder."""
    from rag.feedback_box import FeedbackBox
    from rag.keeping import FILE_NAME, Keeping

    return FeedbackBox(Keeping(settings.data / FILE_NAME))
