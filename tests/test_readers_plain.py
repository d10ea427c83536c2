from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import UnreadableFileError
from rag.readers.legible import has_lost_characters, is_garbled, page_ranges
from rag.readers.markdown import markup_to_text, read_markdown
from rag.readers.plain import decode_text, read_plain
from rag.records import Grid, Line, ReadFile

SHARED = Path(__file__).parents[2] / "shared" / "reports"
SAMPLE = "学校现有教职工959人。\n毕业去向落实率96.12%。"


def lines(result: ReadFile) -> list[Line]:
    return [item for item in result.pages[0].items if isinstance(item, Line)]


def rows(grid: Grid) -> list[list[str]]:
    return [[cell.text for cell in grid.cells if cell.row == row] for row in range(grid.row_count)]


def grids(result: ReadFile) -> list[list[list[str]]]:
    return [rows(item) for item in result.pages[0].items if isinstance(item, Grid)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_encoding_in_use_is_recognised(encoding: str) -> None:
    assert decode_text(SAMPLE.encode(encoding)) == SAMPLE


def test_a_character_cut_off_at_the_end_costs_that_character_only() -> None:
    assert decode_text(SAMPLE.encode()[:-1]) == SAMPLE[:-1]
    assert decode_text(SAMPLE.encode("gb18030")[:-1]) == SAMPLE[:-1]


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


MARKDOWN = """---
title: "质量年报"
---
# 一、概况 #
学校有**教职工959人**，
其中*专任教师*703人。
<!-- 不要
出现 -->

第二节
------
- 第一项
- [官网](https://example.org/a_(b)) 与 `代码`
1. 编号项

> 引文

| 指标 | 数值 |
|------|:----:|
| 生师比 | 15.85：1 |
| a \\| b | **96.12%** |

```
原样 *保留*
```
"""


def test_markdown_is_reduced_to_text_headings_and_grids() -> None:
    result = read_markdown(MARKDOWN.encode())
    assert (result.format, result.title) == ("markdown", "质量年报")
    assert [(line.text, line.heading_level) for line in lines(result)] == [
        ("一、概况", 1),
        ("学校有教职工959人，其中专任教师703人。", None),
        ("第二节", 2),
        ("第一项", None),
        ("官网与代码", None),
        ("1.编号项", None),
        ("引文", None),
        ("原样 *保留*", None),
    ]
    assert all(line.paragraph for line in lines(result))
    assert grids(result) == [[["指标", "数值"], ["生师比", "15.85：1"], ["a | b", "96.12%"]]]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("5*3*2 与 2**3", "5*3*2与2**3"),
        ("共**96.12%**的", "共96.12%的"),
        ("snake_case_name", "snake_case_name"),
        ("***重点***与~~旧~~", "重点与旧"),
        ("<5% 且 >3%", "<5%且>3%"),
        ("一<br>二<b>三</b>", "一二三"),
        ("![图一](a.png)说明", "图一说明"),
        (r"\*不是强调\*", "*不是强调*"),
        ("A&amp;B", "A&B"),
        ("#1", "#1"),
    ],
)
def test_markup_is_reduced_without_touching_figures(markup: str, text: str) -> None:
    assert markup_to_text(markup) == text


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
