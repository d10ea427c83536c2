from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kept_samples import make_exchange
from markdown_it import MarkdownIt

from rag.presentation.blocks import Span
from rag.presentation.document import CHECKED, document_to_markdown, exchanges_to_document, printable
from rag.presentation.exchanges import Exchange, exchange_from_json
from rag.records import AnswerStatus

HOSTILE = (
    "<script>alert(1)</script> <img src=x onerror=alert(1)>",
    "![图](http://evil.example/x.png) [链接](javascript:alert(1)) <http://evil.example>",
    "http://evil.example www.evil.example a@evil.example mailto:a@evil.example",
    "**粗** *斜* `码` ~~删~~ __下__ $x$ [^1] [^1]: 注",
    "# 标题", "- 项", "1. 一", "12) 二", "+ 加", "> 引", "=====", "| 甲 | 乙 |", "&lt;b&gt; &amp; \\* \\",
)  # fmt: skip
texts = st.one_of(st.sampled_from(HOSTILE), st.text("<>&\"'[]()*_~`$:|#\\!-+.= ^1a中，\n", max_size=40))


def shown(markdown: str) -> tuple[str, set[str]]:
    """What a reader of the Markdown sees, and the kinds of markup in it."""
    tokens = [token for block in MarkdownIt("commonmark").parse(markdown) for token in [block, *(block.children or [])]]
    words = (token.content if token.type == "text" else " " for token in tokens if token.type != "inline")
    return "".join("".join(words).split()), {token.type for token in tokens} - {"text", "inline"}


PARTS = {f"{name}_{end}" for name in ("paragraph", "heading", "strong", "blockquote") for end in ("open", "close")}


def test_a_conversation_as_markdown() -> None:
    refused = make_exchange("食堂？", text="没有写。", status=AnswerStatus.NOT_FOUND)
    markdown = document_to_markdown(exchanges_to_document("就业", [make_exchange(), make_exchange("再问"), refused]))
    assert markdown.startswith(
        "# 就业\n\n## 就业率是多少？\n\n就业率为 **96.12%**[^1]，机电系比护理系多 **255人**[^2][^3]"
    )
    for part in (
        "> 计算得出：2130[^2] − 1875[^3] = 255 人",
        "> 数字不一致：在校生：**2130**[^2]，**1875**[^3]。两处所指不同",
        "> 未能核实、已从回答中删去的数字：98.3%",
        "| 单位 | 说明 | 数字 | 口径 |",
        "就业率 | **96.12%**[^1] | 2023届 |",
        "> 报告中没有找到答案：",
        f"> {CHECKED}",
        "[^1]: 《青石职业技术学院2023年质量年报》，二、就业 › （一）质量，第 1 页。原文：“2023届毕业生就业率为 96.12%。”",
        "[^3]: 《青石职业技术学院2023年质量年报》，一、概况，第 1 页，表 1 各系人数。原文：“护理系 1875”（系部：护理系，人数（人）：1875）",
    ):
        assert part in markdown
    assert re.findall(r"^\[\^(\d+)\]: ", markdown, re.MULTILINE) == ["1", "2", "3"]


def test_a_single_figure_has_a_line_and_no_table() -> None:
    exchange = make_exchange()
    assert exchange.answer is not None
    answer = replace(exchange.answer, figures=exchange.answer.figures[:1])
    markdown = document_to_markdown(exchanges_to_document("题", [replace(exchange, answer=answer)]))
    assert "> 口径：96.12%（2023届）" in markdown
    assert "| --- |" not in markdown


def test_a_title_that_is_the_question_stands_once() -> None:
    markdown = document_to_markdown(exchanges_to_document("就业率？", [Exchange("就业率？", failure="没有。")]))
    assert markdown == "# 就业率？\n\n没有。\n"


def test_what_has_no_answer_is_told() -> None:
    failed = Exchange("问", failure="模型没有应答。")
    old = exchange_from_json("旧问", "{}", make_exchange().record)
    markdown = document_to_markdown(exchanges_to_document("题", [failed, old]))
    assert "## 问\n\n模型没有应答。" in markdown
    assert "就业率为 \\*\\*96.12%\\*\\*" in markdown
    assert CHECKED not in markdown


def test_a_citation_without_a_mark_is_listed() -> None:
    markdown = document_to_markdown(exchanges_to_document("题", [make_exchange(text="共 **96.12%** [1]。")]))
    assert "> 另见：[^2][^3]" in markdown


def test_a_notice_is_told() -> None:
    assert "> 说明：回答不完整。" in document_to_markdown(
        exchanges_to_document("题", [make_exchange(notice="回答不完整。")])
    )


@given(texts, texts, texts)
def test_texts_stay_the_characters_they_are(question: str, text: str, title: str) -> None:
    document = exchanges_to_document(title, [make_exchange(question, text=text)])
    seen, kinds = shown(document_to_markdown(document))
    assert kinds <= PARTS | {"softbreak", "hardbreak", "bullet_list_open", "bullet_list_close"} | {
        "list_item_open", "list_item_close",
    }  # fmt: skip
    assert "".join(title.split()) in seen
    assert "".join(question.split()) in seen


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown(text: str) -> None:
    seen, kinds = shown(document_to_markdown(exchanges_to_document("题", [Exchange("问", failure=text)])))
    assert kinds <= PARTS
    assert "".join(text.split()) in seen


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ((Span("为"), Span("96%", True), Span("的")), "为**96%** 的"),
        ((Span("为"), Span("（甲）", True), Span("。")), "为 **（甲）**。"),
        ((Span("为 "), Span("96%", True), Span("，")), "为 **96%**，"),
        ((Span("a"), Span(" 甲 ", True), Span("", True, 1)), "a**甲 [^1]**"),
    ],
)
def test_bold_is_bold_for_a_strict_reader(spans: tuple[Span, ...], expected: str) -> None:
    from rag.presentation.document import _markdown

    assert _markdown(spans) == expected
    assert "strong_open" in shown(expected)[1]


def test_control_characters_are_left_out() -> None:
    assert printable("一\x00二\x0b三\ud800四\n五\t六") == "一二三四\n五\t六"
