"""Markdown and the HTML inside it."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import UnreadableFileError
from rag.language.numbers import find_numbers
from rag.readers.html_blocks import html_to_seen
from rag.readers.markdown import read_markdown
from rag.records import Grid, Line, ReadFile


def lines(result: ReadFile) -> list[Line]:
    return [item for item in result.pages[0].items if isinstance(item, Line)]


def grids(result: ReadFile) -> list[list[list[str]]]:
    return [
        [[cell.text for cell in grid.cells if cell.row == row] for row in range(grid.row_count)]
        for grid in result.pages[0].items
        if isinstance(grid, Grid)
    ]


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
        ("***重点***与~~旧~~新", "重点与新"),
        ("**重点：**内容，**“新”**的", "重点：内容，“新”的"),
        ("<5% 且 >3%", "<5%且>3%"),
        ("一<br>二<b>三</b>", "一|二三"),
        ("共2<br>3亿元", "共2|3亿元"),
        ("30~~40与5~~6人", "30~~40与5~~6人"),
        ("12345<sup>1</sup>人，CO<sub>2</sub>，m<sup>2</sup>，78<sup>[4]</sup>%", "12345¹人，CO₂，m²，78[⁴]%"),
        ("在校生12345[^1]人\n\n[^1]: 截至8月31日", "在校生12345¹人|¹ 截至8月31日"),
        (r"在校生\_12\_人", "在校生_12_人"),
        ("2023. 年报\n2024. 年报", "2023.年报|2024.年报"),
        ("1) 甲\n2) 乙", "1) 甲|2) 乙"),
        ("- [x] 已办\n- 丙", "已办|丙"),
        ("##标题", "标题"),
        ("    缩进的段落", "缩进的段落"),
        ("<div>甲</div><style>p{}</style><script>var a=1</script><p>乙", "甲|乙"),
        ("<ol start='3'><li>丙<li>丁</ol>", "3.丙|4.丁"),
        ("![图一](a.png)说明", "图一说明"),
        (r"\*不是强调\*", "*不是强调*"),
        ("A&amp;B", "A&B"),
        ("#1", "#1"),
    ],
)
def test_markup_is_reduced_without_touching_figures(markup: str, text: str) -> None:
    assert [line.text for line in lines(read_markdown(markup.encode()))] == text.split("|")


def test_a_table_in_html_keeps_its_cells_apart_and_merged_ones_whole() -> None:
    table = """共12人。
<table><caption>表1</caption>

    <thead><tr><th rowspan="2">项目</th><th colspan=2>人数</th></tr>
  <tr><th>2022</th><th>2023</th></tr></thead>
<tr><td>招生<td>100</td><td>200</td></tr>
<tr><td>就业<br>人数</td><td><del>9</del>96</td><td style="display: none">1</td><td><p>97</p></td></tr>
</table>
后文"""
    result = read_markdown(table.encode())
    (grid,) = (item for item in result.pages[0].items if isinstance(item, Grid))
    assert [(c.text, c.row, c.column, c.row_span, c.column_span) for c in grid.cells] == [
        ("项目", 0, 0, 2, 1),
        ("人数", 0, 1, 1, 2),
        ("2022", 1, 1, 1, 1),
        ("2023", 1, 2, 1, 1),
        ("招生", 2, 0, 1, 1),
        ("100", 2, 1, 1, 1),
        ("200", 2, 2, 1, 1),
        ("就业人数", 3, 0, 1, 1),
        ("96", 3, 1, 1, 1),
        ("97", 3, 2, 1, 1),
    ]
    assert [line.text for line in lines(result)] == ["共12人。", "表1", "后文"]
    assert [warning[:10] for warning in result.warnings] == ["有 1 处划掉的文字", "有 1 处隐藏的内容"]


def test_a_frame_of_one_cell_is_no_table_and_a_table_within_one_is_read_once() -> None:
    html = "<table><tr><td><p>甲</p><table><tr><td>a<td>1<tr><td>b<td>2</table></td></tr></table>"
    assert [type(item).__name__ for item in html_to_seen(html).items] == ["Line", "Grid"]


@pytest.mark.parametrize(
    "hidden",
    [
        '<span style="display:none">99人</span>',
        "<p hidden>99人</p>",
        '<i style="VISIBILITY: hidden">99人</i>',
        '<b style="text-decoration: line-through red">99人</b>',
        "<s>99人</s>",
        "~~99人~~",
    ],
)
def test_what_is_hidden_or_struck_out_is_not_read_and_said_so(hidden: str) -> None:
    result = read_markdown(f"共12人{hidden}。".encode())
    assert [number.text for line in lines(result) for number in find_numbers(line.text)] == ["12人"]
    assert len(result.warnings) == 1


@settings(deadline=None)
@given(st.text("<>/tabledrhispn=\"' *_~`|-#[]^!().&;\n012数人"))
def test_any_markup_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(UnreadableFileError):
        assert read_markdown(text.encode()).pages[0].items
