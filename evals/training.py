"""Fits the weights of the built-in answerer (`weights.toml`), and measures them on the reports of colleges left out.

usage: python -m evals.training QUESTIONS.jsonl --data DIR [--without TEXT …] [--measure] [--write]

`QUESTIONS.jsonl` are questions written to single figures of reports (`training_questions.jsonl`), each asked of its
report alone, which it names by a part of its file name, or of all where it names the college; `DIR` holds an index of
these reports. Questions on reports whose part has a text of `--without` are left out of everything. Two sums are fitted,
the signs of their weights fixed. The first ranks: of all figures retrieved for one thing asked, the gold one (conditional
logit). The second says how likely the first is right (logistic regression over first choices, those of questions without
an answer among them, and of questions whose figures were taken away). `--measure` fits them once for each college, to all
others, and prints how often the first figure, and one of the first three, is right in what was left out, and how many are
right of those that would be given, at each threshold.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import numpy as np

from evals.cases import Case, GoldFigure, load_cases
from evals.scoring import equals_gold
from rag.answering.built_in.looking import evidence_to_findings
from rag.answering.built_in.said import Said
from rag.answering.built_in.scoring import (
    MAX_CANDIDATES,
    MAX_MARGIN,
    PATH,
    SURENESS,
    are_near,
    is_barred,
    may_answer,
    sureness,
)
from rag.answering.built_in.wanted import Wanted
from rag.answering.built_in.weighing import AGAINST, FEATURES, beside_figure, is_beside, weigh_all
from rag.app.assembly import build_assistant, open_index
from rag.language.numbers import agree
from rag.records import AskKind, Figure, Filters, Number, Report
from rag.settings.settings import load_settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rag.assistant import Assistant

    Array = NDArray[np.float64]

RANK_PENALTY, SURE_PENALTY = 0.01, 0.02
"""Weight of the squared coefficients (ridge)."""
COUNTERFACTUAL = 0.3
"""What a question whose gold figures were taken away counts beside one as it was asked."""
SAME_SENTENCE = 0.7
STEPS, RATE = 400, 0.05
SIGNS = np.array([-1.0 if name in AGAINST else 1.0 for name in FEATURES])
SURE_SIGNS = np.array([0.0 if name == "bias" else -1.0 if name in AGAINST else 1.0 for name in SURENESS])


@dataclass(frozen=True, slots=True)
class Example:
    """One thing asked: the features of each figure that may answer, one row a figure, and which of them are gold."""

    question: str
    rows: Array
    gold: NDArray[np.bool_]
    values: tuple[Number, ...]
    is_counterfactual: bool = False
    """Whether the gold figures were taken away: what is first then is wrong, as where a report does not say."""


def cases_to_examples(cases: Sequence[Case], assistant: Assistant) -> Mapping[str, Sequence[Example]]:
    """The examples of questions, by the college of the report each is asked of."""
    reports = assistant.reports()
    found: dict[str, list[Example]] = defaultdict(list)
    for case in cases:
        report = named_report(case.reports[0], reports)
        names_it = report.college in assistant.understand(case.question, case.history, Filters()).colleges
        case = replace(case, reports=() if names_it else (report.id,))
        of_college = found[report.college or report.id]
        of_college.extend(case_to_examples(case, assistant, len(of_college)))
    return found


def named_report(part: str, reports: Sequence[Report]) -> Report:
    """The report in whose file name a part stands, best one that is all of it; of one report in several formats a PDF.

    Raises ValueError where there is none.
    """
    named = [report for report in reports if part in report.id]
    if not named:
        raise ValueError(f"索引里没有文件名含 {part!r} 的报告")
    return min(named, key=lambda r: (PurePath(r.id).stem != part, not r.id.endswith(".pdf"), r.id))


def case_to_examples(case: Case, assistant: Assistant, number: int) -> Iterator[Example]:
    """The example of a question: one figure asked for, or none that is there; nothing where no figure was found.

    Every second question is taken for the second part of a longer one, whose first part another figure answered: two
    times of five one in the same sentence or row, where there is one.
    """
    evidence = assistant.retrieve(assistant.understand(case.question, case.history, case.filters))
    reports = {report.id: report for report in assistant.reports()}
    findings = evidence_to_findings(evidence, reports, assistant.tables(evidence))
    said = findings.said
    asked = next((one for one in findings.wanted(evidence.query) if one.ask.kind is not AskKind.NAME), None)
    if said and asked is not None:
        gold = [any(_is_gold(one, s.figure.number) for one in case.figures) for s in said]
        before = _asked_before(said, gold, number) if number % 2 else None
        yield from _example(case.id, said, asked, reports, before, gold)
        if any(gold):
            left = [one for one, is_gold in zip(said, gold, strict=True) if not is_gold]
            yield from _example(case.id, left, asked, reports, before, [False] * len(left), is_counterfactual=True)


def _is_gold(gold: GoldFigure, number: Number) -> bool:
    """Whether a figure is the one a question was written to; that may have been told without its unit, or its sign."""
    gold = replace(gold, unit=gold.unit or number.unit)
    return any(equals_gold(gold, one, is_computed=False) for one in (number, replace(number, value=-number.value)))


def _example(
    name: str,
    said: Sequence[Said],
    asked: Wanted,
    reports: Mapping[str, Report],
    before: Figure | None,
    gold: Sequence[bool],
    *,
    is_counterfactual: bool = False,
) -> Iterator[Example]:
    """The features of the figures of a unit that may be asked for, where there are any."""
    rows = beside_figure(weigh_all(said, asked, reports), said, before)
    kept = [at for at in range(len(said)) if may_answer(rows, at)]
    if kept:
        yield Example(
            name,
            np.array([rows[at] for at in kept]),
            np.array([gold[at] for at in kept], dtype=np.bool_),
            tuple(said[at].figure.number for at in kept),
            is_counterfactual,
        )


def _asked_before(said: Sequence[Said], gold: Sequence[bool], number: int) -> Figure | None:
    """A figure that may have answered the thing asked before a gold one."""
    others = [one.figure for one, is_gold in zip(said, gold, strict=True) if not is_gold]
    golds = [one.figure for one, is_gold in zip(said, gold, strict=True) if is_gold]
    near = [figure for figure in others if any(is_beside(one, figure) >= SAME_SENTENCE for one in golds)]
    return next(iter(near if near and number % 10 in (3, 7) else others), None)


def fit_rank(examples: Sequence[Example]) -> Array:
    """Weights of the features: maximises the probability of the gold figures."""
    known = [example for example in examples if example.gold.any()]

    def gradient(weights: Array) -> Array:
        total = np.zeros(len(SIGNS))
        for example in known:
            scores = example.rows @ weights
            chances = np.exp(scores - scores.max())
            chances /= chances.sum()
            posterior = chances * example.gold
            total += example.rows.T @ (posterior / (posterior.sum() + 1e-12) - chances)
        return np.asarray(total / max(len(known), 1) - RANK_PENALTY * weights)

    return ascend(gradient, SIGNS)


def fit_sure(examples: Sequence[Example], rank: Array) -> Array:
    """Weights of the chance that a first choice is right."""
    first = [first_choice(example, rank) for example in examples]
    rows = np.array([row for row, _ in first])
    labels = np.array([float(example.gold[at]) for example, (_, at) in zip(examples, first, strict=True)])
    shares = np.array([COUNTERFACTUAL if example.is_counterfactual else 1.0 for example in examples])
    shares /= shares.sum()

    def gradient(weights: Array) -> Array:
        chances = 1 / (1 + np.exp(-rows @ weights))
        return np.asarray(rows.T @ (shares * (labels - chances)) - SURE_PENALTY * weights * abs(SURE_SIGNS))

    return ascend(gradient, SURE_SIGNS)


def first_choice(example: Example, rank: Array) -> tuple[Array, int]:
    """What the chance of the best figure is told by, and its index."""
    scores = example.rows @ rank
    best = int(np.argmax(scores))
    chosen = example.values[best]
    rivals = [
        scores[at]
        for at, other in enumerate(example.values)
        if not agree(chosen, other) and not are_near(chosen, other)
    ]
    margin = float(scores[best] - max(rivals, default=scores[best] - MAX_MARGIN))
    return np.array(sureness(tuple(example.rows[best]), float(scores[best]), margin)), best


def ascend(gradient: Callable[[Array], Array], signs: Array) -> Array:
    """Adam (Kingma and Ba 2015) that keeps every weight on its side of 0, deterministic; a sign of 0 is free."""
    weights, first, second = signs * 0.5, np.zeros(len(signs)), np.zeros(len(signs))
    for step in range(1, STEPS + 1):
        slope = gradient(weights)
        first, second = 0.9 * first + 0.1 * slope, 0.999 * second + 0.001 * slope * slope
        weights = weights + RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
        weights = np.where(weights * signs < 0, 0.0, weights)
    return np.asarray(weights)


@dataclass(frozen=True, slots=True)
class Measured:
    """How weights do on questions left out: first choices with their chances, and what stands among the first three."""

    questions: int
    printed: int
    """Questions whose figure is among those found."""
    first: int
    among_three: int
    chances: tuple[tuple[float, bool], ...]
    """Of each question's first choice: its chance, and whether it is right."""

    def given_at(self, threshold: float) -> tuple[int, int]:
        """Answers given from a chance on, and how many of them are right."""
        given = [is_right for chance, is_right in self.chances if chance >= threshold]
        return len(given), sum(given)


def measure(examples: Sequence[Example], rank: Array, sure: Array) -> Measured:
    """How these weights do on these examples."""
    examples = [example for example in examples if not example.is_counterfactual]
    known = [example for example in examples if example.gold.any()]
    chances = []
    for example in examples:
        row, at = first_choice(example, rank)
        chance = 0.0 if is_barred(tuple(example.rows[at])) else float(1 / (1 + np.exp(-row @ sure)))
        chances.append((chance, bool(example.gold[at])))
    best = [np.argsort(-(example.rows @ rank), kind="stable")[:MAX_CANDIDATES] for example in known]
    return Measured(
        len(examples),
        len(known),
        sum(bool(example.gold[order[0]]) for example, order in zip(known, best, strict=True)),
        sum(bool(example.gold[order].any()) for example, order in zip(known, best, strict=True)),
        tuple(chances),
    )


def weights_to_toml(rank: Array, sure: Array) -> str:
    """The text of a file of weights."""
    lines = ["# Weights of the scorer, written by `python -m evals.training`; not edited by hand.", ""]
    for title, names, weights in (("rank", FEATURES, rank), ("sure", SURENESS, sure)):
        lines += [f"[{title}]", *(f"{name} = {weight:.3f}" for name, weight in zip(names, weights, strict=True)), ""]
    return "\n".join(lines[:-1]) + "\n"


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--without", action="append", default=[])
    parser.add_argument("--measure", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    every = load_cases([options.questions])
    cases = [case for case in every if not any(text in case.reports[0] for text in options.without)]
    settings = load_settings({"data": options.data})
    with closing(open_index(settings)) as index:
        by_college = cases_to_examples(cases, build_assistant(settings, index))
    if options.measure:
        _print_left_out(by_college)
    if options.write:
        everything = [example for examples in by_college.values() for example in examples]
        rank = fit_rank(everything)
        PATH.write_text(weights_to_toml(rank, fit_sure(everything, rank)), encoding="utf-8", newline="\n")
        print(f"已写入 {PATH.name}")


def _print_left_out(by_college: Mapping[str, Sequence[Example]]) -> None:
    chances: list[tuple[float, bool]] = []
    for college, examples in by_college.items():
        others = [example for other, those in by_college.items() if other != college for example in those]
        rank = fit_rank(others)
        found = measure(examples, rank, fit_sure(others, rank))
        chances.extend(found.chances)
        print(
            f"{college}：{found.questions} 题，检索到 {found.printed}，首选对 {found.first}，前三有 {found.among_three}"
        )
    for threshold in (0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9):
        given, right = Measured(0, 0, 0, 0, tuple(chances)).given_at(threshold)
        print(f"门槛 {threshold:.2f}：给出 {given}/{len(chances)}，对 {right}，{right / max(given, 1):.1%}")


if __name__ == "__main__":
    main()
