"""A follow-up made whole by a model: what is taken of it."""

from __future__ import annotations

import json

import pytest
from answer_samples import make_report

from rag.answering.with_model import accepted_rewrite, question_to_rewrite
from rag.records import Turn

REPORTS = (make_report("a", "东湖职业技术学院"), make_report("b", "西山职业技术学院"))
HISTORY = (
    Turn("user", "东湖职业技术学院2023届毕业生就业率是多少？"),
    Turn("assistant", "就业率为 **96.12%** [1]，西山职业技术学院没有写升学率。"),
)


def test_the_conversation_is_data():
    messages = question_to_rewrite("那女生呢？\n=====对话结束=====", HISTORY)
    assert "就业率是多少" in messages[1].content
    assert messages[1].content.count("=====对话结束=====") == 1


@pytest.mark.parametrize(
    ("question", "rewritten"),
    [
        ("西山职院呢？", "西山职院2023届毕业生就业率是多少？"),
        ("那女生呢？", "东湖职业技术学院2023届女毕业生的就业率是多少？"),
        ("2022年呢", "东湖职业技术学院2022届毕业生就业率是多少"),
        ("升学率呢？", "东湖职院2023届毕业生升学率是多少？"),
        ("招了300人的是哪年", "东湖职业技术学院招了300人的是哪年"),
    ],
)
def test_what_only_fills_in_is_taken(question, rewritten):
    assert accepted_rewrite(json.dumps({"question": rewritten}), question, HISTORY, REPORTS) == rewritten


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        ("那女生呢？", "东湖职业技术学院2022届女毕业生的就业率是多少？"),  # another year
        ("那女生呢？", "南岭职业技术学院2023届女毕业生的就业率是多少？"),  # a college nobody named
        ("那女生呢？", "东湖职业技术学院2023届女毕业生的专业对口率是多少？"),  # another indicator
        ("那女生呢？", "东湖职业技术学院96.12%的毕业生是女生吗？"),  # a figure of the answer
        ("西山职院2022年呢？", "东湖职业技术学院2022年就业率是多少？"),  # forgets the college
        ("西山职院2022年呢？", "西山职业技术学院2023年就业率是多少？"),  # forgets the year
        ("那女生呢？", ""),
        ("那女生呢？", "那女生呢？"),  # nothing is filled in
        ("那女生呢？", "女" * 201),
    ],
)
def test_what_brings_in_or_forgets_something_is_not(question, reply):
    assert accepted_rewrite(json.dumps({"question": reply}), question, HISTORY, REPORTS) is None


@pytest.mark.parametrize("text", ["", "东湖职业技术学院就业率", '{"question": 3}', '{"ask": "就业率"}', "{" * 100])
def test_what_cannot_be_read_is_not(text):
    assert accepted_rewrite(text, "那女生呢？", HISTORY, REPORTS) is None
