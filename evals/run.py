"""Asks every question of a set: in parallel, each answer kept on disk as it comes, a killed run taken up again."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.cases import Case
from evals.patience import within
from rag.errors import UsageError, WenbaoError
from rag.records import AnswerStatus

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.records import VerifiedAnswer

ANSWERS = "answers.jsonl"
MANIFEST = "run.json"
TIMEOUT_SECONDS = 600.0
"""How long one question may take unless told otherwise."""
Line = dict[str, Any]
ShouldStop = Callable[[], bool]
Ask = Callable[[Case, ShouldStop], Line]
"""The answer to a case; it may end early once it is told to stop, for nobody waits for it any more."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How many questions are asked at once, and the seconds one may take."""

    concurrency: int = 1
    timeout: float = TIMEOUT_SECONDS


_MANIFEST_NAMES = {
    "version": "程序版本",
    "code": "程序代码",
    "settings_hash": "设置",
    "model": "模型",
    "prompt_versions": "提示词",
    "reports": "报告",
}


def assistant_to_ask(assistant: Assistant) -> Ask:
    """Asking a case in this process, as `wenbao ask --json` would answer it."""

    def ask(case: Case, should_stop: ShouldStop) -> Line:
        answer = assistant.ask(case.question, case.history, case.filters, should_stop=should_stop)
        return answer_to_line(assistant, answer)

    return ask


def answer_to_line(assistant: Assistant, answer: VerifiedAnswer) -> Line:
    """An answer as `wenbao ask --json` prints it."""
    from rag.presentation.json_and_text import answer_to_json

    captions = {identity: table.caption for identity, table in assistant.tables(answer.evidence).items()}
    return answer_to_json(answer, {report.id: report for report in assistant.reports()}, captions)


def answer_case(
    ask: Ask, case: Case, timeout: float = TIMEOUT_SECONDS, should_stop: ShouldStop = lambda: False
) -> Line:
    """The answer line of a case; whatever goes wrong or takes too long becomes a line with the status `error`."""
    started = time.perf_counter()
    given_up = threading.Event()
    try:
        line = within(timeout, lambda: ask(case, lambda: given_up.is_set() or should_stop()))
    except Exception as error:
        milliseconds = round((time.perf_counter() - started) * 1000, 1)
        message = str(error) if isinstance(error, WenbaoError) else f"{type(error).__name__}：{error}"
        line = error_line(case, message, milliseconds)
    finally:
        given_up.set()
    return {"id": case.id, "asked": case.asked, **line}


def error_line(case: Case, message: str, milliseconds: float = 0.0) -> Line:
    """The line of a question that has no answer, and the Chinese reason."""
    return {
        "question": case.question,
        "standalone_question": case.question,
        "status": AnswerStatus.ERROR.value,
        "answer": "",
        "error": message,
        "figures": [],
        "citations": [],
        "conflicts": [],
        "unsupported": [],
        "retrieved": [],
        "model": None,
        "model_returned": None,
        "timings_ms": {"total": milliseconds},
        "usage": {"input_tokens": 0, "output_tokens": 0, "cost": None, "first_token_ms": None},
    }


def answer_cases(
    cases: Sequence[Case],
    ask: Ask,
    out: Path,
    *,
    pace: Pace = Pace(),
    done: Mapping[str, Line] | None = None,
    on_answer: Callable[[Case, Line], None] = lambda case, line: None,
) -> dict[str, Line]:
    """The answer line of every case by id, in the cases' order; `answers.jsonl` holds them in that order too.

    `done` are lines of an earlier run, which are not asked again. Each new line is on disk as soon as it is there.
    """
    lines = {case.id: (done or {})[case.id] for case in cases if case.id in (done or {})}
    path, stopped = out / ANSWERS, threading.Event()
    _write(path, lines.values())
    todo = [case for case in cases if case.id not in lines]
    with path.open("a", encoding="utf-8", newline="\n") as file, ThreadPoolExecutor(pace.concurrency) as pool:
        futures = {pool.submit(answer_case, ask, case, pace.timeout, stopped.is_set): case for case in todo}
        try:
            for future in as_completed(futures):
                case, line = futures[future], future.result()
                file.write(_dump(line))
                file.flush()
                lines[case.id] = line
                on_answer(case, line)
        except BaseException:
            stopped.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    ordered = {case.id: lines[case.id] for case in cases}
    _write(path, ordered.values())
    return ordered


def read_answers(path: Path) -> dict[str, Line]:
    """The lines of an answers file by id, the last of each; a line cut off by a kill is left out."""
    found: dict[str, Line] = {}
    for text in path.read_text(encoding="utf-8", errors="replace").split("\n") if path.is_file() else ():
        try:
            line = json.loads(text)
            found[str(line["id"])] = line
        except (ValueError, KeyError, TypeError):
            continue
    return found


def lines_to_keep(cases: Iterable[Case], answers: Mapping[str, Line]) -> dict[str, Line]:
    """The answers that need not be asked for again: to the very same question, and no errors."""
    return {
        case.id: answers[case.id]
        for case in cases
        if case.id in answers
        and answers[case.id].get("asked") == case.asked
        and answers[case.id].get("status") != AnswerStatus.ERROR.value
    }


def earlier_lines(out: Path, cases: Sequence[Case], manifest: Mapping[str, Any]) -> dict[str, Line]:
    """What an interrupted run in this folder has already answered. Raises UsageError where it was another run."""
    check_same_run(out, manifest)
    return lines_to_keep(cases, read_answers(out / ANSWERS))


def check_same_run(out: Path, manifest: Mapping[str, Any]) -> None:
    """Raises UsageError where the run in this folder was of other reports, settings, code or another model."""
    try:
        earlier = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"{out} 里没有可以接着做的评测：请去掉 --resume，或用 --out 指明那次评测的文件夹。") from None
    except (OSError, ValueError) as error:
        raise UsageError(f"读不了 {out / MANIFEST}，无法接着做：请去掉 --resume。") from error
    changed = [name for key, name in _MANIFEST_NAMES.items() if earlier.get(key) != manifest.get(key)]
    if changed:
        raise UsageError(
            f"不能接着做 {out} 里的评测：{'、'.join(changed)}已与那次不同，结果混在一起不可信。请去掉 --resume 重新评测。"
        )


def write_manifest(out: Path, manifest: Mapping[str, Any]) -> None:
    """Keep what this run is a run of."""
    write_text(out / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1) + "\n")


def write_text(path: Path, text: str) -> None:
    """The whole file, or the one that was there before: never half of it."""
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(text, encoding="utf-8", newline="\n")
    os.replace(fresh, path)


def _write(path: Path, lines: Iterable[Line]) -> None:
    write_text(path, "".join(map(_dump, lines)))


def _dump(line: Mapping[str, Any]) -> str:
    # U+2028 and its like would end a line for some readers of JSONL.
    text = json.dumps(line, ensure_ascii=False)
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").replace("\x85", "\\u0085") + "\n"
