from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.language.tokens import estimate_tokens
from rag.readers.plain import read_plain
from rag.records import Cell, Grid, Line, Page, Report, ReportKind, Section, SectionKind, Table
from rag.structure.chunks import sections_to_chunks
from rag.structure.running_heads import drop_running_heads
from rag.structure.sections import COVER, pages_to_sections

PROSE = "学校坚持产教融合推进教学改革，全年开设课程120门，参与学生3000人次，增长2.5个百分点，成效良好。"


def stated(*texts: str, number: int | None = 1, **facts: bool) -> Page:
    """A page of whole paragraphs."""
    return Page(number, tuple(Line(text, paragraph=True, **facts) for text in texts), str(number))


def grid_of(*rows: Sequence[str]) -> Grid:
    cells = tuple(Cell(text, r, c) for r, row in enumerate(rows) for c, text in enumerate(row))
    return Grid(cells, len(rows), len(rows[0]))


def sections_of(*pages: Page, outline: Sequence[tuple[int, str, int | None]] = ()) -> tuple[Section, ...]:
    return pages_to_sections(pages, "r", outline)[0]


def paths(sections: Sequence[Section]) -> list[str]:
    return [" > ".join(section.path) for section in sections]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["一、概况", PROSE, "（一）规模", PROSE], ["一、概况", "一、概况 > （一）规模"]),
        (["一、概况", "（一）规模", PROSE], ["一、概况 > （一）规模"]),
        ([PROSE, "一、概况", PROSE], [COVER, "一、概况"]),
        (["一、高度重视，提高认识。" + PROSE, "二、加强领导。" + PROSE], ["一、高度重视，提高认识", "二、加强领导"]),
        (["目录", "一、概况…………1", "二、培养…………2", "一、概况", PROSE, "二、培养", PROSE], ["一、概况", "二、培养"]),
        (["目录", "1 发展概况…………1", "1.1 规模…………2", "1 发展概况", PROSE, "1.1 规模", PROSE], ["1 发展概况", "1 发展概况 > 1.1 规模"]),
        (["一、概况", PROSE, "附件1", PROSE], ["一、概况", "附件1"]),
        ([], []),
    ],
)  # fmt: skip
def test_paths(lines: list[str], expected: list[str]) -> None:
    assert paths(sections_of(stated(*lines))) == expected


def test_kinds() -> None:
    sections = sections_of(
        stated(PROSE, "一、概况", PROSE, "典型案例1：匠心", PROSE, "二、培养", PROSE, "附件1", PROSE)
    )
    assert [section.kind for section in sections] == [
        SectionKind.FRONT,
        SectionKind.BODY,
        SectionKind.CASE,
        SectionKind.BODY,
        SectionKind.ANNEX,
    ]


def test_outline_gives_levels() -> None:
    pages = stated("发展概况", PROSE, "办学规模", PROSE, "人才培养", PROSE)
    outline = [(1, "发展概况", 1), (2, "办学规模", 1), (1, "人才培养", 1)]
    assert paths(sections_of(pages, outline=outline)) == ["发展概况", "发展概况 > 办学规模", "人才培养"]


NEWS = ["我校召开教学工作会议", "技能大赛再创佳绩"]


@pytest.mark.parametrize(("size", "bold"), [(16.0, False), (12.0, True)])
def test_news_under_titles_without_numbers(size: float, bold: bool) -> None:
    lines = [Line("江城职院简报", size=30), Line("第3期", size=14)]
    for title in NEWS:
        lines += [Line(title, size=size, bold=bold, paragraph=True), *[Line(PROSE, size=12, paragraph=True)] * 2]
    sections = sections_of(Page(1, tuple(lines)))
    assert paths(sections) == [COVER, *NEWS]


def test_table_belongs_to_its_section_and_renders_its_rows() -> None:
    page = Page(
        4,
        (
            Line("一、经费", paragraph=True),
            Line(PROSE, paragraph=True),
            Line("表1 经费收入"),
            Line("单位：万元"),
            grid_of(("项目", "金额"), ("学费", "120.5"), ("拨款", "3411")),
            Line(PROSE, paragraph=True),
        ),
        "2",
    )
    (section,), (table,) = pages_to_sections([page], "r")
    ((identity, start, end),) = section.table_spans
    assert (identity, table.section_id, table.caption) == (table.id, section.id, "表1 经费收入")
    assert section.text[start:end] == "表1 经费收入\n单位：万元\n项目\t金额\n学费\t120.5\n拨款\t3411\n"
    assert section.text.endswith(PROSE + "\n")


def test_paragraph_over_a_page_break_marks_both_pages() -> None:
    full = [Line("产教融合" * 10, 72, 100 + 20 * n, 500, 112 + 20 * n, 12) for n in range(5)]
    rest = [Line("融合完成。", 72, 100, 150, 112, 12), Line("另起一段。", 96, 120, 200, 132, 12)]
    (section,) = sections_of(Page(3, tuple(full), "1"), Page(4, tuple(rest), "2"))
    assert [(mark.page, mark.label) for mark in section.page_marks] == [(3, "1"), (4, "2")]
    assert section.text[section.page_marks[1].start :].startswith("融合完成。\n另起一段。")


def test_captions_stay_alone() -> None:
    (section,) = sections_of(stated(PROSE[:-1], "图1 规模\t图2 结构", "表3 未成表格", PROSE))
    assert section.text.splitlines() == [PROSE[:-1], "图1 规模\t图2 结构", "表3 未成表格", PROSE]


TEXT_LINES = ["江城职业技术学院质量年报", "目录", "一、概况 1", "（一）规模 2", "二、培养 3", "一、概况"]
WRAPPED = [
    "学校地处江边占地面积九百亩建有教学楼实验楼图书馆体育馆等",
    "设施完备齐全，馆藏图书80万册，当年全校各项经费收入34118.",
    "10万元。",
]


@pytest.mark.parametrize("blank", ["\n", "\n\n"], ids=["single spaced", "blank line after every line"])
def test_hard_wrapped_text_file_with_contents(blank: str) -> None:
    lines = [*TEXT_LINES, *WRAPPED, "（一）规模", *WRAPPED, "二、培养", *WRAPPED * 3]
    sections = sections_of(*drop_running_heads(read_plain(blank.join(lines).encode()).pages))
    assert paths(sections) == [COVER, "一、概况", "一、概况 > （一）规模", "二、培养"]
    assert all("34118.10万元" in section.text for section in sections[1:])


LINE = st.builds(
    Line,
    st.text(alphabet="一二、（）1.目录案例附件表概况。，\t\n 3%", max_size=16),
    left=st.floats(0, 500),
    top=st.floats(0, 800),
    right=st.floats(0, 600),
    size=st.sampled_from([0.0, 9.0, 12.0, 18.0]),
    bold=st.booleans(),
    heading_level=st.none() | st.integers(1, 4),
    paragraph=st.booleans(),
)
GRIDS = st.lists(st.lists(st.text(alphabet="甲乙1 ", max_size=3), min_size=2, max_size=2), min_size=1, max_size=3).map(
    lambda rows: grid_of(*rows)
)
PAGES = st.lists(st.lists(LINE | GRIDS, max_size=6), max_size=3)
REPORT = Report("r", "年报", "", (), ReportKind.OTHER, None, None, None, "", "", "pdf", 1)


@given(PAGES)
@settings(max_examples=150, deadline=None)
def test_any_pages_become_sound_sections_and_chunks(pages: list[list[Line | Grid]]) -> None:
    numbered = [Page(number, tuple(items)) for number, items in enumerate(pages, 1)]
    sections, tables = pages_to_sections(drop_running_heads(numbered), "r")
    assert len({section.id for section in sections}) == len(sections)
    assert {table.id for table in tables} >= {
        identity for section in sections for identity, _, _ in section.table_spans
    }
    for section in sections:
        assert section.path
        assert section.text.endswith("\n")
        assert section.page_marks[0].start == 0
        assert [m.start for m in section.page_marks] == sorted(m.start for m in section.page_marks)
        for _, start, end in section.table_spans:
            assert 0 <= start <= end <= len(section.text)
    _chunks_are_sound(sections, tables)


def _chunks_are_sound(sections: Sequence[Section], tables: Sequence[Table]) -> None:
    chunks = sections_to_chunks(REPORT, sections, tables, estimate_tokens, 60)
    for section in sections:
        assert "".join(chunk.text for chunk in chunks if chunk.section_id == section.id) == section.text


def typeset(*lines: tuple[str, float], number: int = 1) -> list[Line]:
    """Lines of given sizes, one below the other with room between them."""
    return [
        Line(text, 72, 40.0 * at, 72 + size * len(text), 40.0 * at + size, size)
        for at, (text, size) in enumerate(lines)
    ]


def test_large_titles_head_what_follows_but_not_on_the_cover() -> None:
    table = grid_of(("项目", "数量"), ("教师", "512"))
    cover = Page(1, tuple(typeset(("某某学院", 26), ("发展报告", 26))), "1")
    first = typeset(
        ("学校概况", 18), (PROSE, 10.5), ("师资力量", 18), ("队伍规模", 14), (PROSE, 10.5), ("办学条件", 14)
    )
    found = sections_of(cover, Page(2, (*first, table), "2"))
    assert paths(found) == [COVER, "学校概况", "师资力量 > 队伍规模", "师资力量 > 办学条件"]


def test_an_annexed_table_with_a_large_caption_opens_an_annex() -> None:
    table = grid_of(("专业", "计划"), ("护理", "120"))
    lines = typeset(("第九章 附则", 13), (PROSE, 10.5), ("附表一 分专业招生计划", 13))
    assert paths(sections_of(Page(1, (*lines, table), "1"))) == ["第九章 附则", "附表一 分专业招生计划"]
    small = typeset(("第九章 附则", 13), (PROSE, 10.5), ("附表一 分专业招生计划", 10.5))
    assert paths(sections_of(Page(1, (*small, table), "1"))) == ["第九章 附则"]
