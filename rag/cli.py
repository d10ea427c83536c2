"""The `wenbao` command: results on stdout, progress and warnings on stderr, no traceback unless `--debug`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from rag import __version__
from rag.errors import SettingsError, UsageError, WenbaoError
from rag.settings import PROJECT, Settings, load_settings

if TYPE_CHECKING:
    from rag.index import Index
    from rag.ingest import Outcome
    from rag.records import Turn

DONE, FAILED, WRONG_USAGE, SOME_SKIPPED = 0, 1, 2, 3

app = typer.Typer(
    name="wenbao",
    help="问报：就院校报告提问，每个数字都注明出处页码。",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Data = Annotated[Path | None, typer.Option("--data", help="索引文件夹（默认 .wenbao）", show_default=False)]
Reports = Annotated[Path | None, typer.Option("--reports", help="改用这个文件夹里的报告", show_default=False)]
Model = Annotated[str | None, typer.Option("--model", help="回答用的模型名称", show_default=False)]
Config = Annotated[Path | None, typer.Option("--config", help="配置文件", show_default=False)]
Debug = Annotated[bool, typer.Option("--debug", help="出错时显示完整的调用过程")]


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    debug = "--debug" in sys.argv
    try:
        app()
    except WenbaoError as error:
        if debug:
            raise
        _complain(str(error))
        sys.exit(WRONG_USAGE if isinstance(error, UsageError | SettingsError) else FAILED)
    except KeyboardInterrupt:
        _complain("已中断。已经读完的报告都在索引里，可以继续使用。")
        sys.exit(FAILED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FAILED)
    except Exception as error:
        if debug:
            raise
        _complain(f"程序出错（{type(error).__name__}：{error}）。加上 --debug 可看到详情。")
        sys.exit(FAILED)


def _complain(message: str) -> None:
    print(message, file=sys.stderr)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"wenbao {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="显示版本")] = False,
) -> None:
    """问报：就院校报告提问，每个数字都注明出处页码。"""


def _settings(data: Path | None, reports: Path | None, model: str | None, config: Path | None) -> Settings:
    settings = load_settings({"data": data, "model": model}, config)
    if reports is None:
        return settings
    from rag.assembly import for_folder

    return for_folder(settings, reports)


@contextmanager
def _progress(title: str) -> Iterator[Callable[[Any], None]]:
    """A progress bar on a terminal, nothing elsewhere."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not sys.stderr.isatty(), transient=True) as bar:
        task = bar.add_task(title, total=None)

        def show(progress: Any) -> None:
            bar.update(task, completed=progress.done, total=progress.total, description=f"{title} {progress.name}")

        yield show


def _refresh(settings: Settings, index: Index, *, prune: bool) -> Outcome:
    from rag.assembly import build_ingest

    if not settings.reports.is_dir():
        raise SettingsError(
            f"找不到报告文件夹 {settings.reports}：请用 --reports 指明，或先用 wenbao ingest 添加报告。"
        )
    with _progress("读取报告") as show:
        outcome = build_ingest(settings, index).run([settings.reports], prune=prune, on_progress=show)
    _report_failures(outcome)
    return outcome


def _report_failures(outcome: Outcome) -> None:
    for name, warning in outcome.warnings:
        _complain(f"注意 {name}：{warning}")
    for name, reason in outcome.failed:
        _complain(f"失败 {name}：{reason}")


@app.command()
def ingest(
    paths: Annotated[list[Path] | None, typer.Argument(help="文件或文件夹（默认 corpus/）", show_default=False)] = None,
    prune: Annotated[bool, typer.Option("--prune", help="移除文件已不在的报告")] = False,
    data: Data = None,
    reports: Reports = None,
    config: Config = None,
    debug: Debug = False,
) -> None:
    """把报告读进索引；没有变化的文件跳过。"""
    from rag.assembly import build_ingest, open_index

    settings = _settings(data, reports, None, config)
    index = open_index(settings, _complain)
    with _progress("读取报告") as show:
        outcome = build_ingest(settings, index).run(paths or [settings.reports], prune=prune, on_progress=show)
    _report_failures(outcome)
    print(outcome.summary)
    if outcome.failed:
        done = outcome.added or outcome.updated or outcome.skipped
        raise typer.Exit(SOME_SKIPPED if done or len(outcome.failed) == 0 else FAILED)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="要问的问题")],
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
    history: Annotated[Path | None, typer.Option("--history", help="此前对话的 JSON 文件", show_default=False)] = None,
    report: Annotated[
        list[str] | None, typer.Option("--report", help="只查这份报告（可多次）", show_default=False)
    ] = None,
    college: Annotated[list[str] | None, typer.Option("--college", help="只查这所院校", show_default=False)] = None,
    year: Annotated[list[int] | None, typer.Option("--year", help="只查这一年", show_default=False)] = None,
    data: Data = None,
    reports: Reports = None,
    model: Model = None,
    config: Config = None,
    debug: Debug = False,
) -> None:
    """提一个问题，回答中每个数字都注明出处。"""
    from rag.assembly import build_assistant, open_index
    from rag.present import answer_to_json, place_of
    from rag.records import AnswerStatus, Filters

    if not question.strip():
        raise UsageError("问题是空的：请写上要问的内容。")
    turns = _turns(history)
    settings = _settings(data, reports, model, config)
    index = open_index(settings, _complain)
    if reports is not None or not index.store.reports():
        _refresh(settings, index, prune=reports is not None)
    assistant = build_assistant(settings, index)
    filters = Filters(tuple(report or ()), tuple(college or ()), tuple(year or ()))
    _check_filters(filters, assistant.reports())
    answer = assistant.ask(question, turns, filters)
    known = {item.id: item for item in assistant.reports()}
    if as_json:
        captions = {identity: table.caption for identity, table in assistant.tables(answer.evidence).items()}
        print(json.dumps(answer_to_json(answer, known, captions), ensure_ascii=False, indent=1))
    else:
        if answer.query.standalone != answer.query.question:
            _complain(f"理解为：{answer.query.standalone}")
        print(answer.text)
        for citation in answer.citations:
            print(f"\n[{citation.n}] {place_of(citation, known.get(citation.passage.report_id))}")
            print(f"    {' '.join(citation.quote.split())}")
    if answer.status is AnswerStatus.ERROR:
        raise typer.Exit(FAILED)


def _turns(path: Path | None) -> tuple[Turn, ...]:
    from rag.records import Turn

    if path is None:
        return ()
    try:
        turns = json.loads(path.read_text(encoding="utf-8-sig"))
        return tuple(Turn(str(turn["role"]), str(turn["content"])) for turn in turns)
    except OSError as error:
        raise UsageError(f"读不了对话文件 {path}：{error.strerror or error}。") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f'对话文件 {path} 的格式不对，应为 [{{"role": "user", "content": "…"}}, …]。') from error


def _check_filters(filters: Any, reports: Any) -> None:
    from rag.records import Filters
    from rag.understand import filtered_reports

    for name in filters.reports:
        if not filtered_reports(reports, Filters(reports=(name,))):
            known = "、".join(report.id for report in reports) or "（还没有报告）"
            raise UsageError(f"没有名为 {name!r} 的报告；现有：{known}。")


@app.command(name="reports")
def list_reports(
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
    data: Data = None,
    reports: Reports = None,
    config: Config = None,
    debug: Debug = False,
) -> None:
    """列出索引里的报告。"""
    from rag.assembly import build_assistant, open_index

    settings = _settings(data, reports, None, config)
    index = open_index(settings, _complain)
    if reports is not None:
        _refresh(settings, index, prune=True)
    stats = index.store.report_stats()
    rows = [_report_row(report, stats[report.id]) for report in build_assistant(settings, index).reports()]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
    elif not rows:
        print("索引里还没有报告。用 wenbao ingest 文件或文件夹 添加。")
    else:
        _print_table(rows)


def _report_row(report: Any, stats: Any) -> dict[str, Any]:
    return {
        "id": report.id,
        "title": report.title,
        "college": report.college,
        "kind": report.kind.value,
        "year": report.year,
        "pages": report.page_count,
        "tables": stats.tables,
        "chunks": stats.chunks,
        "figures": report.figure_count,
        "warnings": list(report.warnings),
    }


def _print_table(rows: list[dict[str, Any]]) -> None:
    from rich.table import Table

    heads = {
        "id": "编号", "title": "标题", "college": "院校", "kind": "类型", "year": "年份",
        "pages": "页", "tables": "表", "chunks": "块", "figures": "数字", "warnings": "提醒",
    }  # fmt: skip
    table = Table(*heads.values())
    for row in rows:
        cells = {**row, "warnings": "；".join(row["warnings"])}
        table.add_row(*("—" if cells[key] in (None, "", 0) else str(cells[key]) for key in heads))
    width = None if sys.stdout.isatty() else 200
    Console(width=width).print(table)


@app.command()
def chat(
    data: Data = None,
    reports: Reports = None,
    model: Model = None,
    config: Config = None,
    port: Annotated[int | None, typer.Option("--port", help="网页端口（默认 8501）", show_default=False)] = None,
    debug: Debug = False,
) -> None:
    """按需建立或更新 corpus/ 的索引，然后打开问答网页。"""
    from rag.assembly import open_index

    settings = _settings(data, reports, model, config)
    index = open_index(settings, _complain)
    outcome = _refresh(settings, index, prune=reports is not None)
    index.close()
    _complain(outcome.summary)
    address, number = settings.page_address, port or settings.page_port
    _complain(f"网页地址：http://{address}:{number}（按 Ctrl-C 结束）")
    environment = {**os.environ, "WENBAO_DATA": str(settings.data.resolve()), "WENBAO_MODEL": settings.model}
    if reports is not None:
        environment["WENBAO_INDEX_NAME"] = settings.index_name
        environment["WENBAO_REPORTS"] = str(reports.resolve())
    if config is not None:
        environment["WENBAO_CONFIG"] = str(config.resolve())
    command = [sys.executable, "-m", "streamlit", "run", str(PROJECT / "app.py")]
    command += ["--server.address", address, "--server.port", str(number), "--server.headless", "true"]
    raise typer.Exit(_serve(command, environment))


def _serve(command: list[str], environment: dict[str, str]) -> int:
    """Run the page until it ends or is interrupted."""
    with subprocess.Popen(command, env=environment, cwd=PROJECT) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            process.wait(timeout=10)
            return DONE
