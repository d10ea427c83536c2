from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from rag.pictures.locate import Wanted
from rag.presentation.citations import (
    CitedFigure,
    CitedPassage,
    citation_to_cited,
    cited_figures,
    figure_spans,
    wanted_on_page,
)
from rag.records import (
    AnswerFigure,
    AnswerStatus,
    Citation,
    Conflict,
    Evidence,
    PageMark,
    Passage,
    Query,
    VerifiedAnswer,
)

TEXT = "前文。\n就业率为96.12%，对口率为78.4%。\n后文。"
QUOTE = (TEXT.index("就业率"), TEXT.index("后文"))


def figure(
    text: str, value: str, unit: str, n: int = 1, *, role: str = "answer", formula: str | None = None
) -> AnswerFigure:
    return AnswerFigure(text, Decimal(value), unit, role, "computed" if formula else "quoted", (n,), formula)


def answer(*figures: AnswerFigure, conflicts: tuple[Conflict, ...] = ()) -> VerifiedAnswer:
    passage = Passage(
        "p", "r.pdf", "s", ("一、概况",), 0, len(TEXT), TEXT, 0, 3, 5, "3", 1.0, pages=(PageMark(0, 5, "3"),)
    )
    query = Query("问", "问", "问", ("r.pdf",))
    return VerifiedAnswer(
        query, Evidence(query, (passage,)), AnswerStatus.ANSWERED, "答", figures, (Citation(1, passage, *QUOTE, 5, "3"),),
        conflicts, (), "extractive", None, 0, 0, (),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (answer(figure("96.12%", "96.12", "%")), [("96.12", "%")]),
        (answer(figure("96.12%", "96.12", "%", role="context")), []),
        (answer(figure("96.12%", "96.12", "%", n=2)), []),
        (
            answer(figure("17.72 个百分点", "17.72", "百分点", formula="96.12%[1] − 78.4%[2] = 17.72 个百分点")),
            [("17.72", "百分点"), ("96.12", "%")],
        ),
        (answer(conflicts=(Conflict("社团数", (("49个", 1), ("45个", 2)), ""),)), [("49", "个")]),
    ],
)
def test_figures_of_a_citation(given: VerifiedAnswer, expected: list[tuple[str, str]]) -> None:
    assert [(str(one.value), one.unit) for one in cited_figures(given, 1)] == expected


@pytest.mark.parametrize(
    ("text", "value", "unit", "found"),
    [
        ("就业率为96.12%，对口率为96.12%", "96.12", "%", ["96.12%", "96.12%"]),
        ("上升96.12个百分点", "96.12", "%", []),
        ("机电系\t 2130 \t101\n护理系\t1875\t96\n", "2130", "人", ["2130"]),
        ("机电系\t2130\t12.5%\n", "12.5", "%", ["12.5%"]),
        ("机电系\t2021年2130人\t96\n", "2130", "人", ["2130人"]),
        ("", "1", "", []),
    ],
)
def test_figures_are_found_in_text_and_in_cells(text: str, value: str, unit: str, found: list[str]) -> None:
    spans = figure_spans(text, [CitedFigure(Decimal(value), unit)])
    assert [text[start:end] for start, end in spans] == found


def test_a_citation_keeps_its_place_and_the_figures_inside_its_quote() -> None:
    cited = citation_to_cited(answer(figure("78.4%", "78.4", "%")).citations[0], answer(figure("78.4%", "78.4", "%")))
    assert [cited.text[start:end] for start, end in cited.figures] == ["78.4%"]
    assert cited.text[slice(*cited.quote)] == "就业率为96.12%，对口率为78.4%。\n"
    assert (cited.page, cited.page_label, cited.section) == (5, "3", ("一、概况",))


BROKEN = "甲甲甲。就业率为96.12%，对口率为78.4%。乙乙乙。"
PAGES = (PageMark(0, 5, "3"), PageMark(BROKEN.index("对口"), 6, "4"))


def over_pages(pages: tuple[PageMark, ...], page: int | None = 5) -> CitedPassage:
    quote, spans = (4, len(BROKEN) - 4), figure_spans(BROKEN, [CitedFigure(Decimal(v), "%") for v in ("96.12", "78.4")])
    return CitedPassage(1, "r.pdf", (), page, None, BROKEN, quote, spans, pages)


@pytest.mark.parametrize(
    ("cited", "page", "wanted"),
    [
        (over_pages(PAGES), 5, Wanted("就业率为96.12%，", ((4, 10),), "甲甲甲。", "")),
        (over_pages(PAGES), 6, Wanted("对口率为78.4%。", ((4, 9),), "", "乙乙乙。")),
        (over_pages(PAGES), 7, None),
        (over_pages(()), 5, Wanted("就业率为96.12%，对口率为78.4%。", ((4, 10), (15, 20)), "甲甲甲。", "乙乙乙。")),
        (over_pages(()), 6, None),
        (over_pages((PageMark(0, None, None),), None), 1, None),
    ],
)
def test_each_page_is_searched_for_its_own_part_of_the_quote(
    cited: CitedPassage, page: int, wanted: Wanted | None
) -> None:
    assert wanted_on_page(cited, page) == wanted


def test_of_equal_figures_the_one_that_is_meant_is_marked() -> None:
    text = "就业率为96.12%，满意率为96.12%。"
    passage = Passage("p", "r.pdf", "s", (), 100, 100 + len(text), text, 0, 3, 5, "3", 1.0)
    at = text.rindex("96.12%")
    one = replace(figure("96.12%", "96.12", "%"), id=f"s:{100 + at}")
    given = replace(answer(one), citations=(Citation(1, passage, 0, len(text), 5, "3"),))
    assert citation_to_cited(given.citations[0], given).figures == ((at, at + 6),)
