"""Files → index: what is new is read, what is unchanged skipped, what cannot be read named with its reason."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from itertools import chain, count
from pathlib import Path
from typing import Any

from rag.chunks import TokenCounter, sections_to_chunks
from rag.errors import SettingsError, UnreadableFileError
from rag.figures import passage_to_figures, section_to_passages
from rag.identity import describe_report
from rag.index import Index
from rag.pages import drop_running_heads
from rag.readers import Limits, read_report
from rag.records import ReadFile, ReportParts
from rag.sections import pages_to_sections
from rag.twins import text_sketch

PIPELINE_VERSION = "3"
"""Raised when reading or chunking changes, so that indexed reports are read again."""
READABLE = frozenset({".pdf", ".docx", ".txt", ".md", ".markdown"})
CONVERTIBLE = frozenset({".doc", ".wps", ".rtf", ".odt", ".xls", ".xlsx", ".et", ".ppt", ".pptx"})
"""Endings of documents people do keep in a report folder and that must be converted first."""
CORRECTIONS = "reports.toml"
READERS = 2
"""Files read at a time."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file to index: its id is its path below the folder it was found in."""

    path: Path
    report_id: str
    corrections: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an ingest is."""

    done: int
    total: int
    name: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an ingest did; `failed` holds (file, reason in Chinese)."""

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()
    warnings: tuple[tuple[str, str], ...] = ()

    @property
    def summary(self) -> str:
        """The closing line: 新增 3 / 更新 1 / 跳过 7 / 失败 1."""
        line = f"新增 {len(self.added)} / 更新 {len(self.updated)} / 跳过 {len(self.skipped)} / 失败 {len(self.failed)}"
        if self.failed:
            reasons = "；".join(dict.fromkeys(reason.split("：")[0].rstrip("。") for _, reason in self.failed))
            line += f"（{reasons}）"
        return line + (f" / 移除 {len(self.removed)}" if self.removed else "")


@dataclass(frozen=True, slots=True)
class Ingest:
    """Reads files into an index."""

    index: Index
    limits: Limits
    count_tokens: TokenCounter
    max_chunk_tokens: int

    def run(
        self,
        paths: Sequence[Path],
        *,
        prune: bool = False,
        on_progress: Callable[[Progress], None] = lambda progress: None,
    ) -> Outcome:
        """Index the files of `paths` (files or folders). Each report is stored as a whole or not at all."""
        sources, failed = find_sources(paths, {report.id: report.path for report in self.index.store.reports()})
        known = self.index.store.fingerprints()
        tally = _Tally(failed=failed)
        todo: list[tuple[Source, str, bool]] = []
        for source in sources:
            try:
                fingerprint = self._fingerprint(source)
            except OSError as error:
                tally.fail(source, _os_reason(error))
                continue
            if known.get(source.report_id) == fingerprint:
                tally.skipped.append(source.report_id)
            else:
                todo.append((source, fingerprint, source.report_id in known))
        if todo or prune:
            with self.index.writing():
                self._read_all(todo, tally, on_progress)
                if prune:
                    self._prune({source.report_id for source in sources}, tally)
        return tally.outcome()

    def _read_all(
        self, todo: Sequence[tuple[Source, str, bool]], tally: _Tally, on_progress: Callable[[Progress], None]
    ) -> None:
        """Read in parallel, store one after the other."""
        if not todo:
            return
        done = 0
        on_progress(Progress(0, len(todo), todo[0][0].path.name))
        with ThreadPoolExecutor(READERS) as pool:
            waiting = list(todo)
            running: dict[Future[ReadFile], tuple[Source, str, bool]] = {}
            try:
                while waiting or running:
                    while waiting and len(running) < READERS:
                        job = waiting.pop(0)
                        running[pool.submit(read_report, job[0].path, self.limits)] = job
                    finished, _ = wait(running, return_when=FIRST_COMPLETED)
                    for future in sorted(finished, key=lambda f: running[f][0].report_id):
                        source, fingerprint, is_known = running.pop(future)
                        self._store(future, source, fingerprint, is_known, tally)
                        done += 1
                        on_progress(Progress(done, len(todo), source.path.name))
            except BaseException:
                for future in running:
                    future.cancel()
                raise

    def _store(self, future: Future[ReadFile], source: Source, fingerprint: str, is_known: bool, tally: _Tally) -> None:
        try:
            parts = read_to_parts(future.result(), source, self.count_tokens, self.max_chunk_tokens)
            if not parts.chunks:
                raise UnreadableFileError("没有可用的文字：文件里没有读出任何内容。")
            self.index.replace(parts, fingerprint)
        except (UnreadableFileError, SettingsError) as error:
            tally.fail(source, str(error))
            return
        (tally.updated if is_known else tally.added).append(source.report_id)
        tally.warnings += [(source.report_id, warning) for warning in parts.report.warnings]

    def _prune(self, kept: set[str], tally: _Tally) -> None:
        for report in self.index.store.reports():
            if report.id not in kept and not Path(report.path).exists():
                self.index.delete(report.id)
                tally.removed.append(report.id)

    def _fingerprint(self, source: Source) -> str:
        settings = f"{PIPELINE_VERSION}|{self.max_chunk_tokens}|{sorted(source.corrections.items())}"
        digest = hashlib.sha256(settings.encode())
        with source.path.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
        return digest.hexdigest()


def read_to_parts(read: ReadFile, source: Source, count_tokens: TokenCounter, max_chunk_tokens: int) -> ReportParts:
    """Everything that is kept of one report, from its file as read."""
    described = describe_report(read, source.report_id, source.corrections)
    pages = drop_running_heads(read.pages)
    sections, tables = pages_to_sections(pages, source.report_id, read.outline)
    by_id = {table.id: table for table in tables}
    figures = (
        passage_to_figures(passage, by_id.get(passage.table_id or ""))
        for section in sections
        for passage in section_to_passages(section)
    )
    report = replace(
        described,
        path=str(source.path.resolve()),
        figure_count=sum(map(len, figures)),
        sketch=text_sketch(section.text for section in sections),
    )
    chunks = sections_to_chunks(report, sections, tables, count_tokens, max_chunk_tokens)
    return ReportParts(report, pages, sections, tables, chunks)


def find_sources(
    paths: Sequence[Path], indexed: Mapping[str, str] | None = None
) -> tuple[tuple[Source, ...], list[tuple[str, str]]]:
    """Files to index, each once and in order of id, and (name, reason) for what is named but cannot be read.

    `indexed` gives the path of each report already indexed: another file of the same name gets another id.
    """
    sources: dict[Path, Source] = {}
    failed: list[tuple[str, str]] = []
    for path in paths:
        if path.is_dir():
            corrections = _corrections(path)
            for file in _files(path):
                identity = file.relative_to(path).as_posix()
                if file.suffix.lower() in READABLE:
                    sources.setdefault(file.resolve(), Source(file, identity, corrections.get(identity, {})))
                else:
                    failed.append((identity, f"不支持 {file.suffix} 文件：请另存为 PDF 或 DOCX 后再添加。"))
        elif path.exists():
            identity = path.name
            sources.setdefault(path.resolve(), Source(path, identity, _corrections(path.parent).get(identity, {})))
        else:
            failed.append((str(path), "找不到这个文件或文件夹：请检查路径。"))
    return _with_unique_ids(sorted(sources.values(), key=lambda source: source.report_id), indexed or {}), failed


def _files(folder: Path) -> Iterator[Path]:
    """Documents below a folder; hidden ones, README files, and folders that begin with an underscore are not reports."""
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith((".", "_", "~$")) or entry.stem.lower() == "readme":
            continue
        if entry.is_dir():
            yield from _files(entry)
        elif entry.suffix.lower() in READABLE | CONVERTIBLE:
            yield entry


def _with_unique_ids(sources: Sequence[Source], indexed: Mapping[str, str]) -> tuple[Source, ...]:
    taken: set[str] = set()

    def is_free(identity: str, path: Path) -> bool:
        other = indexed.get(identity, str(path))
        return identity not in taken and (other == str(path) or not Path(other).exists())

    unique_sources = []
    for source in sources:
        path = source.path.resolve()
        names = chain(
            (source.report_id, f"{path.parent.name}/{path.name}"), (f"{source.report_id}~{n}" for n in count(2))
        )
        identity = next(name for name in names if is_free(name, path))
        taken.add(identity)
        unique_sources.append(replace(source, report_id=identity))
    return tuple(unique_sources)


def _corrections(folder: Path) -> dict[str, dict[str, Any]]:
    path = folder / CORRECTIONS
    if not path.is_file():
        return {}
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path} 的格式不对（{error}），请按 TOML 语法修改。") from error
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise SettingsError(f'{path} 中的 {name!r} 应是一组设置，例如 ["文件名.pdf"]。')
    return tables


def _os_reason(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "没有读取权限：请检查文件的权限设置。"
    return f"读不了文件：{error.strerror or error}。"


@dataclass(slots=True)
class _Tally:
    """What has happened so far."""

    failed: list[tuple[str, str]]
    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    warnings: list[tuple[str, str]] = field(default_factory=list)

    def fail(self, source: Source, reason: str) -> None:
        self.failed.append((source.report_id, reason))

    def outcome(self) -> Outcome:
        return Outcome(
            added=tuple(sorted(self.added)),
            updated=tuple(sorted(self.updated)),
            skipped=tuple(sorted(self.skipped)),
            removed=tuple(sorted(self.removed)),
            failed=tuple(sorted(self.failed)),
            warnings=tuple(sorted(self.warnings)),
        )
