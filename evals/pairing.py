"""Fits the weights of the chance of a pair (`pairs.toml`): how likely a computation's result is what a question asks.

usage: python -m evals.pairing DATA=QUESTIONS.jsonl … [--measure] [--write]

`DATA` is the folder of an index, `QUESTIONS.jsonl` are questions on its reports; those that compute with two figures
count. `--measure` fits the weights once for each `DATA`, to all others, and prints how many results are right of those
that would be given, at each threshold.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from evals.cases import Case, load_cases
from evals.scoring import equals_gold
from evals.training import Measured, ascend
from rag.answering.built_in.computing import result_of
from rag.answering.built_in.looking import evidence_to_findings
from rag.answering.built_in.pairs import PAIRING, PATH, best_pair
from rag.answering.built_in.writing import Writer
from rag.app.assembly import build_assistant, open_index
from rag.arithmetic.expressions import ComputeError
from rag.language.numbers import find_numbers
from rag.settings.settings import load_settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rag.assistant import Assistant

    Array = NDArray[np.float64]

PENALTY = 0.01
"""Weight of the squared coefficients (ridge)."""
SIGNS = np.array([0.0 if name == "bias" else 1.0 for name in PAIRING])
Example = tuple[tuple[float, ...], bool]
"""The features of the pair a question computes with, and whether its result is right."""


def cases_to_pairs(cases: Sequence[Case], assistant: Assistant) -> Iterator[Example]:
    """The pair of each question that computes with two figures."""
    reports = {report.id: report for report in assistant.reports()}
    for case in cases:
        evidence = assistant.retrieve(assistant.understand(case.question, case.history, case.filters))
        findings = evidence_to_findings(evidence, reports, assistant.tables(evidence))
        pair = None if evidence.query.parts else best_pair(findings)
        if pair is None:
            continue
        try:
            _, result = result_of(pair.operation, [pair.first.figure, pair.second.figure], Writer(reports))
        except ComputeError:
            continue
        numbers = find_numbers(result.text)
        yield (
            pair.features,
            any(equals_gold(gold, number, is_computed=True) for gold in case.figures for number in numbers),
        )


def fit(examples: Sequence[Example]) -> Array:
    """Weights of the chance that a pair's result is right (logistic regression)."""
    rows, labels = np.array([row for row, _ in examples]), np.array([float(is_right) for _, is_right in examples])

    def gradient(weights: Array) -> Array:
        chances = 1 / (1 + np.exp(-rows @ weights))
        return np.asarray(rows.T @ (labels - chances) / len(labels) - PENALTY * weights * SIGNS)

    return ascend(gradient, SIGNS)


def left_out(by_index: Mapping[str, Sequence[Example]]) -> Iterator[tuple[float, bool]]:
    """The chance of each pair by weights fitted to the other indexes, and whether its result is right."""
    for name, examples in by_index.items():
        weights = fit([example for other, those in by_index.items() if other != name for example in those])
        for row, is_right in examples:
            yield float(1 / (1 + np.exp(-np.array(row) @ weights))), is_right


def weights_to_toml(weights: Array) -> str:
    """The text of a file of weights."""
    lines = [f"{name} = {weight:.3f}" for name, weight in zip(PAIRING, weights, strict=True)]
    head = "# Weights of the chance of a pair, written by `python -m evals.pairing`; not edited by hand."
    return "\n".join([head, "", "[pair]", *lines]) + "\n"


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", metavar="DATA=QUESTIONS.jsonl")
    parser.add_argument("--measure", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    by_index: dict[str, list[Example]] = {}
    for one in options.sets:
        data, _, questions = one.partition("=")
        settings = load_settings({"data": Path(data)})
        with closing(open_index(settings)) as index:
            cases = load_cases([Path(questions)])
            by_index.setdefault(data, []).extend(cases_to_pairs(cases, build_assistant(settings, index)))
    if options.measure:
        chances = tuple(left_out(by_index))
        for threshold in (0.5, 0.6, 0.7, 0.8, 0.9):
            given, right = Measured(0, 0, 0, 0, chances).given_at(threshold)
            print(f"门槛 {threshold:.2f}：给出 {given}/{len(chances)}，对 {right}")
    if options.write:
        PATH.write_text(weights_to_toml(fit([one for those in by_index.values() for one in those])), encoding="utf-8")
        print(f"已写入 {PATH.name}")


if __name__ == "__main__":
    main()
