"""Files → index: what is new is read, what is unchanged skipped, what cannot be read named with its reason."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from rag.domain.near_duplicates import same_as, same_bytes
from rag.errors import SettingsError, UnreadableFileError
from rag.index.index import Index
from rag.readers.recognised import RecognisedPages
from rag.readers.sources import Source, file_digests, find_sources, is_gone
from rag.readers.uploads import is_upload
from rag.reading.files import Reading
from rag.reading.several import READING, SORTING, files_as_read
from rag.reading.version import digest_in, stamped
from rag.records import Report, ReportParts
from rag.sandbox import Limits

CHANGED_UPLOAD = (
    "文件与在网页上添加时不同（被改动或已损坏），没有重新读入，以前读入的内容仍保留；要换成新的文件，请先移除再添加。"
)
WRITING = "写入索引"
PHASES = (READING, SORTING, WRITING)
"""What is done with a file, one after the other."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an ingest is."""

    done: int
    total: int
    name: str
    phase: str = ""
    """Chinese, one of `PHASES`: what is being done with the file of that name, `` where it is done."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an ingest did: ids of reports; `failed` holds (file, reason in Chinese), `warnings` likewise."""

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()
    warnings: tuple[tuple[str, str], ...] = ()
    duplicates: tuple[tuple[str, str], ...] = ()
    """(file, Chinese) of those that hold the very bytes of another report, and were not indexed again."""

    @property
    def summary(self) -> str:
        """The closing line: 新增 3 / 更新 1 / 跳过 7 / 失败 1（原因）."""
        line = f"新增 {len(self.added)} / 更新 {len(self.updated)} / 跳过 {len(self.skipped)} / 失败 {len(self.failed)}"
        if self.failed:
            reasons = dict.fromkeys(re.split("[：；。]", reason)[0] for _, reason in self.failed)
            line += f"（{'；'.join(reasons)}）"
        line += f" / 重复 {len(self.duplicates)}" if self.duplicates else ""
        return line + (f" / 移除 {len(self.removed)}" if self.removed else "")


def with_recognised(read: Outcome, recognised: Outcome) -> Outcome:
    """What an ingest did, with what came of the pictures of text in it.

    A report that holds no text at all is no new one; what was said of one before its pictures were recognised is not
    said again.
    """
    failed = {name for name, _ in recognised.failed}
    reread = failed.union(recognised.updated)

    def left(ids: Sequence[str]) -> tuple[str, ...]:
        return tuple(identity for identity in ids if identity not in failed)

    return replace(
        read,
        added=left(read.added),
        updated=left(read.updated),
        skipped=left(read.skipped),
        failed=tuple(sorted((*read.failed, *recognised.failed))),
        warnings=tuple(sorted((*(item for item in read.warnings if item[0] not in reread), *recognised.warnings))),
    )


@dataclass(frozen=True, slots=True)
class _Job:
    source: Source
    fingerprint: str
    is_known: bool
    size: int
    """Bytes of the file."""
    content: str
    """SHA-256 of the file, `` where it cannot be read as it is."""


@dataclass(frozen=True, slots=True)
class _How:
    """What is asked of an ingest beside the files."""

    prune: bool
    again: bool
    keep_outdated: bool

    def leaves(self, job: _Job, known: str, indexed: Mapping[str, str]) -> bool:
        """Whether the file need not be read, a report of fingerprint `known` being kept of it."""
        if self.again or not known or not job.fingerprint:
            return False
        # A folder that was moved holds the same files elsewhere.
        if indexed.get(job.source.report_id) != os.path.realpath(job.source.path):
            return False
        return known == job.fingerprint or (self.keep_outdated and digest_in(known) == digest_in(job.fingerprint))


@dataclass(frozen=True, slots=True)
class _Plan:
    """What an ingest has to do, as the index stood at a generation."""

    generation: int
    jobs: tuple[_Job, ...]
    gone: tuple[str, ...]
    skipped: tuple[str, ...]
    failed: tuple[tuple[str, str], ...]
    warnings: tuple[tuple[str, str], ...]
    twins: tuple[tuple[str, str], ...]
    """(file, id of the report that holds the same bytes)."""


@dataclass(frozen=True, slots=True)
class Ingest:
    """Reads files into an index."""

    index: Index
    limits: Limits
    max_chunk_tokens: int
    recognised: RecognisedPages | None = None
    """Where recognised pages are kept; None where pictures of text are not recognised."""
    uploads: Path | None = None
    """Folder whose files nobody changes: one that is another than was added is damaged, and not read again."""

    def run(
        self,
        paths: Sequence[Path],
        *,
        prune: bool = False,
        again: bool = False,
        keep_outdated: bool = False,
        on_progress: Callable[[Progress], None] = lambda progress: None,
    ) -> Outcome:
        """Index the files of `paths` (files or folders). Each report is stored as a whole or not at all.

        A file that is new and holds the very bytes of a report whose file still stands is not indexed again.
        `prune` forgets reports whose file is gone, unless one of the paths itself is missing; `again` reads unchanged
        files too, and `keep_outdated` leaves for later those that only the code has changed for.
        """
        how = _How(prune, again, keep_outdated)
        plan = self._plan(paths, how)
        tally = _Tally()
        if plan.jobs or plan.gone:
            with self.index.writing():
                if self.index.store.generation() != plan.generation:
                    plan = self._plan(paths, how)
                self._read_all(plan.jobs, tally, on_progress)
                tally.removed = [identity for identity in plan.gone if self.index.delete(identity)]
        self.index.store.drop_copies()
        return tally.outcome(plan, {report.id: report for report in self.index.store.reports()})

    def _plan(self, paths: Sequence[Path], how: _How) -> _Plan:
        store = self.index.store
        generation = store.generation()
        reports = store.reports()
        indexed = {**store.carried(), **{report.id: report.path for report in reports}}
        found = find_sources(paths, indexed)
        known = store.fingerprints()
        jobs = [self._job(source, source.report_id in known) for source in found.sources]
        twins = _same_bytes(jobs, reports)
        contents = {report.id: report.sha256 for report in reports}
        changed = {job.source.report_id for job in jobs if self._is_changed_upload(job, contents)}
        unchanged = {
            job.source.report_id for job in jobs if how.leaves(job, known.get(job.source.report_id, ""), indexed)
        }
        kept = {source.report_id for source in found.sources}
        gone = [identity for identity, path in indexed.items() if identity not in kept and is_gone(Path(path))]
        return _Plan(
            generation,
            tuple(job for job in jobs if job.source.report_id not in unchanged | changed | set(twins)),
            tuple(gone) if how.prune and found.is_complete else (),
            tuple(unchanged),
            (*found.failed, *((identity, CHANGED_UPLOAD) for identity in sorted(changed))),
            found.warnings,
            tuple(twins.items()),
        )

    def _is_changed_upload(self, job: _Job, contents: Mapping[str, str]) -> bool:
        known = contents.get(job.source.report_id)
        if self.uploads is None or known is None or job.content in ("", known):
            return False
        return is_upload(job.source.path, self.uploads)

    def _job(self, source: Source, is_known: bool) -> _Job:
        recognises = self.recognised is not None
        settings = f"{self.max_chunk_tokens}|{recognises}|{sorted(source.corrections.items())}"
        digest, content = file_digests(source.path, settings, self.limits.max_file_bytes)
        return _Job(source, stamped(digest), is_known, _size_of(source.path), content)

    def _read_all(self, jobs: Sequence[_Job], tally: _Tally, on_progress: Callable[[Progress], None]) -> None:
        """Read in parallel, store one after the other."""
        done = 0

        def tell(job: _Job, phase: str = "") -> None:
            on_progress(Progress(done, len(jobs), job.source.path.name, phase))

        # The longest first: one that is begun last keeps the others waiting.
        ordered = sorted(jobs, key=lambda job: -job.size)
        told = [partial(tell, job) for job in ordered]
        reading = Reading(self.limits, self.max_chunk_tokens, self.recognised)
        asked = [(job.source, job.content) for job in ordered]
        with closing(reading), closing(files_as_read(reading, asked, told, self.index.warm_up)) as results:
            for at, future in results:
                told[at](WRITING)
                self._store(ordered[at], future, tally)
                done += 1
                told[at]()

    def _store(self, job: _Job, future: Future[ReportParts], tally: _Tally) -> None:
        identity = job.source.report_id
        try:
            parts = future.result()
            self.index.replace(parts, job.fingerprint)
        except (UnreadableFileError, SettingsError) as error:
            kept = "以前读入的内容仍保留。" if job.is_known else ""
            tally.failed.append((identity, f"{error}{kept}"))
            return
        (tally.updated if job.is_known else tally.added).append(identity)
        tally.warnings += [(identity, warning) for warning in parts.report.warnings]


def _same_bytes(jobs: Sequence[_Job], reports: Sequence[Report]) -> dict[str, str]:
    """id of each new file → that of the report, indexed or about to be, that holds the same bytes."""
    known = [(job.source.report_id, job.content) for job in jobs if job.is_known]
    new = [(job.source.report_id, job.content) for job in jobs if not job.is_known and job.content]
    given = {job.source.report_id for job in jobs}
    # A report whose file is gone is nobody's twin: the file may only have been moved.
    others = [r for r in reports if r.id not in given and not is_gone(Path(r.path))]
    return same_bytes(new, [*known, *((report.id, report.sha256) for report in others)])


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


@dataclass(slots=True)
class _Tally:
    """What has happened so far."""

    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[tuple[str, str]] = field(default_factory=list)

    def outcome(self, plan: _Plan, reports: Mapping[str, Report]) -> Outcome:
        """What was done; a file of the same bytes as one that could not be read shares its reason."""
        reasons = dict(self.failed)
        self.failed += [
            (name, reasons[holder]) for name, holder in plan.twins if holder in reasons and holder not in reports
        ]
        return Outcome(
            added=tuple(sorted(self.added)),
            updated=tuple(sorted(self.updated)),
            skipped=tuple(sorted(plan.skipped)),
            removed=tuple(sorted(self.removed)),
            failed=tuple(sorted((*plan.failed, *self.failed))),
            warnings=tuple(sorted((*plan.warnings, *self.warnings))),
            duplicates=tuple(sorted((name, same_as(reports[twin])) for name, twin in plan.twins if twin in reports)),
        )
