"""The gate: what is printed or computed passes however it is written; what is not never does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from answer_samples import cite, make_passage, make_report, make_table, table_passage

from evals.benchmarks.gate import folder_places, run
from rag.gate.said import MASK, said_of_each
from rag.gate.verify import UNVERIFIED, Gated, draft_to_gated
from rag.language.numbers import find_numbers
from rag.records import AnswerStatus, Citation, text_to_draft

CORPUS = Path(__file__).parents[1] / "corpus"
PROSE = make_passage(
    "2023届毕业生6370人，其中男生2058人，占40.37%；女生3040人，占59.63%。学校馆藏图书36.5万册。"
    "教学、管理、后勤的满意度分别为90.57%、87.28%、89.41%。横向技术服务到款额1234.5万元，培训约2万人次。\n"
)
TABLE = make_table(
    [
        ("序号", "专业", "层次", "毕业生数（人）", "就业率（%）", "2022年"),
        ("1", "护理", "高职", "949", "96.10", "12"),
        ("2", "^", "中职", "310", "91.25", "15"),
        ("3", "会计", "高职", "125", "88.00", "18"),
        ("4", "会计信息管理", "高职", "140", "80.00", "21"),
        ("5", "合计", "", "1524", "93.00", "66"),
    ],
    caption="表2 2023届各专业就业",
)
ROWS = table_passage(TABLE)


def sentence(word: str) -> Citation:
    return cite(PROSE, next(s for s in PROSE.text.replace("。", "。\0").split("\0") if word in s).strip())


def row(start: str, n: int = 1) -> Citation:
    return cite(ROWS, next(line for line in ROWS.text.splitlines() if line.startswith(start)), n)


def gate(text: str, *citations: Citation, status: AnswerStatus = AnswerStatus.ANSWERED) -> Gated:
    return draft_to_gated(text_to_draft(status, text, citations), {TABLE.id: TABLE})


def is_clean(gated: Gated) -> bool:
    """Whether nothing was taken out and nothing cautioned."""
    return gated.unsupported == () and all(figure.caution is None for figure in gated.figures)


@pytest.mark.parametrize(
    "written",
    [
        "365000册",
        "36.5万册",
        "36.50万册",
        "36.5 万册",
        "３６．５万册",
        "365,000册",
        "365，000 册",
        "36.5万本",
        "三十六万五千册",
    ],
)
def test_one_figure_passes_however_it_is_written(written: str) -> None:
    assert gate(f"馆藏图书{written} [1]。", sentence("馆藏")).unsupported == ()


@pytest.mark.parametrize(
    "written", ["59.63%", "59.630%", "５９．６３％", "百分之59.63", "百分之五十九点六三", "**59.63%**", "**59.63**%"]
)
def test_one_share_passes_however_it_is_written(written: str) -> None:
    assert gate(f"女生占{written} [1]。", sentence("女生")).unsupported == ()


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("女生占59.64% [1]。", "女生"),
        ("女生占59.6% [1]。", "女生"),
        ("女生占59.63个百分点 [1]。", "女生"),
        ("女生有3040人次 [1]。", "女生"),
        ("女生约3040人 [1]。", "女生"),
        ("男生3040人 [1]。", "女生"),
        ("男生有3040人 [1]，占总数的40.37% [1]。", "女生"),
        ("男生2058人，占59.63% [1]。", "女生"),
        ("2022届毕业生6370人 [1]。", "女生"),
        ("2022年，学校有毕业生6370人 [1]。", "女生"),
        ("管理满意度为89.41% [1]。", "满意度"),
        ("教学、管理、后勤的满意度分别为87.28%、90.57%、89.41% [1]。", "满意度"),
        ("到款额1234.5元 [1]。", "到款额"),
        ("到款额12345万元 [1]。", "到款额"),
        ("培训2万人次 [1]。", "到款额"),
        ("馆藏图书36.5万册 [1]。", "女生"),
        ("馆藏图书36.5万册。", "馆藏"),
        ("馆藏图书36.5万册 [7]。", "馆藏"),
        ("食堂有**3040人** [1]。", "女生"),
    ],
)
def test_a_wrong_figure_never_passes(text: str, word: str) -> None:
    gated = gate(text, sentence(word))
    assert not is_clean(gated)
    assert (UNVERIFIED in gated.text) is bool(gated.unsupported)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("女生3040人，占59.63% [1]；男生2058人，占40.37% [1]。", "女生"),
        ("毕业生里女同学有3040人 [1]", "女生"),
        ("2023届共有6370名毕业生 [1]。", "女生"),
        ("管理的满意度是87.28% [1]", "满意度"),
        ("教学、管理、后勤的满意度分别为90.57%、87.28%、89.41% [1]。", "满意度"),
        ("横向技术服务到款1234.5万元 [1]", "到款额"),
        ("共培训大约2万人次 [1]。", "到款额"),
        ("**36.5万册** [1]", "馆藏"),
        ("按《表3》和鄂教函〔2022〕19号，2023年12月30日，馆藏图书36.5万册 [1]。", "馆藏"),
        ("1. 概况\n2. 馆藏图书36.5万册 [1]", "馆藏"),
    ],
)
def test_an_honest_restatement_passes(text: str, word: str) -> None:
    assert gate(text, sentence(word)).unsupported == ()


@pytest.mark.parametrize(
    ("text", "cited", "passes"),
    [
        ("护理高职毕业生949人 [1]", "1\t", True),
        ("护理专业高职的就业率为 **96.10%** [1]", "1\t", True),
        ("专业：护理；层次：高职；毕业生数：949；就业率：96.10% [1]", "1\t", True),
        ("中职护理毕业生310人 [1]", "2\t", True),
        ("会计毕业生125人 [1]", "3\t", True),
        ("合计毕业生1524人 [1]", "5\t", True),
        ("会计信息管理毕业生140人 [1]", "4\t", True),
        ("会计毕业生140人 [1]", "4\t", False),
        ("会计信息管理毕业生125人 [1]", "3\t", False),
        ("会计毕业生949人 [1]", "1\t", False),
        ("合计毕业生949人 [1]", "1\t", False),
        ("护理高职毕业生125人 [1]", "1\t", False),
        ("护理高职的毕业生数为96.10人 [1]", "1\t", False),
        ("护理高职就业率949% [1]", "1\t", False),
        ("护理中职就业率96.10% [1]", "1\t", False),
        ("2021年护理高职为12 [1]", "1\t", False),
    ],
)
def test_a_cell_is_held_to_its_row_and_column(text: str, cited: str, passes: bool) -> None:
    assert is_clean(gate(text, row(cited))) is passes


def test_figures_are_listed_with_role_citation_and_scope() -> None:
    gated = gate("毕业生6370人 [1]，馆藏图书**36.5万册** [2]。", sentence("女生"), replace(sentence("馆藏"), n=2))
    assert [(f.text, f.role, f.kind, f.citations) for f in gated.figures] == [
        ("6370人", "context", "quoted", (1,)),
        ("36.5万册", "answer", "quoted", (2,)),
    ]
    assert gated.figures[0].scope == "2023届"


def test_what_is_removed_is_listed_and_no_longer_bold() -> None:
    gated = gate("馆藏**99万册** [1]，女生**3040人** [2]。", sentence("馆藏"), replace(sentence("女生"), n=2))
    assert gated.text == f"馆藏{UNVERIFIED} [1]，女生**3040人** [2]。"
    assert gated.unsupported == ("99万册",)
    assert [figure.text for figure in gated.figures] == ["3040人"]


def test_a_bold_number_that_reads_like_a_year_is_a_figure() -> None:
    assert gate("人数为 **2012** [1]", sentence("女生")).unsupported == ("2012",)
    assert gate("成立于 **2012年** [1]", sentence("女生")).unsupported == ()


def test_the_nearest_statement_keeps_its_figures() -> None:
    quoted = "；".join(row("1\t").quote.split("\t"))
    prose = sentence("女生").quote.strip("。")
    text = f"没有找到。最接近的表述是：“{quoted}” [1]，以及“{prose}” [2]，仅供参考。"
    gated = gate(text, row("1\t"), replace(sentence("女生"), n=2), status=AnswerStatus.NOT_FOUND)
    assert gated.unsupported == ()
    assert {figure.role for figure in gated.figures} == {"context"}


@pytest.mark.parametrize("parted", ["；", "，", " "])
def test_row_numbers_and_merged_labels_are_proved_by_their_place(parted: str) -> None:
    table = make_table(
        [("类别", "专业", "人数"), ("10个支柱产业", "护理技术与健康服务", "30"), ("^", "会计事务与财税管理", "20")]
    )
    passage = replace(table_passage(table), table_id="t1")
    citation = cite(passage, "会计事务与财税管理\t20")
    text = parted.join(["10个支柱产业", "会计事务与财税管理", "20"])
    assert (
        draft_to_gated(
            text_to_draft(AnswerStatus.ANSWERED, f"原文：{text} [1]", (citation,)), {"t1": table}
        ).unsupported
        == ()
    )
    wrong = draft_to_gated(text_to_draft(AnswerStatus.ANSWERED, "会计有10个班 [1]", (citation,)), {"t1": table})
    assert wrong.unsupported == ("10个",)


def test_only_the_quote_proves_not_the_passage_around_it() -> None:
    assert gate("男生2058人 [1]", cite(PROSE, "女生3040人，占59.63%。")).unsupported == ("2058人",)


def test_a_figure_of_another_college_or_year_of_report_is_stopped() -> None:
    reports = {
        "a.txt": make_report("a.txt", "东湖职业技术学院"),
        "b.txt": make_report("b.txt", "西山职业技术学院"),
    }
    citation = cite(make_passage("全校教职工共有812人。"))
    for text, passes in (
        ("东湖职业技术学院教职工812人 [1]", True),
        ("西山职院教职工812人 [1]", False),
        ("2023年教职工812人 [1]", True),
        ("2016年教职工812人 [1]", False),
    ):
        gated = draft_to_gated(text_to_draft(AnswerStatus.ANSWERED, text, (citation,)), {}, reports)
        assert (gated.unsupported == ()) is passes, text


@pytest.mark.parametrize("text", ["", "**", "[1]", "****[1][2]", "没有数字 [3]", "96%[99]", "**96%", "\n\n[1]\n"])
def test_any_draft_is_taken(text: str) -> None:
    assert gate(text, sentence("女生")).text is not None


def test_real_passages_hold_in_both_directions() -> None:
    places, reports = folder_places(CORPUS / "hubei-edu-letter-2022-19-digest.docx")
    more, others = folder_places(CORPUS / "hubei-poly-2020-employment-digest.pdf")
    honest, corrupted = run([*places, *more], reports | others, per_kind=40, seed=7)
    assert sum(count.total for count in honest.values()) > 250
    assert sum(count.total for count in corrupted.values()) > 350
    stopped = [statement.text for count in honest.values() for statement in count.wrong]
    let_through = [statement.text for count in corrupted.values() for statement in count.wrong]
    assert stopped == []
    assert len(let_through) <= sum(count.total for count in corrupted.values()) // 50, let_through


def test_a_masked_clause_keeps_the_places_of_its_figures() -> None:
    text = "会上75名正式代表提出建议102条"
    said = said_of_each(text, find_numbers(text))
    assert [(clause.masked.count(MASK), clause.place) for clause in said] == [(2, 0), (2, 1)]


PARTS = "2023届毕业生6370人，就业率为96.12%，其中男生就业率95.1%。2023年引进博士研究生3人、全日制硕士研究生10人。灵活就业1030人，占16.17%。"


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ("2023届毕业生就业率为**96.12%** [1]。", True),
        ("2023届男生就业率为**96.12%** [1]。", False),
        ("2023届男生就业率为**95.1%** [1]。", True),
        ("引进全日制硕士研究生**10人** [1]。", True),
        ("引进博士研究生**10人** [1]。", False),
        ("灵活就业占比：2023届为**16.17%** [1]。", True),
        ("食堂占比：2023届为**16.17%** [1]。", False),
    ],
)
def test_words_that_only_look_like_a_neighbours_do_not_stop_a_figure(text: str, passes: bool) -> None:
    passage = make_passage(PARTS)
    found = draft_to_gated(text_to_draft(AnswerStatus.ANSWERED, text, (cite(passage, PARTS),)), {})
    assert is_clean(found) is passes


def test_a_rows_name_may_be_longer_than_a_sentence() -> None:
    table = make_table(
        [
            ("级别", "赛项", "数量"),
            ("省级", "技能大赛 一等奖：团体7个、个人1个；三等奖：个人5个", "31"),
            ("世界级", "金砖大赛 个人三等奖2个", "4"),
        ]
    )
    passage = table_passage(table)
    citation = cite(passage, next(line for line in passage.text.splitlines() if line.startswith("世界级")))
    for name, passes in (
        ("省级技能大赛 一等奖：团体7个、个人1个；三等奖：个人5个", False),
        ("世界级金砖大赛 个人三等奖2个", True),
    ):
        draft = text_to_draft(AnswerStatus.ANSWERED, f"{name}的数量为**4** [1]。", (citation,))
        asked = [f for f in draft_to_gated(draft, {table.id: table}).figures if f.role == "answer"]
        assert all(figure.caution is None for figure in asked) is passes, name


def test_a_college_that_the_quote_itself_names_is_no_other_one() -> None:
    reports = {
        "a.txt": make_report("a.txt", "东湖职业技术学院"),
        "b.txt": make_report("b.txt", "西山职业技术学院"),
    }
    citation = cite(make_passage("学校与西山职院共建实训室3个。"))
    for text, passes in (("与西山职院共建实训室3个 [1]", True), ("与西山职院共建实训室4个 [1]", False)):
        gated = draft_to_gated(text_to_draft(AnswerStatus.ANSWERED, text, (citation,)), {}, reports)
        assert (gated.unsupported == ()) is passes, text


def test_a_school_is_not_the_one_of_another_number() -> None:
    table = make_table(
        [("学校", "得分"), ("安州市第一中学", "88.2"), ("安州市第二中学", "80.6"), ("安州技师学院", "91.5")]
    )
    passage = table_passage(table)
    citation = cite(passage, next(line for line in passage.text.splitlines() if "第二中学" in line))
    for name, passes in (("安州市第二中学", True), ("安州市第三中学", False), ("安州市第一中学", False)):
        draft = text_to_draft(AnswerStatus.ANSWERED, f"{name}得分为**80.6** [1]。", (citation,))
        assert is_clean(draft_to_gated(draft, {table.id: table})) is passes, name


def test_in_a_report_of_no_one_college_a_figure_is_that_of_the_college_beside_it() -> None:
    report = replace(
        make_report("a.txt", "东湖职业技术学院"), college="", title="关于教学检查情况的通报", short_names=()
    )
    table = make_table([("学校", "得分"), ("东湖职业技术学院", "88.2"), ("西山职业技术学院", "80.6")])
    passage = table_passage(table)
    citation = cite(passage, next(line for line in passage.text.splitlines() if "西山" in line))
    for name, passes in (("西山职业技术学院", True), ("东湖职业技术学院", False), ("南岭职业技术学院", False)):
        draft = text_to_draft(AnswerStatus.ANSWERED, f"{name}得分为**80.6** [1]。", (citation,))
        gated = draft_to_gated(draft, {table.id: table}, {passage.report_id: report})
        assert (gated.unsupported == ()) is passes, name
