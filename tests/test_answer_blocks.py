from __future__ import annotations

import pytest
from kept_samples import make_answer

from rag.presentation.blocks import Block, Span, Spans, answer_to_blocks, text_to_spans
from rag.records import AnswerStatus


def line(*spans: Span) -> tuple[Spans, ...]:
    return (spans,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("率 **96.12%** [1]。", (Span("率 "), Span("96.12%", True), Span(" "), Span("", note=1), Span("。"))),
        ("**96.12%[1]**", (Span("96.12%", True), Span("", True, 1))),
        ("**机电系**", (Span("机电系", True),)),
        ("**97.00%**", (Span("97.00%"),)),
        ("见 [7]", (Span("见 "), Span("[7]"))),
        ("<b>*斜*</b>", (Span("<b>*斜*</b>"),)),
    ],
)
def test_only_proved_bold_and_own_marks(text: str, expected: Spans) -> None:
    spans = text_to_spans(text, make_answer())
    assert [s for s in spans if s.text.strip() or s.note] == [s for s in expected if s.text.strip() or s.note]


def test_nothing_is_bold_in_a_refusal() -> None:
    answer = make_answer(text="**机电系** 96.12%", status=AnswerStatus.NOT_FOUND)
    assert not any(span.bold for span in text_to_spans(answer.text, answer))


def test_blocks_are_paragraphs_lists_and_tables() -> None:
    text = "甲\n乙\n\n- 丙\n- 丁\n| 校 | 率 |\n|---|---|\n| 戊 | 1 |\n\n|---|"
    assert answer_to_blocks(make_answer(text=text)) == (
        Block("text", (line(Span("甲")), line(Span("乙")))),
        Block("list", (line(Span("丙")), line(Span("丁")))),
        Block("table", (((Span("校"),), (Span("率"),)), ((Span("戊"),), (Span("1"),)))),
    )
