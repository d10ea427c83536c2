"""Fits the weights of the built-in answerer (`weights.toml`) and measures them on question sets left out of the fit.

usage: python -m evals.training --set REPORTS_DIR QUESTIONS.jsonl … [--set …] [--without N] [--write]

Two sums are fitted, the signs of their weights fixed. The first ranks: of all figures retrieved for one thing asked, the
gold one (conditional logit). The second says how likely the first is right (logistic regression over first choices, those
of unanswerable questions among them). For each set the two are fitted to all others, and printed is how often the first
figure, and one of the first three, is right in it, and how many are right of those that would be given as the answer.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from evals.cases import Case, load_cases
from evals.scoring import equals_gold
from rag.answering.built_in.looking import evidence_to_findings
from rag.answering.built_in.scoring import MAX_CANDIDATES, MAX_MARGIN, PATH, SURE, SURENESS, sureness
from rag.answering.built_in.wanted import query_to_wanted
from rag.answering.built_in.weighing import AGAINST, FEATURES, weigh_all
from rag.app.assembly import build_assistant, build_ingest, for_folder, open_index
from rag.language.text import matching_key
from rag.records import AskKind, Figure
from rag.settings.settings import load_settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rag.assistant import Assistant

    Array = NDArray[np.float64]

DIRECT = frozenset({"text", "table", "name", "followup", "conflict", "definition", "partial", "unanswerable"})
"""Types whose gold figures are printed, or whose questions have none."""
RANK_PENALTY, SURE_PENALTY = 0.01, 0.02
"""Weight of the squared coefficients (ridge)."""
STEPS, RATE = 400, 0.05
SIGNS = np.array([-1.0 if name in AGAINST else 1.0 for name in FEATURES])
SURE_SIGNS = np.array(
    [0.0 if name == "bias" else -1.0 if name in AGAINST or name == "gap" else 1.0 for name in SURENESS]
)


@dataclass(frozen=True, slots=True)
class Example:
    """One thing asked: the features of each figure that may answer, one row a figure, and which of them are gold."""

    question: str
    rows: Array
    gold: NDArray[np.bool_]
    values: tuple[str, ...]


def set_to_examples(reports: Path, questions: Sequence[Path], data: Path) -> list[Example]:
    """The examples of question files over a folder of reports, whose index is made in `data`."""
    settings = for_folder(load_settings({"data": data}), reports)
    with closing(open_index(settings)) as index:
        build_ingest(settings, index).run([settings.reports], prune=True)
        assistant = build_assistant(settings, index)
        cases = [case for case in load_cases(questions) if case.type in DIRECT]
        return [example for case in cases for example in case_to_examples(case, assistant)]


def case_to_examples(case: Case, assistant: Assistant) -> Iterator[Example]:
    """An example for each figure a question asks for; of an unanswerable one for the first."""
    query = assistant.understand(case.question, case.history, case.filters)
    evidence = assistant.retrieve(query)
    reports = {report.id: report for report in assistant.reports()}
    said = evidence_to_findings(evidence, reports, assistant.tables(evidence)).said
    wanted = [w for w in query_to_wanted(query, evidence, [one.text for one in said]) if w.ask.kind is not AskKind.NAME]
    if not said or (case.answerable and not case.figures):
        return
    for at, one in enumerate(wanted if case.answerable else wanted[:1]):
        golds = case.figures[at : at + 1] if len(wanted) == len(case.figures) else case.figures
        rows = np.array(weigh_all(said, one, reports))
        equal = [any(equals_gold(gold, s.figure.number, is_computed=False) for gold in golds) for s in said]
        quoted = [is_equal and _is_quoted(s.figure, case) for is_equal, s in zip(equal, said, strict=True)]
        gold = np.array(quoted if any(quoted) else equal, dtype=np.bool_)
        values = tuple(f"{s.figure.number.value} {s.figure.number.unit}" for s in said)
        yield Example(case.id, rows, gold, values)


def _is_quoted(figure: Figure, case: Case) -> bool:
    """Whether a figure stands in the gold evidence."""
    key = matching_key(figure.passage.text[figure.quote_start : figure.quote_end])
    return any(quote in key or key in quote for quote in map(matching_key, case.evidence))


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

    return _ascend(gradient, SIGNS)


def fit_sure(examples: Sequence[Example], rank: Array) -> Array:
    """Weights of the chance that a first choice is right."""
    first = [first_choice(example, rank) for example in examples]
    rows = np.array([row for row, _ in first])
    labels = np.array([float(example.gold[at]) for example, (_, at) in zip(examples, first, strict=True)])

    def gradient(weights: Array) -> Array:
        chances = 1 / (1 + np.exp(-rows @ weights))
        return np.asarray(rows.T @ (labels - chances) / len(labels) - SURE_PENALTY * weights * abs(SURE_SIGNS))

    return _ascend(gradient, SURE_SIGNS)


def first_choice(example: Example, rank: Array) -> tuple[Array, int]:
    """What the chance of the best figure is told by, and its index."""
    scores = example.rows @ rank
    best = int(np.argmax(scores))
    rivals = [scores[at] for at, value in enumerate(example.values) if value != example.values[best]]
    margin = float(scores[best] - max(rivals, default=scores[best] - MAX_MARGIN))
    return np.array(sureness(tuple(example.rows[best]), float(scores[best]), margin)), best


def _ascend(gradient: Callable[[Array], Array], signs: Array) -> Array:
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
    """How weights do on a set: things asked with a gold figure found, first right, one of three right, given, given right."""

    found: int
    first: int
    among_three: int
    given: int
    given_right: int


def measure(examples: Sequence[Example], rank: Array, sure: Array) -> Measured:
    """How these weights do on these examples."""
    known = [example for example in examples if example.gold.any()]
    chosen = [(example, *first_choice(example, rank)) for example in examples]
    given = [bool(example.gold[at]) for example, row, at in chosen if 1 / (1 + np.exp(-row @ sure)) >= SURE]
    return Measured(
        len(known),
        sum(bool(e.gold[int(np.argmax(e.rows @ rank))]) for e in known),
        sum(bool(e.gold[np.argsort(-(e.rows @ rank), kind="stable")[:MAX_CANDIDATES]].any()) for e in known),
        len(given),
        sum(given),
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
    parser.add_argument("--set", action="append", nargs="+", type=Path, required=True, dest="sets")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sets = [set_to_examples(reports, qs, Path(folder) / str(at)) for at, (reports, *qs) in enumerate(options.sets)]
    for at, (left_out, (_, *questions)) in enumerate(zip(sets, options.sets, strict=True)):
        others = [example for other, examples in enumerate(sets) if other != at for example in examples]
        if others:
            rank = fit_rank(others)
            print(questions[0].stem, measure(left_out, rank, fit_sure(others, rank)))
    if options.write:
        everything = [example for examples in sets for example in examples]
        rank = fit_rank(everything)
        text = weights_to_toml(rank, fit_sure(everything, rank))
        PATH.write_text(text, encoding="utf-8", newline="\n")
        print(f"已写入 {PATH.name}")


if __name__ == "__main__":
    main()
