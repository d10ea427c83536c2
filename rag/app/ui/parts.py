"""What all sessions of the page's server share: the index, and what works on it."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import streamlit as st

from rag.app.ui.job import Job
from rag.keeping.conversations import Place
from rag.records import Report, VerifiedAnswer
from rag.settings.settings import Settings
from rag.suggestions import first as suggestions
from rag.suggestions.first import Suggestion
from rag.suggestions.next import answer_to_next

if TYPE_CHECKING:
    from rag.app.answerers import PastedKey
    from rag.app.pending import BackgroundRecognition
    from rag.app.quota import UploadQuota
    from rag.assistant import Assistant
    from rag.index.index import Index
    from rag.ingest import Ingest
    from rag.keeping.conversations import Conversations
    from rag.keeping.feedback_store import FeedbackBox
    from rag.pictures.pictures import PagePictures

SUGGESTED, SUGGESTION_REPORTS, NEXT = 4, 6, 3
MAX_DRAWN = 200
"""Reports whose questions are kept."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What all sessions of the server share."""

    settings: Settings
    index: Index
    ingest: Ingest
    pictures: PagePictures
    recognition: BackgroundRecognition | None
    quota: UploadQuota
    notices: deque[str] = field(default_factory=lambda: deque(maxlen=5))
    drawn: dict[tuple[str, str], tuple[Suggestion, ...]] = field(default_factory=dict)
    """The questions a report answers, by its id and digest."""
    jobs: WeakValueDictionary[tuple[str, Place], Job] = field(default_factory=WeakValueDictionary)
    """What is being answered, by conversation and place: a page that is loaded again goes on watching it."""

    @property
    def uploads(self) -> Path:
        """Folder of the reports added on the page."""
        from rag.app.assembly import UPLOADS

        return self.settings.data / UPLOADS

    @property
    def conversations(self) -> Conversations:
        """What is kept of everyone's questions."""
        from rag.app.assembly import build_conversations

        return build_conversations(self.settings)

    @property
    def feedback(self) -> FeedbackBox:
        """What readers think of answers."""
        from rag.app.assembly import build_feedback_box

        return build_feedback_box(self.settings)


@st.cache_resource(show_spinner="正在打开索引……")
def open_parts(key: str, _settings: Settings) -> Parts:
    """The index and what works on it, opened once for each set of settings."""
    from rag.app.assembly import build_ingest, build_page_pictures, build_pending, open_index
    from rag.app.pending import BackgroundRecognition
    from rag.app.quota import UploadQuota
    from rag.app.rereading import Rereading

    notices: deque[str] = deque(maxlen=5)
    index = open_index(_settings, notices.append)
    pending = build_pending(_settings, index)
    recognition = BackgroundRecognition(pending, notices.append) if pending else None
    ingest, pictures = build_ingest(_settings, index), build_page_pictures(_settings)
    wake = recognition.wake if recognition is not None else lambda: None
    wake()
    if (rereading := Rereading(index, ingest)).waiting():
        rereading.start(notices.append, then=wake)
    quota = UploadQuota(_settings.uploads_per_visitor, _settings.uploads_mb << 20)
    return Parts(_settings, index, ingest, pictures, recognition, quota, notices)


def assistant_of(parts: Parts, model: str, *, is_fresh: bool = False, pasted: PastedKey | None = None) -> Assistant:
    """The answerer of that alias over the shared index; a fresh one asks the model even what it was asked before."""
    from rag.app.assembly import build_assistant

    cached = parts.settings.answer_cache and not is_fresh
    key = pasted.value if pasted is not None and pasted.alias == model else ""
    return build_assistant(replace(parts.settings, model=model, answer_cache=cached), parts.index, key)


@st.cache_resource(show_spinner="正在从报告里找几个可以问的问题……", max_entries=32)
def suggested_questions(key: tuple[Any, ...], _parts: Parts, _reports: Sequence[Report]) -> tuple[str, ...]:
    """Questions that these reports answer."""
    chosen = suggestions.interleaved(_reports)[:SUGGESTION_REPORTS]
    drawn = suggestions.varied(_drawn(_parts, report) for report in chosen)
    return tuple(one.question for one in islice(drawn, SUGGESTED))


def next_questions(
    parts: Parts, answer: VerifiedAnswer, reports: Sequence[Report], asked: Sequence[str]
) -> tuple[str, ...]:
    """Questions to go on with after an answer."""
    found = answer_to_next(answer, reports, lambda report: _drawn(parts, report), asked)
    return tuple(one.question for one in islice(found, NEXT))


def _drawn(parts: Parts, report: Report) -> tuple[Suggestion, ...]:
    """What a report's figures answer; drawn once for all sessions."""
    key = (report.id, report.sha256)
    if key not in parts.drawn:
        if len(parts.drawn) >= MAX_DRAWN:
            parts.drawn.clear()
        parts.drawn[key] = suggestions.figures_to_suggestions(report, parts.index.store.report_figures(report.id))
    return parts.drawn[key]
