from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from answer_samples import printed_in, quoted_figure
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rag import assistant
from rag.presentation.exchanges import Exchange
from rag.presentation.html import page
from rag.presentation.html.elements import WORD_JOINER
from rag.records import (
    AnswerStatus,
    Certainty,
    Citation,
    Conflict,
    Evidence,
    Passage,
    Query,
    Report,
    ReportKind,
    ReportStats,
    Table,
    TableRow,
    VerifiedAnswer,
)

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![图](http://evil.example/x.png)",
    "[点这里](javascript:alert(1))",
    "**粗**、*斜*、`码`、~~删~~",
    ":red[红] :material/home: :smile:",
    "$x^2$ 与 $$y$$",
    "http://evil.example 和 www.evil.example 和 a@evil.example",
    "| 甲 | 乙 |",
    "# 标题",
    "&lt;b&gt; &amp;",
)
texts = st.one_of(
    st.text(max_size=60), st.sampled_from(HOSTILE), st.text("<>&\"'[]()*_~`$:|#\\!-+.= a1中", max_size=40)
)

REPORT = Report(
    "r.pdf", "某校质量年报", "某职院", ("某职",), ReportKind.QUALITY, 2023, 2023, "2022-2023", "r.pdf", "0", "pdf", 40
)
TABLE = Table(
    "t", "r.pdf", "s", "表 1 师资", "单位：人", 1,
    (
        TableRow(("类别", "人数"), ("类别", "人数"), 5),
        TableRow(("专任教师", "867"), ("专任教师", "867"), 5),
        TableRow(("兼职教师", "120"), ("兼职教师", "120"), 5),
    ),
)  # fmt: skip


def passage(text: str, table_id: str | None = None) -> Passage:
    return Passage(
        "p", "r.pdf", "s", ("一、概况", "（一）师资"), 0, len(text), text, 0, len(text), 5, "3", 1.0, table_id
    )


def answer(
    text: str,
    quoted: str = "全校就业率为 96.12%。",
    *,
    around: str = "",
    figures: tuple[str, ...] = ("96.12%",),
    status: AnswerStatus = AnswerStatus.ANSWERED,
    conflicts: tuple[Conflict, ...] = (),
    standalone: str = "就业率是多少？",
    table_id: str | None = None,
) -> VerifiedAnswer:
    query = Query(question="就业率是多少？", standalone=standalone, focus=standalone, report_ids=("r.pdf",))
    found = passage(around + quoted + around, table_id)
    citation = Citation(1, found, len(around), len(around) + len(quoted), 5, "3")
    role = "answer" if status is AnswerStatus.ANSWERED else "context"
    table = TABLE if table_id else None
    proved = tuple(quoted_figure(text, citation, table, role) for text in figures)
    return VerifiedAnswer(
        query, Evidence(query, (found,)), status, text, proved, (citation,), conflicts, (), "extractive", None, 0, 0,
        (("total", 120.0),), printed=printed_in([citation], table),
    )  # fmt: skip


def html_of(value: VerifiedAnswer, table: Table | None = None) -> str:
    exchange = Exchange(value.query.question, value, (REPORT,), (table,) if table else ())
    return "".join(page.exchange_to_html(exchange, "source-0"))


class Reading(HTMLParser):
    """Tags, link targets and text of a piece of HTML; a tag closed out of order is an error."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self._open: list[str] = []
        self.feed(str(html))
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        if tag != "br":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@given(texts)
def test_escaped_markdown_is_one_run_of_plain_text(text: str) -> None:
    (paragraph,) = [
        token
        for token in MarkdownIt("gfm-like", {"linkify": False}).parse("甲" + page.escape_markdown(text))
        if token.children
    ]
    shown = "".join(child.content for child in paragraph.children or [])
    assert {child.type for child in paragraph.children or []} <= {"text", "text_special"}
    assert shown.replace(WORD_JOINER, "") == ("甲" + " ".join(text.split())).replace(WORD_JOINER, "").replace(
        "\0", "\ufffd"
    )


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (":red[红]", r":\w+\["),
        (":smile:", r":[\w+-]+:"),
        (":material/home:", r":material"),
        (":material_home:", r":material"),
        ("http://evil.example", r"https?://"),
        ("www.evil.example", r"www\."),
        ("a@evil.example", r"@\w"),
        ("a -> b <= c --- d", r"->|<=|--"),
    ],
)
def test_escaped_markdown_survives_a_second_reading(text: str, left: str) -> None:
    unescaped = re.sub(r"\\(.)", r"\1", page.escape_markdown(text))
    assert not re.search(left, unescaped)


@given(texts, texts, texts, texts)
def test_an_answer_has_no_markup_but_ours(text: str, quoted: str, around: str, name: str) -> None:
    conflict = Conflict(name, ((text, 1), (quoted, 1)), name)
    reading = Reading(html_of(answer(text, quoted or "空", around=around, conflicts=(conflict,), standalone=name)))
    assert set(reading.tags) <= set(
        "a b blockquote br dd details div dl dt li mark p span strong summary table tbody td th thead tr ul".split()
    )
    assert set(reading.links) <= {"#source-0-1", "#copy"}
    assert reading.attributes <= {"class", "href", "id", "role", "title"}


@given(texts)
def test_other_pieces_have_no_markup_but_ours(text: str) -> None:
    report = Report("r", text, text, (), ReportKind.OTHER, None, None, None, "r", "0", "pdf", 0, (text,))
    pieces = (
        page.question_html(text),
        page.error_html(text),
        page.failure_html(text),
        page.report_html(report, ReportStats(1, 1, 2, 3)),
        page.upload_html(text, "已添加", (), (text,)),
        page.upload_html(text, "", (text,), ()),
    )
    for piece in pieces:
        reading = Reading(piece)
        assert set(reading.tags) <= {"b", "br", "div", "li", "p", "ul"}
        assert "".join(text.split()) in "".join(reading.text.split())


def test_answer_shows_figure_in_bold_mark_and_place() -> None:
    html = html_of(answer("某职院：就业率为 **96.12%** [1]。"))
    assert '<strong>96.12%</strong>\u2060<a class="wb-ref" href="#source-0-1"' in html
    assert '<div class="wb-body" id="source-0-1">' in html
    assert "全校就业率为 <mark>96.12%</mark>。" in html
    shown = Reading(html).text
    for part in ("《某校质量年报》（某职院）", "一、概况 › （一）师资", "文件第 5 页，印刷页码 3", "0.12 秒"):
        assert part in shown


@pytest.mark.parametrize(
    ("text", "bold"),
    [
        ("**96.12%** [1]", ["96.12%"]),
        ("**武汉某院** [1]", ["武汉某院"]),
        ("a * b ** c", []),
    ],
)
def test_what_was_asked_for_is_bold(text: str, bold: list[str]) -> None:
    assert re.findall(r"<strong>(.*?)</strong>", html_of(answer(text))) == bold


def test_not_found_has_no_bold_and_its_own_look() -> None:
    html = html_of(answer("没有找到。最接近的是“**96.12%**” [1]", status=AnswerStatus.NOT_FOUND))
    assert "wb-not-found" in html
    assert "<strong>" not in html
    assert "<mark>" not in html


def test_marks_that_cite_nothing_stay_text() -> None:
    assert "[7]" in Reading(html_of(answer("见 [7] 与 [1]"))).text


def test_understood_question_is_shown_only_where_it_differs() -> None:
    assert "理解为" not in html_of(answer("好"))
    assert "理解为：某职院就业率是多少？" in html_of(answer("好", standalone="某职院就业率是多少？"))


def test_conflict_is_a_notice_with_both_figures() -> None:
    conflict = Conflict("社团", (("49 个", 1), ("45 个", 1)), "正文与表格不一致")
    shown = Reading(html_of(answer("社团 **49 个** [1]", conflicts=(conflict,)))).text
    assert "数字不一致社团：49 个" in shown
    assert "45 个" in shown
    assert "正文与表格不一致" in shown


def test_quoted_table_row_stands_under_its_header_with_the_cell_marked() -> None:
    value = answer("**867人** [1]", "专任教师\t867", figures=("867人",), table_id="t")
    html = html_of(value, TABLE)
    assert "<th>类别</th><th>人数</th>" in html
    assert "<td>专任教师</td><td><mark>867</mark></td>" in html
    assert "兼职教师" not in html


def test_context_holds_the_passage_and_the_quote_in_it() -> None:
    html = html_of(answer("**96.12%** [1]", around="前后文。"))
    assert '前后文。<span class="wb-here">' in html


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- 甲 [1]\n- 乙", "<ul><li>甲"),
        ("| 校 | 率 |\n|---|---|\n| 甲 | 1 |", "<thead><tr><th>校</th><th>率</th></tr></thead>"),
        ("甲\n乙\n\n丙", "<p>甲<br>乙</p><p>丙</p>"),
    ],
)
def test_blocks(text: str, expected: str) -> None:
    assert expected in html_of(answer(text))


def test_stage_line_names_every_stage_of_the_assistant() -> None:
    assert page.STAGES == assistant.STAGES
    assert page.stage_line(()) == "理解 › 检索 › 作答 › 核对"
    assert page.stage_line(("理解", "检索")) == "理解 › **检索** › 作答 › 核对"


def test_stage_line_says_why_a_stage_comes_again() -> None:
    assert page.stage_line((*page.STAGES, "作答")).endswith("**作答** › 核对，有的地方没有通过核对，正在请模型改正")
    assert page.stage_line((*page.STAGES[:3], "检索")).endswith("模型要再查一次资料")
    assert page.stage_line((*page.STAGES, "作答", "核对")) == page.stage_line(page.STAGES)


def test_what_a_model_cost_stands_at_the_foot() -> None:
    html = html_of(replace(answer("**5%**"), first_token_ms=420.0, input_tokens=3200, cost=Decimal("0.0041")))
    assert all(words in html for words in ("首字 0.42 秒", "token 输入 3200", "费用 0.0041 元"))


def test_corpus_line() -> None:
    assert page.corpus_line([REPORT]) == "已收录 1 份报告 · 1 个单位 · 2023 年"
    assert page.theme_css(True) != page.theme_css(False)
    assert "还没有报告" in page.welcome_html(())


def test_an_unsure_answer_looks_unlike_a_sure_one() -> None:
    sure = html_of(answer("就业率为 96.12%[1]。"))
    unsure = html_of(replace(answer("就业率为 96.12%[1]。"), certainty=Certainty.UNSURE))
    assert "wb-unsure" not in sure
    assert "不确定" not in sure
    assert 'class="wb-answer wb-answered wb-unsure"' in unsure
    assert "不确定" in Reading(unsure).text


def test_every_notice_has_its_looks() -> None:
    css = (Path(page.__file__).parents[2] / "app" / "ui" / "page.css").read_text(encoding="utf-8")
    assert all(f".{name}" in css for name in ("wb-caution", "wb-removed", "wb-conflict", "wb-unsure", "wb-doubtful"))
