from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.language.tokens import estimate_tokens
from rag.records import Chunk, PageMark, Report, ReportKind, Section, SectionKind, Table, TableRow
from rag.structure.chunks import MIN_ATOM, MIN_CHUNK_TOKENS, sections_to_chunks

REPORT = Report("r", "年报", "咸宁职业技术学院", (), ReportKind.QUALITY, 2023, None, None, "", "", "pdf", 2)


def section_of(
    text: str, *tables: tuple[str, int, int], number: int = 1, marks: tuple[PageMark, ...] = (PageMark(0, 1, "1"),)
) -> Section:
    return Section(f"s{number}", "r", number, ("一、概况", "（一）规模"), SectionKind.BODY, text, marks, tables)


def table_of(identity: str, header: tuple[str, ...], caption: str = "表1 经费") -> Table:
    row = TableRow(header, header, 1)
    return Table(identity, "r", "s1", caption, "单位：万元", 1, (row,))


def chunks_of(*sections: Section, tables: tuple[Table, ...] = (), budget: int = 60) -> tuple[Chunk, ...]:
    return sections_to_chunks(REPORT, sections, tables, estimate_tokens, budget)


FIGURES = "34118.10万元 96.12% 1,234人 15.85：1 2万余人次 三百二十人 5.5个百分点 6370名 12期".split()
sentence = st.lists(
    st.sampled_from([*FIGURES, "学校", "收入", "培训", "，", "、", "。", "；", "增长"]), min_size=1
).map("".join)
paragraphs = st.lists(sentence | st.text(max_size=30), max_size=8).map(lambda lines: "".join(f"{x}\n" for x in lines))


@given(st.lists(paragraphs.filter(str.strip), min_size=1, max_size=3), st.integers(1, 200))
@settings(max_examples=60, deadline=None)
def test_chunks_of_a_section_rejoin_to_its_text(texts: list[str], budget: int) -> None:
    sections = [section_of(text, number=number) for number, text in enumerate(texts)]
    chunks = chunks_of(*sections, budget=budget)
    for section in sections:
        own = [chunk for chunk in chunks if chunk.section_id == section.id]
        assert "".join(chunk.text for chunk in own) == section.text
        assert all(chunk.text == section.text[chunk.start : chunk.end] for chunk in own)
        assert all(a.end == b.start for a, b in pairwise(own))
    assert [chunk.ordinal for chunk in chunks] == list(range(len(chunks)))
    assert len({chunk.id for chunk in chunks}) == len(chunks)


@given(
    st.lists(st.sampled_from(FIGURES), min_size=1, max_size=60),
    st.sampled_from(["，", "、", "学校收入", "的", "：共计"]),
)
@settings(max_examples=80, deadline=None)
def test_no_cut_inside_a_figure_and_its_unit(figures: list[str], glue: str) -> None:
    text = glue.join(figures) + "\n"
    cuts = {chunk.end for chunk in chunks_of(section_of(text), budget=MIN_CHUNK_TOKENS)}
    at = 0
    for figure in figures:
        start = text.index(figure, at)
        at = start + len(figure)
        assert not cuts & set(range(start + 1, at)), figure


@given(paragraphs.filter(str.strip), st.integers(MIN_CHUNK_TOKENS, 200))
@settings(max_examples=60, deadline=None)
def test_budget_is_kept_but_for_a_piece_that_may_not_be_cut(text: str, budget: int) -> None:
    for chunk in chunks_of(section_of(text), budget=budget):
        assert estimate_tokens(chunk.text) <= budget or not re.search(
            rf"[。；，、].{{{MIN_ATOM},}}[。；，、]", chunk.text[:-1]
        )


def test_clause_without_a_comma_is_cut_all_the_same() -> None:
    chunks = chunks_of(section_of("产教融合推进教学改革" * 60 + "\n"), budget=60)
    assert len(chunks) > 5
    assert all(estimate_tokens(chunk.text) <= 60 for chunk in chunks)


@pytest.mark.parametrize("rows", [1, 3, 40])
def test_no_cut_inside_a_table_row(rows: int) -> None:
    lines = [
        "表1 经费\n",
        "单位：万元\n",
        "项目\t金额\n",
        *(f"第{n}项支出，含杂项。其他；合计\t{n}.5\n" for n in range(rows)),
    ]
    before, after = "学校经费如下。\n", "以上。\n"
    table = "".join(lines)
    text = before + table + after
    section = section_of(text, ("t1", len(before), len(before + table)))
    chunks = chunks_of(section, tables=(table_of("t1", ("项目", "金额")),), budget=60)
    assert "".join(chunk.text for chunk in chunks) == text
    for chunk in chunks:
        assert (chunk.table_id == "t1") == (len(before) <= chunk.start < len(before + table))
        assert chunk.text.endswith("\n")
        assert not chunk.table_id or all(line in lines for line in chunk.text.splitlines(keepends=True))


def test_table_slice_repeats_caption_unit_and_header_in_its_context_only() -> None:
    rows = "".join(f"第{n}项\t{n}.5\n" for n in range(60))
    chunks = chunks_of(section_of(rows, ("t1", 0, len(rows))), tables=(table_of("t1", ("项目", "金额")),))
    assert len(chunks) > 2
    for chunk in chunks:
        assert all(
            word in chunk.context for word in ("表1 经费", "单位：万元", "项目", "金额", "一、概况 > （一）规模")
        )
        assert "单位" not in chunk.text
        assert "咸宁职业技术学院 2023年 质量年报" in chunk.embedded_text


def test_table_without_a_caption_takes_the_short_line_above() -> None:
    text = "近年经费投入情况：\n项目\t金额\n甲\t1\n"
    start = text.index("项目")
    table = table_of("t1", ("项目", "金额"), caption="")
    chunks = chunks_of(section_of(text, ("t1", start, len(text))), tables=(table,))
    assert "近年经费投入情况：" in chunks[-1].context


def test_chunk_knows_the_page_it_begins_on() -> None:
    text = "学校收入增长。" * 30 + "\n"
    marks = (PageMark(0, 3, "1"), PageMark(100, 4, "2"))
    for chunk in chunks_of(section_of(text, marks=marks)):
        assert chunk.page == (3 if chunk.start < 100 else 4)


def test_a_line_of_a_million_characters_is_cut_in_time() -> None:
    text = "产教融合" * 50_000 + "\n"
    assert "".join(chunk.text for chunk in chunks_of(section_of(text), budget=400)) == text
