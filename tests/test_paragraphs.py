from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.records import Line
from rag.structure.foot_notes import with_notes_before
from rag.structure.paragraphs import (
    PlacedLine,
    columns,
    join_paragraph,
    lines_to_layout,
    opens_paragraph,
)

RIGHT = 500.0
SIZE = 12.0


def printed(
    text: str, top: float, left: float = 72, right: float = RIGHT, size: float = SIZE, page: int = 1
) -> PlacedLine:
    return PlacedLine(Line(text, left, top, right, top + size, size), page, str(page))


def paragraphs_of(lines: Sequence[PlacedLine]) -> list[str]:
    layout = lines_to_layout(lines)
    runs: list[list[PlacedLine]] = []
    for line in lines:
        if runs and not opens_paragraph(runs[-1][-1], line, layout):
            runs[-1].append(line)
        else:
            runs.append([line])
    return [join_paragraph(run).text for run in runs]


FULL = "学校坚持产教融合推进教学改革深化校企合作提升服务能力"
FILLER = [printed("间隔", 580, size=16, page=9)] + [printed(FULL, 600 + 20 * n, page=9) for n in range(6)]


@pytest.mark.parametrize(
    ("lines", "paragraphs"),
    [
        ([printed("经费收入34118.", 100, 96), printed("10万元。", 120, right=150)], ["经费收入34118.10万元。"]),
        ([printed(FULL, 100, 96), printed("完。", 120, right=100), printed(FULL, 140, 96)], [FULL + "完。", FULL]),
        ([printed("上一段完。", 100, 96, 400), printed(FULL, 120, 96)], ["上一段完。", FULL]),
        ([printed("完成预算的", 100, 96, RIGHT - 42), printed("65.45%，下降。", 120)], ["完成预算的65.45%，下降。"]),
        ([printed("完成预算", 100, 96, RIGHT - 60), printed("65.45%，下降。", 120)], ["完成预算", "65.45%，下降。"]),
        ([printed("已经完成。", 100, 96, RIGHT - 42), printed("65.45%，下降。", 120)], ["已经完成。", "65.45%，下降。"]),
        ([printed(FULL, 100), printed(FULL, 160)], [FULL, FULL]),
        ([printed("标题", 100, size=16), printed(FULL, 120)], ["标题", FULL]),
        ([printed("续到下", 800, page=1), printed("一页", 80, right=110, page=2)], ["续到下一页"]),
        ([printed("到此为止。", 800, page=1), printed(FULL, 80, 96, page=2)], ["到此为止。", FULL]),
        ([printed("落款学院", 700, 420), printed("2023年5月6日", 720, 400)], ["落款学院", "2023年5月6日"]),
        ([printed(FULL, 100), printed("附件1", 80, right=110, page=2)], [FULL, "附件1"]),
        ([printed(FULL, 100), printed("一、加强领导", 120, right=160)], [FULL, "一、加强领导"]),
        ([printed("图1 规模\t图2 结构", 100), printed(FULL, 120)], ["图1 规模\t图2 结构", FULL]),
        ([printed("表1 经费收入", 100), printed(FULL, 120)], ["表1 经费收入", FULL]),
        ([printed(FULL, 100), printed("● 第一点", 120, right=160)], [FULL, "● 第一点"]),
        ([printed(FULL, 100), printed("单位：万元", 120)], [FULL, "单位：万元"]),
    ],
    ids=[
        "figure broken by the line end",
        "last line short",
        "short by the room a figure needs",
        "shorter than that",
        "at the end of a sentence",
        "indented",
        "white space between",
        "larger type",
        "over a page break",
        "a new paragraph after a page break",
        "signature and date",
        "annex on a new page",
        "numbered heading",
        "captions side by side",
        "caption alone",
        "bullet",
        "unit line alone",
    ],
)  # fmt: skip
def test_printed_lines(lines: list[PlacedLine], paragraphs: list[str]) -> None:
    assert paragraphs_of([*lines, *FILLER])[: len(paragraphs)] == paragraphs


def plain(*texts: str, paragraph: bool = False) -> list[PlacedLine]:
    return [PlacedLine(Line(text, paragraph=paragraph), None, None) for text in texts]


WRAPPED = "学校全面深化产教融合推进校企合作提升服务区域发展能力水平"


@pytest.mark.parametrize(
    ("lines", "paragraphs"),
    [
        ([WRAPPED, "再创佳绩。", WRAPPED, "完。"], [WRAPPED + "再创佳绩。", WRAPPED + "完。"]),
        ([WRAPPED[:-1] + "。", "（二）经费情况"], [WRAPPED[:-1] + "。", "（二）经费情况"]),
        ([WRAPPED[:-1] + "。", "2.经费情况"], [WRAPPED[:-1] + "。", "2.经费情况"]),
        ([WRAPPED[:-4] + "共有教师", "2.5万人"], [WRAPPED[:-4] + "共有教师2.5万人"]),
        ([WRAPPED, "二、人才培养"], [WRAPPED, "二、人才培养"]),
        (["短句", "短句"], ["短句", "短句"]),
    ],
)
def test_hard_wrapped_text(lines: list[str], paragraphs: list[str]) -> None:
    assert paragraphs_of(plain(*lines, *[WRAPPED] * 8))[: len(paragraphs)] == paragraphs


@pytest.mark.parametrize(
    ("texts", "count"),
    [
        (("第一段很短", "第二段"), 2),
        ((FULL * 3 + "。", FULL), 2),
        ((FULL * 3, "接着说完。"), 1),
    ],
)
def test_paragraphs_a_format_states(texts: tuple[str, ...], count: int) -> None:
    assert len(paragraphs_of(plain(*texts, paragraph=True))) == count


def test_headings_a_format_states_stay_alone() -> None:
    lines = [PlacedLine(Line(FULL * 3, heading_level=1, paragraph=True), None, None), *plain(FULL, paragraph=True)]
    assert len(paragraphs_of(lines)) == 2


def test_marks_tell_where_the_page_changes() -> None:
    lines = [printed("上页", 800, page=3), printed("续", 80, page=4), printed("再续", 100, page=4)]
    paragraph = join_paragraph(lines)
    assert paragraph.text == "上页续再续"
    assert [(mark.start, mark.page, mark.label) for mark in paragraph.marks] == [(0, 3, "3"), (2, 4, "4")]


@pytest.mark.parametrize(("text", "width"), [("学校", 4), ("a1", 2), ("（一）", 6), ("", 0)])
def test_columns(text: str, width: int) -> None:
    assert columns(text) == width


line = st.builds(
    Line,
    st.text(min_size=1, max_size=20),
    left=st.floats(0, 500),
    top=st.floats(0, 800),
    right=st.floats(0, 600),
    size=st.floats(0, 30),
    bold=st.booleans(),
    paragraph=st.booleans(),
)


@given(st.lists(st.builds(PlacedLine, line, st.none() | st.integers(1, 3), st.none()), max_size=12))
def test_any_lines_lose_nothing(lines: list[PlacedLine]) -> None:
    joined = "".join(paragraphs_of(lines)).replace(" ", "")
    assert joined == "".join(line.line.text for line in lines).replace(" ", "")


@pytest.mark.parametrize(
    ("text", "width", "joined"),
    [
        ("学校现有教职工九百五十九人，其中专任教师", 58, True),
        ("学校现有教职工九百五十九人，其中专任教师", 48, True),
        ("学校现有教职工九百五十九人，其中专任教师", 40, False),
        ("学校现有教职工九百五十九人。", 48, False),
        ("（一）学校现有教职工与其中专任教师之情况", 48, False),
        ("（一）学校现有教职工。其中专任教师之情况", 48, True),
    ],
)
def test_a_first_line_short_by_its_indent_goes_on_unless_it_ends_or_is_a_title(text, width, joined) -> None:
    filler = [PlacedLine(Line(WRAPPED, columns=58), None, None)] * 20
    first, second = (PlacedLine(Line(words, columns=w), None, None) for words, w in ((text, width), ("四百人。", 8)))
    assert opens_paragraph(first, second, lines_to_layout([*filler, first, second])) is not joined
    ended = PlacedLine(Line(text, paragraph=True, columns=width), None, None)
    assert opens_paragraph(ended, second, lines_to_layout([*filler, ended, second]))


def title(text: str, top: float, left: float, size: float = 17) -> PlacedLine:
    return printed(text, top, left, RIGHT + 72 - left, size)


@pytest.mark.parametrize(
    ("lines", "paragraphs"),
    [
        ([title("新生报到率超94%", 100, 200), title("创四年新高", 126, 240)], ["新生报到率超94%创四年新高"]),
        ([title("新生报到率超94%", 100, 200), title("创四年新高", 160, 240)], ["新生报到率超94%", "创四年新高"]),
        ([title("新生报到", 100, 200), title("一、概况", 126, 240)], ["新生报到", "一、概况"]),
        ([title("新生报到", 100, 200), title("创四年新高", 126, 240, 14)], ["新生报到", "创四年新高"]),
        ([title("96.12%", 100, 200), title("就业率", 126, 240)], ["96.12%", "就业率"]),
        ([title("新生报到", 100, 200), printed("另一栏目", 126, 330, size=17)], ["新生报到", "另一栏目"]),
    ],
    ids=["two lines", "far below", "numbered", "other type", "a figure and its name", "not in line"],
)
def test_headings_over_two_lines(lines: list[PlacedLine], paragraphs: list[str]) -> None:
    assert paragraphs_of([*FILLER, *lines])[-len(paragraphs) :] == paragraphs


def test_headings_below_each_other_stay_apart() -> None:
    lines = [printed("3.2 教学基本设施情况", 100, right=150), printed("3.2.1 行政用房", 120, right=150)]
    lines += [printed("1、定位与目标", 160, right=150), printed("1.2领导年龄", 180, right=150)]
    assert paragraphs_of(lines) == [line.line.text for line in lines]


def test_short_titles_do_not_set_the_right_margin() -> None:
    heads = [printed(f"3.{n} 教学情况", 40 * n, right=150) for n in range(1, 12)]
    body = [printed(FULL * 2, 500), printed("续到这里。", 520, right=150)]
    assert paragraphs_of([*heads, *body])[-1] == FULL * 2 + "续到这里。"


def in_column(at: int, count: int, last: str = FULL, page: int = 1) -> list[PlacedLine]:
    """Lines of the left (0) or right (1) of two columns, the last one with other words."""
    left = (50, 310)[at]
    return [
        printed(last if row == count - 1 else FULL, 100 + 20 * row, left, left + 235, page=page) for row in range(count)
    ]


def test_a_sentence_goes_on_in_the_next_column_and_in_the_first_one_of_the_next_page() -> None:
    lines = [line for page in (1, 2) for at in (0, 1) for line in in_column(at, 8, page=page)]
    assert paragraphs_of(lines) == [FULL * 32]


def test_the_last_line_of_a_column_ends_its_paragraph_where_it_is_short_or_the_next_is_indented() -> None:
    short = printed("人。", 260, 50, 74)
    indented = printed(FULL, 100, 334, 545)
    left, right = in_column(0, 8), in_column(1, 8)
    assert paragraphs_of([*left, short, *right]) == [FULL * 8 + "人。", FULL * 8]
    assert paragraphs_of([*left, indented, *right[1:]]) == [FULL * 8, FULL * 8]


@pytest.mark.parametrize(("ends", "moved"), [(FULL, True), (FULL[:-1] + "。", False)])
def test_a_note_at_the_foot_of_a_page_does_not_part_a_sentence(ends: str, moved: bool) -> None:
    body = [*(printed(FULL, 100 + 20 * row) for row in range(7)), printed(ends, 240)]
    opening = printed(FULL, 80, 96)
    note = printed("¹按年末数计算。", 700, right=200, size=9)
    following = [printed(FULL, 100 + 20 * row, page=2) for row in range(8)]
    elements = [opening, *body, note, *following]
    ordered = with_notes_before(elements, lines_to_layout(elements))
    assert ordered == ([note, opening, *body, *following] if moved else elements)
