"""Whose, of when and in what unit an answer says a figure is: what is wrong goes or is cautioned, what is right stays."""

from __future__ import annotations

from dataclasses import replace

import pytest
from answer_samples import cite, make_passage, make_report

from rag.figures.extraction import passage_to_figures
from rag.gate.fitting import PERHAPS_DATE
from rag.gate.verify import Gated, draft_to_gated
from rag.records import AnswerStatus, Cite, Draft, FigureRef, Segment, Text, markdown_to_segments

TEXT = (
    "到2022年8月31日，落实去向2646人，初次去向落实率92.16%；到2022年12月31日，落实去向2741人，年终去向落实率95.47%，"
    "比2021届年终的96.08%低0.61个百分点。\n"
    "截至2023年12月31日，在职人员468人；退休人员196人。借阅图书12万册次，占\n27.79%。\n"
    "2022届毕业生3672人。其中升学712人，升学率19.39%，比2021届的16.83%有较大提高。\n"
    "教学班由上年的84个增加到97个。“三公”经费70.60万元，比上年的31.06万元增加39.54万元。\n"
)
PASSAGE = make_passage(TEXT)
FIGURES = {figure.number.text: figure for figure in passage_to_figures(PASSAGE)}
QUOTES = {"92.16%": TEXT[: TEXT.index("；") + 1], "196人": "退休人员196人。"}


def gate(text: str, question: str = "", status: AnswerStatus = AnswerStatus.ANSWERED) -> Gated:
    """The text with `<92.16%>` placed, each in its own quote."""
    found: list[Segment] = []
    citations = []
    for at, piece in enumerate(text.replace("<", "\0").replace(">", "\0").split("\0")):
        if at % 2:
            figure = FIGURES[piece]
            n = len(citations) + 1
            low, high = figure.quote_start, figure.quote_end
            citations.append(cite(PASSAGE, QUOTES.get(piece, TEXT[low:high]), n=n))
            found += [FigureRef(figure.id, True), Text(" "), Cite(n)]
        else:
            found += markdown_to_segments(piece)
    draft = Draft(status, tuple(found), tuple(citations), figures=tuple(FIGURES.values()))
    rivals = tuple(FIGURES.values())
    return draft_to_gated(draft, {}, {}, stored=rivals, rivals=rivals, question=question, is_typed=True)


def is_clean(gated: Gated) -> bool:
    return not gated.unsupported and all(figure.caution is None for figure in gated.figures)


@pytest.mark.parametrize(
    "text",
    [
        "截至2022年8月31日，初次去向落实率为<92.16%>。",
        "截至2022年8月31日，初次去向落实率为<92.16%>；截至2022年12月31日，年终去向落实率为<95.47%>。",
        "<92.16%>是截至2022年8月31日的初次去向落实率，<95.47%>是截至2022年12月31日的年终去向落实率。",
        "2021届年终去向落实率为<96.08%>。",
        "截至2023年12月31日，退休人员<196人>。",
        "2022届升学率为<19.39%>。",
        "2022届毕业生升学率为<19.39%>。",
        "上年“三公”经费为<31.06万元>。",
    ],
)
def test_what_its_sentence_dates_is_right(text: str) -> None:
    assert is_clean(gate(text)), gate(text)


@pytest.mark.parametrize(
    "text",
    [
        "截至2022年12月31日，初次去向落实率为<92.16%>。",
        "<92.16%>是截至2022年12月31日的去向落实率，<95.47%>是截至2022年8月31日的去向落实率。",
        "<92.16%>是年终去向落实率。",
        "<92.16%>是2019届的初次去向落实率。",
        "截至2022年12月31日，退休人员<196人>。",
        "2020届升学率为<19.39%>。",
    ],
)
def test_the_date_of_another_figure_or_of_none_is_not_let_pass(text: str) -> None:
    assert not is_clean(gate(text)), text


def test_a_wrong_date_is_a_doubt_that_leaves_the_figure() -> None:
    gated = gate("截至2022年12月31日，去向落实率为<92.16%>。", status=AnswerStatus.ANSWERED)
    assert [figure.caution for figure in gated.figures if figure.text == "92.16%"] == [PERHAPS_DATE]


def test_a_refusal_may_say_the_date_it_was_asked_for() -> None:
    text, question = "没有写明截至2022年10月15日的去向落实率。", "截至2022年10月15日的去向落实率是多少"
    assert gate(f"{text}<92.16%>是初次去向落实率。", question, AnswerStatus.NOT_FOUND).unsupported == ()
    assert gate(f"{text}<92.16%>是初次去向落实率。", question).unsupported == ("截至2022年10月15日",)


def test_the_years_in_the_title_of_a_report_are_none_of_the_answers() -> None:
    report = replace(make_report("a.txt", "东湖职业技术学院"), title="东湖职业技术学院五年发展报告（2015—2019年）")
    words = (Text("没有找到。查找的是《东湖职业技术学院五年发展报告（2015—2019年）》。"),)
    draft = Draft(AnswerStatus.NOT_FOUND, words, ())
    assert draft_to_gated(draft, {}, {report.id: report}, is_typed=True).unsupported == ()


@pytest.mark.parametrize(
    ("text", "is_right"),
    [
        ("教学班由<84个>增加到<97个>。", True),
        ("教学班为<97个>，上年为<84个>。", True),
        ("教学班增加到<84个>。", False),
        ("教学班由上年的<97个>增加。", False),
        ("教学班由<97个>增加到<84个>。", False),
    ],
)
def test_the_ends_of_a_change_are_told_apart(text: str, is_right: bool) -> None:
    assert is_clean(gate(text)) is is_right, gate(text)
