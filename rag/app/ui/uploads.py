"""The reports beside the conversation: which there are, and adding some."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import streamlit as st

from rag.app.ui.clock import now
from rag.app.ui.login import viewer_key
from rag.app.ui.parts import Parts
from rag.errors import WenbaoError
from rag.ingest import Outcome, Progress
from rag.keeping.conversations import LOCAL_USER
from rag.keeping.people import is_on_this_machine
from rag.presentation.html import page
from rag.presentation.moments import moment_text
from rag.readers.uploads import added_at, is_upload, save_upload
from rag.records import Report

UPLOAD_TYPES = ["pdf", "docx", "xlsx", "txt", "md", "png", "jpg", "jpeg", "bmp", "tif", "tiff", "webp"]
RECOGNITION_SECONDS = 3.0
"""How often the reader is told how far the recognition is."""


def draw_reports(parts: Parts, reports: Sequence[Report]) -> None:
    """The reports the filters leave."""
    stats = parts.index.store.report_stats()
    with st.expander(f"报告 · {len(reports)} 份"):
        if not reports:
            st.html('<p class="wb-muted">没有符合条件的报告，请放宽查找范围。</p>')
        given = uploaded(parts, reports)
        for report in given:
            st.html(page.report_html(report, stats.get(report.id), added=added_line(parts, report)))
            draw_removal(parts, report)
        others = "".join(page.report_html(report, stats.get(report.id)) for report in reports if report not in given)
        if others:
            st.html(others)


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


def draw_removal(parts: Parts, report: Report) -> bool:
    """Where an uploaded report can be removed, once that is confirmed; whether it was just now."""
    with st.popover("移除", icon=":material/delete:"):
        st.html(page.removal_html(report))
        return st.button("确认移除", key=f"remove-{report.id}", type="primary", on_click=remove, args=(parts, report))


def remove(parts: Parts, report: Report) -> None:
    """Forget an uploaded report and its file."""
    try:
        parts.index.delete(report.id)
        Path(report.path).unlink(missing_ok=True)
    except (WenbaoError, OSError) as error:
        st.session_state.notices.append(f"没能移除《{report.title}》：{error}")
    else:
        st.session_state.notices.append(f"已移除《{report.title}》。")


def draw_uploads(parts: Parts) -> None:
    """Take in what is uploaded, each file once, and say how it went."""
    results = st.session_state.setdefault("uploads", {})
    st.html('<div class="wb-head">添加报告</div>')
    files = st.file_uploader(
        "添加报告", type=UPLOAD_TYPES, accept_multiple_files=True, key="upload", label_visibility="collapsed"
    )
    fresh = [file for file in files if file.file_id not in results]
    for file in fresh:
        results[file.file_id], said = take_in(parts, file)
        st.session_state.notices.append(said)  # the place below may be out of sight
    if fresh:
        st.rerun()
    st.html("".join(results[file.file_id] for file in files) or "<span></span>")


@st.fragment(run_every=RECOGNITION_SECONDS)
def draw_recognition(parts: Parts) -> None:
    """How far the recognition of pictures of text is, while there is any."""
    progress = parts.recognition.progress if parts.recognition is not None else None
    if progress is not None and progress.total:
        left = progress.total - progress.done
        said = f"正在识别 {progress.name}：还有 {left} 页，其中的内容暂时答不了。"
        st.progress(progress.done / progress.total, page.escape_markdown(said))


def take_in(parts: Parts, file: Any) -> tuple[str, str]:
    """Read one uploaded file into the index; one that cannot be read, or is there already, is not kept.

    Gives how it went, as HTML and in a line.
    """
    bar = st.progress(0.1, page.escape_markdown(f"正在读取 {file.name}"))
    path: Path | None = None
    is_new = False
    outcome, reasons = Outcome(), list[str]()

    def show(progress: Progress) -> None:
        bar.progress(max(0.1, progress.done / progress.total), page.escape_markdown(f"正在读取 {progress.name}"))

    try:
        content = file.getvalue()
        parts.quota.admit(_visitor(parts), len(content), parts.uploads)
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
    is_new_report = bool(outcome.added or outcome.updated)
    said = "没有添加，原因见上传处" if reasons else "已添加" if is_new_report else "已经收录过，未重复添加"
    return page.upload_html(file.name, done, reasons, [note for _, note in outcome.warnings]), f"{file.name}：{said}"


def _visitor(parts: Parts) -> str | None:
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
