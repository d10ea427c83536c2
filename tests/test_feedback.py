from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import Ran
from kept_samples import make_exchange

from evals.cases import load_cases
from rag.errors import UsageError
from rag.keeping import feedback_store as module
from rag.keeping.database import FILE_NAME, Keeping
from rag.keeping.feedback import DRAFT_NOTE, feedback_to_json, feedback_to_question, feedback_to_text
from rag.keeping.feedback_store import FeedbackBox
from rag.presentation.exchanges import Exchange
from rag.records import AnswerStatus

FIRST = make_exchange("第一问？")
SECOND = make_exchange("那女生呢？")
REFUSED = make_exchange("食堂多少钱？", text="报告里没有。", status=AnswerStatus.NOT_FOUND)


@pytest.fixture
def box(tmp_path: Path) -> FeedbackBox:
    return FeedbackBox(Keeping(tmp_path / FILE_NAME))


def test_the_whole_answer_is_kept_with_what_was_said_before(box: FeedbackBox) -> None:
    box.give("甲", "c", [FIRST, SECOND], 1, liked=False, reason="  年份不对 ")
    (kept,) = box.all()
    assert (kept.owner, kept.conversation, kept.number, kept.liked, kept.reason) == ("甲", "c", 1, False, "年份不对")
    assert [(turn.role, turn.content) for turn in kept.history] == [(t.role, t.content) for t in FIRST.turns]
    assert kept.record == SECOND.record
    assert feedback_to_json(kept)["answer"] == json.loads(SECOND.record)


def test_a_second_thought_replaces_the_first(box: FeedbackBox) -> None:
    box.give("甲", "c", [FIRST], 0, liked=True)
    box.give("甲", "c", [FIRST], 0, liked=False, reason="再看不对")
    box.give("乙", "c", [FIRST], 0, liked=True)
    assert [(kept.owner, kept.liked) for kept in box.all()] == [("甲", False), ("乙", True)]
    assert {number: kept.reason for number, kept in box.given("甲", "c").items()} == {(0, 0): "再看不对"}
    box.withdraw("甲", "c", 0)
    assert box.given("甲", "c") == {}


def test_each_answer_to_a_question_has_its_own(box: FeedbackBox) -> None:
    both = replace(SECOND, earlier=(FIRST,))
    box.give("甲", "c", [both], 0, liked=True, version=0)
    box.give("甲", "c", [both], 0, liked=False, version=1)
    assert {place: kept.question for place, kept in box.given("甲", "c").items()} == {
        (0, 0): FIRST.question,
        (0, 1): SECOND.question,
    }
    box.withdraw("甲", "c", 0, version=1)
    assert [kept.liked for kept in box.all()] == [True]
    assert len(box.all()) == 1


def test_sizes_are_bounded(box: FeedbackBox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_FEEDBACK", 2)
    for number in range(3):
        box.give("甲", "c", [FIRST] * 3, number, liked=True, reason="长" * 5000)
    assert [kept.number for kept in box.all()] == [1, 2]
    assert len(box.all()[0].reason) == module.MAX_REASON_LENGTH


def drafts(box: FeedbackBox) -> list[dict[str, Any]]:
    return [feedback_to_question(kept) for kept in box.all()]


def write(path: Path, lines: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path


def test_drafts_of_what_was_liked_are_cases(box: FeedbackBox, tmp_path: Path) -> None:
    box.give("甲", "c", [FIRST, SECOND, REFUSED], 0, liked=True)
    box.give("甲", "c", [FIRST, SECOND, REFUSED], 1, liked=True)
    box.give("甲", "c", [FIRST, SECOND, REFUSED], 2, liked=True)
    cases = load_cases([write(tmp_path / "q.jsonl", drafts(box))])
    assert [(case.type, case.answerable, len(case.history)) for case in cases] == [
        ("conflict", True, 0), ("followup", True, 2), ("unanswerable", False, 4),
    ]  # fmt: skip
    assert [(str(figure.value), figure.unit) for figure in cases[0].figures] == [("96.12", "%"), ("255", "人")]
    assert cases[0].evidence == ("2023届毕业生就业率为 96.12%。", "机电系\t2130", "护理系\t1875")
    assert cases[0].documents == ("a",)
    assert all(case.note.startswith(DRAFT_NOTE) and case.extra["draft"] for case in cases)


@pytest.mark.parametrize("exchange", [FIRST, REFUSED, Exchange("问", failure="没有应答")])
def test_drafts_of_what_was_disliked_must_be_filled_in(box: FeedbackBox, tmp_path: Path, exchange: Exchange) -> None:
    box.give("甲", "c", [exchange], 0, liked=False, reason="数字不对")
    (draft,) = drafts(box)
    assert (draft["figures"], draft["evidence"], draft["answerable"]) == ([], [], True)
    assert "数字不对" in draft["note"]
    with pytest.raises(UsageError, match="第 1 行：answerable 为 true，却没有 figures"):
        load_cases([write(tmp_path / "q.jsonl", [draft])])
    filled = {**draft, "figures": [{"value": "1", "unit": "人"}]}
    assert load_cases([write(tmp_path / "q.jsonl", [filled])])[0].question == exchange.question


def test_text_names_verdict_question_answer_and_reason(box: FeedbackBox) -> None:
    box.give("甲", "c", [FIRST], 0, liked=False, reason="不对")
    text = feedback_to_text(box.all()[0])
    assert all(part in text for part in ("👎", "问：第一问？", "96.12%", "原因：不对"))


def test_the_command_lists_and_exports(box: FeedbackBox, tmp_path: Path, wenbao: Callable[..., Ran]) -> None:
    data = ("--data", tmp_path)
    empty = wenbao("feedback", *data)
    assert (empty.code, empty.out) == (0, "")
    assert "还没有反馈" in empty.err
    box.give("甲", "c", [FIRST], 0, liked=True)
    box.give("甲", "c", [REFUSED], 0, liked=False, reason="明明有")
    assert "原因：明明有" in wenbao("feedback", *data).out
    listed = json.loads(wenbao("feedback", "--json", *data).out)
    assert [entry["question"] for entry in listed] == [kept.question for kept in box.all()]
    exported = wenbao("feedback", "--questions", tmp_path / "q.jsonl", *data)
    assert exported.code == 0
    assert len((tmp_path / "q.jsonl").read_text(encoding="utf-8").splitlines()) == len(box.all())
    assert wenbao("feedback", "--questions", tmp_path / "no" / "q.jsonl", *data).code == 1
