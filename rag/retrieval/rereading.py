"""Candidates → the same, best first: each is read closely, and what is seen in it weighed.

The weights (`weights.toml`) are fitted by `python -m evals.reading_order` on question sets.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from rag.language.text import sentence_spans, text_key
from rag.records import AskKind, Chunk, Query, Report
from rag.retrieval.candidates import Candidate, printed_years
from rag.retrieval.relevance import CONTEXT, TABLE_CONTEXT, Relevance

FEATURES = (
    "fused", "lexical", "widened", "vector", "sentence", "sentence_alone", "chunk", "named_row", "ranked_table", "kind",
    "of_year", "other_year", "older", "without_figure", "heading",
)  # fmt: skip
AGAINST = frozenset({"other_year", "older", "without_figure", "heading"})
"""What speaks against a chunk: no weight of these is above 0, and none of the others below."""
PATH = Path(__file__).with_name("weights.toml")
OLDER = 0.03
"""What a chunk of a report loses, of 1, where no year is asked and the same college has a later one of its kind."""
WITHOUT_FIGURE = 0.8
NAMED_ROW, RANKED_TABLE = 0.15, 0.15
"""What a table row gains when the question names its label, and when it asks for the most, the least or the order."""
MAX_HEADING = 40
SAME_YEAR, NEAR_YEAR = 0.7, 0.4
"""What a chunk that prints no year has of an asked one: its report is of it, or may tell of it."""

_RANK = re.compile(r"排第|第[一二三]|最[多高大低少小]|排名|名列|前[三五十]")
_DIGIT = re.compile(r"\d|[一二两三四五六七八九十百千]")
_END = re.compile(r"[。；！？;!?]\s*$")
_KINDS: Mapping[AskKind, re.Pattern[str]] = {
    AskKind.MONEY: re.compile("元"),
    AskKind.PERCENT: re.compile("[%％]|百分之|成(?!立|果|绩|员|为|人)"),
    AskKind.POINTS: re.compile("百分点|[%％]"),
    AskKind.PEOPLE: re.compile("[人名位]"),
    AskKind.AREA: re.compile("亩|平方米|㎡|公顷"),
    AskKind.TIME: re.compile(r"年|月|天|学时|小时|分钟"),
    AskKind.RATIO: re.compile("[:：]1|比"),
    AskKind.SCORE: re.compile("分"),
}


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence or row as it is read."""

    text: str
    key: str
    has_digit: bool
    names: tuple[str, ...]
    """Keys of its cells that may be its label."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A chunk as it is read: its sentences or rows, keys of the whole and of its context."""

    units: tuple[Unit, ...]
    key: str
    context: str
    years: frozenset[int]


_NOTHING = Unit("", "", False, ())


@lru_cache(maxsize=30_000)
def _read(chunk: Chunk) -> _Read:
    units = tuple(unit_of(chunk.text[start:end]) for start, end in sentence_spans(chunk.text))
    return _Read(units, text_key(chunk.text), text_key(chunk.context), printed_years(chunk))


@lru_cache(maxsize=50_000)
def unit_of(text: str) -> Unit:
    """A sentence or row, read."""
    cells = (text_key(cell) for cell in text.split("\t") if cell.strip())
    names = tuple(cell for cell in cells if len(cell) > 1 and not cell[0].isdigit())
    return Unit(text, text_key(text), _DIGIT.search(text) is not None, names)


@cache
def weights() -> tuple[float, ...]:
    """The weight of each of `FEATURES`."""
    table = tomllib.loads(PATH.read_text(encoding="utf-8"))
    return tuple(float(table.get(name, 0.0)) for name in FEATURES)


def reread(
    candidates: Sequence[Candidate], query: Query, relevance: Relevance, reports: Mapping[str, Report]
) -> list[tuple[Chunk, float]]:
    """Chunks with their scores, at most 1, best first."""
    rows = candidates_to_rows(candidates, query, relevance, reports)
    most = sum(weight for weight in weights() if weight > 0)
    scores = [sum(weight * value for weight, value in zip(weights(), row, strict=True)) / most for row in rows]
    scores = [score - OLDER * row[FEATURES.index("older")] for score, row in zip(scores, rows, strict=True)]
    found = [(candidate.chunk, score) for candidate, score in zip(candidates, scores, strict=True)]
    return sorted(found, key=lambda item: (-item[1], item[0].ordinal, item[0].id))


def candidates_to_rows(
    candidates: Sequence[Candidate], query: Query, relevance: Relevance, reports: Mapping[str, Report]
) -> list[tuple[float, ...]]:
    """For each candidate its `FEATURES`, each 0 to 1."""
    latest = _latest(candidates, reports) if not query.years else {}
    asks = tuple({ask.kind for ask in query.asks} & _KINDS.keys())
    reads = [_read(candidate.chunk) for candidate in candidates]
    relevance.read(key for read in reads for key in (read.context, read.key, *(unit.key for unit in read.units)))
    return [
        _row(candidate, query, relevance, reports.get(candidate.chunk.report_id), latest, asks)
        for candidate in candidates
    ]


def _latest(candidates: Sequence[Candidate], reports: Mapping[str, Report]) -> dict[tuple[str, str], int]:
    """The last year that candidates of one college's reports of one kind are of."""
    last: dict[tuple[str, str], int] = {}
    for report in {id(r): r for c in candidates if (r := reports.get(c.chunk.report_id))}.values():
        key = (report.college, report.kind.value)
        last[key] = max(last.get(key, 0), report.year or 0)
    return last


def _row(
    candidate: Candidate,
    query: Query,
    relevance: Relevance,
    report: Report | None,
    latest: Mapping[tuple[str, str], int],
    asks: Sequence[AskKind],
) -> tuple[float, ...]:
    chunk, read = candidate.chunk, _read(candidate.chunk)
    above, share = relevance.shares_in(read.context), _context_share(chunk)
    best, merit = _NOTHING, -1.0
    for unit in read.units:
        if (found := unit_merit(unit, chunk, query, relevance, above)) > merit:
            best, merit = unit, found
    near = f"{chunk.context}\n{best.text}" if chunk.table_id else best.text
    is_row = chunk.table_id is not None
    is_short = len(best.text.strip()) <= MAX_HEADING and not _END.search(best.text)
    return (
        candidate.fused,
        candidate.lexical,
        candidate.widened,
        candidate.vector,
        relevance.earned_with(best.key, above, share),
        relevance.earned_with(best.key, {}, 0.0),
        relevance.earned_with(read.key, above, share),
        float(is_row and _names_row(best, query)),
        float(is_row and _RANK.search(query.focus) is not None),
        float(any(_KINDS[kind].search(near) for kind in asks)),
        _of_year(read.years, query.years, report),
        float(bool(query.years and read.years) and not read.years & set(query.years)),
        float(report is not None and (report.year or 0) < latest.get((report.college, report.kind.value), 0)),
        float(query.wants_number and not best.has_digit),
        float(not is_row and is_short and not best.has_digit),
    )


def _of_year(printed: frozenset[int], asked: Sequence[int], report: Report | None) -> float:
    if not asked:
        return 0.0
    if printed & set(asked):
        return 1.0
    if report is None or report.year is None:
        return 0.0
    academic = {int(year) for year in (report.academic_year or "").split("-") if year}
    if {report.year, report.cohort, *academic} & set(asked):
        return SAME_YEAR
    return NEAR_YEAR if report.years & set(asked) else 0.0


def unit_merit(unit: Unit, chunk: Chunk, query: Query, relevance: Relevance, above: Mapping[str, float]) -> float:
    """Coverage by one sentence or row; where a figure is asked for, one without a digit answers less.

    A row whose own label the question names is the row asked for; a question of rank is answered by a table.
    `above` are the words that the chunk's context holds.
    """
    score = relevance.earned_with(unit.key, above, _context_share(chunk))
    if query.wants_number and not unit.has_digit:
        return score * WITHOUT_FIGURE
    if chunk.table_id is None:
        return score
    return score + NAMED_ROW * _names_row(unit, query) + RANKED_TABLE * (_RANK.search(query.focus) is not None)


def _context_share(chunk: Chunk) -> float:
    return TABLE_CONTEXT if chunk.table_id else CONTEXT


def _names_row(unit: Unit, query: Query) -> bool:
    asked = text_key(query.focus)
    return any(name in asked for name in unit.names)
