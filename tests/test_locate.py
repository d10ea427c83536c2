from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.pictures.locate import Wanted, locate
from rag.readers.page_runs import Box, Run

SIZE = 10


def run(text: str, left: float, top: float) -> Run:
    """Characters SIZE wide and high."""
    boxes = (Box(left + SIZE * n, top, left + SIZE * (n + 1), top + SIZE) for n in range(len(text)))
    return Run(text, tuple(boxes))


def words(boxes: Sequence[Box], runs: Sequence[Run]) -> str:
    """The characters of the runs that stand in the boxes, in the order of the runs."""
    inside = (
        character
        for one in runs
        for character, box in zip(one.text, one.boxes, strict=True)
        if any(
            b.left <= box.left and b.right >= box.right and b.top <= box.top and b.bottom >= box.bottom for b in boxes
        )
    )
    return "".join(inside)


PROSE = (run("全校现有专任教师796人，其", 0, 0), run("中硕士368人。另有校外", 0, 15), run("兼职教师120人。", 0, 30))
COLUMNS_LINE_BY_LINE = (
    run("左栏说就业率为", 0, 0), run("右栏说对口率为", 200, 0), run("95.2%，高于上", 0, 15), run("78.4%，低于上", 200, 15),
    run("年。", 0, 30), run("年。", 200, 30),
)  # fmt: skip
WRAPPED_CELLS_LINE_BY_LINE = (
    run("现代农业技", 100, 0), run("湖北生物科技", 200, 0), run("7", 0, 7), run("术与装备", 100, 15), run("职业学院", 200, 15),
    run("现代农业技", 100, 40), run("襄阳职业", 200, 40), run("8", 0, 47), run("术与装备", 100, 55), run("技术学院", 200, 55),
)  # fmt: skip
ROWS = tuple(
    run(text, left, 20 * row)
    for row, cells in enumerate((("机电系", "12", "30"), ("护理系", "12", "45"), ("财经系", "12", "112")))
    for text, left in zip(cells, (0, 100, 200), strict=True)
)
TWICE = (
    run("2021年就业率为96.1%。", 0, 0), run("其中本科为96.1%。", 0, 15),
    run("2022年就业率为96.1%。", 0, 30), run("其中本科为96.1%。", 0, 45),
)  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "runs", "marked"),
    [
        ("专任教师796人，其中硕士368人。", PROSE, "专任教师796人，其中硕士368人。"),
        ("专任教师 796 人,其 中硕士368人", PROSE, "专任教师796人，其中硕士368人"),
        ("左栏说就业率为95.2%，高于上年。", COLUMNS_LINE_BY_LINE, "左栏说就业率为95.2%，高于上年。"),
        ("右栏说对口率为78.4%，低于上年。", COLUMNS_LINE_BY_LINE, "右栏说对口率为78.4%，低于上年。"),
        ("7\t现代农业技术与装备\t湖北生物科技职业学院", WRAPPED_CELLS_LINE_BY_LINE, "现代农业技湖北生物科技7术与装备职业学院"),
        ("8\t现代农业技术与装备\t襄阳职业技术学院", WRAPPED_CELLS_LINE_BY_LINE, "现代农业技襄阳职业8术与装备技术学院"),
        ("护理系\t12\t45", ROWS, "护理系1245"),
        ("财经系\t12\t112", ROWS, "财经系12112"),
        ("护理系\t另有\t45", ROWS, "护理系45"),
        ("毕业生", (run("毕业⽣\ue123", 0, 0),), "毕业⽣"),
        ("互联网＋", (run("互联网+", 0, 0),), "互联网+"),
        ("就业率", (run("就", 0, 0), run("业", 30, 0), run("率", 60, 0)), "就业率"),
    ],
)  # fmt: skip
def test_a_quote_is_found_where_it_stands(wanted: str, runs: Sequence[Run], marked: str) -> None:
    located = locate(Wanted(wanted), runs)
    assert words(located.quote, runs) == marked
    assert located.share > 0.6


@pytest.mark.parametrize(
    ("wanted", "top"),
    [
        (Wanted("其中本科为96.1%。", before="2022年就业率为96.1%。\n"), 45),
        (Wanted("其中本科为96.1%。", before="2021年就业率为96.1%。\n"), 15),
        (Wanted("其中本科为96.1%。", after="2022年就业率为96.1%。\n"), 15),
        (Wanted("12", before="护理系\t", after="\t45"), 20),
        (Wanted("12", before="财经系\t", after="\t112"), 40),
    ],
)
def test_what_stands_around_tells_like_places_apart(wanted: Wanted, top: float) -> None:
    located = locate(wanted, TWICE if "本科" in wanted.text else ROWS)
    assert [box.top for box in located.quote] == [top]


@pytest.mark.parametrize(
    ("wanted", "runs", "figures"),
    [
        (Wanted("专任教师796人，其中硕士368人。", ((4, 8), (13, 17))), PROSE, ["796人", "368人"]),
        (Wanted("护理系\t12\t45", ((7, 9),)), ROWS, ["45"]),
        (Wanted("财经系\t12\t112", ((7, 10),)), ROWS, ["112"]),
        (Wanted("全校专任教师123人，其中硕士368人。", ((6, 10), (15, 19))), PROSE, ["368人"]),
    ],
)
def test_figures_are_marked_whole_or_not_at_all(wanted: Wanted, runs: Sequence[Run], figures: list[str]) -> None:
    assert [words(boxes, runs) for boxes in locate(wanted, runs).figures] == figures


@pytest.mark.parametrize(
    ("wanted", "lines", "marked"),
    [
        ("112", ("2112", "1125", "112"), "112"),
        ("96", ("96.12", "1.96", "96"), "96"),
        ("96.12", ("96.125", "196.12", "96.12"), "96.12"),
        ("12", ("2112",), ""),
        ("96%", ("96.12%",), ""),
        ("某某公司\t某某装置\t30", ("某某公司", "某某装置", "3", "30"), "某某公司某某装置30"),
        ("就业率为93.5%，对口率为70%", ("就业率为93.4%，对口率为70%",), "就业率为%，对口率为70%"),
    ],
)
def test_numbers_are_found_whole(wanted: str, lines: tuple[str, ...], marked: str) -> None:
    runs = [run(line, 0, 15 * number) for number, line in enumerate(lines)]
    boxes = [box for one in runs for box in one.boxes]
    found = locate(Wanted(wanted), runs).quote
    marks = (any(b.left <= box.left < b.right and b.top == box.top for b in found) for box in boxes)
    assert "".join(itertools.compress("".join(lines), marks)) == marked


def test_a_sentence_that_differs_in_the_figure_asked_for_is_not_marked() -> None:
    runs = (run("2022届毕业生就业率为95.1%，比上年有所提高。", 0, 0),)
    wanted = "2022届毕业生就业率为96.1%，比上年有所提高。"
    assert locate(Wanted(wanted, ((11, 16),)), runs).quote == ()
    assert locate(Wanted(wanted), runs).quote


@pytest.mark.parametrize("text", ["", " \n", "另一份报告里的一句话", "全校现有教学仪器设备总值为九千八百万元"])
def test_less_than_half_is_not_marked(text: str) -> None:
    located = locate(Wanted(text, ((0, len(text)),)), PROSE)
    assert located.share < 0.5
    assert located.quote == located.figures == ()


def test_a_sentence_that_begins_on_the_page_before_is_found_from_its_first_line_on() -> None:
    located = locate(Wanted("接上页的前半句到此为止，中硕士368人。另有校外兼职教师120人。"), PROSE)
    assert words(located.quote, PROSE) == "中硕士368人。另有校外兼职教师120人。"


@given(st.text("甲乙丙12.\t\n", max_size=30), st.lists(st.text("甲乙丙12.", min_size=1, max_size=6), max_size=12))
def test_whatever_is_marked_is_of_the_quote(text: str, lines: list[str]) -> None:
    runs = [run(line, 70 * (n % 2), 12 * (n // 2)) for n, line in enumerate(lines)]
    located = locate(Wanted(text), runs)
    assert 0 <= located.share <= 1
    assert bool(located.quote) == (located.share >= 0.5)
    assert set(words(located.quote, runs)) <= set(text)
