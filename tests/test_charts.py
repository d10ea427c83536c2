from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import altair
import pytest
from answer_samples import (
    cite,
    cited_figures,
    make_passage,
    make_report,
    make_table,
    printed_in,
    quoted_figure,
    table_passage,
)

from rag.presentation.asked_figures import asked_figures
from rag.presentation.charts import Chart, chart_to_vega, exchange_to_chart
from rag.presentation.exchanges import Exchange, answer_to_exchange
from rag.presentation.html import page
from rag.records import AnswerStatus, Citation, Conflict, Evidence, Query, Table, VerifiedAnswer

GREEN, WHITE = make_report("a.txt", "青石职业技术学院"), make_report("b.txt", "白河职业技术学院", year=2022)
COUNTS = make_table(
    [
        ("系部", "专业", "在校生人数（人）", "教师人数（人）"),
        ("机电系", "数控", "2130", "101"),
        ("^", "汽修", "1875", "96"),
    ]
)
CLUBS = make_table([("类别", "社团（个）", "成员（人）"), ("科技", "11", "476")])
YEARS = make_table([("项目", "2021年", "2022年", "2023年"), ("经费支出（万元）", "310.5", "322", "340")])


def exchange(
    figures: Sequence[tuple[str, int]], citations: Sequence[Citation], *,
    table: Table | None = None, role: str = "answer", conflicts: tuple[Conflict, ...] = (),
) -> Exchange:  # fmt: skip
    """An answer that gives these figures, each from the citation of that number."""
    query = Query("问", "问", "问", ("a.txt", "b.txt"))
    given = [quoted_figure(text, citations[n - 1], table, role) for text, n in figures]
    answer = VerifiedAnswer(
        query, Evidence(query, ()), AnswerStatus.ANSWERED, "", tuple(given), tuple(citations), conflicts, (),
        "extractive", None, 0, 0, (), printed=printed_in(citations, table),
    )  # fmt: skip
    return answer_to_exchange("问", answer, {"a.txt": GREEN, "b.txt": WHITE}, {table.id: table} if table else {})


def prose(text: str, report: str = "a.txt", n: int = 1) -> Citation:
    return cite(make_passage(text, report=report), text, n)


def bars(chart: Chart | None) -> list[tuple[str, str]] | None:
    return None if chart is None else [(bar.label, str(bar.value)) for bar in chart.bars]


ROW = {name: cite(table_passage(COUNTS), row, n) for n, (name, row) in enumerate(
    [("数控", "机电系\t数控\t2130\t101"), ("汽修", "汽修\t1875\t96")], start=1
)}  # fmt: skip
COMPARED = {
    "rows of a column": (
        exchange([("2130人", 1), ("1875人", 2)], list(ROW.values()), table=COUNTS),
        [("数控", "2130"), ("汽修", "1875")],
    ),
    "columns of a row, years in order": (
        exchange(
            [("340万元", 1), ("310.5万元", 1), ("322万元", 1)],
            [cite(table_passage(YEARS), "经费支出（万元）\t310.5\t322\t340")],
            table=YEARS,
        ),
        [("2021年", "310.5"), ("2022年", "322"), ("2023年", "340")],
    ),
    "colleges": (
        exchange(
            [("95.27%", 1), ("91.06%", 2)],
            [prose("青石职业技术学院毕业生就业率为95.27%。"), prose("我校总体就业率达91.06%。", "b.txt", 2)],
        ),
        [("青石职院", "95.27"), ("白河职院", "91.06")],
    ),
    "years of one list": (
        exchange([("50%", 1), ("83%", 1)], [prose("2021、2022年通过率分别为50%、83%。")]),
        [("2021年", "50"), ("2022年", "83")],
    ),
    "years of several sentences": (
        exchange(
            [("1.2亿元", 1), ("9000万元", 2)],
            [prose("2021年学校总收入1.2亿元。"), prose("2022年总收入9000万元。", n=2)],
        ),
        [("2021年", "1.2"), ("2022年", "0.9")],
    ),
    "shares of a whole": (
        exchange([("60%", 1), ("40%", 1)], [prose("其中甲方案占60%，乙方案占40%。")]),
        [("甲方案", "60"), ("乙方案", "40")],
    ),
    "items of a common name": (
        exchange([("95%", 1), ("96%", 1)], [prose("教学满意度为95%，管理满意度为96%。")]),
        [("教学满意度", "95"), ("管理满意度", "96")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", COMPARED)
def test_figures_that_compare_are_drawn(name: str) -> None:
    given, expected = COMPARED[name]
    assert bars(exchange_to_chart(given)) == expected


CLUB_COUNTS = [prose("2021年社团49个。"), prose("2022年社团45个。", n=2)]
DISPUTED = tuple(cited_figures(citation)[-1].id for citation in CLUB_COUNTS)
NOT_COMPARED = {
    "one figure": exchange([("95%", 1)], [prose("就业率为95%。")]),
    "two indicators": exchange([("95%", 1), ("78%", 1)], [prose("就业率为95%，专业对口率为78%。")]),
    "two units": exchange([("302人", 1), ("5.92%", 1)], [prose("云南省302人，云南省占5.92%。")]),
    "other names in two reports": exchange(
        [("76.27%", 1), ("85.23%", 2)], [prose("省内就业率76.27%。"), prose("就业率为85.23%。", "b.txt", 2)]
    ),
    "percent and points": exchange([("95%", 1), ("2百分点", 1)], [prose("教学满意度95%，教学满意度2百分点。")]),
    "rows of other columns": exchange([("2130人", 1), ("96人", 2)], list(ROW.values()), table=COUNTS),
    "figures in dispute": exchange(
        [("49个", 1), ("45个", 2)],
        CLUB_COUNTS,
        conflicts=(Conflict("社团", (("49个", 1), ("45个", 2)), "不一致", DISPUTED),),
    ),
    "clubs and members": exchange(
        [("11个", 1), ("476人", 1)], [cite(table_passage(CLUBS), "科技\t11\t476")], table=CLUBS
    ),
    "what fell": exchange(
        [("-2.5%", 1), ("3.1%", 2)], [prose("2021年收入增长率为-2.5%。"), prose("2022年收入增长率为3.1%。", n=2)]
    ),
    "nothing asked": exchange([], []),
}


@pytest.mark.parametrize("name", NOT_COMPARED)
def test_figures_that_do_not_compare_are_not_drawn(name: str) -> None:
    assert exchange_to_chart(NOT_COMPARED[name]) is None


def test_what_a_difference_is_made_of_is_drawn() -> None:
    given = exchange([("2130人", 1), ("1875人", 2)], list(ROW.values()), table=COUNTS, role="context")
    assert asked_figures(given) == ()
    assert bars(exchange_to_chart(given)) == [("数控", "2130"), ("汽修", "1875")]


def test_an_asked_figure_is_told_with_its_words_and_its_report() -> None:
    given = exchange([("2130人", 1), ("95%", 2)], [ROW["数控"], prose("就业率为95%。", "b.txt", 2)], table=COUNTS)
    assert [(one.about, one.whose, one.is_disputed) for one in asked_figures(given)] == [
        ("机电系·数控的在校生人数", "青石职业技术学院（2023年）", False),
        ("就业率", "白河职业技术学院（2022年）", False),
    ]


@pytest.mark.parametrize("name", ["columns of a row, years in order", "rows of a column"])
@pytest.mark.parametrize("dark", [True, False])
def test_a_drawing_is_vega_lite_that_begins_at_nought(name: str, dark: bool) -> None:
    chart = exchange_to_chart(COMPARED[name][0])
    assert chart is not None
    drawing = chart_to_vega(chart, page.colours(dark))
    altair.Chart.from_dict(drawing)
    amounts = drawing["encoding"]["y" if chart.is_over_time else "x"]
    assert (
        amounts["scale"]["domain"][0]
        == 0
        < max(bar.value for bar in chart.bars)
        < Decimal(amounts["scale"]["domain"][1])
    )
    assert [value["text"] for value in drawing["data"]["values"]] == [bar.text for bar in chart.bars]
