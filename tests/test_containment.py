from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rag.reading.analysis
from rag.readers.request import Request
from rag.reading.analysis import read_to_parts
from rag.reading.soundness import PAGE_LEFT_OUT, TABLES_AS_TEXT, UNCHECKED, contained, readable_pages
from rag.records import Cell, Grid, Line, Page, PageStatus, ReadFile

REQUEST = Request("/甲.pdf", "甲.pdf", {}, 200, 100, 1000)
GOOD = Page(1, (Line("在校生5000人。", paragraph=True),), "1")
TABLE = Grid((Cell("项目", 0, 0), Cell("数量", 0, 1), Cell("坏", 1, 0), Cell("12", 1, 1)), 2, 2)
BAD_TABLE = Page(2, (Line("教师300人。", paragraph=True), TABLE), "2")
BAD_TEXT = Page(3, (Line("坏页", paragraph=True),), "3")


def try_pages(pages: Sequence[Page]) -> None:
    for item in (item for page in pages for item in page.items):
        if isinstance(item, Grid) or item.text == "坏页":
            raise IndexError(item)


def test_a_bad_table_becomes_text_and_a_bad_page_is_left_out() -> None:
    pages, lost = readable_pages((GOOD, BAD_TABLE, BAD_TEXT), try_pages)
    assert pages[0] is GOOD
    assert [item.text for item in pages[1].items if isinstance(item, Line)] == ["教师300人。", "项目\t数量", "坏\t12"]
    assert (pages[2].items, pages[2].status) == ((), PageStatus.EMPTY)
    assert lost == (f"第 2 页：{TABLES_AS_TEXT}", f"第 3 页：{PAGE_LEFT_OUT}")
    assert readable_pages((GOOD,), try_pages) == ((GOOD,), ())


def test_memory_running_out_is_no_bad_page() -> None:
    def hoard() -> None:
        raise MemoryError

    with pytest.raises(MemoryError):
        contained(hoard)


def read_of(*pages: Page) -> ReadFile:
    return ReadFile("甲.pdf", "pdf", "0", pages)


def test_what_fails_is_named_and_the_rest_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    real = rag.reading.analysis.passage_to_figures

    def failing(passage, table):
        if "300" in passage.text:
            raise IndexError
        return real(passage, table)

    monkeypatch.setattr(rag.reading.analysis, "passage_to_figures", failing)
    monkeypatch.setattr(rag.reading.analysis, "contexts_to_contradictions", lambda *given: 1 / 0)
    parts = read_to_parts(read_of(GOOD, Page(2, (TABLE, Line("教师300人。", paragraph=True)), "2")), REQUEST)
    assert UNCHECKED in parts.report.warnings
    assert any("没能读入" in warning for warning in parts.report.warnings)
    assert "5000人" in "".join(section.text for section in parts.sections)
    assert parts.contradictions == ()


WORDS = st.sampled_from(
    ["", " ", "表1 经费", "续表", "单位：万元", "合计", "序号", "12", "3.5%", "—", "2023年", "专业5", "专业50", "\x00", "\ud800",
     "一、概况", "目录", "占比", "1/3", "5-7个", "男生", "女生", "注：略", "\t", "\n", "△45.6", "（1,234.56）", "学校有教师300人，增长5%。"]
)  # fmt: skip
SMALL = st.integers(-1, 5)
CELLS = st.builds(Cell, WORDS, SMALL, SMALL, SMALL, SMALL)
PLACES = st.one_of(st.floats(-50, 900), st.just(float("nan")), st.just(float("inf")))
LINES = st.builds(Line, WORDS, PLACES, PLACES, PLACES, PLACES, st.sampled_from([0.0, 10.5, 18.0]), st.booleans())
GRIDS = st.builds(
    Grid,
    st.lists(CELLS, max_size=14).map(tuple),
    st.integers(0, 5),
    st.integers(0, 5),
    PLACES,
    PLACES,
    PLACES,
    PLACES,
    st.lists(st.floats(0, 600), max_size=7).map(tuple),
    st.booleans(),
    st.booleans(),
)
ITEMS = st.lists(st.one_of(LINES, GRIDS), max_size=8).map(tuple)


@settings(max_examples=150, deadline=None)
@given(st.lists(ITEMS, min_size=1, max_size=4), st.booleans())
def test_pages_of_any_shape_become_a_report_without_any_failure(
    pages: list[tuple[Line | Grid, ...]], paged: bool
) -> None:
    read = read_of(*(Page(number if paged else None, items) for number, items in enumerate(pages, 1)))
    parts = read_to_parts(read, REQUEST)
    assert not [warning for warning in parts.report.warnings if "没能" in warning]
    for chunk in parts.chunks:
        section = next(section for section in parts.sections if section.id == chunk.section_id)
        assert section.text[chunk.start : chunk.end] == chunk.text
