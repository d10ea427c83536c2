"""The `wenbao` command: results on stdout, progress and warnings on stderr, no traceback unless `--debug`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag import __version__
from rag.errors import IndexBusyError, ModelError, SettingsError, UsageError, WenbaoError
from rag.settings import PROJECT, Settings, environment_for, load_settings, nearest
from rag.terminal import FAILED, SOME_SKIPPED, Command, Group, answer_watch, complain, progress_bar, run, say

if TYPE_CHECKING:
    from rag.index import Index
    from rag.ingest import Outcome
    from rag.records import Filters, Report, Turn

HELP = "问报：就院校报告提问，每个数字都注明出处页码。"
app = typer.Typer(
    name="wenbao",
    cls=Group,
    help=HELP,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
models_app = typer.Typer(
    cls=Group, help="列出配置好的模型，或实际调用一次。", invoke_without_command=True, rich_markup_mode=None
)
app.add_typer(models_app, name="models")

Data = Annotated[Path | None, typer.Option("--data", metavar="DIR", help="索引放在哪里（默认 .wenbao）")]
Reports = Annotated[Path | None, typer.Option("--reports", metavar="DIR", help="改用这个文件夹里的报告")]
Model = Annotated[str | None, typer.Option("--model", metavar="NAME", help="回答用的模型")]
Config = Annotated[Path | None, typer.Option("--config", metavar="FILE", help="配置文件")]
Debug = Annotated[bool, typer.Option("--debug", help="出错时显示完整的调用过程")]
OneReport = Annotated[
    list[str] | None, typer.Option("--report", metavar="ID", help="只查这份报告：编号或文件名（可多次）")
]
Ocr = Annotated[str | None, typer.Option("--ocr", metavar="auto|off", help="图片里的文字要不要识别（默认 auto）")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON")]


def main() -> None:
    """Run the command line."""
    run(app)


def _version(wanted: bool) -> None:
    if wanted:
        say(f"wenbao {__version__}")
        raise typer.Exit


@app.callback(help=HELP)
def _root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="显示版本")] = False,
) -> None:
    pass


@app.command(cls=Command)
def chat(
    data: Data = None,
    reports: Reports = None,
    model: Model = None,
    config: Config = None,
    port: Annotated[
        int | None, typer.Option("--port", metavar="PORT", min=1, max=65535, help="网页端口（默认 8501）")
    ] = None,
    ocr: Ocr = None,
    debug: Debug = False,
) -> None:
    """按需建立或更新 corpus/ 的索引，然后打开问答网页。"""
    from rag.serving import check_address, serve_page

    settings = _settings(data, reports, model, config, page_port=port, ocr=ocr)
    address, number = settings.page_address, settings.page_port
    check_address(address, number)
    with _opened(settings) as index:
        complain(_refresh(settings, index).summary)
    environment = environment_for(settings, config)
    url = f"http://{f'[{address}]' if ':' in address else address}:{number}"
    code = serve_page(
        PROJECT / "app.py", address, number, environment, lambda: complain(f"网页地址：{url}（按 Ctrl-C 结束）")
    )
    raise typer.Exit(FAILED if code else 0)


@app.command(cls=Command)
def ingest(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="文件或文件夹", help="默认 corpus/")] = None,
    prune: Annotated[bool, typer.Option("--prune", help="移除文件已不在的报告")] = False,
    ocr: Ocr = None,
    data: Data = None,
    reports: Reports = None,
    config: Config = None,
    debug: Debug = False,
) -> None:
    """把报告读进索引；没有变化的文件跳过。"""
    from rag.ingest import with_recognised

    settings = _settings(data, reports, None, config, ocr=ocr)
    chosen = paths or [settings.reports]
    if not any(path.exists() for path in chosen):
        raise UsageError(f"找不到 {'、'.join(map(str, chosen))}：请检查路径。")
    with _opened(settings) as index:
        outcome = with_recognised(_ingested(settings, index, chosen, prune=prune), _recognised(settings, index))
    say(outcome.summary)
    if outcome.failed:
        raise typer.Exit(
            SOME_SKIPPED if outcome.added or outcome.updated or outcome.skipped or outcome.duplicates else FAILED
        )


@app.command(cls=Command)
def ask(
    question: Annotated[str, typer.Argument(metavar="问题", help="要问的问题")],
    as_json: Json = False,
    history: Annotated[Path | None, typer.Option("--history", metavar="FILE", help="此前对话的 JSON 文件")] = None,
    report: OneReport = None,
    college: Annotated[
        list[str] | None, typer.Option("--college", metavar="NAME", help="只查这所院校（可多次）")
    ] = None,
    year: Annotated[list[int] | None, typer.Option("--year", metavar="YEAR", help="只查这一年（可多次）")] = None,
    data: Data = None,
    reports: Reports = None,
    model: Model = None,
    config: Config = None,
    wait: Annotated[bool, typer.Option("--wait", help="先等图片里的文字识别完")] = False,
    debug: Debug = False,
) -> None:
    """提一个问题，回答中每个数字都注明出处。"""
    from rag.assembly import build_assistant
    from rag.present import answer_to_json, answer_to_text
    from rag.records import AnswerStatus, Filters

    if not question.strip():
        raise UsageError("问题是空的：请写上要问的内容。")
    turns = _turns(history)
    settings = _settings(data, reports, model, config)
    with _opened(settings) as index:
        if reports is not None or not index.store.reports():
            _refresh(settings, index)
        if wait:
            _recognised(settings, index)
        assistant = build_assistant(settings, index)
        filters = Filters(tuple(report or ()), tuple(college or ()), tuple(year or ()))
        _check_filters(filters, assistant.reports())
        with answer_watch(assistant.model is not None) as watch:
            answer = assistant.ask(
                question, turns, filters, watch.on_stage, on_text=watch.on_text, should_stop=watch.should_stop
            )
        known = {item.id: item for item in assistant.reports()}
        pending = sum(len(known[i].pending_pages) for i in answer.query.report_ids if i in known)
        captions = {identity: table.caption for identity, table in assistant.tables(answer.evidence).items()}
    if as_json:
        _print_json({**answer_to_json(answer, known, captions), "pending_pages": pending})
    else:
        if answer.query.standalone != answer.query.question:
            complain(f"理解为：{answer.query.standalone}")
        say(answer_to_text(answer, known))
        if pending:
            complain(f"还有 {pending} 页图片等待识别，其中的内容还答不了：加 --wait 可以先等识别完。")
    if answer.status is AnswerStatus.ERROR:
        raise typer.Exit(FAILED)


@app.command(
    name="eval",
    cls=Command,
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
def evaluate(arguments: Annotated[list[str] | None, typer.Argument(metavar="题库.jsonl…")] = None) -> None:
    """用题库评测问答；wenbao eval compare 比较两次评测。"""
    from evals.cli import run_arguments

    raise typer.Exit(run_arguments(arguments or []))


@app.command(name="reports", cls=Command)
def list_reports(
    as_json: Json = False, data: Data = None, reports: Reports = None, config: Config = None, debug: Debug = False
) -> None:
    """列出索引里的报告。"""
    from rag.present import report_to_json, report_to_text

    settings = _settings(data, reports, None, config)
    with _opened(settings) as index:
        if reports is not None:
            _refresh(settings, index)
        stats = index.store.report_stats()
        listed = [report for report in index.store.reports() if report.id in stats]
    if as_json:
        _print_json([report_to_json(report, stats[report.id]) for report in listed])
    elif listed:
        say("\n\n".join(report_to_text(report, stats[report.id]) for report in listed))
    else:
        complain("索引里还没有报告。用 wenbao ingest 文件或文件夹 添加。")


@app.command(cls=Command)
def board(
    report: OneReport = None,
    reports: Reports = None,
    as_json: Json = False,
    data: Data = None,
    config: Config = None,
    debug: Debug = False,
) -> None:
    """列出报告写明的常用指标：数字、时点、所印名称和页码；没有写明的也列出来。"""
    from rag.board_page import board_to_json, board_to_text
    from rag.boards import report_to_board
    from rag.records import Filters
    from rag.understand import filtered_reports

    settings = _settings(data, reports, None, config)
    with _opened(settings) as index:
        if reports is not None:
            _refresh(settings, index)
        store, filters = index.store, Filters(reports=tuple(report or ()))
        listed = store.reports()
        _check_filters(filters, listed)
        boards = [
            report_to_board(item, store.sections(item.id), store.tables(item.id), store.contradictions((item.id,)))
            for item in filtered_reports(listed, filters)
        ]
    if as_json:
        _print_json([board_to_json(item) for item in boards])
    elif boards:
        say("\n\n".join(map(board_to_text, boards)))
    else:
        complain("索引里还没有报告。用 wenbao ingest 文件或文件夹 添加。")


@app.command(cls=Command)
def feedback(
    as_json: Json = False,
    questions: Annotated[
        Path | None, typer.Option("--questions", metavar="FILE", help="另存为评测题库的草稿（JSONL）")
    ] = None,
    data: Data = None,
    config: Config = None,
    debug: Debug = False,
) -> None:
    """列出读者对回答的评价（👍/👎 和原因），或导出成题库草稿。"""
    from rag.assembly import build_feedback_box
    from rag.feedback import feedback_to_json, feedback_to_question, feedback_to_text

    kept = build_feedback_box(load_settings({"data": data}, config)).all()
    if questions is not None:
        lines = [json.dumps(feedback_to_question(item), ensure_ascii=False) + "\n" for item in kept]
        _write(questions, "".join(lines))
        complain(f"{len(lines)} 道题的草稿写到 {questions}：标准答案须核对、补全后才能用于评测。")
    elif as_json:
        _print_json([feedback_to_json(item) for item in kept])
    elif kept:
        say("\n\n".join(feedback_to_text(item) for item in kept))
    else:
        complain("还没有反馈。读者在网页上给回答点 👍 或 👎 之后，这里会列出来。")


@models_app.callback()
def list_models(context: typer.Context, as_json: Json = False, config: Config = None, debug: Debug = False) -> None:
    """列出配置好的模型；wenbao models test 实际调用一次。"""
    from rag.assembly import configured_models

    if context.invoked_subcommand is not None:
        return
    models = configured_models(load_settings(config=config))
    if as_json:
        _print_json([asdict(model) for model in models])
    else:
        for model in models:
            say(f"{'*' if model.is_chosen else ' '} {model.alias}（{model.use}，{model.state}）：{model.description}")


@models_app.command("test", cls=Command)
def probe_models(
    alias: Annotated[str | None, typer.Argument(metavar="名称", help="默认当前选用的模型")] = None,
    config: Config = None,
    debug: Debug = False,
) -> None:
    """实际调用一次模型，看能不能用。"""
    from rag.assembly import check_choices, configured_models, probe_model

    settings = load_settings(config=config)
    check_choices(settings)
    models = configured_models(settings)
    chosen = [model for model in models if (model.is_chosen if alias is None else model.alias == alias)]
    if not chosen:
        raise UsageError(
            f"没有名为 {alias!r} 的模型{nearest(alias or '', [model.alias for model in models])}用 wenbao models 列出全部。"
        )
    failed = False
    for model in chosen:
        try:
            say(f"{model.alias}（{model.use}）：{probe_model(settings, model)}")
        except (ModelError, SettingsError) as error:
            if debug:
                raise
            failed = True
            complain(f"{model.alias}（{model.use}）：{error}")
    if failed:
        raise typer.Exit(FAILED)


def _settings(
    data: Path | None, reports: Path | None, model: str | None, config: Path | None, **others: Any
) -> Settings:
    from rag.assembly import check_choices, for_folder

    settings = load_settings({"data": data, "model": model, **others}, config)
    check_choices(settings)
    return settings if reports is None else for_folder(settings, reports)


@contextmanager
def _opened(settings: Settings) -> Iterator[Index]:
    from rag.assembly import open_index

    with closing(open_index(settings, complain)) as index:
        yield index


def _refresh(settings: Settings, index: Index) -> Outcome:
    """Take in what has changed in the folder of reports; one that is `--reports` is followed in what it loses too."""
    from rag.ingest import Outcome

    has_reports = bool(index.store.reports())
    if not settings.reports.is_dir():
        message = f"找不到报告文件夹 {settings.reports}：请用 --reports 指明，或先用 wenbao ingest 添加报告。"
        if not has_reports:
            raise SettingsError(message)
        complain(message)
        return Outcome()
    try:
        return _ingested(settings, index, [settings.reports], prune=bool(settings.index_name))
    except IndexBusyError as error:
        if not has_reports:
            raise
        complain(f"{error}现在先用索引里已有的报告。")
        return Outcome()


def _ingested(settings: Settings, index: Index, paths: Sequence[Path], *, prune: bool) -> Outcome:
    from rag.assembly import build_ingest

    with progress_bar("读取报告") as show:
        outcome = build_ingest(settings, index).run(paths, prune=prune, on_progress=show)
    for name, note in outcome.duplicates:
        complain(f"{name}：{note}")
    for name, warning in outcome.warnings:
        complain(f"注意 {name}：{warning}")
    for name, reason in outcome.failed:
        complain(f"失败 {name}：{reason}")
    return outcome


def _recognised(settings: Settings, index: Index) -> Outcome:
    """Recognise the pictures of text that wait, and say what came of it."""
    from rag.assembly import build_pending
    from rag.ingest import Outcome

    pending = build_pending(settings, index)
    if pending is None:
        return Outcome()
    with closing(pending.recognition), progress_bar("正在识别") as show:
        outcome = pending.run(show)
    for name, reason in outcome.failed:
        complain(f"失败 {name}：{reason}")
    return outcome


def _turns(path: Path | None) -> tuple[Turn, ...]:
    from rag.records import Turn

    if path is None:
        return ()
    try:
        turns = json.loads(path.read_text(encoding="utf-8-sig"))
        return tuple(Turn(str(turn["role"]), str(turn["content"])) for turn in turns)
    except OSError as error:
        raise UsageError(f"读不了对话文件 {path}：请检查路径和权限。") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f'对话文件 {path} 的格式不对，应为 [{{"role": "user", "content": "…"}}, …]。') from error


def _check_filters(filters: Filters, reports: Sequence[Report]) -> None:
    from rag.records import Filters
    from rag.understand import filtered_reports

    for name in filters.reports:
        if not filtered_reports(reports, Filters(reports=(name,))):
            known = "、".join(report.id for report in reports) or "（还没有报告）"
            raise UsageError(f"没有名为 {name!r} 的报告；现有：{known}。")


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise WenbaoError(f"写不了文件 {path}（{error.strerror}）：请检查路径和权限。") from error


def _print_json(value: Any) -> None:
    # Quotes stay as they are in the report, whatever characters they hold: no terminal reads this.
    print(json.dumps(value, ensure_ascii=False, indent=1))
