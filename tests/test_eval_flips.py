"""One question in other words: which answers change, and the paraphrases in the repository."""

from __future__ import annotations

import pytest
from eval_samples import case, line, refusal

from evals.cases import load_cases
from evals.flips import OTHER, PARAPHRASES, flips_to_json, read_paraphrases, with_paraphrases
from evals.terminal import flips_to_text
from rag.errors import UsageError
from rag.settings.settings import PROJECT

RIGHT = line("就业率为**95.27%** [1]。")
SHOWN = {"text": "95.27%", "value": "95.27", "unit": "%", "said": "就业率", "citation": 1}
UNSURE = refusal(certainty="unsure", candidates=[SHOWN])


def flips(*answers):
    """What comes of one question whose first answer is to its own words."""
    groups = with_paraphrases([case(("95.27", "%"))], {"q1": [f"问法{n}" for n in range(len(answers) - 1)]})
    return flips_to_json(groups, {c.id: answer for c, answer in zip(groups[0], answers, strict=True)})


def test_the_same_figure_in_another_sentence_is_no_flip():
    found = flips(RIGHT, line("青石学院：**95.27%**，另有191人 [1]。"), line("**95.270%** [1]。"))
    assert (found["flip_rate"]["count"], found["changes"]) == (0, [])
    assert found["precision"]["value"] == 1.0


def test_another_figure_another_certainty_and_a_crash_are_flips():
    crashed = line("", status="error", error="超时")
    found = flips(RIGHT, line("**95.28%** [1]。"), UNSURE, refusal(), crashed, RIGHT)
    assert (found["flip_rate"]["count"], found["flip_rate"]["n"]) == (4, 5)
    assert found["sure_of_another_figure"]["count"] == 1
    assert [change["to"] for change in found["changes"]] == [OTHER, "不确定", "没有", "失败"]
    assert (found["precision"]["count"], found["precision"]["n"]) == (1, 2)
    assert "q1 变 4/5（肯定）" in flips_to_text(found)


def test_two_unsure_answers_are_the_same_whatever_they_show():
    found = flips(UNSURE, UNSURE, refusal(certainty="unsure", candidates=[{**SHOWN, "text": "9%", "value": "9"}]))
    assert found["questions_that_flip"]["count"] == 0


@pytest.mark.parametrize(
    "text", ["{", '{"id": "a"}', '{"id": "a", "paraphrases": []}', '{"id": "a", "paraphrases": [1]}']
)
def test_a_broken_line_is_named(tmp_path, text):
    (tmp_path / "p.jsonl").write_text(f'{{"id": "q1", "paraphrases": ["甲"]}}\n{text}\n', encoding="utf-8")
    with pytest.raises(UsageError, match="第 2 行"):
        read_paraphrases(tmp_path / "p.jsonl")


def test_questions_without_paraphrases_are_refused():
    with pytest.raises(UsageError, match="没有同义问法"):
        with_paraphrases([case(("1", "人"))], {})


def test_the_paraphrases_of_the_repository_are_of_its_questions():
    cases = load_cases(sorted((PROJECT / "evals" / "questions").glob("*.jsonl")))
    groups = with_paraphrases(cases, read_paraphrases(PARAPHRASES))
    assert len(groups) == len(read_paraphrases(PARAPHRASES)) >= 60
    for group in groups:
        assert len({case.question for case in group}) == len(group) == 6, group[0].id
        assert not group[0].history, group[0].id
