from __future__ import annotations

from rag.records import Cell, Grid, Line, Page, ReadFile
from rag.structure.identity.front import COVER_LINES, read_to_front

PROSE = "学校办学条件持续改善，全年收入增长，支出结构优化；"


def lines(*texts: str | Line) -> tuple[Line, ...]:
    return tuple(Line(text, size=12) if isinstance(text, str) else text for text in texts)


def cover(*pages: tuple[Line | Grid, ...], number: int | None = 1) -> list[str]:
    read = ReadFile("a.pdf", "pdf", "0", tuple(Page(number and number + i, page) for i, page in enumerate(pages)))
    return [line.text for line in read_to_front(read).cover]


def test_the_cover_ends_where_text_runs_on() -> None:
    assert cover(lines("登莱大学", "质量年报", PROSE, "教务处"))[:2] == ["登莱大学", "质量年报"]
    assert "教务处" not in cover(lines("登莱大学", "质量年报", PROSE, "教务处"))


def test_large_type_counts_behind_it() -> None:
    assert cover(lines(PROSE), lines(PROSE, Line("质量年报", size=24)))[-1] == "质量年报"
    assert "质量年报" not in cover(lines(PROSE), lines(PROSE), lines(PROSE), lines(Line("质量年报", size=24)))


def test_an_empty_line_stands_for_what_is_left_out_between() -> None:
    assert cover(lines("登莱大学", PROSE, PROSE, Line("质量年报", size=24))) == ["登莱大学", "", "质量年报"]


def test_stacked_characters_make_a_word() -> None:
    assert cover(lines("质", "量", "年", "报", "登莱大学")) == ["质量年报", "登莱大学"]


def test_cells_of_a_cover_are_lines() -> None:
    grid = Grid((Cell("登莱大学", 0, 0), Cell("", 1, 0), Cell("质量年报", 2, 0)), 3, 1)
    assert cover((grid,)) == ["登莱大学", "质量年报"]


def test_running_heads_are_no_lines_of_the_cover_unless_they_stand_there_large() -> None:
    pages = [lines("质量年报", f"{PROSE}{n}", *[PROSE] * n) for n in range(3)]
    assert cover(lines("登莱大学"), *pages) == ["登莱大学", ""]
    assert cover(lines("登莱大学", Line("质量年报", size=24)), *pages)[:2] == ["登莱大学", "质量年报"]


def test_many_lines_are_no_cover() -> None:
    assert len(cover(lines(*(f"第{n}行" for n in range(40))), number=None)) == COVER_LINES + 1


def test_names_are_freed_of_what_no_title_has() -> None:
    read = ReadFile("附件2-登莱大学_质量年报.pdf", "pdf", "0", (), "Microsoft Word - 质量年报.docx")
    front = read_to_front(read)
    assert (front.file_name, front.metadata) == ("登莱大学 质量年报", "质量年报")
