"""Adding reports on the page, following how far each is, and taking them away again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from rag.app.ui.clock import now
from rag.app.ui.login import viewer_key
from rag.app.ui.parts import Parts
from rag.errors import UnreadableFileError, WenbaoError
from rag.ingest import PHASES, Outcome, Progress
from rag.keeping.conversations import LOCAL_USER
from rag.keeping.people import is_on_this_machine
from rag.presentation.html import page
from rag.presentation.moments import moment_text
from rag.readers.sniff import CONVERTIBLE, HOW_TO_CONVERT, READABLE
from rag.readers.sources import keep_corrections
from rag.readers.uploads import added_at, is_upload, save_upload
from rag.records import Report

if TYPE_CHECKING:
    from rag.app.pending import BackgroundRecognition

UPLOAD_TYPES = sorted(READABLE | CONVERTIBLE)
"""Also what has to be converted first: it is refused with how to do that."""
RECOGNITION_SECONDS = 3.0
"""How often the reader is told how far the recognition is."""


def uploaded(parts: Parts, reports: Sequence[Report]) -> list[Report]:
    """The reports that were added on the page, the newest first."""
    given = [report for report in reports if is_upload(Path(report.path), parts.uploads)]
    return sorted(
        given, key=lambda report: added_at(Path(report.path)) or datetime.min.replace(tzinfo=UTC), reverse=True
    )


def added_line(parts: Parts, report: Report) -> str:
    """When a report was added on the page, `` for one that was not."""
    added = added_at(Path(report.path)) if is_upload(Path(report.path), parts.uploads) else None
    return f"我添加的 · {moment_text(added, now())}" if added else ""


def draw_removal(parts: Parts, report: Report, place: str) -> bool:
    """Where an uploaded report can be removed, once that is confirmed; whether it was just now."""
    with st.popover("移除", icon=":material/close:", type="tertiary"):
        st.html(page.removal_html(report))
        key = f"remove-{place}-{report.id}"
        return st.button("确认移除", key=key, type="primary", on_click=remove, args=(parts, report))


def remove(parts: Parts, report: Report) -> None:
    """Forget an uploaded report and its file."""
    try:
        parts.index.delete(report.id)
        Path(report.path).unlink(missing_ok=True)
        keep_corrections(Path(report.path), {})
    except (WenbaoError, OSError) as error:
        st.session_state.notices.append(f"没能移除《{report.title}》：{error}")
    else:
        st.session_state.notices.append(f"已移除《{report.title}》。")


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file given to the page: as HTML, in a line, and the report it is where it was added."""

    html: str
    said: str
    report_id: str = ""


def draw_uploads(parts: Parts) -> None:
    """Take in what is uploaded, each file once, and say how it went; what was added can be removed where that is said."""
    memory = st.session_state
    taken: dict[str, Taken] = memory.setdefault("uploads", {})
    turn = memory.setdefault("upload-turn", 0)
    files = st.file_uploader(
        "添加报告", type=UPLOAD_TYPES, accept_multiple_files=True, key=f"upload-{turn}", label_visibility="collapsed"
    )
    if files:
        bars = [st.progress(0.0, f"{page.escape_markdown(file.name)}：排队") for file in files]
        for file, bar in zip(files, bars, strict=True):
            if file.file_id not in taken:
                taken[file.file_id] = take_in(parts, file, bar)
                memory.notices.append(taken[file.file_id].said)  # the place below may be out of sight
        memory["upload-turn"] = turn + 1  # an empty one: its own × would only seem to remove a report
        st.rerun()
    for identity, one in taken.items():
        draw_taken(parts, identity, one)


def draw_taken(parts: Parts, identity: str, taken: Taken) -> None:
    """How a file fared, and the way to undo or to close that."""
    report = parts.index.store.report(taken.report_id) if taken.report_id else None
    if taken.report_id and report is None:
        return
    with st.container(key=f"wb-taken-{identity}", horizontal=True, vertical_alignment="top"):
        st.html(taken.html)
        if report is not None:
            draw_removal(parts, report, "taken")
        else:
            key = f"close-taken-{identity}"
            st.button("关闭", icon=":material/close:", key=key, type="tertiary", on_click=forget, args=(identity,))


def forget(identity: str) -> None:
    """Say no longer how this file fared."""
    st.session_state.uploads.pop(identity, None)


def draw_recognition(parts: Parts) -> None:
    """How far the recognition of pictures of text is, told again and again while there is any."""
    if parts.recognition is not None and parts.recognition.is_working:
        st.fragment(_draw_progress, run_every=RECOGNITION_SECONDS)(parts.recognition)


def _draw_progress(recognition: BackgroundRecognition) -> None:
    progress = recognition.progress
    if progress is not None and progress.total:
        left = progress.total - progress.done
        said = f"正在识别 {progress.name}：还有 {left} 页，其中的内容暂时答不了。"
        st.progress(progress.done / progress.total, page.escape_markdown(said))
    elif not recognition.is_working and st.session_state.pending is None:
        st.rerun()  # without this, which would go on for ever


def take_in(parts: Parts, file: Any, bar: DeltaGenerator) -> Taken:
    """Read one uploaded file into the index; one that cannot be read, or is there already, is not kept."""
    path: Path | None = None
    is_new = False
    outcome, reasons = Outcome(), list[str]()
    show = partial(show_progress, bar)
    show(Progress(0, 1, file.name, "排队"))
    try:
        content = file.getvalue()
        if (advice := HOW_TO_CONVERT.get(Path(file.name).suffix.lower())) is not None:
            raise UnreadableFileError(advice)
        parts.quota.admit(visitor(parts), len(content), parts.uploads)
        path, is_new = save_upload(parts.uploads, file.name, content, parts.settings.read_max_file_mb << 20)
        outcome = parts.ingest.run([path], on_progress=show)
        if parts.recognition is not None:
            parts.recognition.wake()
        reasons = [reason for _, reason in outcome.failed]
    except WenbaoError as error:
        reasons = [str(error)]
    if (reasons or outcome.duplicates) and path and is_new:
        path.unlink(missing_ok=True)
    done = done_with(parts, outcome)
    added = (*outcome.added, *outcome.updated)
    said = "没有添加，原因见上传处" if reasons else "已添加" if added else "已经收录过，未重复添加"
    bar.progress(1.0, page.escape_markdown(f"{file.name}：{said}"))
    html = page.upload_html(file.name, done, reasons, [note for _, note in outcome.warnings])
    return Taken(html, f"{file.name}：{said}", "".join(added[:1]))


def show_progress(bar: DeltaGenerator, progress: Progress) -> None:
    """How far the reading of a file is, and what is being done with it."""
    at = PHASES.index(progress.phase) + 1 if progress.phase in PHASES else 0
    bar.progress(at / (len(PHASES) + 1), page.escape_markdown(f"{progress.name}：正在{progress.phase or '读取'}……"))


def visitor(parts: Parts) -> str | None:
    """Who adds a file: a person who has logged in, else an address; None at this machine."""
    viewer = viewer_key(parts.settings.login)
    if viewer != LOCAL_USER:
        return viewer or ""
    if is_on_this_machine(parts.settings.page_address, st.context.headers):
        return None
    # Streamlit names no address for this machine: then a proxy speaks, whose last word is whom it speaks for.
    forwarded = (st.context.headers.get("X-Forwarded-For") or "").rpartition(",")[2].strip()
    return st.context.ip_address or forwarded


def done_with(parts: Parts, outcome: Outcome) -> str:
    """What became of an uploaded file that could be read, and what report it was taken for."""
    if outcome.duplicates:
        return "；".join(note for _, note in outcome.duplicates)
    taken = [
        report for i in (*outcome.added, *outcome.updated, *outcome.skipped) if (report := parts.index.store.report(i))
    ]
    done = "这份文件已经收录，未重复添加" if outcome.skipped else "已添加"
    return "；".join(f"{done}：《{report.title}》（{page.recognised(report)}）" for report in taken) or done
