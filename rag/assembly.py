"""Settings → the working parts. The only place that names concrete classes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rapidfuzz import process

from rag.errors import SettingsError
from rag.settings import EXTRACTIVE, Settings, secret

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.index import Index
    from rag.ingest import Ingest
    from rag.ports import Embedder

Notify = Callable[[str], None]
MAIN_INDEX = "index"
UPLOADS = "uploads"
"""Folder in the data folder for reports added on the page."""


def for_folder(settings: Settings, folder: Path) -> Settings:
    """Settings whose corpus is this folder and whose index lives in the data folder under the folder's key."""
    if not folder.is_dir():
        raise SettingsError(f"找不到报告文件夹 {folder}：请检查 --reports 的路径。")
    key = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
    return replace(settings, reports=folder, index_name=f"reports-{key}")


def index_folder(settings: Settings) -> Path:
    """Where the index of these settings lives."""
    return settings.data / (settings.index_name or MAIN_INDEX)


def build_embedder(settings: Settings) -> Embedder:
    """The embedder chosen by alias."""
    from rag.embedders import FastEmbedEmbedder, HashingEmbedder, OpenAICompatibleEmbedder

    chosen = settings.embedders.get(settings.embedder)
    if chosen is None:
        nearest = process.extractOne(settings.embedder, settings.embedders.keys())
        raise SettingsError(
            f"没有名为 {settings.embedder!r} 的嵌入模型，是不是 {nearest[0] if nearest else 'builtin'}？"
        )
    if chosen.kind == "builtin":
        return HashingEmbedder()
    if chosen.kind == "fastembed":
        return FastEmbedEmbedder(chosen.model, Path(chosen.path))
    if chosen.kind == "openai":
        key = secret(chosen.api_key_env) if chosen.api_key_env else "none"
        return OpenAICompatibleEmbedder(
            base_url=chosen.base_url,
            model=chosen.model,
            api_key=key,
            timeout_seconds=chosen.timeout,
            batch_size=chosen.batch_size,
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

    if settings.model != EXTRACTIVE:
        raise SettingsError(f"没有名为 {settings.model!r} 的模型：目前可用 {EXTRACTIVE}（内置，不用联网）。")
    limits = RetrievalLimits(settings.retrieve_passages, settings.max_passage_tokens)
    return Assistant(index, limits, estimate_tokens)
