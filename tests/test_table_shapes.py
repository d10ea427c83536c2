"""Tables of any shape: whatever grids a file holds, they are put together without a word lost or told twice."""

from __future__ import annotations

import re
from collections import Counter
from itertools import count

from hypothesis import given
from hypothesis import strategies as st
from table_samples import LEFT, RIGHT, pages

from rag.figures.extraction import passage_to_figures, section_to_passages
from rag.records import Cell, Grid, Line, MergedValue
from rag.structure.sections import pages_to_sections
from rag.structure.tables.joining import header_labels, join_tables

_WORD = re.compile("[\u3400-\u3fff]")
_NUMBER = re.compile(r"1\d{4}")


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    """A grid of cells that cover one place or a rectangle; their texts are `#`, `=` and ``: a word, a figure, nothing."""
    height, width = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    free = {(row, column) for row in range(height) for column in range(width)}
    cells = []
    for row in range(height):
        for column in range(width):
            if (row, column) not in free:
                continue
            down, across = draw(st.sampled_from([(1, 1)] * 6 + [(1, 2), (2, 1), (2, 2), (1, width), (height, 1)]))
            places = {(r, c) for r in range(row, row + down) for c in range(column, column + across)}
            if not places <= free:
                down, across, places = 1, 1, {(row, column)}
            free -= places
            text = draw(st.sampled_from(["#", "#", "=", "=", "", "注：#", "单位：#", "35岁以下#"]))
            cells.append(Cell(text, row, column, down, across, is_full=draw(st.booleans())))
    edges = tuple(LEFT + (RIGHT - LEFT) * at / width for at in range(width + 1))
    return Grid(
        tuple(cells),
        height,
        width,
        LEFT,
        100.0,
        RIGHT,
        300.0,
        draw(st.sampled_from([edges, ()])),
        open_top=draw(st.booleans()),
        open_bottom=draw(st.booleans()),
        header_rows=draw(st.sampled_from([0, 0, 1, 2])),
    )


def _told_apart(contents: list[list[Line | Grid]]) -> list[list[Line | Grid]]:
    """The same contents with every word and every figure of a cell another one."""
    words, numbers = count(0x3400), count(10001)

    def text(cell: str) -> str:
        return cell.replace("#", f"{chr(next(words))}名称" if "#" in cell else "").replace("=", str(next(numbers)))

    def cells(grid: Grid) -> tuple[Cell, ...]:
        return tuple(
            Cell(text(c.text), c.row, c.column, c.row_span, c.column_span, is_full=c.is_full) for c in grid.cells
        )

    return [
        [
            Grid(
                cells(item),
                item.row_count,
                item.column_count,
                item.left,
                item.top,
                item.right,
                item.bottom,
                item.column_edges,
                item.open_top,
                item.open_bottom,
                item.header_rows,
            )
            if isinstance(item, Grid)
            else item
            for item in page
        ]
        for page in contents
    ]


_TEXTS = (
    "表1 甲",
    "表1 甲\t表2 乙",
    "单位：人",
    "续表",
    "注：乙",
    "正文。",
    "名单一览",
    "学院\t人数",
    "甲\t3",
    "乙\t4",
)
_LINES = st.sampled_from(_TEXTS).map(lambda text: Line(text, LEFT, 80.0, RIGHT, 90.0, 10.5))
_CONTENTS = st.lists(st.lists(st.one_of(_LINES, grids()), max_size=4), min_size=1, max_size=4)


@given(_CONTENTS)
def test_every_text_of_a_grid_is_told_once(contents: list[list[Line | Grid]]) -> None:
    given_pages = pages(*_told_apart(contents))
    tables = join_tables(given_pages)
    grids_given = {
        (p, i) for p, page in enumerate(given_pages) for i, x in enumerate(page.items) if isinstance(x, Grid)
    }
    assert grids_given <= {place for table in tables for place in table.places}
    wanted = "\n".join(c.text for page in given_pages for x in page.items if isinstance(x, Grid) for c in x.cells)
    shown = "\n".join(
        "\n".join([*table.lines, *("\n".join(row.printed) for row in table.rows), table.note]) for table in tables
    )
    for pattern in (_WORD, _NUMBER):
        assert Counter(pattern.findall(shown)) == Counter(pattern.findall(wanted))


@given(_CONTENTS)
def test_rows_are_even_and_merges_stay_inside(contents: list[list[Line | Grid]]) -> None:
    for table in join_tables(pages(*_told_apart(contents))):
        width = len(table.rows[0].printed)
        assert {(len(row.printed), len(row.filled)) for row in table.rows} == {(width, width)}
        assert len(header_labels(table.rows, table.header_rows)) == width
        for at, row in enumerate(table.rows):
            for value in row.merged:
                assert _is_inside(value, at, len(table.rows), table.header_rows, width)
                assert row.printed[value.column]


def _is_inside(value: MergedValue, at: int, rows: int, header: int, width: int) -> bool:
    return at - value.above >= header and at + value.below < rows and value.column + value.columns <= width


@given(_CONTENTS)
def test_figures_and_chunks_of_any_tables_can_be_made(contents: list[list[Line | Grid]]) -> None:
    sections, tables = pages_to_sections(pages(*_told_apart(contents)), "r")
    known = {table.id: table for table in tables}
    for section in sections:
        for passage in section_to_passages(section):
            for figure in passage_to_figures(passage, known.get(passage.table_id or "")):
                assert passage.text[figure.start : figure.end].strip()
