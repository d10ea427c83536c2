"""The whole pipeline with a model whose replies are scripted: what it loses of a perfect one, what it stops of a sloppy one.

usage: python -m evals.benchmarks.scripted_models QUESTIONS.jsonl … [--reports DIR] [--every N] [--out DIR]

Both are asked over HTTP by `wenbao eval`, like any model. The perfect one is given the gold of the question it is asked
and says of it what the prompt holds; the sloppy one gets every N-th figure wrong and never mends it.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.benchmarks.model_server import ModelServer
from evals.benchmarks.scripted_replies import PerfectModel, SloppyModel
from evals.cases import Case, load_cases
from evals.cli import run_arguments
from evals.reply import line_to_reply
from evals.results import read_results
from evals.run import ANSWERS, read_answers
from evals.scoring import Verdict, score_reply
from rag.settings.settings import EXTRACTIVE, PROJECT

ALIAS = "scripted"
CONTEXT_WINDOW = 65_536


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a scripted model's run ended."""

    results: Mapping[str, Any]
    """`results.json`."""
    answers: Mapping[str, Mapping[str, Any]]
    wrong_figures: int
    """Bold figures of the model's own answers that are no gold and no operand."""
    removed_figures: int
    """Figures of a model's that the gate took out."""
    fallbacks: int
    """Questions that got the built-in answer instead."""


def run_scripted(
    script: Callable[[Mapping[str, Any]], str], questions: Sequence[Path], reports: Path, out: Path
) -> Outcome:
    """Evaluate the questions with a server that says what the script does."""
    out.mkdir(parents=True, exist_ok=True)
    with ModelServer(script) as server:
        config = out / "config.toml"
        config.write_text(
            f'model = "{ALIAS}"\n[models.{ALIAS}]\nmodel = "{ALIAS}"\nbase_url = "{server.url}"\n'
            f"context_window = {CONTEXT_WINDOW}\ntimeout = 60\n",
            encoding="utf-8",
        )
        places = ["--reports", str(reports), "--data", str(out / "data"), "--out", str(out)]
        run_arguments([*map(str, questions), *places, "--config", str(config)])
    return _outcome(load_cases(questions), out)


def _outcome(cases: Sequence[Case], out: Path) -> Outcome:
    answers = read_answers(out / ANSWERS)
    own = [(case, answers[case.id]) for case in cases if answers[case.id].get("model") != EXTRACTIVE]
    judged = [score_reply(case, line_to_reply(line)) for case, line in own if line.get("status") != "error"]
    wrong = sum(f.verdict in (Verdict.EXTRA, Verdict.UNIT) for score in judged for f in score.figures)
    removed = sum(len(line.get("unsupported", ())) for _, line in own)
    return Outcome(read_results(out), answers, wrong, removed, len(cases) - len(own))


def _report(name: str, outcome: Outcome) -> str:
    overall = outcome.results["overall"]
    strict = overall["strict_accuracy"]
    return (
        f"{name}：严格正确 {strict['value']:.3f}，各类 {json.dumps(overall['buckets'], ensure_ascii=False)}；"
        f"模型回答中不该有的加粗数字 {outcome.wrong_figures}，被核对去掉的数字 {outcome.removed_figures}，"
        f"改用内置回答 {outcome.fallbacks} 题"
    )


def main() -> None:
    """Run both and print how they ended."""
    parser = argparse.ArgumentParser(description="用照本宣科的模型评测整条流水线：全对的和每隔几个数字错一个的")
    parser.add_argument("questions", type=Path, nargs="+")
    parser.add_argument("--reports", type=Path, default=PROJECT / "corpus")
    parser.add_argument("--every", type=int, default=5, help="第几个数字出一次错")
    parser.add_argument("--out", type=Path, help="结果放在哪里（默认不保留）")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = arguments.out or Path(folder)
        perfect = PerfectModel(load_cases(arguments.questions))
        for name, script in (("全对的模型", perfect), ("马虎的模型", SloppyModel(perfect, arguments.every))):
            outcome = run_scripted(script, arguments.questions, arguments.reports, out / type(script).__name__)
            print(_report(name, outcome))


if __name__ == "__main__":
    main()
