"""Doubts about placed figures: what the report says of one in other words or another place is no doubt, what it says of
another one is."""

from __future__ import annotations

import pytest
from answer_samples import cite, make_passage, make_table, table_passage

from rag.figures.extraction import passage_to_figures
from rag.gate.fitting import OF_NOTHING
from rag.gate.verify import Gated, draft_to_gated
from rag.records import AnswerStatus, Cite, Draft, Figure, FigureRef, Segment, Text, markdown_to_segments

TEXT = (
    "检查组随堂听课148节，其中优良课118节；发放问卷1860份，收回1793份。"
    "到2023年8月31日，本科毕业生中落实去向3868人，去向落实率91.83%；到2023年12月10日，这一数字升到94.66%。"
    "教授212人中有202人为本科生主讲课程，占95.28%；副教授438人中有421人主讲，占96.12%。"
    "学费收入5384.20万元、住宿费收入728.65万元。教学用房164700平方米，学生宿舍66800平方米。"
    "涉农岗位比例由46.2%升至55.3%，对口率由74.5%升至81.3%。单独考试招生1600人。"
    "国家级一流课程11门，其中线下6门、线上5门；省级一流课程63门。省级及以上人才58人，其中国家级11人。\n"
)
PASSAGE = make_passage(TEXT)
ROWS = [
    ("专业", "专任教师总数（人）", "教授数（人）", "待就业（人）"),
    ("翻译", "12", "2", "7"),
    ("英语", "15", "3", "9"),
    ("31—60人", "1126", "104", "1982"),
    ("90人以上", "1,266", "188", "149"),
    ("合计", "2419", "297", "1147"),
]
TABLE = make_table(ROWS, caption="表1 2023届毕业生与教师")
SLICE = table_passage(TABLE)
STAFF = make_passage("专任教师1186人，其中教授212人。应届本科生去向落实率91.83%。\n")
FIGURES: dict[str, Figure] = {}
for held in (*passage_to_figures(PASSAGE), *passage_to_figures(SLICE, TABLE), *passage_to_figures(STAFF)):
    FIGURES.setdefault(held.number.text, held)
RIVALS = (*FIGURES.values(), *passage_to_figures(STAFF))


def gate(text: str, question: str = "") -> Gated:
    """The text with `<94.66%>` placed, each cited to its own clause or row."""
    found: list[Segment] = []
    citations = []
    for at, piece in enumerate(text.replace("<", "\0").replace(">", "\0").split("\0")):
        if at % 2:
            figure, n = FIGURES[piece], len(citations) + 1
            whole = figure.passage.text
            ends = [at for mark in "；。\n" if (at := whole.find(mark, figure.end)) >= 0]
            low = max(whole.rfind(mark, 0, figure.start) for mark in "；。\n") + 1
            citations.append(cite(figure.passage, whole[low : min(ends, default=len(whole))], n=n))
            found += [FigureRef(figure.id, True), Text(" "), Cite(n)]
        else:
            found += markdown_to_segments(piece)
    draft = Draft(AnswerStatus.ANSWERED, tuple(found), tuple(citations), figures=tuple(FIGURES.values()))
    return draft_to_gated(draft, {TABLE.id: TABLE}, {}, stored=RIVALS, rivals=RIVALS, question=question, is_typed=True)


@pytest.mark.parametrize(
    "text",
    [
        "检查组发放问卷<1860份>。",
        "截至2023年12月10日，去向落实率为<94.66%>。",
        "截至2023年8月31日，本科生的去向落实率为<91.83%>。",
        "教授中为本科生主讲课程的占<95.28%>。",
        "学费收入为<5384.20万元>，不含住宿费收入<728.65万元>。",
        "学生宿舍面积<66800平方米>。",
        "翻译专业的专任教师有<12>人。",
        "翻译专业毕业生中待就业的有<7>人。",
        "相近的是学费收入<5384.20万元>。",
        "翻译专业毕业生中有<7>人待就业。",
        "对口率为<81.3%>。",
        "单招<1600人>。",
        "专任教师英语专业<15>人最多，翻译专业<12>人其次。",
        "合计专任教师<2419>人，其中翻译专业<12>人。",
        "国家级一流课程更多，<11门>。",
    ],
)
def test_what_a_report_says_in_its_own_way_is_no_doubt(text: str) -> None:
    gated = gate(text)
    assert not gated.unsupported
    assert [figure.caution for figure in gated.figures] == [None] * text.count("<")


@pytest.mark.parametrize(
    "text",
    [
        "检查组查阅教案<1860份>。",
        "翻译专业有<2>人待就业。",
        "截至2023年8月31日，去向落实率为<94.66%>。",
        "硕士生的去向落实率为<91.83%>。",
        "教授中为本科生主讲课程的占<96.12%>。",
        "学费收入为<728.65万元>。",
        "学生宿舍面积<164700平方米>。",
        "翻译专业的专任教师有<15>人。",
        "英语专业毕业生中待就业的有<3>人。",
        "涉农岗位比例为<81.3%>。",
        "全校待就业的有<7>人。",
        "31—60人的专任教师总数为<2419>人。",
        "聘用合同制90人以上专任教师总数（人）为<1,266>。",
    ],
)
def test_what_a_report_says_of_another_figure_is_a_doubt(text: str) -> None:
    gated = gate(text)
    assert gated.unsupported or all(figure.caution for figure in gated.figures if figure.role == "answer"), gated


@pytest.mark.parametrize(
    ("question", "is_doubted"), [("食堂满意度比上年高了多少？", True), ("毕业率比上年高了多少？", False)]
)
def test_a_change_without_a_subject_is_doubted_where_the_question_asks_for_another(
    question: str, is_doubted: bool
) -> None:
    passage = make_passage("毕业率98.26%，比上年提高0.36个百分点。\n")
    figure = next(each for each in passage_to_figures(passage) if each.number.unit == "百分点")
    text = (Text("提高了"), FigureRef(figure.id, is_answer=True), Text(" "), Cite(1))
    draft = Draft(AnswerStatus.ANSWERED, text, (cite(passage, passage.text.strip()),), figures=(figure,))
    gated = draft_to_gated(draft, {}, {}, stored=(figure,), question=question, is_typed=True)
    assert [each.caution for each in gated.figures] == [OF_NOTHING if is_doubted else None]


@pytest.mark.parametrize("said", ["国家级", "省级"])
def test_the_words_of_an_answer_weigh_more_than_those_of_its_question(said: str) -> None:
    (shown,) = gate(f"{said}一流课程为<11门>。", question="国家级竞赛获奖多少项？").figures
    assert bool(shown.caution) is (said == "省级")


@pytest.mark.parametrize(("said", "is_doubted"), [("", True), ("财政拨款", False)])
def test_the_row_of_a_narrower_table_is_doubted(said: str, is_doubted: bool) -> None:
    rows = [("科目", "本年支出·合计（万元）"), ("职业年金缴费支出", "446.59")]
    wide = make_table([rows[0], ("教育支出", "9"), rows[1]], caption="支出决算表")
    narrow = make_table([rows[0], (rows[1][0], "382.14")], caption="财政拨款支出决算表")
    passage = table_passage(narrow)
    (figure,), (*_, rival) = (passage_to_figures(table_passage(each), each) for each in (narrow, wide))
    rivals = (figure, rival)
    text = (Text(f"{said}职业年金缴费支出一共"), FigureRef(figure.id, is_answer=True), Text(" "), Cite(1))
    quote = "职业年金缴费支出\t382.14"
    draft = Draft(AnswerStatus.ANSWERED, text, (cite(passage, quote),), figures=(figure,))
    gated = draft_to_gated(draft, {narrow.id: narrow}, {}, stored=(figure,), rivals=rivals, is_typed=True)
    assert [bool(each.caution) for each in gated.figures] == [is_doubted]
