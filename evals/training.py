"""Fits the two linear models that weigh figures (`rag/extractive/ranking.toml`) to question sets with gold answers.

usage: python -m evals.training --set REPORTS_DIR QUESTIONS.jsonl … [--set …] [--write]

The first model chooses: of all figures retrieved for one thing asked, the gold one (conditional logit). The second says
how sure the choice is: gold figures against the first choices for unanswerable questions and against the best figure
left when the gold one is taken away. Without `--write` nothing is changed. Shares are printed for the questions fitted
to, and by five-fold cross-validation over questions, which is what an unseen question may expect.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from evals.cases import Case, load_cases
from evals.scoring import equals_gold
from rag.assembly import build_assistant, build_ingest, for_folder, open_index
from rag.extractive import ranking
from rag.extractive.choosing import known_item
from rag.extractive.drafting import evidence_to_findings, figure_slots
from rag.extractive.features import FEATURES
from rag.extractive.weighing import Choice, slot_to_ask, weigh
from rag.figures import Figure
from rag.settings import load_settings
from rag.text import matching_key

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rag.assistant import Assistant

    Array = NDArray[np.float64]

DIRECT = frozenset({"text", "table", "name", "followup", "conflict", "definition", "partial"})
"""Types whose gold figures are printed."""
REFUSED = "unanswerable"
FOLDS = 5
RANK_PENALTY, SURE_PENALTY = 0.01, 0.003
"""Weight of the squared coefficients (ridge)."""
STEPS, RATE = 800, 0.05
MASKED_WEIGHT, WRONG_WEIGHT = 0.3, 0.3
"""What a made near miss, and a wrong choice, count beside a real question in the fit of sureness."""


@dataclass(frozen=True, slots=True)
class Example:
    """One thing asked: the features of each figure that may answer, one row a figure, and which of them are gold."""

    question: str
    rows: Array
    gold: NDArray[np.bool_]
    near: NDArray[np.bool_]
    """Figures equal to a gold one or standing in its evidence."""
    values: tuple[str, ...]
    answerable: bool


def set_to_examples(reports: Path, questions: Sequence[Path], data: Path) -> Iterator[Example]:
    """The examples of question files over a folder of reports, whose index is made in `data`."""
    settings = for_folder(load_settings({"data": data}), reports)
    with closing(open_index(settings)) as index:
        build_ingest(settings, index).run([settings.reports], prune=True)
        assistant = build_assistant(settings, index)
        for case in load_cases(questions):
            if case.type in DIRECT or case.type == REFUSED:
                yield from _case_to_examples(case, assistant)


def _case_to_examples(case: Case, assistant: Assistant) -> Iterator[Example]:
    query = assistant.understand(case.question, case.history, case.filters)
    evidence = assistant.retrieve(query)
    reports = {report.id: report for report in assistant.reports()}
    findings = evidence_to_findings(evidence, reports, assistant.tables(evidence))
    figures = findings.figures
    wanted = figure_slots(query)
    wanted = [replace(slot, item=known_item(slot.item, figures)) if slot.item else slot for slot in wanted]
    for place, slot in enumerate(wanted if case.answerable else wanted[:1]):
        ask = slot_to_ask(slot, wanted, findings.relevance, query)
        choices = [choice for figure in figures if (choice := weigh(figure, ask, findings.ranks, evidence, reports))]
        gold = [place] if len(wanted) == len(case.figures) else list(range(len(case.figures)))
        if choices and (gold or not case.answerable):
            yield _example(case, choices, gold)


def _example(case: Case, choices: Sequence[Choice], gold: Sequence[int]) -> Example:
    evidence = [matching_key(quote) for quote in case.evidence]
    equal = [
        {i for i, wanted in enumerate(case.figures) if equals_gold(wanted, choice.figure.number, is_computed=False)}
        for choice in choices
    ]
    cited = [any(key in quote or quote in key for quote in evidence) for key in map(_key, choices)]
    is_gold = np.array([bool(set(gold) & found) for found in equal], dtype=np.bool_)
    inside = is_gold & np.array(cited, dtype=np.bool_)
    return Example(
        case.id,
        np.array([choice.features for choice in choices]),
        inside if inside.any() else is_gold,
        np.array([bool(found) for found in equal]) | np.array(cited),
        tuple(choice.figure.number.text for choice in choices),
        case.answerable,
    )


def _key(choice: Choice) -> str:
    figure: Figure = choice.figure
    return matching_key(figure.passage.text[figure.quote_start : figure.quote_end])


def fit_rank(examples: Sequence[Example]) -> Array:
    """Coefficients of the conditional logit: maximises the probability of the gold figures (ridge, Adam)."""
    known = [example for example in examples if example.gold.any()]

    def gradient(weights: Array) -> Array:
        total = np.zeros(len(FEATURES))
        for example in known:
            chances = _softmax(example.rows @ weights)
            posterior = chances * example.gold
            total += example.rows.T @ (posterior / (posterior.sum() + 1e-12) - chances)
        return np.asarray(total / len(known) - RANK_PENALTY * weights)

    return _ascend(gradient, len(FEATURES))


def fit_sure(examples: Sequence[Example], rank: Array) -> Array:
    """Coefficients of the logistic regression that tells right first choices from near misses (ridge, Adam)."""
    rows, labels, counts = (np.array(part) for part in zip(*_sure_rows(examples, rank), strict=True))

    def gradient(weights: Array) -> Array:
        chances = 1 / (1 + np.exp(-rows @ weights))
        return np.asarray(rows.T @ ((labels - chances) * counts) / len(labels) - SURE_PENALTY * weights)

    return _ascend(gradient, len(ranking.SURE_FEATURES))


def _sure_rows(examples: Sequence[Example], rank: Array) -> Iterator[tuple[Array, float, float]]:
    for example in examples:
        if example.answerable and not example.gold.any():
            continue
        everything = np.ones(len(example.values), dtype=np.bool_)
        row, best = _first(example, rank, everything)
        right = bool(example.gold[best])
        yield row, float(right), 1.0 if right or not example.answerable else WRONG_WEIGHT
        if example.answerable and (left := ~example.near).any():
            yield _first(example, rank, left)[0], 0.0, MASKED_WEIGHT


def _first(example: Example, rank: Array, among: NDArray[np.bool_]) -> tuple[Array, int]:
    """The features of sureness of the best of these figures, and its index."""
    scores = np.where(among, example.rows @ rank, -np.inf)
    best = int(np.argmax(scores))
    rivals = [scores[i] for i, value in enumerate(example.values) if among[i] and value != example.values[best]]
    margin = float(scores[best]) - max(rivals, default=float("-inf"))
    return np.array(ranking.sure_features(list(example.rows[best]), float(scores[best]), margin)), best


def _softmax(scores: Array) -> Array:
    shifted = np.exp(scores - scores.max())
    return np.asarray(shifted / shifted.sum())


def _ascend(gradient: Callable[[Array], Array], size: int) -> Array:
    """Adam (Kingma and Ba 2015) from 0, deterministic."""
    weights, first, second = np.zeros(size), np.zeros(size), np.zeros(size)
    for step in range(1, STEPS + 1):
        slope = gradient(weights)
        first, second = 0.9 * first + 0.1 * slope, 0.999 * second + 0.001 * slope * slope
        weights += RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return weights


def chosen_right(examples: Sequence[Example], rank: Array) -> list[bool]:
    """For each answerable example with a gold figure, whether it comes first."""
    known = [example for example in examples if example.gold.any()]
    return [bool(example.gold[int(np.argmax(example.rows @ rank))]) for example in known]


def cross_validated(examples: Sequence[Example]) -> list[bool]:
    """`chosen_right` for each example by weights fitted to the other folds; a question's examples stay together."""
    names = sorted({example.question for example in examples})
    fold = {name: place % FOLDS for place, name in enumerate(np.random.default_rng(0).permutation(names))}
    right: list[bool] = []
    for part in range(FOLDS):
        weights = fit_rank([example for example in examples if fold[example.question] != part])
        right += chosen_right([example for example in examples if fold[example.question] == part], weights)
    return right


def weights_to_toml(rank: Array, sure: Array) -> str:
    """The text of `ranking.toml`."""
    lines = ["# Weights of the features of a figure, written by `python -m evals.training`; not edited by hand.", ""]
    for title, names, weights in (("rank", FEATURES, rank), ("sure", ranking.SURE_FEATURES, sure)):
        lines += [f"[{title}]", *(f"{name} = {weight:.3f}" for name, weight in zip(names, weights, strict=True)), ""]
    return "\n".join(lines)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", action="append", nargs="+", type=Path, required=True, dest="sets")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    examples: list[Example] = []
    with tempfile.TemporaryDirectory() as folder:
        for number, (reports, *questions) in enumerate(options.sets):
            examples += set_to_examples(reports, questions, Path(folder) / str(number))
    rank = fit_rank(examples)
    fitted, unseen = chosen_right(examples, rank), cross_validated(examples)
    print(f"选对的：拟合 {sum(fitted)}/{len(fitted)}，交叉验证 {sum(unseen)}/{len(unseen)}")
    if options.write:
        path = Path(ranking.__file__).with_suffix(".toml")
        path.write_text(weights_to_toml(rank, fit_sure(examples, rank)), encoding="utf-8", newline="\n")
        print(f"已写入 {path.name}")


if __name__ == "__main__":
    main()
