"""`wenbao reports`, `wenbao figures` and `wenbao board`: what is in the index, report by report."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Annotated

import typer

from rag.app.options import Config, Data, Debug, Json, OneReport, Reports
from rag.app.refreshing import chosen_settings, opened, refresh
from rag.app.terminal import complain, print_bytes, print_json, say
from rag.errors import UsageError

if TYPE_CHECKING:
    from rag.records import Report

MAX_NAMED = 10
"""Reports that are named where one asked for is not there."""


def list_reports(
    as_json: Json = False, data: Data = None, reports: Reports = None, config: Config = None, debug: Debug = False
) -> None:
    """列出索引里的报告。"""
    from rag.presentation.json_and_text import report_to_json, report_to_text

    settings = chosen_settings(data, reports, None, config)
    with opened(settings) as index:
        if reports is not None:
            refresh(settings, index)
        stats = index.store.report_stats()
        listed = [report for report in index.store.reports() if report.id in stats]
        carried = len(index.store.carried())
    if carried:
        complain(f"旧索引里还有 {carried} 份报告没有重新读入：运行 wenbao ingest 或 wenbao chat 即可。")
    if as_json:
        print_json([report_to_json(report, stats[report.id]) for report in listed])
    elif listed:
        say("\n\n".join(report_to_text(report, stats[report.id]) for report in listed))
    else:
        complain("索引里还没有报告。用 wenbao ingest 文件或文件夹 添加。")


def list_figures(
    report: Annotated[str, typer.Argument(metavar="报告", help="报告的编号、文件名或名称的一部分")],
    find: Annotated[
        list[str] | None, typer.Option("--find", metavar="WORDS", help="只列名称、表题、章节里有这些词的（可多次）")
    ] = None,
    as_json: Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="输出 CSV（Excel 可直接打开）")] = False,
    data: Data = None,
    reports: Reports = None,
    config: Config = None,
    debug: Debug = False,
) -> None:
    """列出从一份报告里读懂的每个数字：数值、单位、量的是什么、限定、行和列、时间、章节、页码。"""
    from rag.presentation.figure_table import figure_to_json, figures_to_csv, figures_to_text, find_figures
    from rag.question.understand import filtered_reports
    from rag.records import Filters

    if as_json and as_csv:
        raise UsageError("--json 和 --csv 只能用一个。")
    settings = chosen_settings(data, reports, None, config)
    with opened(settings) as index:
        if reports is not None:
            refresh(settings, index)
        listed = index.store.reports()
        filters = Filters(reports=named_reports([report], listed))
        tables = [(item, index.store.report_figures(item.id)) for item in filtered_reports(listed, filters)]
    found = [(item, figures, find_figures(figures, " ".join(find or ()))) for item, figures in tables]
    chosen = [figure for _, _, fitting in found for figure in fitting]
    if as_json:
        print_json([figure_to_json(figure) for figure in chosen])
    elif as_csv:
        print_bytes(figures_to_csv(chosen))
    elif chosen:
        say("\n\n".join(figures_to_text(item, fitting, len(figures)) for item, figures, fitting in found))
    else:
        complain("没有找到这样的数字：换一个词试试。" if find else "这份报告里没有读出数字。")


def list_boards(
    report: OneReport = None,
    reports: Reports = None,
    as_json: Json = False,
    data: Data = None,
    config: Config = None,
    debug: Debug = False,
) -> None:
    """列出报告写明的常用指标：数字、时点、所印名称和页码；没有写明的也列出来。"""
    from rag.boards import report_to_board
    from rag.presentation.html.boards import board_to_json, board_to_text
    from rag.question.understand import filtered_reports
    from rag.records import Filters

    settings = chosen_settings(data, reports, None, config)
    with opened(settings) as index:
        if reports is not None:
            refresh(settings, index)
        store, listed = index.store, index.store.reports()
        filters = Filters(reports=named_reports(report, listed))
        boards = [
            report_to_board(
                item, store.sections(item.id), store.report_figures(item.id), store.contradictions((item.id,))
            )
            for item in filtered_reports(listed, filters)
        ]
    if as_json:
        print_json([board_to_json(item) for item in boards])
    elif boards:
        say("\n\n".join(map(board_to_text, boards)))
    else:
        complain("索引里还没有报告。用 wenbao ingest 文件或文件夹 添加。")


def named_reports(names: Sequence[str] | None, reports: Sequence[Report]) -> tuple[str, ...]:
    """Ids of the reports somebody names: by id or file name, else by a part of it or of the title (`质量年报`).

    Raises UsageError where there is none.
    """
    from rag.language.text import matching_key, unique
    from rag.question.understand import filtered_reports
    from rag.records import Filters

    found: list[str] = []
    for name in names or ():
        key = matching_key(name)
        alike = [report for report in reports if key and key in matching_key(f"{report.id} {report.title}")]
        chosen = filtered_reports(reports, Filters(reports=(name,))) or alike
        if not chosen:
            raise UsageError(f"没有名为 {name!r} 的报告；{_nearest(name, reports)}")
        found += [report.id for report in chosen]
    return unique(found)


def _nearest(name: str, reports: Sequence[Report]) -> str:
    """The reports whose ids are most like a name that there is none of, at most `MAX_NAMED`, and how many there are."""
    if len(reports) <= MAX_NAMED:
        return f"现有：{'、'.join(report.id for report in reports) or '（还没有报告）'}。"
    alike = sorted(reports, key=lambda report: -SequenceMatcher(None, name, report.id).ratio())[:MAX_NAMED]
    named = "、".join(report.id for report in alike)
    return f"名称最接近的：{named}（共 {len(reports)} 份，用 wenbao reports 列出全部）。"
