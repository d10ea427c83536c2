"""Scoring: tables of answers and their buckets, and the ways of cheating that must not pay."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from eval_samples import PASSAGE, case, citation, line, passage, refusal
from hypothesis import given
from hypothesis import strategies as st

from evals.cases import GoldFigure, load_cases
from evals.causes import Cause
from evals.reply import UnreadableReplyError, line_to_reply
from evals.results import score_lines
from evals.scoring import Bucket, Verdict, recall_rank, score_line
from evals.summary import REFUSAL, summarise
from rag.language.numbers import find_numbers

SHARED = Path(__file__).parents[2] / "shared"
QUESTIONS = Path(__file__).parents[1] / "evals" / "questions"
RIGHT, PADDED, PARTIAL, WRONG = Bucket.RIGHT, Bucket.PADDED, Bucket.PARTIAL, Bucket.WRONG


@pytest.mark.parametrize(
    ("gold", "answer", "bucket"),
    [
        # the same amount, written otherwise
        (("96.12", "%"), "就业率为**96.12%** [1]。", RIGHT),
        (("96.12", "%"), "就业率为**９６．１２％**。", RIGHT),
        (("63.60", "%"), "对口率**63.6%**。", RIGHT),
        (("30", "%"), "约占**百分之三十**。", RIGHT),
        (("30", "%"), "占**三成**。", RIGHT),
        (("30000", "元"), "最高**3万元**。", RIGHT),
        (("3", "万元"), "最高**30000元**。", RIGHT),
        (("34118.10", "万元"), "收入**3.41181亿元**。", RIGHT),
        (("34118.1", "万元"), "收入**34,118.10万元**。", RIGHT),
        (("1.5", "万人"), "共**15000人**。", RIGHT),
        (("203", "人"), "共**203名**。", RIGHT),
        (("131", "个班"), "开了**131个**。", RIGHT),
        (("12", "项"), "共**十二项**。", RIGHT),
        (("3900", "m2"), "面积**3900平方米**。", RIGHT),
        (("5.20", "个百分点"), "提高**5.2个百分点**。", RIGHT),
        (("15.85", ":1"), "生师比**15.85：1**。", RIGHT),
        (("15.85", ""), "生师比**15.85：1**。", RIGHT),
        # 约 and 余 belong to the figure and do not change its amount
        (("1000", "万元"), "投入**1000余万元**。", RIGHT),
        (("120", "人"), "**约120人**。", RIGHT),
        # not the same
        (("96.12", "%"), "就业率为**96.1%**。", WRONG),
        (("96.12", "%"), "就业率为**96.13%**。", WRONG),
        (("96.12", "%"), "就业率为**96.12个百分点**。", WRONG),
        (("96.12", "%"), "就业率为**96.12**。", WRONG),
        (("2.04", "个百分点"), "降了**2.04%**。", WRONG),
        (("50", "万元"), "金额**50元**。", WRONG),
        (("50", "元"), "金额**50**。", WRONG),
        (("203", "人"), "共**203人次**。", WRONG),
        (("203", "学时"), "共**203课时**。", WRONG),
        (("12", "亩"), "共**12平方米**。", WRONG),
        (("25", "%"), "占**5%**，编号125%25。", WRONG),
        (("1.8", "万元"), "**18万元**。", WRONG),
        # only what is in bold answers
        (("96.12", "%"), "就业率为96.12%，**很高**。", WRONG),
        # further figures
        (("96.12", "%"), "就业率为**96.12%**，升学率为**10%**。", PADDED),
        (("96.12", "%"), "就业率为**96.12%**，即**96.12个百分点**。", PADDED),
        (("96.12", "%"), "就业率为**96.12%**，升学率为10%。", RIGHT),
        (("96.12", "%"), "就业率为**96.12%**；表中也是**96.12%**。", RIGHT),
        # what it is shared by is said in words
        (("80.96", "册", "生均图书"), "**80.96册/生**。", RIGHT),
        (("80.96", "册", "馆藏图书"), "**80.96册/生**。", WRONG),
        # a year beside the figure is no figure
        (("96.12", "%"), "**2023年为96.12%**。", RIGHT),
    ],
)
def test_one_gold_figure(gold, answer, bucket):
    assert score_line(case(gold), line(answer)).bucket is bucket


@pytest.mark.parametrize(
    ("figures", "names", "answer", "bucket"),
    [
        ([("2203", "人"), ("43.21", "%")], (), "**2203人**，占**43.21%**。", RIGHT),
        ([("2203", "人"), ("43.21", "%")], (), "**2203人**。", PARTIAL),
        ([("2203", "人"), ("43.21", "%")], (), "**2203人**，占**43.2%**。", PARTIAL),
        ([("2203", "人"), ("43.21", "%")], (), "**2204人**，占**43.2%**。", WRONG),
        ([("2203", "人"), ("43.21", "%")], (), "**2203人**，占**43.21%**，另**7个**。", PADDED),
        # two gold figures of one amount: one figure says both
        ([("63", "人"), ("63", "人")], (), "两个专业都是**63人**。", RIGHT),
        ([("5", "个"), ("4", "项")], (), "前文写**5个**，后文写**4项**。", RIGHT),
        # names
        ([], ("徐荣", "姚苗新"), "是**徐荣**和**姚苗新**。", RIGHT),
        ([], ("徐荣", "姚苗新"), "是徐荣、姚苗新。", RIGHT),
        ([], ("徐荣", "姚苗新"), "是**徐荣**。", PARTIAL),
        ([], ("徐荣",), "是**许荣**。", WRONG),
        ([], ("徐荣",), "是**徐荣**，共**3人**。", PADDED),
        ([], ("“互联网+”大赛",), "是「互联网＋」 大赛。", RIGHT),
        ([], ("“一村多名大学生”项目",), '是**"一村多名大学生"项目**。', RIGHT),
        ([], ("一村多名大学生项目",), "是《一村多名大学生》项目。", RIGHT),
        ([], ("新一代信息技术（光芯屏端网）",), "是新一代信息技术(光芯屏端网)。", RIGHT),
        ([], ("hbhvte@126.com", "027-87328019"), "打**027-87328019**，写**HBHVTE@126.com**。", RIGHT),
        ([("1146", "人")], ("护理学院",), "**护理学院**最多，**1146人**。", RIGHT),
        ([("1146", "人")], ("护理学院",), "最多的有**1146人**。", PARTIAL),
        # dates
        ([("2022", "年"), ("12", "月"), ("30", "日")], (), "落款为**2022年12月30日**。", RIGHT),
        ([("2022", "年"), ("12", "月"), ("30", "日")], (), "落款为**2022.12.30**。", RIGHT),
        ([("2022", "年"), ("12", "月"), ("30", "日")], (), "落款为2022年12月30日。", WRONG),
        ([("2022", "年"), ("12", "月"), ("30", "日")], (), "落款为**2022年12月31日**。", PARTIAL),
        ([("2022", "年")], (), "**2022年**或**2021年**。", PADDED),
        ([("2023", "届")], (), "是**2023届**。", RIGHT),
        ([("3", "年")], (), "学制**3年**。", RIGHT),
    ],
)
def test_several_golds(figures, names, answer, bucket):
    assert score_line(case(*figures, names=names), line(answer)).bucket is bucket


@pytest.mark.parametrize(
    ("gold", "answer", "bucket"),
    [
        (("62.72", "%"), "占**62.72%**。", RIGHT),
        (("62.72", "%"), "占**62.716%**。", RIGHT),
        (("62.72", "%"), "占**62.725%**。", RIGHT),
        (("62.72", "%"), "占**62.726%**。", WRONG),
        (("62.72", "%"), "占**62.7%**。", WRONG),
        (("1395.18", "万元"), "多**13951800元**。", RIGHT),
        (("1395.18", "万元"), "多**0.139518亿元**。", RIGHT),
        (("1395.18", "万元"), "多**1395.19万元**。", WRONG),
        (("163", "人"), "还有**163人**。", RIGHT),
        (("163", "人"), "还有**164人**。", WRONG),
    ],
)
@pytest.mark.parametrize("fields", [{"type": "derived"}, {"type": "followup", "note": "公式：1+1=2"}])
def test_computed_gold_is_right_to_half_a_unit_of_its_last_digit(gold, answer, bucket, fields):
    assert score_line(case(gold, **fields), line(answer)).bucket is bucket
    if bucket is RIGHT and gold[0] not in answer:
        exact = score_line(case(gold), line(answer)).bucket
        assert exact is (WRONG if "%" in answer else RIGHT)


@pytest.mark.parametrize(
    ("fields", "answer", "bucket"),
    [
        ({"type": "derived", "note": "公式：959-796=163"}, "**959人**减**796人**得**163人**。", RIGHT),
        ({"type": "derived", "evidence": ("教职工959人，专任老师796人",)}, "**959人**减**796人**得**163人**。", RIGHT),
        ({"type": "derived", "evidence": ("教职工959人",)}, "**959人**减**796人**得**163人**。", PADDED),
        ({"type": "derived", "evidence": ("教职工959人",)}, "**959个百分点**，**163人**。", PADDED),
        ({"type": "derived", "evidence": ("教职工9.59万人",)}, "**95900人**，**163人**。", RIGHT),
        ({"type": "conflict", "evidence": ("教职工959人",)}, "**163人**；总数**959人**。", RIGHT),
        ({"type": "compare", "evidence": ("甲校959人",)}, "**163人**；甲校**959人**。", RIGHT),
        ({"type": "text", "evidence": ("教职工959人",)}, "**163人**；总数**959人**。", PADDED),
    ],
)
def test_operands_are_no_padding_where_something_is_computed_or_compared(fields, answer, bucket):
    assert score_line(case(("163", "人"), **fields), line(answer)).bucket is bucket


def test_operands_of_the_formula_that_gave_the_gold_are_no_padding():
    answer = line("**959人**减**796人**得**163人**。")
    answer["figures"][2] |= {"kind": "computed", "formula": "959[1] − 796[1] = 163 人"}
    assert score_line(case(("163", "人"), type="derived"), answer).bucket is RIGHT
    answer["figures"][2]["formula"] = "1000[1] − 837[1] = 163 人"
    assert score_line(case(("163", "人"), type="derived"), answer).bucket is PADDED


@pytest.mark.parametrize(
    ("answerable", "answer", "bucket"),
    [
        (False, refusal(), Bucket.RIGHT_REFUSAL),
        (True, refusal(), Bucket.FALSE_REFUSAL),
        # a refusal may mention what is stated instead, but not as the answer
        (
            False,
            line("没有找到。最接近的是2022届就业率**很高**，为95.1% [1]。", status="not_found"),
            Bucket.RIGHT_REFUSAL,
        ),
        (False, line("没有找到。最接近的是**95.1%** [1]。", status="not_found"), Bucket.INVENTED),
        (True, line("没有找到，或许是**96.12%**。", status="not_found"), Bucket.FALSE_REFUSAL),
        (False, line("是**96.12%** [1]。"), Bucket.INVENTED),
        (False, line("报告没有说明。"), Bucket.INVENTED),
        (True, line("", status="error", error="超时"), Bucket.FAILED),
        (False, line("", status="error", error="超时"), Bucket.FAILED),
    ],
)
def test_refusals_inventions_and_failures(answerable, answer, bucket):
    gold = [("96.12", "%")] if answerable else []
    score = score_line(case(*gold, answerable=answerable, type="text"), answer)
    assert score.bucket is bucket
    assert score.reason == ("超时" if bucket is Bucket.FAILED else "")


@pytest.mark.parametrize(
    "broken",
    [
        {"status": "ok"},
        {"status": None},
        {"answer": None},
        {"answer": "  "},
        {"figures": None},
        {"figures": [{"text": "1"}]},
        {"figures": [{**line("**1人**")["figures"][0], "value": "一"}]},
        {"figures": [{**line("**1人**")["figures"][0], "value": "NaN"}]},
        {"citations": [{"n": 1}]},
        {"retrieved": "x"},
    ],
)
def test_what_cannot_be_read_is_failed_not_wrong(broken):
    assert score_line(case(("1", "人")), {**line("**1人**"), **broken}).bucket is Bucket.FAILED
    with pytest.raises(UnreadableReplyError):
        line_to_reply({**line("**1人**"), **broken})
    for key in broken:
        missing = {name: value for name, value in line("**1人**").items() if name != key}
        assert score_line(case(("1", "人")), missing).bucket is Bucket.FAILED


def test_a_declared_figure_counts_only_where_it_stands_in_the_text():
    unreadable = {**line("**1人**")["figures"][0], "text": "一番", "value": "1", "unit": "次"}
    gold = case(("1", "次"))
    assert score_line(gold, {**line("去了一番。"), "figures": [unreadable]}).bucket is RIGHT
    assert score_line(gold, {**line("去过。"), "figures": [unreadable]}).bucket is WRONG
    assert score_line(gold, {**line("去了一番。"), "figures": [{**unreadable, "role": "context"}]}).bucket is WRONG


def test_the_text_decides_what_a_figure_is():
    answer = line("就业率**69.12%**。")
    answer["figures"][0]["value"] = "96.12"
    assert score_line(case(("96.12", "%")), answer).bucket is WRONG
    assert (
        score_line(case(("96.12", "%")), {**line("就业率**96.12%**，升学率**10%**。"), "figures": []}).bucket is PADDED
    )


@pytest.mark.parametrize(
    ("gold", "answer", "unit_errors", "verdict"),
    [
        (("96.12", "%"), "**96.12个百分点**。", 1, Verdict.UNIT),
        (("96.12", "%"), "**96.12**。", 1, Verdict.UNIT),
        (("50", "万元"), "**50元**。", 1, Verdict.UNIT),
        (("1.5", "万人"), "**1.5万元**。", 1, Verdict.UNIT),
        (("1.5", "万人"), "**15000元**。", 1, Verdict.UNIT),
        (("50", "万元"), "**51元**。", 0, Verdict.EXTRA),
        (("50", "万元"), "**50万元**。", 0, Verdict.GOLD),
        (("50", "万元"), "50元。", 0, Verdict.CONTEXT),
    ],
)
def test_unit_errors_are_told_apart(gold, answer, unit_errors, verdict):
    score = score_line(case(gold), line(answer))
    assert score.unit_errors == unit_errors
    assert [figure.verdict for figure in score.figures] == [verdict]


def test_a_bound_word_lost_is_counted_on_its_own():
    gold = case(("1000", "万元"), evidence=("投入1000余万元",))
    assert [
        (score.bucket, score.bounds_lost)
        for score in (score_line(gold, line(a)) for a in ("投入**1000余万元** [1]。", "投入**1000万元** [1]。"))
    ] == [(RIGHT, 0), (RIGHT, 1)]


def test_citation_page_and_recall_are_of_the_gold_evidence():
    gold = case(("95.27", "%"), evidence=("就业率为 95.27%",), pages={"qs-2023.pdf": (7, 9)})
    answer = "就业率为**95.27%** [1]。"
    elsewhere = citation("2022届就业率为95.27。")
    rows = [
        (line(answer), True, True, True),
        (line(answer, citations=[citation(quote="签约1860人")]), True, True, True),
        (line(answer, citations=[elsewhere]), False, None, True),
        (line(answer, citations=[elsewhere, citation(n=2, page=8)]), True, False, True),
        (line(answer, citations=[citation(page=8), citation(n=2, page=9)]), True, True, True),
        (line(answer, citations=[citation(page=None)]), True, None, True),
        (line(answer, citations=[citation(report="other.pdf")]), True, None, True),
        (line(answer, retrieved=[passage("别的")] * 7 + [passage()]), True, True, True),
        (line(answer, retrieved=[passage("别的")] * 8 + [passage()]), True, True, False),
    ]
    scores = [score_line(gold, row[0]) for row in rows]
    assert [(s.cited, s.page_correct, s.recalled) for s in scores] == [row[1:] for row in rows]
    assert score_line(case(("95.27", "%")), line(answer)).cited is None


def test_evidence_in_several_places_must_all_be_there():
    assert recall_rank(["甲 1", "乙2"], ["甲\n1", "无", "前乙2后"]) == 3
    assert recall_rank(["甲1", "丙3"], ["甲1", "乙2"]) is None
    assert recall_rank([], ["甲1"]) is None


def test_a_case_with_evidence_alone_is_right_where_it_is_cited():
    gold = case(evidence=("签约1860人",))
    assert score_line(gold, line("有说明 [1]。")).bucket is RIGHT
    assert score_line(gold, line("有说明。", citations=[])).bucket is WRONG


def test_figures_without_proof_are_counted_whatever_the_answer_declares():
    gold = case(("95.27", "%"))
    table = citation("证书\t报名\t通过\n初级\t220\t190\n")
    computed = {**line("**163人**")["figures"][0], "kind": "computed"}
    rows = [
        (line("**95.27%** [1]。"), 0),
        (line("**95.28%** [1]。"), 1),
        (line("**95.27%** [1]。", citations=[]), 1),
        (line("**95.27%** [1]。", figures=[]), 1),
        (line("通过**190人** [1]。", citations=[table]), 0),
        (line("通过**220190人** [1]。", citations=[table]), 1),
        (line("**163人**", figures=[{**computed, "formula": "1860[1] − 1697[1]"}]), 0),
        (line("**163人**", figures=[{**computed, "formula": None}]), 1),
    ]
    assert [score_line(gold, answer).unproved for answer, _ in rows] == [count for _, count in rows]


# --- cheating ---


def every_figure_of(text: str) -> str:
    return "，".join(f"**{number.text}**" for number in find_numbers(text)) + " [1]。"


@pytest.mark.parametrize("kind", ["text", "table", "derived", "conflict", "compare", "followup"])
def test_answering_with_every_figure_of_a_passage_is_never_right(kind):
    for number in find_numbers(PASSAGE):
        gold = case((str(number.value), number.unit), type=kind, evidence=(number.text,))
        assert score_line(gold, line(every_figure_of(PASSAGE))).bucket is PADDED


def test_repeating_the_question_is_never_right():
    question = "植保无人机报了50个人，徐荣的护理学院过了**31人**吗？"
    gold = case(("50", "人"), names=("护理学院",), question=question)
    for answer in (question, f"{question}{question}", "植保无人机报了**50个人**，徐荣的 护理学院过了**31人**吗"):
        assert score_line(gold, line(answer, question=question)).bucket is WRONG
    own = score_line(gold, line(f"{question}是**护理学院**，**50人**。", question=question))
    assert own.bucket is RIGHT


def test_always_refusing_scores_nothing_but_refusals():
    cases = [case(("1", "人"), id="1"), case(id="2", answerable=False, type="unanswerable")]
    found = summarise(score_lines(cases, {c.id: REFUSAL for c in cases}))
    assert found["strict_accuracy"]["value"] == 0
    assert (found["refusal"]["value"], found["false_refusal"]["value"]) == (1, 1)


@given(st.text(max_size=60))
def test_no_text_breaks_the_scorer(text):
    score = score_line(case(("1", "人"), names=("甲",)), line(f"**{text}**"))
    assert score.bucket in Bucket


MUTATIONS = {
    "last digit": lambda f: GoldFigure(f.value + Decimal(1).scaleb(f.value.as_tuple().exponent), f.unit),
    "ten times": lambda f: GoldFigure(f.value * 10, f.unit),
    "digits turned round": lambda f: GoldFigure(Decimal("".join(reversed(str(f.value)))), f.unit),
    "another unit": lambda f: GoldFigure(f.value, "个百分点" if f.unit == "%" else "%"),
}


@pytest.mark.parametrize("mutate", MUTATIONS.values(), ids=MUTATIONS)
def test_ten_gold_figures_mutated_are_all_caught(mutate):
    cases = load_cases(sorted(QUESTIONS.glob("*.jsonl")))
    ten = [
        c
        for c in cases
        if len(c.figures) == 1 and not c.names and str(c.figures[0].value)[0] != str(c.figures[0].value)[-1]
    ]
    for gold in ten[:10]:
        figure, changed = gold.figures[0], mutate(gold.figures[0])
        assert score_line(gold, line(f"是**{figure.value}{figure.unit}**。")).bucket is RIGHT
        assert score_line(gold, line(f"是**{changed.value}{changed.unit}**。")).bucket is WRONG
    assert len(ten) >= 10


def question_files():
    return sorted(QUESTIONS.glob("*.jsonl")) + sorted((SHARED / "evals").glob("dev-*.jsonl"))


@pytest.mark.parametrize("path", question_files(), ids=lambda path: path.stem)
def test_answering_every_question_with_its_gold_is_right(path):
    for gold in load_cases([path]):
        bold = [*(f"{figure.value}{figure.unit}" for figure in gold.figures), *gold.names]
        answer = f"答案是{'，又是'.join(f'**{text}**' for text in bold)} [1]。" if gold.answerable else ""
        found = score_line(gold, line(answer, question=gold.question) if answer else refusal())
        assert found.bucket in (RIGHT, Bucket.RIGHT_REFUSAL), (gold.id, answer)


# --- causes ---

TABLE = "表1\n项目\t人数\n甲\t92\n乙\t47\n"


@pytest.mark.parametrize(
    ("fields", "answer", "cause"),
    [
        ({}, line("就业率为**95.27%** [1]。"), None),
        ({}, line("", status="error"), Cause.FAILED),
        ({"answerable": False, "figures": ()}, line("是**95.27%** [1]。"), Cause.SHOULD_HAVE_REFUSED),
        ({}, line("**95.27%**，**191人** [1]。"), Cause.EXTRA_FIGURES),
        ({}, line("是**7%**。", citations=[], retrieved=[passage("别的")]), Cause.NOT_RETRIEVED),
        ({}, refusal(retrieved=[passage("别的")]), Cause.NOT_RETRIEVED),
        ({}, refusal(), Cause.REFUSED),
        ({}, line("是**95.27** [1]。"), Cause.WRONG_UNIT),
        ({"documents": ("bh-2023",)}, line("是**7%** [1]。"), Cause.WRONG_REPORT),
        ({}, line("是**7%** [1]。", citations=[citation("别的")]), Cause.WRONG_SENTENCE),
        ({}, line("是**7%** [1]。"), Cause.WRONG_FIGURE),
    ],
)
def test_the_cause_of_each_miss(fields, answer, cause):
    figures = fields.pop("figures", (("95.27", "%"),))
    gold = case(*figures, evidence=() if not figures else ("就业率为95.27%",), **fields)
    (result,) = score_lines([gold], {gold.id: answer})
    assert result.cause is cause


@pytest.mark.parametrize(
    ("quote", "answer", "cause"),
    [
        ("乙\t47", "是**92人** [1]。", Cause.WRONG_CELL),
        ("甲\t92", "是**92人** [1]。", Cause.WRONG_CELL),
        ("表1", "是**92人** [1]。", Cause.WRONG_CELL),
    ],
)
def test_a_wrong_cell_of_the_right_table(quote, answer, cause):
    gold = case(("47", "人"), evidence=("乙47",), type="table")
    lines = {gold.id: line(answer, citations=[citation(TABLE, quote)], retrieved=[passage(TABLE)])}
    assert score_lines([gold], lines)[0].cause is cause


def test_half_an_answer_from_the_right_sentence_is_incomplete():
    gold = case(("1860", "人"), ("191", "人"), evidence=("签约1860人，升学191人",))
    assert score_lines([gold], {gold.id: line("签约**1860人** [1]。")})[0].cause is Cause.INCOMPLETE


@pytest.mark.parametrize(
    ("candidates", "shown"),
    [
        ([{"text": "95.27%", "value": "95.27", "unit": "%"}, {"text": "191人", "value": "191", "unit": "人"}], True),
        ([{"text": "191人", "value": "191", "unit": "人"}], False),
        ([], False),
    ],
)
def test_a_refusal_that_shows_the_gold_among_its_candidates_is_still_a_refusal(
    candidates: list[dict[str, str]], shown: bool
) -> None:
    unsure = line("下面几处可能相关：就业率为95.27% [1]", status="not_found", candidates=candidates)
    score = score_line(case(("95.27", "%")), unsure)
    assert (score.bucket, score.shown) == (Bucket.FALSE_REFUSAL, shown)
