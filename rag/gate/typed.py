"""Figures that an answer has in its words → references to the printed ones, or out.

A model may type a figure instead of placing its id, and in any dress; a reader takes it for a figure all the same. One
that its citation's quote prints, value, unit and bound, becomes a reference to it; words and numbers of ordinary
language stay; what is left goes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rag.gate.claims import Claim, without_names
from rag.gate.layout import Layout
from rag.gate.markup import Span
from rag.gate.readings import figure_like
from rag.gate.said import tokens
from rag.gate.sources import Source, is_same
from rag.gate.subject import contradicts
from rag.language.numbers import Scope, cell_number, find_numbers, find_scopes, same_bound, same_value
from rag.language.numbers.numerals import numeral_value
from rag.language.text import matching_key
from rag.records import Figure, FigureRef, Number, Segment, Text

UNVERIFIED = "（未能核实的数字）"
"""What stands where a figure was taken out."""
MIN_FOLLOWING = 2
"""Letters that must follow a row number in an answer as they do in print."""
_SMALL = re.compile(r"[一二两三四五六七八九几][^\d%％倍成折万亿元]{1,3}")
_CODE = re.compile(r"[a-z]+\d[\da-z]*|\d+\+\d+")
"""Names a thing by itself, whatever stands beside it: A116, 3+2."""
ASKED = "（问题所给）"
"""Stands behind a figure of the question."""
_LABEL = re.compile(r"(?:附?[图表]|案例|附件)\s*\d+(?:\s*[-－—–.．]\s*\d+)*")
_JOINED_BEFORE = re.compile(r"(?:[第A-Za-z]|\d[-－—–.．+])$")
_JOINED_BEHIND = re.compile(r"[-－—–.．+]?\w")
"""What is joined to a number that is part of a name: 2号, 7-4."""
_QUOTES = re.compile("[“”‘’\"'「」『』（）()【】<>〈〉*]")


@dataclass(frozen=True, slots=True)
class Unproved(Text):
    """A figure in the words that goes, once it has been read what is said of the others."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What becomes of the figures in an answer's words, by their spans."""

    changes: Mapping[Span, Segment]
    figures: tuple[Figure, ...]
    """Those that are now referred to."""
    removed: tuple[str, ...]
    is_maimed: bool


def typed_to_changes(
    layout: Layout,
    claims: Sequence[Claim],
    sources: Mapping[int, Source],
    *,
    in_any_dress: bool,
    titles: Sequence[str] = (),
    texts: Sequence[str] = (),
    asked: str = "",
    echoed: str = "",
) -> Typed:
    """References for the figures in the words, and what goes; in our own words only figures as reports write them are
    looked for.

    Numbers in the `titles` of reports are none of the answer's, nor are those by which `texts` number their tables and
    pictures, those of a question (`asked`) that are told to be its own, and those that a refusal has `echoed`.
    """
    changes: dict[Span, Segment] = {}
    figures: dict[str, Figure] = {}
    removed: list[tuple[Span, str]] = []
    askers = _askers(layout, asked)
    for claim in claims:
        span = (claim.number.start, claim.number.end)
        if span in askers or not layout.is_free(*span):
            continue
        is_answer = is_bold(layout, span)
        proof = _proof(claim, sources, is_answer=is_answer)
        if proof is None and echoed and matching_key(claim.number.text) in echoed:
            continue
        if isinstance(proof, Figure):
            figures[proof.id] = proof
            changes[span] = FigureRef(proof.id, is_answer)
        elif proof is None:
            removed.append((span, claim.number.text))
            changes[span] = Unproved(layout.markup.plain[slice(*span)])
    if in_any_dress:
        read = [(claim.number.start, claim.number.end) for claim in claims]
        read += [*askers, *_printed_labels(layout.markup.plain, texts)]
        for span, figure in _dressed(layout, read, sources, titles, echoed):
            if figure is None:
                changes[span] = Unproved(layout.markup.plain[slice(*span)])
                removed.append((span, layout.markup.plain[slice(*span)]))
            else:
                figures[figure.id] = figure
                changes[span] = FigureRef(figure.id, is_bold(layout, span))
    removed.sort()
    maimed = any(is_bold(layout, span) for span, _ in removed)
    return Typed(changes, tuple(figures.values()), tuple(text for _, text in removed), maimed)


def is_bold(layout: Layout, span: Span) -> bool:
    """Whether a part of a span is bold."""
    return any(start < span[1] and span[0] < end for start, end in layout.markup.bold)


def _proof(claim: Claim, sources: Mapping[int, Source], *, is_answer: bool) -> Figure | str | None:
    """The printed figure that a figure in the words is; `` where it may stand as it is, None where not."""
    number = claim.number
    cited = [sources[n] for n in claim.cited if n in sources]
    figure = _printed(claim, cited)
    is_word = bool(_SMALL.fullmatch(number.text.strip())) and not is_answer and not number.bound
    if figure is not None and not is_word:  # 三年 of 毕业三年内 is a word, as 两处 is
        return figure
    return "" if is_word or any(_is_label(claim, source) for source in cited) else None


def _printed(claim: Claim, sources: Sequence[Source]) -> Figure | None:
    """The figure of the cited quotes that one of an answer restates; of several the one its words fit."""
    if any(source.prints_otherwise(claim.said, claim.number) for source in sources):
        return None
    equal = [(source, figure) for source in sources for figure in source.quoted if restates(claim.number, figure)]
    said = tokens(" ".join(claim.said.clauses))
    equal.sort(key=lambda pair: -len(said & tokens(f"{pair[1].near} {pair[1].before if pair[1].is_cell else ''}")))
    for source, figure in equal:
        span = (source.citation.quote_start, source.citation.quote_end)
        if not contradicts(claim.said, figure, source.passage, span):
            return figure
    return equal[0][1] if equal else None


def printed_numbers(
    layout: Layout, claims: Sequence[Claim], sources: Mapping[int, Source]
) -> Iterator[tuple[Claim, tuple[int, ...]]]:
    """The numbers in the words that are no figures where they are printed (10个 of the row label 10个优势产业), with the
    citations that print them."""
    for claim in claims:
        if layout.is_free(claim.number.start, claim.number.end):
            cited = tuple(n for n in claim.cited if n in sources and _is_label(claim, sources[n]))
            if cited:
                yield claim, cited


def _is_label(claim: Claim, source: Source) -> bool:
    """Whether a number in the words is one that the quote prints and that is no figure there."""
    return any(
        is_same(claim.number, number)
        and (is_name or claim.following[:MIN_FOLLOWING] == following[:MIN_FOLLOWING] != "")
        for number, following, is_name in source.unread
    )


def restates(number: Number, figure: Figure) -> bool:
    """Whether two figures are equal; a bare number may stand for a cell that is printed bare."""
    if not same_bound(number, figure.number):
        return False
    if same_value(number, figure.number):
        return True
    printed = cell_number(figure.passage.text[figure.start : figure.end]) if figure.is_cell else None
    return printed is not None and not printed.unit and same_value(number, printed)


def _dressed(
    layout: Layout, read: Sequence[Span], sources: Mapping[int, Source], titles: Sequence[str], echoed: str
) -> Iterator[tuple[Span, Figure | None]]:
    """What else reads as a figure: with the printed figure it is, or None where it must go."""
    plain = layout.markup.plain
    sheets = [*(source.words for source in sources.values()), *filter(None, [echoed])]
    named = without_names(plain, titles)
    for start, end in figure_like(plain):
        if (
            named[start:end] != plain[start:end]
            or not layout.is_free(start, end)
            or any(a < end and start < b for a, b in read)
        ):
            continue
        figure = _undressed(plain, start, end, sources)
        if figure is not None or not _stands(plain, start, end, sheets):
            unit = _unit_behind(plain, end) if figure else ""
            yield (start, end + len(unit) * plain.startswith(unit, end)), figure


def _askers(layout: Layout, asked: str) -> list[Span]:
    """Where figures of a question are told to be the asker's; a bold one is an answer."""
    plain = layout.markup.plain
    told = (f"{number.text.strip()}{ASKED}" for number in find_numbers(asked))
    spans = {match.span() for text in told for match in re.finditer(rf"(?<![\d.]){re.escape(text)}", plain)}
    found = [(start, end - len(ASKED)) for start, end in spans]
    return [span for span in found if not is_bold(layout, span)]


def _printed_labels(plain: str, texts: Sequence[str]) -> list[Span]:
    """Where an answer names a table, picture or case (图2-11) that these texts name too."""
    known = {matching_key(match[0]) for text in texts for match in _LABEL.finditer(text)}
    return [match.span() for match in _LABEL.finditer(plain) if matching_key(match[0]) in known]


def unprinted_dates(
    layout: Layout,
    texts: Sequence[str],
    known_years: frozenset[int],
    echoed: str = "",
    titles: Sequence[str] = (),
) -> list[Span]:
    """Where an answer's words name a year that neither the question nor a report does, or a date these texts do not.

    A refusal may say the dates of the question that it has `echoed`; those in the `titles` of reports are none.
    """
    found = []
    words, times = matching_key("\n".join(texts)), find_scopes("\n".join(texts))
    for scope in find_scopes(without_names(layout.markup.plain, titles)):
        span = (scope.start, scope.end)
        only_years = scope.month is None and scope.day is None
        is_known = set(scope.years) <= known_years and (only_years or matching_key(scope.text) in echoed)
        is_printed = matching_key(scope.text) in words or any(_is_same_day(scope, t, known_years) for t in times)
        if layout.is_free(*span) and not is_known and not is_printed:
            found.append(span)
    return found


def _is_same_day(scope: Scope, printed: Scope, known_years: frozenset[int]) -> bool:
    """Whether a date is a printed one in other words: 截至2023年8月31日 of 到2023年8月31日."""
    same = scope.day is not None and (scope.month, scope.day) == (printed.month, printed.day)
    return same and set(scope.years) <= set(printed.years or known_years)


def _undressed(plain: str, start: int, end: int, sources: Mapping[int, Source]) -> Figure | None:
    """The quoted figure that one in odd dress is: “96.12” and 玖拾陆点一二 of 96.12%; with no unit of its own any fits."""
    unit = _unit_behind(plain, end)
    if _JOINED_BEFORE.search(plain[:start]) or (not unit and _JOINED_BEHIND.match(plain, end)):
        return None
    number = cell_number(f"{unicodedata.normalize('NFKC', plain[start:end])}{unit}")
    value = number.value if number else numeral_value(plain[start:end])
    if value is None or (number and unit and number.unit != unit):
        return None
    unit = unit or (number.unit if number else "")
    quoted = (figure for source in sources.values() for figure in source.quoted)
    return next((f for f in quoted if f.number.value == value and unit in ("", f.number.unit)), None)


def _unit_behind(plain: str, end: int) -> str:
    """The unit that follows a figure in odd dress, over the quotation mark that closes it."""
    typed = find_numbers(f"1{_QUOTES.sub('', plain[end : end + 4])}")
    return typed[0].unit if typed and typed[0].start == 0 else ""


def _stands(plain: str, start: int, end: int, sheets: Sequence[str]) -> bool:
    """Whether a run of characters stands in a source as it does in an answer, the characters beside it too."""
    low, high = start, end
    while low and plain[low - 1].isascii() and (plain[low - 1].isalnum() or plain[low - 1] in "+-"):
        low -= 1
    while high < len(plain) and plain[high].isascii() and (plain[high].isalnum() or plain[high] in "+-"):
        high += 1
    before = plain[max(0, low - 1) : low]
    behind = plain[high : high + 1]
    key = matching_key(unicodedata.normalize("NFC", plain[low:high]))
    beside = [
        matching_key(text)
        for text in (before + plain[low:high], plain[low:high] + behind)
        if _QUOTES.sub("", text) != _QUOTES.sub("", plain[low:high]) and matching_key(text) != key
    ]
    wanted = [key] if _CODE.fullmatch(key) else beside or [key]
    return bool(key) and any(
        re.search(rf"(?<![\da-z.]){re.escape(each)}(?![\da-z])", words) for words in sheets for each in wanted
    )
