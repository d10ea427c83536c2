"""What a run is a run of, and everything it found: `results.json`."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from evals.cases import Case
from evals.causes import cause_of
from evals.reply import UnreadableReplyError, line_to_reply
from evals.scoring import Bucket, Score, score_reply
from evals.summary import (
    Result,
    always_refuse,
    risk_coverage,
    summarise,
    summarise_by_report,
    summarise_by_type,
)
from rag import __version__
from rag.answering.with_model.prompts import prompt_versions
from rag.errors import UsageError
from rag.records import Report
from rag.settings.settings import EXTRACTIVE, PROJECT, Settings

RESULTS = "results.json"
PLACES = frozenset({"data", "reports", "index_name", "page_address", "page_port", "lock_seconds"})
"""Settings that say where things are, not what is answered."""


def settings_to_hash(settings: Settings) -> str:
    """Hash of every setting that can change an answer."""
    given = {field.name: getattr(settings, field.name) for field in fields(settings) if field.name not in PLACES}
    return _hash(json.dumps(given, sort_keys=True, ensure_ascii=False, default=repr))


def code_hash() -> str:
    """Hash of the program's own files: two runs with the same one were answered by the same code."""
    files = [path for folder in ("rag", "prompts") for path in sorted((PROJECT / folder).rglob("*"))]
    kept = (path for path in files if path.is_file() and path.suffix in (".py", ".toml", ".txt"))
    digest = hashlib.sha256()
    for path in kept:
        digest.update(path.relative_to(PROJECT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def run_manifest(settings: Settings, reports: Iterable[Report]) -> dict[str, Any]:
    """What decides the answers: version, code, settings, model, prompts, reports."""
    return {
        "version": __version__,
        "code": code_hash(),
        "settings_hash": settings_to_hash(settings),
        "model": settings.model,
        "prompt_versions": {} if settings.model == EXTRACTIVE else prompt_versions(),
        "reports": {report.id: report.sha256 for report in sorted(reports, key=lambda report: report.id)},
    }


def score_lines(cases: Sequence[Case], lines: Mapping[str, Mapping[str, Any]]) -> tuple[Result, ...]:
    """Every case with its answer, score and cause, in the cases' order."""
    return tuple(_result(case, lines[case.id]) for case in cases)


def _result(case: Case, line: Mapping[str, Any]) -> Result:
    try:
        reply = line_to_reply(line)
    except UnreadableReplyError as error:
        score = Score(Bucket.FAILED, reason=str(error))
        return Result(case, line, score, cause_of(case, None, score))
    score = score_reply(case, reply)
    return Result(case, line, score, cause_of(case, reply, score))


def results_to_json(
    results: Sequence[Result], manifest: Mapping[str, Any], question_files: Iterable[Path]
) -> dict[str, Any]:
    """The object kept in `results.json`."""
    return {
        **manifest,
        "models_returned": sorted({str(name) for result in results if (name := result.line.get("model_returned"))}),
        "answered_by": dict(sorted(Counter(str(r.line["model"]) for r in results if r.line.get("model")).items())),
        "questions": [
            {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()} for path in question_files
        ],
        "overall": summarise(results),
        "by_type": summarise_by_type(results),
        **summarise_by_report(results),
        "risk_coverage": risk_coverage(results),
        "baseline": {"always_refuse": always_refuse([result.case for result in results])},
        "items": [_item(result) for result in results],
    }


def _item(result: Result) -> dict[str, Any]:
    case, score = result.case, result.score
    return {
        "id": case.id,
        "type": case.type,
        "question": case.question,
        "answerable": case.answerable,
        "bucket": score.bucket.value,
        "cause": result.cause.value if result.cause else None,
        "reason": score.reason,
        "figures_found": list(score.figures_found),
        "names_found": list(score.names_found),
        "cited": score.cited,
        "page_correct": score.page_correct,
        "recalled": score.recalled,
        "unit_errors": score.unit_errors,
        "bounds_lost": score.bounds_lost,
        "unsupported": score.unsupported,
        "unproved": score.unproved,
        "shown": score.shown,
        "chance": score.chance,
        "first_is_gold": score.first_is_gold,
        "asked": case.asked,
        "gold": case.gold,
    }


def read_results(run: Path) -> dict[str, Any]:
    """`results.json` of a run, given its folder or the file. Raises UsageError where there is none."""
    path = run / RESULTS if run.is_dir() else run
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        _check_shape(found)
    except OSError as error:
        raise UsageError(f"读不了评测结果 {path}：请检查路径，应是 wenbao eval 的 --out 文件夹。") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} 不是 wenbao eval 写出的结果（{error}）。") from error
    return dict(found)


def _check_shape(found: Any) -> None:
    for item in found["items"]:
        Bucket(item["bucket"])
        for key in ("id", "type", "question", "answerable", "asked", "gold"):
            item[key]
    found["overall"]["strict_accuracy"]["value"]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
