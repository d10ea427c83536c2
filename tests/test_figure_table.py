"""The figure table: heads and contexts, made once, kept, and found again in whatever passage holds a figure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from answer_samples import make_passage

from rag.app.assembly import build_ingest, open_index
from rag.figures import clauses
from rag.figures.context import figures_to_contexts
from rag.figures.entries import figures_to_entries, figures_within, passages_to_figures, with_contexts
from rag.figures.extraction import passage_to_figures, section_to_passages
from rag.figures.heads import cell_to_head, clause_to_head
from rag.index.index import Index
from rag.language.clauses import clause_before
from rag.language.tokens import estimate_tokens
from rag.presentation.figure_table import _PAGE_COLUMNS, figures_to_csv, figures_to_text, find_figures
from rag.question.understand import question_to_query
from rag.records import Figure, Filters
from rag.retrieval.growing import RetrievalLimits
from rag.retrieval.retrieve import query_to_evidence
from rag.settings.settings import Settings
from rag.structure.passages import section_to_passage

REPORT = """东湖职业技术学院高等职业教育质量年度报告（2023年度）
一、基本情况
学校现有在校生12345人，专任教师567人，其中具有高级职称的教师123人，占21.69%。建有国家级实训基地3个、省级实训基地12个。
2023届毕业生就业率达到96.12%，2022届为95.31%。全校开设50门课程。学校现有学生社团49个。
二、就业
学校现有学生社团45个。
表1 各专业毕业生
专业\t毕业生人数\t就业率
护理\t949\t96.1%
会计\t125\t88.0%
药学\t140\t80.5%
"""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder: Path = tmp_path_factory.mktemp("figures")
    (folder / "东湖.txt").write_text(REPORT, encoding="utf-8")
    opened = open_index(Settings(data=folder / "data"))
    assert len(build_ingest(Settings(data=folder / "data"), opened).run([folder / "东湖.txt"]).added) == 1
    yield opened
    opened.close()


@pytest.fixture
def figures(index: Index) -> dict[str, Figure]:
    return {figure.number.text: figure for figure in all_figures(index)}


def all_figures(index: Index) -> tuple[Figure, ...]:
    passages = [p for section in index.store.sections("东湖.txt") for p in section_to_passages(section)]
    return index.store.passage_figures(passages)


@pytest.mark.parametrize(
    ("before", "after", "noun", "narrowed"),
    [
        ("学校现有在校生", "", "在校生", ()),
        ("毕业生就业率达到", "", "就业率", ("毕业生",)),
        ("其中具有高级职称的教师", "", "教师", ("高级职称",)),
        ("全校开设", "课程", "课程", ()),
        ("双师型教师占专任教师比例", "", "专任教师比例", ("双师型", "教师")),
        ("获批", "省级以上课题", "课题", ("省级",)),
        ("比上年增长", "", "", ()),
        ("", "", "", ()),
    ],
)
def test_heads_of_clauses(before: str, after: str, noun: str, narrowed: tuple[str, ...]) -> None:
    head = clause_to_head(before, after)
    assert head.noun == noun
    assert set(narrowed) <= set(head.qualifiers)


@pytest.mark.parametrize(
    ("rows", "columns", "own", "noun", "narrowed"),
    [
        (("护理",), ("毕业生", "就业人数（人）"), "", "就业人数", ("护理", "毕业生")),
        (("生师比",), ("2023年",), "", "生师比", ()),
        (("专任教师",), ("数量",), "", "专任教师", ("数量",)),
        (("办学经费",), ("项目",), "农民培训", "培训", ("办学经费", "农民")),
        ((), (), "", "", ()),
    ],
)
def test_heads_of_cells(rows, columns, own, noun, narrowed) -> None:
    assert cell_to_head(rows, columns, own) == (noun, narrowed)


def test_each_figure_is_kept_with_what_it_is_said_of(figures: dict[str, Figure]) -> None:
    rate = figures["96.12%"]
    assert (rate.context.head, rate.context.time.text) == ("就业率", "2023届")
    assert figures["95.31%"].context.time.text == "2022届"
    assert figures["12个"].context.label == "省级实训基地"
    share = figures["21.69%"]
    assert (share.context.head, share.context.aspects) == ("教师", {"share"})
    cell = figures["949"]
    assert (cell.context.rows, cell.context.columns, cell.context.label) == (
        ("护理",),
        ("毕业生人数",),
        "护理 毕业生人数",
    )
    assert (cell.number.unit, cell.is_cell, cell.row.printed[0]) == ("人", True, "护理")


def test_what_is_loaded_is_what_was_made(index: Index) -> None:
    sections, tables = index.store.sections("东湖.txt"), {t.id: t for t in index.store.tables("东湖.txt")}
    passages = [p for section in sections for p in section_to_passages(section)]
    read = [f for p in passages for f in passage_to_figures(p, tables.get(p.table_id or ""))]
    loaded = all_figures(index)
    assert [replace(figure, context=read[0].context) for figure in loaded] == [
        replace(figure, context=read[0].context) for figure in read
    ]
    assert index.store.report("东湖.txt").figure_count == len(loaded)


def test_an_entry_says_everything_of_its_figure(index: Index) -> None:
    sections, tables = index.store.sections("东湖.txt"), {t.id: t for t in index.store.tables("东湖.txt")}
    passages = [p for section in sections for p in section_to_passages(section)]
    read = [f for p in passages for f in passage_to_figures(p, tables.get(p.table_id or ""))]
    made = with_contexts(figures_to_contexts(read, 2023, ("东湖职业技术学院",)))
    assert tuple(passages_to_figures(passages, figures_to_entries(made), tables)) == made
    assert figures_to_entries([*made, *made]) == figures_to_entries(made)


def test_clauses_are_those_of_the_text_and_not_found_again(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    prose = [figure for figure in all_figures(index) if not figure.is_cell]
    expected = [clause_before(figure.before) for figure in prose]
    read: list[str] = []
    monkeypatch.setattr(clauses, "clause_before", lambda text: read.append(text) or clause_before(text))
    assert [clauses.clause_of(figure) for figure in prose] == expected
    assert len(read) < len(prose) / 4


def test_a_figure_has_one_id_in_every_passage(index: Index) -> None:
    section = next(s for s in index.store.sections("东湖.txt") if "96.12%" in s.text)
    start = section.text.index("届毕业生")
    (whole,), (cut,) = (
        [
            f
            for f in index.store.passage_figures([section_to_passage(section, low, len(section.text))])
            if f.number.text == "96.12%"
        ]
        for low in (0, start)
    )
    assert cut.id == whole.id == f"{section.id}:{section.text.index('96.12%')}"
    assert cut.before == "届毕业生就业率达到"
    assert cut.passage.text[cut.start : cut.end] == "96.12%"
    assert cut.quote_start == 0


@pytest.mark.parametrize(
    ("rows", "columns", "item", "noun", "narrowed"),
    [
        (("五、住房保障支出",), ("支出", "决算数"), "五、住房保障支出", "住房保障支出", ("支出", "决算数")),
        (("工程项目", "进度滞后"), ("全年预算数",), "工程项目", "工程项目", ("进度滞后", "全年预算数")),
        (("本年收入合计",), ("收入", "2023年决算", "金额"), "本年收入合计", "本年收入", ("收入", "金额")),
        (("总计",), ("收入", "决算数"), "总计", "收入", ("决算数",)),
        ((), ("公务接待费", "预算数"), "", "公务接待费", ("预算数",)),
        (("后勤处",), ("预算占比",), "后勤处", "预算占比", ("后勤处",)),
    ],
)
def test_heads_of_cells_of_accounts(rows, columns, item, noun, narrowed) -> None:
    assert cell_to_head(rows, columns, "", item) == (noun, narrowed)


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("毕业去向落实率91.83%，年底这一数字升到94.66%。", "毕业去向落实率"),
        ("就业率91.83%，其中升学12人；年底该比例为94.66%。", "就业率"),
        ("就业率91.83%。\n年底该比例为94.66%。", "比例"),
        ("就业12人；年底该比例为94.66%。", "比例"),
    ],
)
def test_a_figure_that_refers_to_one_before_takes_on_its_head(text: str, head: str) -> None:
    passage = make_passage(text)
    last = figures_to_contexts(passage_to_figures(passage))[-1]
    assert last.head.noun == head


def test_siblings_share_list_head_and_unit(index: Index, figures: dict[str, Figure]) -> None:
    kins = {entry.number.text: entry.context.kin for entry in index.store.figures("东湖.txt")}
    assert [text for text, kin in kins.items() if kin == figures["949"].context.kin] == ["949", "125", "140"]
    assert [text for text, kin in kins.items() if kin == figures["3个"].context.kin] == ["3个", "12个"]
    assert [text for text, kin in kins.items() if kin == figures["12345人"].context.kin] == ["12345人"]


def test_evidence_brings_the_figures_of_its_passages(index: Index) -> None:
    query = question_to_query("护理专业的就业率是多少", (), Filters(), index.store.reports())
    evidence = query_to_evidence(query, index, RetrievalLimits(), estimate_tokens)
    assert evidence.passages
    assert {figure.passage.id for figure in evidence.figures} <= {passage.id for passage in evidence.passages}
    assert "96.1%" in [figure.number.text for figure in evidence.figures]


def test_the_table_is_written_for_a_reader(index: Index) -> None:
    figures = index.store.report_figures("东湖.txt")
    text = figures_to_text(index.store.report("东湖.txt"), figures, len(figures))
    assert "《东湖职业技术学院高等职业教育质量年度报告（2023年度）》" in text
    assert "▸ 表：表1" in text
    assert "护理 | 毕业生人数" in text
    assert "教师（占比）" in text
    starts = {len(line.split("护理 |")[0]) for line in text.splitlines() if "护理 |" in line}
    assert len(starts) <= 2


def test_figures_are_sought_by_all_words_in_context_and_value(index: Index) -> None:
    figures = index.store.report_figures("东湖.txt")
    assert [f.number.text for f in find_figures(figures, "就业率 2023届")] == ["96.12%"]
    assert [f.number.text for f in find_figures(figures, "各专业 药学")] == ["140", "80.5%"]
    assert find_figures(figures, "") == figures
    assert find_figures(figures, "图书") == ()


def test_csv_opens_in_excel_and_holds_no_formula(figures: dict[str, Figure]) -> None:
    figure = figures["949"]
    label = replace(figure.context, rows=("=HYPERLINK(1)",))
    content = figures_to_csv([replace(figure, context=label)])
    assert content.startswith("\ufeff数字,数值,单位".encode())
    assert "'=HYPERLINK(1)" in content.decode()


def test_contradictions_come_back_with_their_figures_in_their_lines(index: Index) -> None:
    (found,) = index.store.contradictions(["东湖.txt"])
    assert [figure.number.text for figure in found.figures] == ["49个", "45个"]
    first, second = found.figures
    assert second.passage.text == "学校现有学生社团45个。"
    assert first.passage.text[first.start : first.end] == "49个"
    assert "\n" not in first.passage.text
    assert first.label == "学校现有学生社团"
    assert first.id in {figure.id for figure in all_figures(index)}
    assert index.store.contradiction_counts() == {"东湖.txt": 1}


def test_known_figures_are_found_within_another_passage(index: Index) -> None:
    section = next(s for s in index.store.sections("东湖.txt") if "96.12%" in s.text)
    whole, part = (section_to_passage(section, low, len(section.text)) for low in (0, section.text.index("2023届")))
    known = index.store.passage_figures([whole])
    moved = figures_within(part, [*known, *known])
    assert tuple(moved) == index.store.passage_figures([part])
    assert figures_within(replace(part, section_id="other"), known) == []


def test_the_page_shows_value_meaning_time_and_page_first() -> None:
    assert _PAGE_COLUMNS[:4] == ("数字", "量的是什么", "时间", "页")
