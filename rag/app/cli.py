"""The `wenbao` command: results on stdout, progress and warnings on stderr, no traceback unless `--debug`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag import __version__
from rag.app.models_command import models_app
from rag.app.options import Config, Data, Debug, Json, Model, Ocr, OneReport, Reports
from rag.app.refreshing import chosen_settings, ingested, opened, recognised, refresh, report_paths, tell
from rag.app.report_commands import list_boards, list_figures, list_reports, named_reports
from rag.app.terminal import (
    FAILED,
    SOME_SKIPPED,
    Command,
    Group,
    answer_watch,
    complain,
    print_json,
    run,
    say,
    say_marked,
)
from rag.errors import UsageError, WenbaoError
from rag.settings.settings import PROJECT, environment_for, load_settings

if TYPE_CHECKING:
    from rag.records import Turn

COMMANDS = "wenbao.commands"
"""Entry points of commands that other packages bring."""
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
app.add_typer(models_app, name="models")


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
    from rag.app.serving import check_address, serve_page
    from rag.settings.login import LOGIN_FILES, REQUIRED, asks_for_login

    settings = chosen_settings(data, reports, model, config, page_port=port, ocr=ocr)
    if asks_for_login(LOGIN_FILES, settings.login):
        settings = replace(settings, login=REQUIRED)
    address, number = settings.page_address, settings.page_port
    check_address(address, number)
    with opened(settings) as index:
        complain(refresh(settings, index, keep_outdated=True).summary)
    environment = environment_for(settings, config)
    url = f"http://{f'[{address}]' if ':' in address else address}:{number}"
    code = serve_page(
        PROJECT / "server.py", address, number, environment, lambda: complain(f"网页地址：{url}（按 Ctrl-C 结束）")
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

    settings = chosen_settings(data, reports, None, config, ocr=ocr)
    chosen = paths or [settings.reports]
    if not any(path.exists() for path in chosen):
        raise UsageError(f"找不到 {'、'.join(map(str, chosen))}：请检查路径。")
    with opened(settings) as index:
        chosen = paths or report_paths(settings, index)
        outcome = with_recognised(ingested(settings, index, chosen, prune=prune), recognised(settings, index))
        index.finish()
    tell(outcome)
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
    ocr: Ocr = None,
    debug: Debug = False,
) -> None:
    """提一个问题，回答中每个数字都注明出处。"""
    from rag.app.answerers import answerer_line
    from rag.app.assembly import build_assistant
    from rag.presentation.json_and_text import answer_to_json, answer_to_text
    from rag.records import AnswerStatus, Filters

    if not question.strip():
        raise UsageError("问题是空的：请写上要问的内容。")
    turns = _turns(history)
    settings = chosen_settings(data, reports, model, config, ocr=ocr)
    with opened(settings) as index:
        has_refreshed = reports is not None or not index.store.reports()
        if has_refreshed:
            refresh(settings, index)
        if wait:
            tell(recognised(settings, index))
        assistant = build_assistant(settings, index)
        filters = Filters(named_reports(report, assistant.reports()), tuple(college or ()), tuple(year or ()))
        with answer_watch(assistant.model is not None) as watch:
            answer = assistant.ask(
                question, turns, filters, watch.on_stage, on_text=watch.on_text, should_stop=watch.should_stop
            )
        known = {item.id: item for item in assistant.reports()}
        pending = sum(len(known[i].pending_pages) for i in answer.query.report_ids if i in known)
        captions = {identity: table.caption for identity, table in assistant.tables(answer.evidence).items()}
        if as_json:
            print_json({**answer_to_json(answer, known, captions), "pending_pages": pending})
        else:
            if answer.query.standalone != answer.query.question:
                complain(f"理解为：{answer.query.standalone}")
            say_marked(answer_to_text(answer, known))
            if model is None and (line := answerer_line(settings)):
                complain(line)
            if pending:
                complain(f"还有 {pending} 页图片等待识别，其中的内容还答不了：加 --wait 可以先等识别完。")
        if has_refreshed:
            index.finish()
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
    from importlib.metadata import entry_points

    for command in entry_points(group=COMMANDS, name="eval"):
        raise typer.Exit(command.load()(arguments or []))
    raise WenbaoError("没有安装评测程序：请用完整的源代码安装。")


for name, command in (("reports", list_reports), ("figures", list_figures), ("board", list_boards)):
    app.command(name=name, cls=Command)(command)


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
    from rag.app.assembly import build_feedback_box
    from rag.keeping.feedback import feedback_to_json, feedback_to_question, feedback_to_text

    kept = build_feedback_box(load_settings({"data": data}, config)).all()
    if questions is not None:
        lines = [json.dumps(feedback_to_question(item), ensure_ascii=False) + "\n" for item in kept]
        _write(questions, "".join(lines))
        complain(f"{len(lines)} 道题的草稿写到 {questions}：标准答案须核对、补全后才能用于评测。")
    elif as_json:
        print_json([feedback_to_json(item) for item in kept])
    elif kept:
        say_marked("\n\n".join(feedback_to_text(item) for item in kept))
    else:
        complain("还没有反馈。读者在网页上给回答点 👍 或 👎 之后，这里会列出来。")


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


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise WenbaoError(f"写不了文件 {path}（{error.strerror}）：请检查路径和权限。") from error
