"""An answer's figures with what the answer says of each: its words, its years, its citations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rag.domain.colleges import placed_names
from rag.gate.layout import Layout
from rag.gate.markup import BLANK, Markup, Span
from rag.gate.said import LAST_YEAR, Said, clause_span, over_citation, said_of_each
from rag.language.numbers import Scope, cell_number, find_numbers, find_scopes
from rag.language.text import matching_key
from rag.records import Number

FOLLOWING = 8
"""Characters behind a figure that are looked at to know its place again."""
_MARKS = f"，,；;。：:！？!?÷×\n{BLANK}"
_SENTENCE_MARKS = "。！？\n"
_OWN_LAST_YEAR = re.compile(rf"(?<![比较与同于])(?:{LAST_YEAR.pattern})")
_MARKER_GAP = " 、,，"


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure of an answer with what the answer says of it."""

    number: Number
    said: Said
    clauses: tuple[str, ...]
    """Its clause, names of colleges included, then those before it back to the sentence's start."""
    following: str
    """The letters behind it."""
    ahead: str
    """What stands straight before it, as it is."""
    behind: str
    """What stands straight behind it, as it is."""
    years: frozenset[int]
    """Those of its clause, else of the nearest time before it in its sentence."""
    has_own_years: bool
    """Whether its own clause names them."""
    dates: frozenset[tuple[int, int]]
    """Month and day of the date of its clause, else of the nearest one before it in its part of the sentence."""
    cited: tuple[int, ...]
    """Numbers of its citations."""


def layout_to_claims(layout: Layout, shown: Mapping[Span, Number], names: Sequence[str] = ()) -> list[Claim]:
    """The figures of an answer, a bold number that reads like a year among them.

    `shown` are those that are referred to, by their places. `names` of reports and colleges say whose a figure is, not
    what it counts, and are left out of what is said of it.
    """
    markup = layout.markup
    plain = without_names(markup.plain, names)
    numbers = [replace(number, start=a, end=b) for (a, b), number in shown.items()]
    numbers += [number for number in find_numbers(plain) if layout.is_free(number.start, number.end)]
    for start, end in markup.bold:
        number = cell_number(plain[start:end])
        if (
            number is not None
            and not number.unit
            and all(end <= other.start or other.end <= start for other in numbers)
        ):
            numbers.append(replace(number, start=start + number.start, end=start + number.end))
    numbers.sort(key=lambda number: number.start)
    scopes = find_scopes(plain)
    claims = [
        Claim(
            number,
            said,
            _clauses_back(plain, markup.plain, number),
            letters_of(plain[number.end : number.end + FOLLOWING]),
            plain[max(0, number.start - FOLLOWING) : number.start],
            plain[number.end : number.end + FOLLOWING],
            *_stated_years(plain, number, scopes),
            _stated_dates(plain, number, scopes),
            _citations_of(number, markup),
        )
        for number, said in zip(numbers, said_of_each(plain, numbers), strict=True)
    ]
    return [_in_table(claim, markup.plain, names) for claim in claims]


def _in_table(claim: Claim, printed: str, names: Sequence[str]) -> Claim:
    """The claim as its row and the head of its column make it, where it stands in a table of the answer."""
    words = _labels_in_table(printed, claim.number)
    if not words:
        return claim
    number = replace(claim.number, start=len(words), end=len(words) + len(claim.number.text))
    told = f"{words}{number.text}"
    plain = without_names(told, names)
    return replace(
        claim,
        said=said_of_each(plain, [number])[0],
        clauses=_clauses_back(plain, told, number),
        years=years_of(find_scopes(words)),
        has_own_years=True,
        dates=_stated_dates(plain, number, find_scopes(plain)),
    )


def _labels_in_table(text: str, number: Number) -> str:
    """`某校毕业生数` for a figure of that row and column, `` where it stands in no table below a head."""
    start = text.rfind("\n", 0, number.start) + 1
    lines = text[:start].split("\n")[:-1]
    head = next((at for at in range(len(lines), 0, -1) if not lines[at - 1].startswith("|")), 0)
    if not text.startswith("|", start) or head == len(lines):
        return ""
    column = text.count("|", start, number.start)
    titles, row = lines[head].split("|"), text[start : number.start].split("|")
    return f"{row[1].strip()}{titles[column].strip()}" if 1 < column < len(titles) else ""


def _clauses_back(plain: str, printed: str, number: Number) -> tuple[str, ...]:
    """The clause of a figure and those before it in its sentence, nearest first, as printed."""
    first = max(plain.rfind(mark, 0, number.start) for mark in _SENTENCE_MARKS) + 1
    low, high = clause_span(plain, number.start, number.end)
    found = [printed[low:high]]
    while low > first:
        low, high = clause_span(plain, low - 1, low - 1)[0], low - 1
        found.append(printed[low:high])
    return tuple(found)


def letters_of(text: str) -> str:
    """Letters and digits of a text: how the cells of a row are parted in an answer does not matter."""
    return "".join(filter(str.isalnum, matching_key(text)))


def without_names(plain: str, names: Sequence[str]) -> str:
    """The text with these names and the full names of colleges blanked out, length kept.

    What is joined to one of these names (聘用合同制某某学院) is no part of it.
    """
    known = sorted(names, key=len, reverse=True)
    placed = (next(filter(name.endswith, known), name) for name, _ in placed_names(plain))
    for name in sorted({*placed, *known}, key=lambda name: (-len(name), name)):
        plain = plain.replace(name, " " * len(name))
    return plain


def _stated_years(plain: str, number: Number, scopes: Sequence[Scope]) -> tuple[frozenset[int], bool]:
    """Years the answer gives a figure: those of its clause, else of the nearest one before it in its sentence."""
    if own := years_of(_of_clause(plain, number, scopes)):
        return own, True
    low, _ = clause_span(plain, number.start, number.end)
    if _OWN_LAST_YEAR.search(plain, low, number.start):
        return frozenset(), False
    sentence = max(plain.rfind(mark, 0, number.start) for mark in _SENTENCE_MARKS)
    before = [scope for scope in scopes if sentence < scope.start and scope.end <= number.start and scope.years]
    return years_of(before[-1:]), False


def _stated_dates(plain: str, number: Number, scopes: Sequence[Scope]) -> frozenset[tuple[int, int]]:
    dated = [scope for scope in scopes if scope.month and scope.day]
    part = max(plain.rfind(mark, 0, number.start) for mark in f"{_SENTENCE_MARKS}；;")
    before = [scope for scope in dated if part < scope.start and scope.end <= number.start]
    found = _of_clause(plain, number, dated) or before[-1:]
    return frozenset((scope.month, scope.day) for scope in found if scope.month and scope.day)


def _of_clause(plain: str, number: Number, scopes: Sequence[Scope]) -> list[Scope]:
    """The times named in a figure's own clause."""
    low = max(plain.rfind(mark, 0, number.start) for mark in _MARKS)
    behind = over_citation(plain, number.end)
    high = min(at if (at := plain.find(mark, behind)) >= 0 else len(plain) for mark in _MARKS)
    return [scope for scope in scopes if low < scope.start and scope.end <= high]


def years_of(scopes: Iterable[Scope]) -> frozenset[int]:
    """The years of several scopes."""
    return frozenset(year for scope in scopes for year in scope.years)


def _citations_of(number: Number, markup: Markup) -> tuple[int, ...]:
    """The run of markers that follows a figure in its line; the nearest before it where none follows."""
    plain, markers = markup.plain, markup.markers
    limit = plain.find("\n", number.end)
    after = [(at, n) for at, n in markers if number.end <= at and (limit < 0 or at <= limit)]
    if after:
        run = 1
        for (at, _), (following, _) in pairwise(after):
            if plain[at + 1 : following].strip(_MARKER_GAP):
                break
            run += 1
        return tuple(n for _, n in after[:run])
    before = [(at, n) for at, n in markers if at < number.start and "\n" not in plain[at : number.start]]
    return (before[-1][1],) if before else ()
