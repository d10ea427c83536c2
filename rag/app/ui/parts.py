"""What all sessions of the page's server share: the index, and what works on it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from rag.records import Report, VerifiedAnswer
from rag.settings.settings import EXTRACTIVE, Settings
from rag.suggestions import first as suggestions
from rag.suggestions.first import Suggestion
from rag.suggestions.next import answer_to_next

if TYPE_CHECKING:
    from rag.app.pending import BackgroundRecognition
    from rag.assistant import Assistant
    from rag.index.index import Index
    from rag.ingest import Ingest
    from rag.keeping.conversations import Conversations
    from rag.keeping.feedback_store import FeedbackBox
    from rag.pictures.pictures import PagePictures

SUGGESTED, SUGGESTION_ATTEMPTS, SUGGESTION_REPORTS = 4, 14, 6
NEXT, NEXT_ATTEMPTS = 3, 6
MAX_TRIED = 5000


@dataclass(frozen=True, slots=True)
class Parts:
    """What all sessions of the server share."""

    settings: Settings
    index: Index
    ingest: Ingest
    pictures: PagePictures
    recognition: BackgroundRecognition | None
    notices: deque[str] = field(default_factory=lambda: deque(maxlen=5))
    tried: dict[tuple[int, Suggestion], bool] = field(default_factory=dict)
    """Which suggested questions were answered rightly, by the state of the index they were tried on."""

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

    notices: deque[str] = deque(maxlen=5)
    index = open_index(_settings, notices.append)
    pending = build_pending(_settings, index)
    recognition = BackgroundRecognition(pending, notices.append) if pending else None
    if recognition is not None:
        recognition.wake()
    ingest, pictures = build_ingest(_settings, index), build_page_pictures(_settings)
    return Parts(_settings, index, ingest, pictures, recognition, notices)


def assistant_of(parts: Parts, model: str, *, is_fresh: bool = False) -> Assistant:
    """The answerer of that alias over the shared index; a fresh one asks the model even what it was asked before."""
    from rag.app.assembly import build_assistant

    cached = parts.settings.answer_cache and not is_fresh
    return build_assistant(replace(parts.settings, model=model, answer_cache=cached), parts.index)


@st.cache_resource(show_spinner="正在从报告里找几个可以问的问题……", max_entries=32)
def suggested_questions(key: tuple[Any, ...], _parts: Parts, _reports: Sequence[Report]) -> tuple[str, ...]:
    """Questions about these reports that were tried just now and answered rightly."""
    store = _parts.index.store
    chosen = suggestions.interleaved(_reports)[:SUGGESTION_REPORTS]
    drawn = (suggestions.report_to_suggestions(r, store.sections(r.id), store.tables(r.id)) for r in chosen)
    ask = _trial_of(_parts).ask
    return suggestions.answered_suggestions(suggestions.in_turn(drawn), ask, SUGGESTED, SUGGESTION_ATTEMPTS)


def next_questions(
    parts: Parts, answer: VerifiedAnswer, reports: Sequence[Report], asked: Sequence[str], between: Callable[[], object]
) -> tuple[str, ...]:
    """Questions to go on with after an answer, answered rightly when tried; `between` is called before each trial."""
    store, found = parts.index.store, list[str]()
    drawn = answer_to_next(answer, reports, lambda identity: (store.sections(identity), store.tables(identity)), asked)
    for suggestion in islice(drawn, NEXT_ATTEMPTS):
        between()
        if _is_answered(parts, suggestion):
            found.append(suggestion.question)
        if len(found) == NEXT:
            break
    return tuple(found)


def _is_answered(parts: Parts, suggestion: Suggestion) -> bool:
    """Whether the suggestion was answered rightly when it was tried; tried once for all sessions."""
    key = (parts.index.store.generation(), suggestion)
    if key not in parts.tried:
        if len(parts.tried) >= MAX_TRIED:
            parts.tried.clear()
        parts.tried[key] = suggestions.is_right(_trial_of(parts).ask(suggestion.question), suggestion)
    return parts.tried[key]


def _trial_of(parts: Parts) -> Assistant:
    """The answerer questions are tried with: the built-in one, which costs nothing."""
    return assistant_of(parts, EXTRACTIVE)
