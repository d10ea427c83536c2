"""Fits the weights of the close reading (`retrieval/weights.toml`) and measures them on question sets left out of the fit.

usage: python -m evals.reading_order --set REPORTS_DIR QUESTIONS.jsonl … [--set …] [--write]

Fitted is which candidate chunk holds a piece of gold evidence (conditional logit), the signs of the weights fixed. For
each set the weights are fitted to all others, and printed is for how many searches of it all evidence among the candidates
stands in the first eight, beside the weights in use.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from evals.cases import Case, load_cases
from rag.app.assembly import build_assistant, build_ingest, for_folder, open_index
from rag.language.text import matching_key
from rag.records import Chunk
from rag.retrieval.candidates import query_to_candidates
from rag.retrieval.relevance import query_to_relevance
from rag.retrieval.rereading import AGAINST, FEATURES, PATH, candidates_to_rows, weights
from rag.settings.settings import load_settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rag.assistant import Assistant

    Array = NDArray[np.float64]

FIRST = 8
PENALTY, STEPS, RATE = 0.02, 400, 0.05
MIN_PIECE, MIN_BEGINNING = 8, 18
"""Characters of a chunk inside its quote, and of a long quote's beginning inside its chunk, that show they are one."""
SIGNS = np.array([-1.0 if name in AGAINST else 1.0 for name in FEATURES])


@dataclass(frozen=True, slots=True)
class Search:
    """One search of a question: the features of each candidate, a row each, and which hold each piece of evidence."""

    rows: Array
    gold: tuple[NDArray[np.bool_], ...]
    units: tuple[str, ...]
    """The table or the chunk each candidate would be shown as."""


def set_to_searches(reports: Path, questions: Sequence[Path], data: Path) -> list[Search]:
    """The searches of question files over a folder of reports, whose index is made in `data`."""
    settings = for_folder(load_settings({"data": data}), reports)
    with closing(open_index(settings)) as index:
        build_ingest(settings, index).run([settings.reports], prune=True)
        assistant = build_assistant(settings, index)
        return [search for case in load_cases(questions) for search in case_to_searches(case, assistant)]


def case_to_searches(case: Case, assistant: Assistant) -> Iterator[Search]:
    """A search for each part of a question that finds some of its evidence."""
    query = assistant.understand(case.question, case.history, case.filters)
    reports = {report.id: report for report in assistant.reports()}
    for part in query.parts or (query,):
        candidates = query_to_candidates(part, assistant.index)
        relevance = query_to_relevance(part, [candidate.chunk.embedded_text for candidate in candidates])
        chunks = [candidate.chunk for candidate in candidates]
        gold = [np.array([_holds(chunk, quote) for chunk in chunks], dtype=np.bool_) for quote in case.evidence]
        if any(held.any() for held in gold):
            rows = np.array(candidates_to_rows(candidates, part, relevance, reports))
            yield Search(rows, tuple(held for held in gold if held.any()), tuple(c.table_id or c.id for c in chunks))


def _holds(chunk: Chunk, quote: str) -> bool:
    text, sought = matching_key(chunk.text), matching_key(quote)
    is_piece = len(text) >= MIN_PIECE and text in sought
    return sought in text or is_piece or (len(sought) > MIN_BEGINNING and sought[:MIN_BEGINNING] in text)


def fit(searches: Sequence[Search]) -> Array:
    """Weights that maximise the probability of the gold chunks: Adam (Kingma and Ba 2015), every weight on its side of 0."""
    pieces = [(search.rows, held) for search in searches for held in search.gold]
    rows, held = np.concatenate([rows for rows, _ in pieces]), np.concatenate([held for _, held in pieces])
    lengths = np.array([len(rows) for rows, _ in pieces])
    found, first, second = SIGNS * 0.5, np.zeros(len(SIGNS)), np.zeros(len(SIGNS))
    for step in range(1, STEPS + 1):
        scores = np.exp(rows @ found)
        wanted = _chances(scores * held, lengths) - _chances(scores, lengths)
        slope = rows.T @ wanted / len(pieces) - PENALTY * found
        first, second = 0.9 * first + 0.1 * slope, 0.999 * second + 0.001 * slope * slope
        found = found + RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
        found = np.where(found * SIGNS < 0, 0.0, found)
    return np.asarray(found)


def _chances(scores: Array, lengths: NDArray[np.int_]) -> Array:
    """Scores as shares of the sum of their own piece."""
    totals = np.add.reduceat(scores, np.concatenate([[0], np.cumsum(lengths)[:-1]]))
    return np.asarray(scores / np.repeat(totals + 1e-12, lengths))


def first_eight(searches: Sequence[Search], found: Array) -> int:
    """For how many searches all evidence among the candidates stands in the first eight units."""
    return sum(all(held[_first(search, found)].any() for held in search.gold) for search in searches)


def _first(search: Search, found: Array) -> list[int]:
    order = np.argsort(-(search.rows @ found), kind="stable").tolist()
    kept = list(dict.fromkeys(search.units[at] for at in order))[:FIRST]
    return [at for at in order if search.units[at] in kept]


def weights_to_toml(found: Array) -> str:
    """The text of the file of weights."""
    lines = ["# Weights of a close reading, written by `python -m evals.reading_order`; not edited by hand."]
    lines += [f"{name} = {weight:.3f}" for name, weight in zip(FEATURES, found, strict=True)]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", action="append", nargs="+", type=Path, required=True, dest="sets")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sets = [set_to_searches(reports, qs, Path(folder) / str(at)) for at, (reports, *qs) in enumerate(options.sets)]
    for at, (left_out, (_, *questions)) in enumerate(zip(sets, options.sets, strict=True)):
        others = [search for other, searches in enumerate(sets) if other != at for search in searches]
        if others:
            now = first_eight(left_out, np.array(weights()))
            print(f"{questions[0].parent.name}: {first_eight(left_out, fit(others))}/{len(left_out)}（现用 {now}）")
    if options.write:
        every = [search for searches in sets for search in searches]
        PATH.write_text(weights_to_toml(fit(every)), encoding="utf-8", newline="\n")
        print(f"已写入 {PATH.name}")


if __name__ == "__main__":
    main()
