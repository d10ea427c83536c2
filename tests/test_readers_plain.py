from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import UnreadableFileError
from rag.language.numbers import find_numbers
from rag.readers.decoding import Decoded, decode_text
from rag.readers.legible import has_lost_characters, is_garbled, page_ranges
from rag.readers.markdown import read_markdown
from rag.readers.plain import read_plain
from rag.records import Grid, Line, ReadFile

SHARED = Path(__file__).parents[2] / "shared" / "reports"
SAMPLE = "学校现有教职工959人。\n毕业去向落实率96.12%。"


def lines(result: ReadFile) -> list[Line]:
    return [item for item in result.pages[0].items if isinstance(item, Line)]


def rows(grid: Grid) -> list[list[str]]:
    return [[cell.text for cell in grid.cells if cell.row == row] for row in range(grid.row_count)]


def grids(result: ReadFile) -> list[list[list[str]]]:
    return [rows(item) for item in result.pages[0].items if isinstance(item, Grid)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_every_encoding_in_use_is_recognised(encoding: str) -> None:
    assert decode_text(SAMPLE.encode(encoding)) == Decoded(SAMPLE)


@pytest.mark.parametrize("ends", ["\r", "\r\n", "\u2028"])
def test_line_ends_of_all_systems_part_lines(ends: str) -> None:
    assert [line.text for line in lines(read_plain(SAMPLE.replace("\n", ends).encode()))] == SAMPLE.split("\n")


def test_a_character_cut_off_at_the_end_costs_that_character_only() -> None:
    assert decode_text(SAMPLE.encode()[:-1]) == Decoded(SAMPLE[:-1])
    assert decode_text(SAMPLE.encode("gb18030")[:-1]) == Decoded(SAMPLE[:-1])


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5", "utf-8-sig"])
@pytest.mark.parametrize("bad", [b"\xff", b"\xfd", b"\x80"])
def test_a_damaged_byte_is_shown_and_named_and_joins_no_digits(encoding: str, bad: bytes) -> None:
    text = ("學校教師人數和學生人數如下。" if encoding == "big5" else "学校教师人数和学生人数如下。") * 8
    data = f"{text}\n共12<345人，34人。\n".encode(encoding).replace(b"<", bad)
    result = read_plain(data)
    read = lines(result)[-1].text
    assert "12□" in read
    assert [number.text for number in find_numbers(read)] == ["34人"]
    assert len(result.warnings) == 1
    assert "第 2 行" in result.warnings[0]


def test_zero_bytes_are_no_other_encoding_and_join_no_digits() -> None:
    assert decode_text((SAMPLE + "\0\0\0").encode()) == Decoded(SAMPLE)
    assert decode_text((SAMPLE.replace("959", "9\0" + "59") + SAMPLE * 9).encode()).text.startswith(
        "学校现有教职工9□59人"
    )


def test_many_damaged_lines_are_named_by_their_first() -> None:
    (warning,) = decode_text(b"".join("学校教师人数\n".encode() * 40 + b"\xff\n" for _ in range(12))).warnings
    assert "第 41、82、123" in warning
    assert "等 12 行" in warning


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for reader in (read_plain, read_markdown):
        try:
            result = reader(data)
        except UnreadableFileError:
            continue
        assert result.pages[0].items


def test_tab_separated_rows_are_a_grid_with_empty_cells_kept() -> None:
    text = "表1 教师\n\n学院\t专业\t人数\t\n商学院\t会计\t125\n\t金融\t16\n\n合计见上。\n"
    assert grids(read_plain(text.encode())) == [
        [["学院", "专业", "人数"], ["商学院", "会计", "125"], ["", "金融", "16"]]
    ]
    assert [line.text for line in lines(read_plain(text.encode()))] == ["表1教师", "合计见上。"]


@pytest.mark.parametrize(
    "text",
    ["\t第一段。\n\t第二段。\n", "一、概况\t1\n", "前言\t学校概况.....\t1\n第一篇\t基本情况.....\t3\n"],
)
def test_indents_single_rows_and_contents_lists_are_no_grid(text: str) -> None:
    assert grids(read_plain(text.encode())) == []


def test_hard_wrapped_lines_with_a_blank_after_each_stay_lines() -> None:
    text = "\n\n".join("学校坚持立德树人根本任务深化产教融合" for _ in range(12))
    assert [line.paragraph for line in lines(read_plain(text.encode()))] == [False] * 12


def test_blank_lines_end_paragraphs_where_they_are_rare() -> None:
    block = "学校坚持立德树人根本任务深化产教融合\n" * 4 + "成效显著。\n"
    stated = [line.paragraph for line in lines(read_plain(f"{block}\n{block}\n{block}".encode()))]
    assert stated == [False, False, False, False, True] * 3


def test_page_numbers_rising_through_hard_wrapped_text_are_left_out_and_other_numbers_kept() -> None:
    page = ["学校坚持立德树人根本任务深化产教融合"] * 20
    text = "\n\n".join([*page, "5", *page, "90", *page[:19], "6", *page, *page, "8", *page])
    assert [line.text for line in lines(read_plain(text.encode())) if line.text.isdecimal()] == ["90"]


def test_a_hard_wrapped_line_keeps_its_printed_width_and_ends_before_a_bullet() -> None:
    rows = ["学校坚持立德树人根本任务深化产教融合"] * 8 + [
        "\uf06c 专任教师 796人，其中教授 40 人",
        "\uf06c 校舍",
        "成效",
    ]
    found = lines(read_plain("\n\n".join(rows).encode()))
    assert [(line.text, line.columns, line.paragraph) for line in found[-4:]] == [
        (rows[0], 36, True),
        ("专任教师796人，其中教授40人", 33, True),
        ("校舍", 7, False),
        ("成效", 4, False),
    ]


def test_long_lines_are_paragraphs() -> None:
    text = "学校坚持立德树人根本任务深化产教融合。" * 8
    assert [line.paragraph for line in lines(read_plain(f"{text}\n{text}\n短行\n".encode()))] == [True] * 3


def test_a_form_feed_is_a_space() -> None:
    assert [line.text for line in lines(read_plain(b"page one\fpage two"))] == ["page one page two"]


@pytest.mark.parametrize(
    ("text", "garbled"),
    [
        (SAMPLE, False),
        ("12345.67 89% 1,234", False),
        ("The college has 959 members of staff and a placement rate of 96.12 percent.", False),
        ("臺灣高等教育評鑑報告繁體中文測試學校" * 4, False),
        ("序号 …………………… 1", False),
        ("\ue025\ue04a" * 10, True),
        ("\ufffd" * 12 + "2023", True),
        ("ÏÖÓÐÔÚÐ£Ñ§ÉúÒ»ÍòÓàÈË", True),
        ("ЖДЋЊЏЉЌфЂГЄБЦЩЮЯ", True),
        ("".join(chr(0x4E00 + 257 * at % 20000) for at in range(200)), True),
        ("!\"#$%&'()*+,-./:;<=>?@[]^`{|}~" * 2, True),
        ("Xqzt wrtpl kjhgf dsmnb vcxzl kwrtp qsdfg hjklm " * 3, True),
        ("\ue025" * 3, False),
    ],
)
def test_prose_and_figures_are_told_from_garbage(text: str, garbled: bool) -> None:
    assert is_garbled(text) is garbled


def test_bullets_are_no_lost_characters() -> None:
    assert not has_lost_characters(["\uf06c第一", "\uf06c第二", "\uf06c第三", "\uf06c第四"])
    assert has_lost_characters(["共\ue001\ue002\ue003人"])


@pytest.mark.parametrize(
    ("numbers", "shown"), [([], ""), ([3], "3"), ([4, 3], "3、4"), ([1, 2, 3, 7], "1–3、7"), ([5, 5], "5")]
)
def test_page_numbers_are_shown_as_ranges(numbers: list[int], shown: str) -> None:
    assert page_ranges(numbers) == shown


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the shared reports")
@pytest.mark.parametrize(
    ("name", "tables", "wrapped"),
    [("xianning-2023", 12, True), ("hubei-poly-2020-employment", 3, False), ("hubei-edu-letter-2022-19", 1, False)],
)
def test_both_shapes_of_text_reports_are_told_apart(name: str, tables: int, wrapped: bool) -> None:
    result = read_plain((SHARED / f"{name}.txt").read_bytes())
    assert len(grids(result)) == tables
    assert {line.columns > 0 for line in lines(result) if "\t" not in line.text} == {wrapped}
