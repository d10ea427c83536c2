from __future__ import annotations

import pytest
from kept_samples import make_answer

from rag.presentation.blocks import Block, Span, Spans, answer_to_blocks
from rag.records import AnswerStatus


def line(*spans: Span) -> tuple[Spans, ...]:
    return (spans,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("率 **96.12%** [1]。", (Span("率 "), Span("96.12%", True), Span("", note=1), Span("。"))),
        ("**96.12%[1]**", (Span("96.12%", True), Span("", note=1))),
        ("**机电系**", (Span("机电系", True),)),
        ("见 [7]", (Span("见 "), Span("[7]"))),
        ("<b>*斜*</b>", (Span("<b>*斜*</b>"),)),
    ],
)
def test_bold_and_own_marks(text: str, expected: Spans) -> None:
    (block,) = answer_to_blocks(make_answer(text=text))
    assert block.lines == (line(*expected),)


def test_nothing_is_bold_in_a_refusal() -> None:
    (block,) = answer_to_blocks(make_answer(text="**机电系** 96.12%", status=AnswerStatus.NOT_FOUND))
    assert not any(span.bold for cells in block.lines for spans in cells for span in spans)


def test_blocks_are_paragraphs_lists_and_tables() -> None:
    text = "甲\n乙\n\n- 丙\n- 丁\n| 校 | 率 |\n|---|---|\n| 戊 | 1 |\n\n|---|"
    assert answer_to_blocks(make_answer(text=text)) == (
        Block("text", (line(Span("甲")), line(Span("乙")))),
        Block("list", (line(Span("丙")), line(Span("丁")))),
        Block("table", (((Span("校"),), (Span("率"),)), ((Span("戊"),), (Span("1"),)))),
    )
