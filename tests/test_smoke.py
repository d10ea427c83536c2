"""Some of our questions asked over the sample reports: what is answered is right, what is not there is refused."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from evals.cases import load_cases
from evals.check_questions import SMOKE
from evals.results import score_lines
from evals.run import answer_case, assistant_to_ask
from evals.summary import summarise
from rag.app.assembly import build_assistant, open_index
from rag.settings.settings import PROJECT, Settings

QUESTIONS = PROJECT / "evals" / "questions"
FLOORS = {"precision": 0.75, "refusal": 0.8, "shown": 0.5}
"""Least shares: of the answers given, those that are right; of what is not there, what is refused; of what is there,
what is given or shown."""
MIN_GIVEN = 3


@pytest.fixture(scope="module")
def summary(corpus_index: Path) -> Mapping[str, Any]:
    chosen = frozenset((QUESTIONS / SMOKE).read_text(encoding="utf-8").split())
    cases = [case for case in load_cases(sorted(QUESTIONS.glob("*.jsonl"))) if case.id in chosen]
    settings = Settings(data=corpus_index)
    with closing(open_index(settings)) as index:
        ask = assistant_to_ask(build_assistant(settings, index))
        return summarise(score_lines(cases, {case.id: answer_case(ask, case) for case in cases}))


@pytest.mark.parametrize("share", FLOORS)
def test_no_share_falls_below_its_floor(summary: Mapping[str, Any], share: str) -> None:
    assert summary[share]["value"] >= FLOORS[share], summary["buckets"]


def test_every_question_is_answered_or_refused_and_some_are_answered(summary: Mapping[str, Any]) -> None:
    assert summary["buckets"]["failed"] == 0
    assert summary["precision"]["n"] >= MIN_GIVEN, summary["buckets"]
