"""The years and classes a question names, also as people type them: 2023届, 22年, 2023咸职, 2021—2023年."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.language.numbers import find_numbers, find_scopes
from rag.language.spans import Spans
from rag.language.text import unique

_BARE = re.compile(r"(?<![\d“\"‘.+-])20[0-3]\d(?![\d+号.”\"-])")
_SHORT = re.compile(r"(?<![\d近去前后共有过])(?:1[5-9]|2\d)(?=(?:年|届|级)(?![级制龄来间内以前后代]|历史|的历史|时间))")
_SHORT_ACADEMIC = re.compile(
    r"(?<![\d.])(?P<first>[12]\d)(?:\s?[-—–~～/]\s?|[至到](?=\d\d学年))(?P<last>[12]\d)(?!\d)(?P<word>学年度?)?"
)
CLASS = "届"
_WORDS = ("年", CLASS, "级")
_DURATION_UNITS = frozenset(_WORDS)


@dataclass(frozen=True, slots=True)
class YearSpan:
    """Where a question names years; `word` is its 年, 届, 级 or 学年, empty where it has none."""

    start: int
    end: int
    years: tuple[int, ...]
    word: str


def year_spans(question: str) -> tuple[YearSpan, ...]:
    """Each place where a question names years, in order; not 2000人, 近20年 or “51020”."""
    scopes = [scope for scope in find_scopes(question) if scope.years]
    found = [YearSpan(s.start, s.end, s.years, (re.findall("学年度?|届|级|年", s.text) or [""])[-1]) for s in scopes]
    named = Spans((span.start, span.end) for span in found)
    for span in _short_academic_years(question):
        if named.is_free((span.start, span.end)):
            named.add((span.start, span.end))
            found.append(span)
    figures = Spans((n.start, n.end) for n in find_numbers(question) if n.unit not in _DURATION_UNITS)
    for pattern, century in ((_BARE, 0), (_SHORT, 2000)):
        for match in pattern.finditer(question):
            word = question[match.end() : match.end() + 1]
            end = match.end() + (word in _WORDS)
            if figures.is_free((match.start(), end)) and named.is_free((match.start(), end)):
                named.add((match.start(), end))
                found.append(YearSpan(match.start(), end, (century + int(match[0]),), word if word in _WORDS else ""))
    return tuple(sorted(found, key=lambda span: span.start))


def _short_academic_years(question: str) -> list[YearSpan]:
    """The academic years written by two digits each (22-23学年); several in one question need no 学年 behind each."""
    found = [m for m in _SHORT_ACADEMIC.finditer(question) if int(m["last"]) == int(m["first"]) + 1]
    return [
        YearSpan(*match.span(), (2000 + int(match["first"]), 2000 + int(match["last"])), match["word"] or "学年")
        for match in found
        if match["word"] or len(found) > 1
    ]


def question_years(question: str) -> tuple[int, ...]:
    """Years and classes a question names, in order, each once."""
    return unique_years(year_spans(question))


def academic_years(spans: Sequence[YearSpan]) -> frozenset[str]:
    """The academic years among those named, as reports are described: 2022-2023."""
    return frozenset("-".join(map(str, span.years)) for span in spans if span.word.startswith("学年"))


def unique_years(spans: Sequence[YearSpan]) -> tuple[int, ...]:
    """The years of several places, each once."""
    return tuple(int(year) for year in unique(str(year) for span in spans for year in span.years))


def without_years(text: str) -> str:
    """A question without the years and classes it names."""
    for span in reversed(year_spans(text)):
        text = f"{text[: span.start]} {text[span.end :]}"
    return text


def with_whole_years(text: str) -> str:
    """A question with its years written as reports print them.

    >>> with_whole_years("23届就业率"), with_whole_years("22-23学年生师比")
    ('2023届就业率', '2022-2023学年生师比')
    """
    for span in reversed(year_spans(text)):
        if not re.match(r"\d{4}|[一二]", text[span.start : span.end]):
            text = f"{text[: span.start]}{'-'.join(map(str, span.years))}{span.word}{text[span.end :]}"
    return text
