from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from answer_samples import quoted_figure

from rag.figures.entries import figures_to_entries
from rag.figures.extraction import passage_to_figures
from rag.pictures.locate import Wanted
from rag.presentation.citations import (
    CitedPassage,
    citation_to_cited,
    cited_figures,
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

TEXT = "前文。\n就业率为96.12%，对口率为78.4%。\n后文96.12%。"
PASSAGE = Passage("p", "r.pdf", "s", ("一、概况",), 100, 100 + len(TEXT), TEXT, 0, 3, 5, "3", 1.0)
CITATION = Citation(1, PASSAGE, TEXT.index("就业率"), TEXT.index("后文"), 5, "3")
RATE, FIT, AFTER = passage_to_figures(PASSAGE)


def answer(*figures: AnswerFigure, conflicts: tuple[Conflict, ...] = ()) -> VerifiedAnswer:
    query = Query("问", "问", "问", ("r.pdf",))
    return VerifiedAnswer(
        query, Evidence(query, (PASSAGE,)), AnswerStatus.ANSWERED, "答", figures, (CITATION,), conflicts, (),
        "extractive", None, 0, 0, (), printed=figures_to_entries((RATE, FIT, AFTER)),
    )  # fmt: skip


ASKED = quoted_figure("96.12%", CITATION)
COMPUTED = AnswerFigure(
    "17.72 个百分点", Decimal("17.72"), "百分点", "answer", "computed", (1,), "…", operands=(RATE.id, FIT.id)
)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (answer(ASKED), ["96.12%"]),
        (answer(replace(ASKED, role="context")), []),
        (answer(replace(ASKED, id=AFTER.id)), []),
        (answer(replace(ASKED, citations=(2,))), []),
        (answer(COMPUTED), ["96.12%", "78.4%"]),
        (answer(conflicts=(Conflict("率", (("96.12%", 1),), "", (RATE.id, AFTER.id)),)), ["96.12%"]),
    ],
)
def test_figures_of_a_citation_are_those_asked_for_computed_with_or_in_conflict(
    given: VerifiedAnswer, expected: list[str]
) -> None:
    assert [entry.number.text for entry in cited_figures(given, CITATION)] == expected
    cited = citation_to_cited(CITATION, given)
    assert [cited.text[start:end] for start, end in cited.figures] == expected
    assert cited.text[slice(*cited.quote)] == "就业率为96.12%，对口率为78.4%。\n"
    assert (cited.page, cited.page_label, cited.section) == (5, "3", ("一、概况",))


BROKEN = "甲甲甲。就业率为96.12%，对口率为78.4%。乙乙乙。"
PAGES = (PageMark(0, 5, "3"), PageMark(BROKEN.index("对口"), 6, "4"))


def over_pages(pages: tuple[PageMark, ...], page: int | None = 5) -> CitedPassage:
    quote, spans = (4, len(BROKEN) - 4), ((BROKEN.index("9"), BROKEN.index("，")), (BROKEN.index("7"), len(BROKEN) - 5))
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
