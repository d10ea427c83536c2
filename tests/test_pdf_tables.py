"""One tiny drawn page per layout quirk; the text is ASCII, the geometry is what is tested."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterable

import pdfplumber
import pytest

from rag.readers.pdf.letters import Letter, letters_within, page_letters, print_lines
from rag.readers.pdf.tables import STACKED, UNRULED, page_to_grids, rules_to_grids
from rag.records import Grid

WIDTH, HEIGHT = 400, 400
COLUMNS = (50, 130, 210, 290)
ROWS = (50, 70, 90, 110)
FIGURES = [["year", "staff", "share"], ["2022", "796", "42.21%"], ["2023", "959", "46.23%"]]


def line(x0: float, y0: float, x1: float, y1: float) -> str:
    return f"{x0} {HEIGHT - y0} m {x1} {HEIGHT - y1} l S"


def filled(x0: float, y0: float, x1: float, y1: float) -> str:
    return f"{x0} {HEIGHT - y1} {x1 - x0} {y1 - y0} re f"


def box(x0: float, y0: float, x1: float, y1: float) -> str:
    return f"{x0} {HEIGHT - y1} {x1 - x0} {y1 - y0} re S"


def mitred(x0: float, y0: float, x1: float, y1: float) -> str:
    """A border as Chromium draws it: a filled trapezium."""
    if x1 - x0 > y1 - y0:
        points = [(x0, y0), (x1, y0), (x1 - 1, y1), (x0 + 1, y1)]
    else:
        points = [(x0, y0), (x1, y0 + 1), (x1, y1 - 1), (x0, y1)]
    path = " ".join(f"{x} {HEIGHT - y} {'l' if at else 'm'}" for at, (x, y) in enumerate(points))
    return f"{path} h f"


def text(words: str, x: float, y: float, size: float = 10) -> str:
    escaped = words.replace("(", r"\(").replace(")", r"\)")
    return f"BT /F1 {size} Tf {x} {HEIGHT - y} Td ({escaped}) Tj ET"


def rules(
    columns: Iterable[float] = COLUMNS, rows: Iterable[float] = ROWS, stroke: Callable[..., str] = line
) -> list[str]:
    xs, ys = list(columns), list(rows)
    return [stroke(xs[0], y, xs[-1], y) for y in ys] + [stroke(x, ys[0], x, ys[-1]) for x in xs]


def thick(stroke: Callable[..., str], x0: float, y0: float, x1: float, y1: float) -> str:
    return stroke(x0 - 0.5, y0 - 0.5, x1 + 0.5, y1 + 0.5)


def words(rows: list[list[str]], columns: Iterable[float] = COLUMNS, tops: Iterable[float] = ROWS) -> list[str]:
    starts = list(columns)
    return [
        text(cell, starts[column] + 8, top + 14)
        for row, top in zip(rows, tops, strict=False)
        for column, cell in enumerate(row)
        if cell
    ]


def pdf_of(drawing: Iterable[str]) -> bytes:
    content = "\n".join(drawing).encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {WIDTH} {HEIGHT}]/Contents 4 0 R"
        "/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>".encode(),
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, value in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, value)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start = len(out)
    out += b"xref\n0 5\n0000000000 65535 f \n" + table
    return out + b"trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start


def grids_of(*drawing: list[str]) -> tuple[Grid, ...]:
    with pdfplumber.open(io.BytesIO(pdf_of(part for parts in drawing for part in parts))) as document:
        page = document.pages[0]
        letters = page_letters(page)

        def text_of(left: float, top: float, right: float, bottom: float) -> str:
            inside = letters_within(letters, (left, top, right, bottom))
            return "\n".join(line.text for line in print_lines(inside))

        grids = page_to_grids(page, text_of)
        for grid in grids:
            inside = letters_within(letters, (grid.left, grid.top, grid.right, grid.bottom))
            assert Counter(letter.text for letter in inside) == Counter(
                character for cell in grid.cells for character in cell.text if character != " "
            )
    return grids


def rows_of(grid: Grid) -> list[list[str]]:
    rows = [[""] * grid.column_count for _ in range(grid.row_count)]
    for cell in grid.cells:
        rows[cell.row][cell.column] = cell.text
    return rows


def dashes(x0: float, y0: float, x1: float, y1: float) -> str:
    steps = int(max(x1 - x0, y1 - y0) // 4)
    across = x1 > x0
    return "\n".join(
        filled(x0 + 4 * at, y0, x0 + 4 * at + 1, y0 + 1) if across else filled(x0, y0 + 4 * at, x0 + 1, y0 + 4 * at + 1)
        for at in range(steps + 1)
    )


def double(x0: float, y0: float, x1: float, y1: float) -> str:
    across = x1 > x0
    shift = (0, 4.5) if across else (4.5, 0)
    return line(x0, y0, x1, y1) + "\n" + line(x0 + shift[0], y0 + shift[1], x1 + shift[0], y1 + shift[1])


@pytest.mark.parametrize(
    "stroke",
    [
        pytest.param(line, id="lines"),
        pytest.param(lambda *ends: thick(filled, *ends), id="thin filled rectangles"),
        pytest.param(lambda *ends: thick(mitred, *ends), id="mitred polygons"),
        pytest.param(dashes, id="rows of dots"),
        pytest.param(double, id="double lines"),
        pytest.param(lambda *ends: "[3 3] 0 d " + line(*ends) + " [] 0 d", id="dash pattern"),
    ],
)
def test_every_way_to_draw_a_rule_gives_the_same_cells(stroke: Callable[..., str]) -> None:
    (grid,) = grids_of(rules(stroke=stroke), words(FIGURES))
    assert rows_of(grid) == FIGURES
    assert not grid.warnings
    assert len(grid.column_edges) == 4


def test_borders_drawn_cell_by_cell_and_slightly_askew() -> None:
    cells = [
        box(left + wobble, top - wobble, right + wobble, bottom - wobble)
        for at, (top, bottom) in enumerate([(50, 70), (70, 90), (90, 110)])
        for left, right in [(50, 130), (130, 210), (210, 290)]
        for wobble in [at * 0.8]
    ]
    (grid,) = grids_of(cells, words(FIGURES))
    assert rows_of(grid) == FIGURES


def test_column_border_that_jumps_between_rows_is_one_border() -> None:
    drawing = [line(50, y, 290, y) for y in ROWS] + [line(x, 50, x, 110) for x in (50, 210, 290)]
    drawing += [line(130, 50, 130, 70), line(136, 70, 136, 110)]
    (grid,) = grids_of(drawing, words(FIGURES))
    assert rows_of(grid) == FIGURES


def test_open_sides() -> None:
    drawing = [line(50, y, 290, y) for y in ROWS] + [line(x, 50, x, 110) for x in (130, 210)]
    (grid,) = grids_of(drawing, words(FIGURES))
    assert rows_of(grid) == FIGURES
    assert not grid.open_top


def test_table_cut_off_by_the_page_end_is_open_below() -> None:
    drawing = [line(50, y, 290, y) for y in ROWS[:3]] + [line(x, 50, x, 110) for x in COLUMNS]
    (grid,) = grids_of(drawing, words(FIGURES))
    assert rows_of(grid) == FIGURES
    assert grid.open_bottom
    assert not grid.open_top


def test_merged_cells_keep_their_spans() -> None:
    drawing = [line(50, y, 290, y) for y in (50, 110)] + [line(x, 50, x, 110) for x in (50, 130, 290)]
    drawing += [line(130, 70, 290, 70), line(50, 90, 290, 90), line(210, 70, 210, 110)]
    (grid,) = grids_of(drawing, words([["school", "teachers", ""], ["", "796", "42%"], ["A", "1", "2"]]))
    spans = {cell.text: (cell.row_span, cell.column_span) for cell in grid.cells}
    assert spans == {
        "school": (2, 1),
        "teachers": (1, 2),
        "796": (1, 1),
        "42%": (1, 1),
        "A": (1, 1),
        "1": (1, 1),
        "2": (1, 1),
    }


def test_blank_cells_stay_blank() -> None:
    rows = [["a", "b", "c"], ["1", "", "3"], ["", "2", ""]]
    (grid,) = grids_of(rules(), words(rows))
    assert rows_of(grid) == rows


PROSE = [text(f"a paragraph of plain running text, line {at}", 60, 70 + 14 * at) for at in range(5)]


@pytest.mark.parametrize(
    "drawing",
    [
        pytest.param([box(50, 50, 350, 140), *PROSE], id="box around a paragraph"),
        pytest.param([box(50, 50, 350, 140), line(50, 75, 350, 75), *PROSE], id="case box with a title row"),
        pytest.param([box(10, 10, 390, 390), box(14, 14, 386, 386), *PROSE], id="double page border"),
        pytest.param([line(50, 40, 350, 40), line(50, 380, 350, 380), *PROSE], id="running head and foot rules"),
        pytest.param([filled(50, 50, 350, 140), "1 g", *PROSE], id="shaded paragraph"),
        pytest.param([*rules(range(50, 300, 40), range(50, 300, 40)), text("5%", 60, 70)], id="grid of a chart"),
        pytest.param(
            [line(60, 50, 60, 250), line(60, 250, 300, 250)]
            + [filled(80 + 40 * at, 250 - 30 * at, 100 + 40 * at, 250) for at in range(1, 5)]
            + [text(str(at), 40, 250 - 30 * at) for at in range(1, 5)],
            id="bar chart",
        ),
        pytest.param(
            [
                box(50, 50, 110, 80),
                box(170, 120, 230, 150),
                box(50, 200, 110, 230),
                box(290, 200, 350, 230),
                line(80, 80, 80, 200),
                line(80, 135, 170, 135),
                line(230, 135, 320, 135),
                line(320, 135, 320, 200),
                text("step", 60, 68),
                text("step", 180, 138),
                text("step", 60, 218),
                text("step", 300, 218),
            ],
            id="flow chart",
        ),
        pytest.param(
            [line(50, y, 350, y) for y in (50, 70, 150)]
            + [text(f"left column of prose {at}", 55, 84 + 12 * at) for at in range(5)]
            + [text(f"right column of prose {at}", 220, 84 + 12 * at) for at in range(5)]
            + [text("one", 55, 64), text("two", 220, 64)],
            id="two columns of prose between rules",
        ),
    ],
)
def test_what_is_not_a_table_gives_no_grid(drawing: list[str]) -> None:
    assert grids_of(drawing) == ()


def test_table_inside_a_page_border() -> None:
    (grid,) = grids_of([box(10, 10, 390, 390)], rules(), words(FIGURES))
    assert rows_of(grid) == FIGURES


def test_highlighted_words_draw_no_borders() -> None:
    (grid,) = grids_of(["0.9 g", filled(140, 74, 160, 86), "0 g"], rules(), words(FIGURES))
    assert rows_of(grid) == FIGURES


def test_two_tables_one_below_the_other() -> None:
    lower = [y + 100 for y in ROWS]
    grids = grids_of(rules(), words(FIGURES), rules(rows=lower), words(FIGURES, tops=lower))
    assert [rows_of(grid) for grid in grids] == [FIGURES, FIGURES]
    assert grids[0].bottom < grids[1].top


def test_single_row_carried_to_the_next_page() -> None:
    (grid,) = grids_of(rules(rows=(50, 70)), words([["47", "care", "174"]]))
    assert rows_of(grid) == [["47", "care", "174"]]


def test_wrapped_ratio_is_one_string() -> None:
    drawing = [*rules((50, 90, 170), (50, 70, 100)), *words([["ratio", "n"]], (50, 90))]
    (grid,) = grids_of(drawing, [text("15.85:", 55, 82), text("1", 65, 95), text("7", 100, 88)])
    assert rows_of(grid) == [["ratio", "n"], ["15.85:1", "7"]]


def test_figure_broken_for_want_of_room_is_one_figure() -> None:
    drawing = [*rules((50, 90, 170), (50, 70, 100)), *words([["n", "m"]], (50, 90))]
    (grid,) = grids_of(drawing, [text("34118", 54, 82), text("10", 60, 95), text("x", 100, 88)])
    assert rows_of(grid)[1] == ["3411810", "x"]


def test_rows_without_rules_between_them_come_apart() -> None:
    drawing = [*rules(rows=(50, 70, 130)), *words([FIGURES[0]])]
    body = [["A", "11", "2.5%"], ["B", "12", ""], ["C", "13", "3.5%"]]
    (grid,) = grids_of(drawing, words(body, tops=(70, 88, 106)))
    assert rows_of(grid) == [FIGURES[0], *body]
    assert not grid.warnings


def test_merged_cell_beside_rows_without_rules_covers_them_all() -> None:
    drawing = [line(50, y, 290, y) for y in (50, 130)] + [line(x, 50, x, 130) for x in COLUMNS]
    drawing += [line(130, 70, 290, 70)]
    (grid,) = grids_of(
        drawing, [text("all", 60, 90)], words([["", "a", "b"], ["", "1", "2"], ["", "3", "4"]], tops=(50, 70, 90))
    )
    assert rows_of(grid) == [["all", "a", "b"], ["", "1", "2"], ["", "3", "4"]]
    assert next(cell.row_span for cell in grid.cells if cell.text == "all") == 3


def test_figures_above_each_other_that_no_row_explains_stay_apart_and_warn() -> None:
    drawing = [*rules(rows=(50, 70, 130)), *words([FIGURES[0]])]
    stacked = [
        text("11", 138, 84),
        text("12", 138, 104),
        text("one", 58, 80),
        text("two", 58, 94),
        text("three", 58, 112),
    ]
    (grid,) = grids_of(drawing, stacked)
    assert rows_of(grid)[1][1] == "11 12"
    assert grid.warnings == (STACKED,)


def test_three_line_table() -> None:
    drawing = [line(50, y, 290, y) for y in (50, 70, 110)]
    (grid,) = grids_of(drawing, words(FIGURES))
    assert rows_of(grid) == FIGURES


def test_three_line_table_with_two_header_levels() -> None:
    drawing = [line(50, y, 290, y) for y in (50, 90, 130)] + [line(135, 70, 285, 70)]
    rows = [["", "  teachers", ""], ["year", "staff", "share"], ["2022", "796", "42.21%"], ["2023", "959", "46.23%"]]
    (grid,) = grids_of(drawing, words(rows, tops=(50, 70, 90, 110)))
    assert rows_of(grid) == [["year", "teachers", ""], ["", "staff", "share"], *rows[2:]]
    spans = {cell.text: (cell.row_span, cell.column_span) for cell in grid.cells if cell.row == 0}
    assert spans == {"year": (2, 1), "teachers": (1, 2)}


def test_header_ruled_only_below() -> None:
    drawing = [line(50, y, 290, y) for y in (70, 90, 110)]
    (grid,) = grids_of(drawing, [text("some words of prose above", 50, 40)], words(FIGURES))
    assert rows_of(grid) == FIGURES


def test_wrapped_header_ruled_only_below() -> None:
    drawing = [line(50, y, 290, y) for y in (70, 90, 110)]
    head = [*words([["full", "all", "the"]], tops=[40]), *words([FIGURES[0]])]
    (grid,) = grids_of(drawing, head, words(FIGURES[1:], tops=ROWS[1:]))
    assert rows_of(grid) == [["full year", "all staff", "the share"], *FIGURES[1:]]


def test_two_three_line_tables_of_one_width_stay_apart() -> None:
    drawing = [line(50, y, 290, y) for y in (50, 70, 110, 150, 170, 210)]
    title = [text("title of the second", 120, 140)]
    grids = grids_of(drawing, words(FIGURES), title, words(FIGURES, tops=(150, 170, 190)))
    assert [rows_of(grid) for grid in grids] == [FIGURES, FIGURES]


def test_every_row_ruled_but_no_column() -> None:
    drawing = [line(50, y, 290, y) for y in (50, 70, 100, 130)]
    body = [
        *words([["name", "staff", "share"]]),
        text("long", 58, 82),
        text("name", 58, 94),
        text("796", 138, 88),
        text("1%", 218, 88),
    ]
    body += [text("other", 58, 118), text("959", 138, 118), text("2%", 218, 118)]
    (grid,) = grids_of(drawing, body)
    assert [row[1:] for row in rows_of(grid)] == [["staff", "share"], ["796", "1%"], ["959", "2%"]]


def test_three_line_table_whose_rows_are_in_doubt_is_left_as_text() -> None:
    drawing = [line(50, y, 290, y) for y in (50, 70, 150)]
    body = words(
        [["name", "staff", "share"], ["long", "796", "1%"], ["name", "", ""], ["other", "959", "2%"]],
        tops=(50, 70, 90, 110),
    )
    assert grids_of(drawing, body) == ()


def test_three_line_table_with_wrapped_labels() -> None:
    drawing = [line(50, y, 290, y) for y in (50, 70, 170)]
    body = words(
        [["name", "staff", "share"], ["", "796", "1%"], ["", "959", "2%"], ["", "11", "3%"]], tops=(50, 76, 112, 140)
    )
    labels = [
        text(word, 58, y) for word, y in (("long", 84), ("name", 96), ("other", 120), ("name", 132), ("new", 154))
    ]
    (grid,) = grids_of(drawing, body, labels)
    assert [row[1:] for row in rows_of(grid)] == [["staff", "share"], ["796", "1%"], ["959", "2%"], ["11", "3%"]]
    assert [row[0] for row in rows_of(grid)] == ["name", "long name", "other name", "new"]


def test_one_rule_under_several_groups_of_columns() -> None:
    drawing = [line(50, y, 370, y) for y in (50, 90, 110, 130)] + [line(115, 70, 370, 70)]
    columns = (50, 112, 177, 242, 307)
    rows = [["2022", "11", "12", "13", "14"], ["2023", "21", "22", "23", "24"]]
    head = [text("year", 58, 74), text("girls", 166, 64), text("boys", 296, 64)]
    head += words([["", "all", "new", "all", "new"]], columns, tops=[70])
    (grid,) = grids_of(drawing, head, words(rows, columns, tops=(90, 110)))
    top = {cell.text: (cell.column, cell.column_span) for cell in grid.cells if cell.row == 0}
    assert top == {"year": (0, 1), "girls": (1, 2), "boys": (3, 2)}
    assert rows_of(grid)[1:] == [["", "all", "new", "all", "new"], *rows]


def test_label_set_wide_over_its_columns_stays_one() -> None:
    drawing = [line(50, y, 290, y) for y in (50, 90, 130)] + [line(135, 70, 285, 70)]
    rows = [["year", "staff", "share"], ["2022", "796", "42.21%"], ["2023", "959", "46.23%"]]
    head = [text("in", 191, 64), text("all", 214, 64)]
    (grid,) = grids_of(drawing, head, words(rows, tops=(70, 90, 110)))
    assert [(cell.text, cell.column_span) for cell in grid.cells if cell.row == 0 and cell.column] == [("inall", 2)]


def test_rules_between_rows_that_leave_out_a_merged_cell() -> None:
    drawing = [line(50, y, 290, y) for y in (50, 70, 110, 150)] + [line(120, y, 290, y) for y in (90, 130)]
    rows = [["area", "staff", "share"], ["", "796", "1%"], ["", "959", "2%"], ["", "11", "3%"], ["", "12", "4%"]]
    merged = [text("east", 58, 94), text("west", 58, 134)]
    (grid,) = grids_of(drawing, words(rows, tops=(50, 70, 90, 110, 130)), merged)
    assert [(cell.text, cell.row, cell.row_span) for cell in grid.cells if not cell.column] == [
        ("area", 0, 1),
        ("east", 1, 2),
        ("west", 3, 2),
    ]
    assert [row[1:] for row in rows_of(grid)] == [row[1:] for row in rows]


def test_wrapped_labels_of_two_columns_that_nearly_touch() -> None:
    drawing = [line(50, y, 290, y) for y in (50, 80, 120)]
    head = [text("year", 58, 69), text("all the long", 133, 63), text("staff", 148, 75), text("share", 194, 69)]
    (grid,) = grids_of(drawing, head, words(FIGURES[1:], columns=(50, 140, 190), tops=(80, 100)))
    assert rows_of(grid) == [["year", "allthelong staff", "share"], *FIGURES[1:]]


TWO_LEVELS = [text("year", 58, 74), text("all the teachers", 162, 64), *words([["", "staff", "share"]], tops=[70])]
HEADED = [["year", "alltheteachers", ""], ["", "staff", "share"], *FIGURES[1:]]


@pytest.mark.parametrize(
    "drawn",
    [
        pytest.param([line(50, 90, 290, 90)], id="no rule between the levels"),
        pytest.param([line(130, 90, 290, 90)], id="below the lowest labels only"),
    ],
)
def test_three_line_table_whose_levels_no_rule_parts(drawn: list[str]) -> None:
    (grid,) = grids_of([line(50, y, 290, y) for y in (50, 130)], drawn, TWO_LEVELS, words(FIGURES[1:], tops=(90, 110)))
    assert rows_of(grid) == HEADED
    spans = {cell.text: (cell.row_span, cell.column_span) for cell in grid.cells if cell.row == 0}
    assert spans == {"year": (2, 1), "alltheteachers": (1, 2)}


def test_label_over_columns_that_lack_their_own_leaves_the_table_as_text() -> None:
    head = [text("year", 58, 74), text("all the teachers", 162, 64), text("staff", 138, 84)]
    drawing = [line(50, y, 290, y) for y in (50, 90, 130)]
    assert grids_of(drawing, head, words(FIGURES[1:], tops=(90, 110))) == ()


def test_short_rules_below_both_levels_of_a_header() -> None:
    drawing = [line(50, y, 290, y) for y in (50, 130)] + [line(135, y, 290, y) for y in (70, 90)]
    (grid,) = grids_of(drawing, TWO_LEVELS, words(FIGURES[1:], tops=(90, 110)))
    assert rows_of(grid) == HEADED


def test_rows_with_few_figures_among_full_ones() -> None:
    rows = [
        ["name", "staff", "area", "note"],
        ["east", "12", "34", "new"],
        ["west", "5", "6", "old"],
        ["all", "17", "", ""],
    ]
    drawing = [line(50, y, 370, y) for y in (50, 70, 130)]
    (grid,) = grids_of(drawing, words(rows, columns=(50, 130, 210, 290), tops=(50, 70, 90, 110)))
    assert rows_of(grid) == rows


RANKS = [["full", "12", "1%"], ["half", "34", "2%"], ["none", "5", "3%"], ["good", "6", "4%"], ["bad", "7", "5%"]]
MERGED = words([["", "staff", "share"], *RANKS], columns=(110, 180, 240), tops=(50, 70, 90, 110, 130, 150))


def test_row_labels_beside_rows_in_doubt_leave_the_table_as_text() -> None:
    drawing = [line(50, y, 290, y) for y in (50, 70, 170)]
    labels = [text("title", 58, 104), text("degree", 58, 144)]
    assert grids_of(drawing, MERGED, labels, [text("what", 62, 64)]) == ()


def continued(*drawing: list[str]) -> tuple[Grid, ...]:
    """The tables of a page after one that left a table open."""
    with pdfplumber.open(io.BytesIO(pdf_of(part for parts in drawing for part in parts))) as document:
        page = document.pages[0]
        letters = page_letters(page)

        def text_of(*box: float) -> str:
            return "\n".join(line.text for line in print_lines(letters_within(letters, box)))

        return page_to_grids(page, text_of, columns=(50, 130, 210, 290))


HEAD = [text("a running head", 150, 20)]


def test_rows_that_go_on_from_the_page_before() -> None:
    (grid,) = continued(HEAD, words(FIGURES[1:], tops=(60, 80)), [line(50, 100, 290, 100)], [text("prose", 50, 150)])
    assert rows_of(grid) == FIGURES[1:]
    assert grid.open_top
    assert not grid.open_bottom


@pytest.mark.parametrize(
    "drawing",
    [
        pytest.param([[text("words of prose in a line", 50, 60)], words(FIGURES[1:], tops=(60, 80))], id="prose first"),
        pytest.param([words(FIGURES[1:], columns=(90, 130, 190), tops=(60, 80))], id="other columns"),
        pytest.param(
            [words(FIGURES[1:], tops=(60, 80)), words([["x", "y", "z"]] * 3, tops=(160, 180, 200))], id="no end"
        ),
    ],
)
def test_what_does_not_go_on_from_the_page_before(drawing: list[list[str]]) -> None:
    assert continued(HEAD, *drawing) == ()


NUMBERED = [["no", "name", "said"], ["1", "staff 12", ""], ["2", "no ratio", "as above"], ["3", "area", "all of it"]]


def test_numbered_rows_with_empty_cells() -> None:
    drawing = [line(50, y, 290, y) for y in (50, 70, 130)]
    (grid,) = grids_of(drawing, words(NUMBERED, tops=(50, 70, 90, 110)))
    assert rows_of(grid) == [[cell.replace(" ", "") for cell in row] for row in NUMBERED]
    assert not grid.open_bottom


def test_three_line_table_that_the_next_page_closes() -> None:
    drawing = [line(50, y, 290, y) for y in (310, 330)]
    foot = [text("7", 200, 396)]
    (grid,) = grids_of(drawing, words(FIGURES, tops=(310, 330, 350)), foot)
    assert rows_of(grid) == FIGURES
    assert grid.open_bottom


def test_prose_below_a_table_without_a_last_rule_leaves_it_as_text() -> None:
    drawing = [line(50, y, 290, y) for y in (50, 70)]
    prose = [text("some words of prose", 50, y) for y in (180, 200, 220)]
    assert grids_of(drawing, words(FIGURES), prose) == ()


def typed(words: str, x: float, y: float) -> list[Letter]:
    """Words in a type of 10 points, each character as wide as high."""
    return [Letter(one, x + 10 * at, y, x + 10 * at + 10, y + 10) for at, one in enumerate(words) if one != " "]


def unruled(*lines: list[Letter]) -> tuple[Grid, ...]:
    letters = [letter for line in lines for letter in line]

    def text_of(left: float, top: float, right: float, bottom: float) -> str:
        return "\n".join(line.text for line in print_lines(letters_within(letters, (left, top, right, bottom))))

    return rules_to_grids([], [], letters, text_of)


def row(y: float, *cells: str) -> list[Letter]:
    return [letter for at, cell in enumerate(cells) for letter in typed(cell, 60 + 110 * at, y)]


CAPTION = typed("表2就业情况", 180, 40)


def test_table_without_rules_below_a_caption() -> None:
    body = [row(80, "机电系", "12", "34"), row(100, "外语系", "", "56"), row(120, "合计", "12", "90")]
    (grid,) = unruled(CAPTION, row(60, "系部", "人数", "占比"), *body, typed("下文说明情况。", 60, 150))
    assert rows_of(grid) == [
        ["系部", "人数", "占比"],
        ["机电系", "12", "34"],
        ["外语系", "", "56"],
        ["合计", "12", "90"],
    ]
    assert grid.warnings == (UNRULED,)


def test_table_without_rules_with_a_wrapped_label() -> None:
    rows = [row(85, "", "12", "34"), row(120, "", "40", "56"), row(150, "合计", "52", "90")]
    labels = [typed("机电", 60, 79), typed("工程系", 60, 91), typed("外语", 60, 114), typed("贸易系", 60, 126)]
    (grid,) = unruled(CAPTION, row(60, "系部", "人数", "占比"), *rows, *labels)
    assert [line[0] for line in rows_of(grid)] == ["系部", "机电工程系", "外语贸易系", "合计"]


def test_table_without_rules_whose_header_has_two_levels() -> None:
    head = [
        typed("系部", 60, 66),
        row(60, "", "     就业", "", "     升学"),
        row(75, "", "人数", "占比", "人数", "占比"),
    ]
    rows = [row(100, "机电系", "12", "34", "5", "6"), row(120, "外语系", "45", "56", "7", "8")]
    (grid,) = unruled(typed("表2就业情况", 250, 40), *head, *rows)
    assert rows_of(grid)[:2] == [["系部", "就业", "", "升学", ""], ["", "人数", "占比", "人数", "占比"]]


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(
            [typed("无题", 200, 40), row(60, "系", "数"), row(80, "甲", "1"), row(100, "乙", "2")], id="no caption"
        ),
        pytest.param([CAPTION, row(60, "甲", "1"), row(80, "乙", "2"), row(100, "丙", "3")], id="no header"),
        pytest.param([CAPTION, row(60, "甲", "子"), row(80, "乙", "丑"), row(100, "丙", "寅")], id="no figures"),
        pytest.param(
            [
                CAPTION,
                row(60, "系", "人数", "占比"),
                row(80, "甲", "1", "2"),
                row(100, "", "3", "4"),
                row(120, "乙", "5", "6"),
            ],
            id="row in doubt",
        ),
        pytest.param(
            [CAPTION, row(60, "系", "人数"), row(80, "甲。", "1"), row(100, "乙。", "2")], id="prose in columns"
        ),
        pytest.param(
            [typed("表2就业", 300, 40), row(60, "系", "数"), row(80, "甲", "1"), row(100, "乙", "2")], id="not over it"
        ),
    ],
)
def test_words_that_are_not_surely_a_table_stay_lines(lines: list[list[Letter]]) -> None:
    assert unruled(*lines) == ()
