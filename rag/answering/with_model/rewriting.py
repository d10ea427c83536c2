"""A follow-up question made whole by a model, taken only where it brings in nothing new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rag.answering.with_model.plaintext import as_data, visible
from rag.answering.with_model.prompting import history_text
from rag.answering.with_model.prompts import REWRITE, load_prompt, render_prompt
from rag.answering.with_model.replies import json_object
from rag.domain.colleges import named_spans
from rag.domain.indicators import indicator_names
from rag.domain.short_names import colleges_to_names
from rag.errors import ReplyFormatError
from rag.language.numbers import find_numbers
from rag.language.text import matching_key
from rag.question.years import year_spans
from rag.records import Message, Report, Turn

MAX_REWRITE = 200
"""Characters of a question a model may make."""


def question_to_rewrite(question: str, history: Sequence[Turn]) -> tuple[Message, ...]:
    """The messages that ask for a follow-up as a question of its own."""
    return render_prompt(
        load_prompt(REWRITE), {"history": history_text(history), "question": as_data(" ".join(question.split()))}
    )


def accepted_rewrite(text: str, question: str, history: Sequence[Turn], reports: Sequence[Report]) -> str | None:
    """The question a reply gives, where all it names is named in the question or before it; else None.

    Every college, year, indicator and number of it must be, and it must keep every college and year of the question.
    Numbers of earlier answers are none that were asked.
    """
    try:
        found = json_object(text, "question")["question"]
    except ReplyFormatError:
        return None
    rewritten = " ".join(visible(found).split()) if isinstance(found, str) else ""
    if rewritten in ("", question) or len(rewritten) > MAX_REWRITE:
        return None
    asked = " ".join([question, *(turn.content for turn in history if turn.role == "user")])
    said = " ".join([asked, *(turn.content for turn in history)])
    names = colleges_to_names(reports)
    is_bounded = (
        _colleges(rewritten, names) <= _colleges(said, names)
        and _years(rewritten) <= _years(said)
        and _indicators(rewritten) <= _indicators(said)
        and _numbers(rewritten) <= _numbers(asked)
    )
    is_kept = _colleges(question, names) <= _colleges(rewritten, names) and _years(question) <= _years(rewritten)
    return rewritten if is_bounded and is_kept else None


def _colleges(text: str, names: Mapping[str, tuple[str, ...]]) -> set[str]:
    """Colleges a text names: those there are reports of by their full name, others as they are written."""
    return {name for name, _ in named_spans(text, names)}


def _years(text: str) -> set[int]:
    return {year for span in year_spans(text) for year in span.years}


def _indicators(text: str) -> set[str]:
    key = matching_key(text)
    return {name for name in indicator_names() if name in key}


def _numbers(text: str) -> set[str]:
    return {f"{number.value.normalize()}{number.unit}" for number in find_numbers(text)}
