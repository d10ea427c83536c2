"""What is shown of boards: HTML in which report text is plain, rows, an exchange that sources open from."""

from __future__ import annotations

import pytest
from answer_samples import make_report, make_table
from test_boards import REPORT, board_named, board_of

from rag.boards import boards_to_comparison
from rag.presentation.exchanges import exchange_from_json, exchange_to_json
from rag.presentation.html import boards as board_page
from rag.presentation.html.detail import detail_html, report_to_detail
from rag.presentation.spreadsheet import figures_to_csv
from rag.records import Contradiction, ContradictionKind, Line, Page, PageStatus, Report, ReportKind

HOSTILE = "<img src=x onerror=alert(1)>"


def test_each_figure_stands_with_time_name_and_source():
    board = board_of("2023届毕业生就业率为94.12%。", "生师比为16.2：1。")
    shown = board_page.boards_to_shown("看板", [board], {})
    html = board_page.board_html(board, shown, "source-board")
    assert '<strong>94.12%</strong> <a class="wb-ref" href="#source-board-2" title="查看出处 2">第 1 页</a>' not in html
    assert '<strong>94.12%</strong> <a class="wb-ref" href="#source-board-1" title="查看出处 1">第 1 页</a>' in html
    assert "2023届 · 原文“2023届毕业生就业率”" in html
    assert "原文未写时点" in html
    assert "家长满意度" in html.split("报告中未找到")[1]


def test_a_quote_with_markup_stays_text():
    board = board_of(f"2023届毕业生就业率为94.12%，{HOSTILE}。", report=make_report("a.txt", f"东湖{HOSTILE}学院"))
    shown = board_page.boards_to_shown("看板", [board], {})
    comparisons = boards_to_comparison([board, board], ["就业率"])
    pages = board_page.board_html(board, shown, "a") + board_page.comparison_html(comparisons, [board], shown, "a")
    noted = report_to_detail(REPORT, [Page(1, (), status=PageStatus.GARBLED, note=HOSTILE)], [], [])
    assert "<img" not in pages + detail_html(noted, "a")
    assert "94.12%" in pages


def test_the_exchange_holds_every_figure_and_can_be_kept_and_saved():
    board = board_of("2023届毕业生就业率为94.12%。", "2023届毕业生就业率为93.40%。", "生师比为16.2：1。")
    exchange = board_page.boards_to_shown("看板", [board], {}).exchange
    assert exchange.answer is not None
    assert [(f.text, f.citations, f.scope) for f in exchange.answer.figures] == [
        ("94.12%", (1,), "2023届"),
        ("93.40%", (2,), "2023届"),
        ("16.2：1", (3,), ""),
    ]
    (conflict,) = exchange.answer.conflicts
    assert conflict.values == (("94.12%", 1), ("93.40%", 2))
    assert exchange_from_json("看板", exchange_to_json(exchange), exchange.record) == exchange
    assert "93.40%" in figures_to_csv([exchange]).decode("utf-8-sig")


@pytest.mark.parametrize(
    ("texts", "unit", "points"),
    [
        (("2023届就业率为94.1%。", "2023届就业率为91.2%。"), "%", [("甲", 94.1, "94.1%"), ("乙", 91.2, "91.2%")]),
        (("截至8月31日就业率为84.1%。", "截至12月31日就业率为91.2%。"), "", []),
        (("就业率为84.1%。", "生师比为16：1。"), "", []),
        (
            ("2022年经费总收入2亿元。", "2022年经费总收入15000万元。"),
            "元",
            [("甲", 2e8, "2亿元"), ("乙", 1.5e8, "15000万元")],
        ),
    ],
)
def test_only_what_can_be_compared_is_drawn(texts, unit, points):
    boards = [board_named(name, text) for name, text in zip(("甲职业学院", "乙职业学院"), texts, strict=True)]
    names = {board.report.id: board.report.college[0] for board in boards}
    drawn = [
        chart
        for comparison in boards_to_comparison(boards, ["就业率", "经费收入总额"])
        if (chart := board_page.comparison_to_chart(comparison, names))
    ]
    assert [(bar.label, float(bar.value), bar.text) for chart in drawn for bar in chart.bars] == points
    assert [chart.unit for chart in drawn] == ([unit] if points else [])


@pytest.mark.parametrize(
    ("reports", "names"),
    [
        (("甲", "乙"), ["甲 2023", "乙 2023"]),
        (("甲", "甲"), ["甲 2023 质量年报", "甲 2023 就业质量年报"]),
    ],
)
def test_reports_are_told_apart_in_few_words(reports, names):
    kinds = (ReportKind.QUALITY, ReportKind.EMPLOYMENT)
    made: list[Report] = [
        make_report(f"{at}", name, kind) for at, (name, kind) in enumerate(zip(reports, kinds, strict=True))
    ]
    assert board_page.report_names(made) == names


def test_two_reports_of_one_title_are_told_apart_by_their_files():
    assert len(set(board_page.report_names([make_report("a", "甲"), make_report("b", "甲")]))) == 2


def test_warnings_are_given_page_by_page():
    pages = [
        Page(1, (Line("字"),)),
        Page(2, (), status=PageStatus.EMPTY),
        Page(3, (), status=PageStatus.GARBLED, note="字体没有编码"),
    ]
    table = make_table([["甲", "乙"], ["1", "2"]], caption="表1")
    found = report_to_detail(REPORT, pages, [table], [])
    assert [page for page, _ in found.notes] == [2, 3]
    html = detail_html(found, "source-detail")
    assert "字体没有编码" in html
    assert '<a class="wb-ref" href="#source-detail-2" title="查看出处 2">第 3 页</a>' in html
    assert [citation.page for citation in found.exchange.answer.citations] == [2, 3]
    assert "没有疑点" in detail_html(report_to_detail(REPORT, (), (), ()), "a")


def test_what_does_not_fit_leads_to_every_figure_of_it():
    board = board_of("2023届毕业生就业率为94.12%。", "2023届毕业生就业率为93.40%。")
    figures = [shown.figure for line in board.stated for shown in line.figures]
    dispute = Contradiction("d", REPORT.id, ContradictionKind.DIFFERENT, "就业率", tuple(figures), (), "两处不同")
    found = report_to_detail(REPORT, (), (), [dispute])
    html = detail_html(found, "a")
    assert '<span class="wb-badge">数字不同</span>就业率：两处不同' in html
    assert '<b>94.12%</b> <a class="wb-ref" href="#a-1"' in html
    assert '<b>93.40%</b> <a class="wb-ref" href="#a-2"' in html
    assert [c.quote for c in found.exchange.answer.citations] == [
        "2023届毕业生就业率为94.12%。",
        "2023届毕业生就业率为93.40%。",
    ]


def test_what_is_printed_of_parts_alone_is_no_longer_not_found():
    boards = [board_of("护理学院2023届毕业生就业率为94.12%。"), board_of("生师比为16.2：1。")]
    assert [("就业率" in board.partly, "就业率" in board.unstated) for board in boards] == [(True, True), (False, True)]
    shown = board_page.boards_to_shown("看板", boards[:1], {})
    html = board_page.board_html(boards[0], shown, "a")
    partly, nowhere = html.split("看板未收录")[1].split("报告中未找到")
    assert "find=%E5%B0%B1%E4%B8%9A%E7%8E%87" in partly
    assert ">就业率、" not in nowhere
    assert ["就业率" in board_page.board_to_json(board)["not_of_school"] for board in boards] == [True, False]
    (compared,) = boards_to_comparison(boards, ["就业率"])
    assert [board_page.lacking(cell) for cell in compared.cells] == ["看板未收录", "未找到"]


def test_a_board_as_text_and_json():
    board = board_of("2023届毕业生就业率为94.12%。")
    text, value = board_page.board_to_text(board), board_page.board_to_json(board)
    assert text.splitlines()[:2] == [f"《{REPORT.title}》", "  就业率：94.12%（就业率，2023届）"]
    assert value["figures"][0]["quote"] == "2023届毕业生就业率为94.12%。"
    assert len(value["not_found"]) + len(value["not_of_school"]) == len(board.unstated)
