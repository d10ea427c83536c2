"""Fits the linear models that weigh figures and names (`ranking.toml`, `naming.toml`) to question sets with gold answers.

usage: python -m evals.training --set REPORTS_DIR QUESTIONS.jsonl … [--set …] [--write]

There are two for each. The first chooses: of all figures, or all sentences and rows, retrieved for one thing asked, the
gold one (conditional logit). The second says how sure the choice is: gold ones against the first choices for unanswerable
questions and against the best one left when the gold one is taken away. Without `--write` nothing is changed. Shares are printed for the questions fitted
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
from rag.answering.built_in import features, name_features, ranking
from rag.answering.built_in.choosing import known_item
from rag.answering.built_in.drafting import evidence_to_findings, evidence_to_relevance, figure_slots
from rag.answering.built_in.linear import SURE_EXTRAS, sure_features
from rag.answering.built_in.naming import evidence_to_name_ask, evidence_to_units
from rag.answering.built_in.weighing import Choice, slot_to_ask, weigh
from rag.app.assembly import build_assistant, build_ingest, for_folder, open_index
from rag.language.text import matching_key
from rag.settings.settings import load_settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rag.assistant import Assistant
    from rag.records import Figure, Query

    Array = NDArray[np.float64]

DIRECT = frozenset({"text", "table", "name", "followup", "conflict", "definition", "partial"})
"""Types whose gold figures are printed."""
NAMED = DIRECT - {"conflict", "definition"}
"""Types whose questions may ask for a name."""
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


@dataclass(slots=True)
class Examples:
    """What each pair of models is fitted to."""

    figures: list[Example]
    names: list[Example]


def add_examples(examples: Examples, reports: Path, questions: Sequence[Path], data: Path) -> None:
    """Adds the examples of question files over a folder of reports, whose index is made in `data`."""
    settings = for_folder(load_settings({"data": data}), reports)
    with closing(open_index(settings)) as index:
        build_ingest(settings, index).run([settings.reports], prune=True)
        assistant = build_assistant(settings, index)
        for case in load_cases(questions):
            query = assistant.understand(case.question, case.history, case.filters)
            if case.type in (NAMED if not figure_slots(query) else ()) or case.type == REFUSED:
                examples.names += _case_to_names(case, assistant, query)
            if case.type in DIRECT or case.type == REFUSED:
                examples.figures += _case_to_examples(case, assistant, query)


def _case_to_names(case: Case, assistant: Assistant, query: Query) -> Iterator[Example]:
    """A question for names: its sentences and rows, gold where all names, or the evidence and some of them, stand."""
    if figure_slots(query) or (case.answerable and not case.names):
        return
    evidence = assistant.retrieve(query)
    reports = {report.id: report for report in assistant.reports()}
    ask = evidence_to_name_ask(evidence, evidence_to_relevance(evidence))
    units = evidence_to_units(evidence, ask, reports, assistant.tables(evidence))
    names, quotes = [matching_key(name) for name in case.names], [matching_key(quote) for quote in case.evidence]
    keys = [matching_key(unit.text) for unit in units]
    held = [sum(name in key for name in names) / max(len(names), 1) for key in keys]
    cited = [any(quote in key or key in quote for quote in quotes) for key in keys]
    gold = [share == 1.0 or (share > 0 and is_cited) for share, is_cited in zip(held, cited, strict=True)]
    if units:
        yield Example(
            case.id,
            np.array([unit.features for unit in units]),
            np.array(gold, dtype=np.bool_),
            np.array([share > 0 or is_cited for share, is_cited in zip(held, cited, strict=True)]),
            tuple(unit.group for unit in units),
            case.answerable,
        )


def _case_to_examples(case: Case, assistant: Assistant, query: Query) -> Iterator[Example]:
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
    size = known[0].rows.shape[1]

    def gradient(weights: Array) -> Array:
        total = np.zeros(size)
        for example in known:
            chances = _softmax(example.rows @ weights)
            posterior = chances * example.gold
            total += example.rows.T @ (posterior / (posterior.sum() + 1e-12) - chances)
        return np.asarray(total / len(known) - RANK_PENALTY * weights)

    return _ascend(gradient, size)


def fit_sure(examples: Sequence[Example], rank: Array) -> Array:
    """Coefficients of the logistic regression that tells right first choices from near misses (ridge, Adam)."""
    rows, labels, counts = (np.array(part) for part in zip(*_sure_rows(examples, rank), strict=True))

    def gradient(weights: Array) -> Array:
        chances = 1 / (1 + np.exp(-rows @ weights))
        return np.asarray(rows.T @ ((labels - chances) * counts) / len(labels) - SURE_PENALTY * weights)

    return _ascend(gradient, rows.shape[1])


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
    return np.array(sure_features(list(example.rows[best]), float(scores[best]), margin)), best


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


def weights_to_toml(features: Sequence[str], rank: Array, sure: Array) -> str:
    """The text of a file of weights."""
    lines = ["# Weights of features, written by `python -m evals.training`; not edited by hand.", ""]
    for title, names, weights in (("rank", features, rank), ("sure", (*features, *SURE_EXTRAS), sure)):
        lines += [f"[{title}]", *(f"{name} = {weight:.3f}" for name, weight in zip(names, weights, strict=True)), ""]
    return "\n".join(lines)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", action="append", nargs="+", type=Path, required=True, dest="sets")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    examples = Examples([], [])
    with tempfile.TemporaryDirectory() as folder:
        for number, (reports, *questions) in enumerate(options.sets):
            add_examples(examples, reports, questions, Path(folder) / str(number))
    _fit("数字", examples.figures, features.FEATURES, ranking.PATH if options.write else None)
    _fit("名称", examples.names, name_features.FEATURES, name_features.PATH if options.write else None)


def _fit(title: str, examples: Sequence[Example], names: Sequence[str], path: Path | None) -> None:
    rank = fit_rank(examples)
    fitted, unseen = chosen_right(examples, rank), cross_validated(examples)
    print(f"{title}选对的：拟合 {sum(fitted)}/{len(fitted)}，交叉验证 {sum(unseen)}/{len(unseen)}")
    if path is not None:
        path.write_text(weights_to_toml(names, rank, fit_sure(examples, rank)), encoding="utf-8", newline="\n")
        print(f"已写入 {path.name}")


if __name__ == "__main__":
    main()
