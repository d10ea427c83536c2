"""`wenbao eval` and `wenbao eval compare`: results on stdout, progress and warnings on stderr."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evals.run import TIMEOUT_SECONDS, Ask, Pace
from rag.app.options import Config, Data, Debug, Model, Reports
from rag.app.terminal import DONE, FAILED, SOME_SKIPPED, Command, complain, progress_bar, say

if TYPE_CHECKING:
    from evals.cases import Case
    from rag.assistant import Assistant
    from rag.index.index import Index
    from rag.ports import ChatModel
    from rag.settings.settings import Settings

DEFAULT_OUT = "evals"
"""Folder in the data folder for runs without `--out`."""
_OPTIONS: dict[str, Any] = {
    "add_completion": False,
    "rich_markup_mode": None,
    "pretty_exceptions_enable": False,
    "context_settings": {"help_option_names": ["-h", "--help"]},
}
evaluate_app = typer.Typer(**_OPTIONS)
compare_app = typer.Typer(**_OPTIONS)
flips_app = typer.Typer(**_OPTIONS)


def run_arguments(arguments: Sequence[str]) -> int:
    """Run what follows `wenbao eval`; the exit code."""
    command, rest = "".join(arguments[:1]), list(arguments[1:])
    if (app := {"compare": compare_app, "flips": flips_app}.get(command)) is not None:
        return int(app(args=rest, prog_name=f"wenbao eval {command}", standalone_mode=False) or DONE)
    return int(evaluate_app(args=list(arguments), prog_name="wenbao eval", standalone_mode=False) or DONE)


@evaluate_app.command(
    cls=Command, epilog="比较两次评测：wenbao eval compare 甲 乙；换个问法答案变不变：wenbao eval flips 题库.jsonl"
)
def evaluate(
    questions: Annotated[list[Path], typer.Argument(metavar="题库.jsonl…", help="题库文件")],
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", min=1, help="只做前 N 题")] = None,
    concurrency: Annotated[int, typer.Option("--concurrency", metavar="N", min=1, max=64, help="同时做几题")] = 1,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="结果放在哪里（默认 索引文件夹/evals；已有的会被覆盖）")
    ] = None,
    timeout: Annotated[
        float, typer.Option("--timeout", metavar="SECONDS", min=0.001, help="一题最多多少秒，超过算失败（默认 600）")
    ] = TIMEOUT_SECONDS,
    resume: Annotated[bool, typer.Option("--resume", help="接着做被打断的评测；出错的题重做")] = False,
    retrieval_only: Annotated[bool, typer.Option("--retrieval-only", help="只评检索，不作答")] = False,
    export_batch: Annotated[
        Path | None,
        typer.Option("--export-batch", metavar="FILE", help="不调用模型，把请求写成 OpenAI Batch 文件；不用密钥和网络"),
    ] = None,
    import_batch: Annotated[
        Path | None,
        typer.Option("--import-batch", metavar="FILE", help="读入 Batch 的输出，核对、评分，与实际运行一样"),
    ] = None,
    data: Data = None,
    reports: Reports = None,
    model: Model = None,
    config: Config = None,
    debug: Debug = False,
) -> None:
    """用题库评测问答：每题归入一类，写出 answers.jsonl、results.json 和 report.html。"""
    from dataclasses import replace

    from evals.cases import load_cases
    from evals.results import run_manifest
    from evals.retrieval import DEPTH
    from rag.app.assembly import build_assistant

    _check_modes(resume, retrieval_only, export_batch, import_batch)
    cases = load_cases(questions)[:limit]
    settings = _settings(data, reports, model, config)
    folder = out or settings.data / DEFAULT_OUT
    with _opened(settings, refresh=reports is not None) as (index, failed):
        manifest = run_manifest(settings, index.store.reports())
        if retrieval_only:
            deeper = replace(settings, retrieve_passages=max(DEPTH, settings.retrieve_passages))
            _search(build_assistant(deeper, index), cases, folder, manifest)
            code = DONE
        elif export_batch is not None:
            _export(build_assistant(settings, index), cases, export_batch, folder, manifest)
            code = DONE
        else:
            assistant, pace = build_assistant(settings, index), Pace(concurrency, timeout)
            ask = _live(assistant) if import_batch is None else _recorded(assistant, cases, import_batch, folder)
            code = _evaluate(ask, cases, questions, folder, manifest, pace, resume)
    raise typer.Exit(code or (SOME_SKIPPED if failed else DONE))


@compare_app.command(cls=Command)
def compare(
    before: Annotated[Path, typer.Argument(metavar="甲", help="前一次评测的文件夹")],
    after: Annotated[Path, typer.Argument(metavar="乙", help="后一次评测的文件夹")],
    debug: Debug = False,
) -> None:
    """比较两次评测：哪些题变好、变坏，差别是否显著，各项指标差多少。"""
    from evals.compare import compare_results
    from evals.results import read_results
    from evals.terminal import comparison_to_text

    say(comparison_to_text(compare_results(read_results(before), read_results(after))))


@flips_app.command(cls=Command)
def flips(
    questions: Annotated[list[Path], typer.Argument(metavar="题库.jsonl…", help="题库文件")],
    paraphrases: Annotated[
        Path | None, typer.Option("--paraphrases", metavar="FILE", help="各题的同义问法（默认用程序自带的）")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="结果放在哪里（默认 索引文件夹/flips）")
    ] = None,
    data: Data = None,
    reports: Reports = None,
    model: Model = None,
    config: Config = None,
    debug: Debug = False,
) -> None:
    """同一道题换几种问法再问，看结果（肯定且数字相同、不确定、没有）变不变；写出 flips.json。"""
    from evals.cases import load_cases
    from evals.flips import PARAPHRASES, flips_to_json, read_paraphrases, with_paraphrases
    from evals.run import answer_cases, write_text
    from evals.terminal import Tally, flips_to_text, json_text
    from rag.app.assembly import build_assistant

    groups = with_paraphrases(load_cases(questions), read_paraphrases(paraphrases or PARAPHRASES))
    cases = [case for group in groups for case in group]
    settings = _settings(data, reports, model, config)
    folder = out or settings.data / "flips"
    folder.mkdir(parents=True, exist_ok=True)
    with _opened(settings, refresh=reports is not None) as (index, _), progress_bar("换问法") as show:
        ask, tally = _live(build_assistant(settings, index)), Tally(len(cases), show)
        lines = answer_cases(cases, ask, folder, on_answer=tally.add)
    found = flips_to_json(groups, lines)
    write_text(folder / "flips.json", json_text(found))
    say(flips_to_text(found))
    complain(f"详见 {folder / 'flips.json'}")


def _settings(data: Path | None, reports: Path | None, model: str | None, config: Path | None) -> Settings:
    from dataclasses import replace

    from rag.app.assembly import check_choices, for_folder
    from rag.settings.settings import load_settings

    # times and costs of kept replies would be those of another run
    settings = replace(load_settings({"data": data, "model": model}, config), answer_cache=False)
    check_choices(settings)
    return settings if reports is None else for_folder(settings, reports)


@contextmanager
def _opened(settings: Settings, *, refresh: bool) -> Iterator[tuple[Index, int]]:
    """The index, brought up to date where the folder was named or nothing is indexed, and how many files failed."""
    from rag.app.assembly import build_ingest, build_pending, open_index
    from rag.ingest import with_recognised

    with closing(open_index(settings, complain)) as index:
        failed = 0
        if refresh or not index.store.reports():
            with progress_bar("读取报告") as show:
                outcome = build_ingest(settings, index).run([settings.reports], prune=refresh, on_progress=show)
            if (pending := build_pending(settings, index)) is not None:
                with closing(pending.recognition), progress_bar("正在识别") as show:
                    outcome = with_recognised(outcome, pending.run(show))
            for name, reason in outcome.failed:
                complain(f"失败 {name}：{reason}")
            failed = len(outcome.failed)
        index.finish()
        yield index, failed


def _check_modes(resume: bool, retrieval_only: bool, export_batch: Path | None, import_batch: Path | None) -> None:
    from rag.errors import UsageError

    chosen = {
        "--resume": resume,
        "--retrieval-only": retrieval_only,
        "--export-batch": export_batch is not None,
        "--import-batch": import_batch is not None,
    }
    given = [name for name, is_given in chosen.items() if is_given]
    if len(given) > 1:
        raise UsageError(f"{'、'.join(given)} 不能一起用。")


def _live(assistant: Assistant) -> Ask:
    from evals.run import assistant_to_ask

    return assistant_to_ask(assistant)


def _recorded(assistant: Assistant, cases: Sequence[Case], path: Path, folder: Path) -> Ask:
    """Asking the lines of a batch's output; what belongs to no question is complained of."""
    from evals.batch import read_replies
    from evals.batch_run import read_record, replies_to_ask
    from rag.errors import UsageError

    model = _model(assistant)
    try:
        found = read_replies(path.read_bytes(), [case.id for case in cases])
    except OSError as error:
        raise UsageError(f"读不了批处理的输出 {path}：请检查路径和权限。") from error
    for stray in found.strays:
        complain(f"注意 {path.name} {stray}")
    record = read_record(folder)
    if not record:
        complain(f"注意：{folder} 里没有导出时的记录，无法核对提示与导出时是否一致。")
    return replies_to_ask(assistant, model, found, record)


def _export(assistant: Assistant, cases: Sequence[Case], path: Path, folder: Path, manifest: Mapping[str, Any]) -> None:
    from evals.batch_run import RECORD, export_cases, summarise_export
    from evals.run import write_text
    from evals.terminal import export_to_text, json_text
    from rag.ingest import Progress
    from rag.language.tokens import ESTIMATE

    lines, told = [], []
    with progress_bar("导出") as show:
        for line, exported in export_cases(assistant, _model(assistant), cases):
            lines.append(line)
            told.append(exported)
            show(Progress(len(told), len(cases), exported.case.id))
    for place in (folder, path.parent):
        place.mkdir(parents=True, exist_ok=True)
    write_text(path, "".join(lines))
    record = {**manifest, "fingerprints": {item.case.id: item.fingerprint for item in told}}
    write_text(folder / RECORD, json_text(record))
    say(export_to_text(summarise_export(told), ESTIMATE))
    complain(f"已写出 {path}；导入时用同一个 --out（{folder}），可以核对提示没有变过。")


def _model(assistant: Assistant) -> ChatModel:
    from rag.errors import UsageError

    if assistant.model is None:
        raise UsageError("内置的回答不用模型，没有批处理：请用 --model 指明一个模型（wenbao models 列出全部）。")
    return assistant.model


def _evaluate(
    ask: Ask,
    cases: Sequence[Case],
    files: Sequence[Path],
    out: Path,
    manifest: Mapping[str, Any],
    pace: Pace,
    resume: bool,
) -> int:
    from evals.html import results_to_html
    from evals.results import RESULTS, results_to_json, score_lines
    from evals.run import answer_cases, earlier_lines, write_manifest, write_text
    from evals.terminal import Tally, json_text, results_to_text

    done = earlier_lines(out, cases, manifest) if resume else {}
    out.mkdir(parents=True, exist_ok=True)
    write_manifest(out, manifest)
    with progress_bar("评测") as show:
        tally = Tally(len(cases), show, [(case, done[case.id]) for case in cases if case.id in done])
        try:
            lines = answer_cases(cases, ask, out, pace=pace, done=done, on_answer=tally.add)
        except KeyboardInterrupt:
            complain(f"已答的题都在 {out}，加上 --resume 可以接着做。")
            raise
    results = score_lines(cases, lines)
    found = results_to_json(results, manifest, files)
    write_text(out / RESULTS, json_text(found))
    write_text(out / "report.html", results_to_html(found, results))
    say(results_to_text(found))
    complain(f"详见 {out / 'report.html'}")
    return FAILED if found["overall"]["buckets"]["failed"] == len(cases) else DONE


def _search(assistant: Assistant, cases: Sequence[Case], out: Path, manifest: Mapping[str, Any]) -> None:
    from evals.retrieval import rank_cases, retrieval_to_json
    from evals.run import write_text
    from evals.terminal import json_text, retrieval_to_text
    from rag.errors import UsageError

    if not any(case.evidence for case in cases):
        raise UsageError("这些题都没有 evidence，评不了检索。")
    found = retrieval_to_json(rank_cases(assistant, cases), manifest)
    out.mkdir(parents=True, exist_ok=True)
    write_text(out / "retrieval.json", json_text(found))
    say(retrieval_to_text(found))
