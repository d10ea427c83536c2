"""The years, classes (届), academic years and dates a text names."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from rag.language.numbers.numerals import DIGIT_VALUES, FOLD


@dataclass(frozen=True, slots=True)
class Scope:
    """A year, class or date in a text: `kind` is year, cohort (届), enrolment (级), academic_year or date.

    `years` holds every year meant (both of an academic year, all of a range), none where a date names none.
    `text` is the searched text from `start` to `end`; a 截至 before a date or year is part of it.
    """

    kind: str
    text: str
    start: int
    end: int
    years: tuple[int, ...]
    month: int | None = None
    day: int | None = None


_YEAR = r"(?:19|20)\d\d"
_TO = r"[ ]?[-—~至到][ ]?"
_MONTH, _DAY = "1[0-2]|0?[1-9]", "[12][0-9]|3[01]|0?[1-9]"
_DATE = re.compile(
    rf"""(?:(?P<year>{_YEAR})[ ]?年[ ]?)?(?P<month>{_MONTH})(?:(?:{_TO}|、)\d{{1,2}})?[ ]?月份?
            (?:[ ]?(?P<day>{_DAY})(?:{_TO}\d{{1,2}})?[ ]?[日号])?
       | (?P<dotted>{_YEAR})(?P<mark>[./-])(?:{_MONTH})(?P=mark)(?:{_DAY})(?!\d)
       | (?<!超过)(?<!少于)(?<!不足)(?P<only_day>{_DAY})[ ]?日(?![均常语本报制龄元内]|以[内上下]|之内)""",
    re.VERBOSE,
)
_YEARS = re.compile(
    rf"""(?P<years>{_YEAR}(?:(?:[ ]?[-—~至到/][ ]?|[、,和与及]){_YEAR}|-\d\d(?=[ ]?学年)){{0,9}})[ ]?
            (?P<word>学年度?|届|级(?!别)|年(?![代级龄])(?:度|底|末|初)?)
       | (?P<short>[12]\d)(?P<short_word>届(?=毕业|学生)|级(?=学生|新生|毕业|[^\s\d,。、;]{{0,8}}班))
       | (?P<chinese>[一二][〇零九][〇零一二三四五六七八九]{{2}})(?P<chinese_word>年)""",
    re.VERBOSE,
)
_START = re.compile(r"\d+(?:\.\d+)*|[一二]")
_UNTIL = re.compile(r"截(?:至|止到|止至|止)[ ]?$")
_SCOPE_KINDS = {"学": "academic_year", "届": "cohort", "级": "enrolment", "年": "year"}


@lru_cache(maxsize=10_000)
def find_scopes(text: str) -> tuple[Scope, ...]:
    """The years, classes, academic years and dates of a text, in order, without overlap."""
    folded, found, at = text.translate(FOLD), [], 0
    while candidate := _START.search(folded, at):
        scope = scope_at(folded, candidate.start())
        at = scope.end if scope else candidate.end()
        if scope:
            until = _UNTIL.search(folded[max(0, scope.start - 4) : scope.start])
            start = scope.start - (len(until[0]) if until else 0)
            found.append(replace(scope, start=start, text=text[start : scope.end]))
    return tuple(found)


def scope_at(folded: str, at: int) -> Scope | None:
    """The scope whose first digit stands at `at` in a text whose widths are folded."""
    if match := _DATE.match(folded, at):
        if match["dotted"]:
            year, month, day = (int(part) for part in re.split("[./-]", match[0]))
            return Scope("date", match[0], at, match.end(), (year,), month, day)
        day_text = match["day"] or match["only_day"]
        years = (int(match["year"]),) if match["year"] else ()
        numbers = (int(part) if part else None for part in (match["month"], day_text))
        return Scope("date", match[0], at, match.end(), years, *numbers)
    if match := _YEARS.match(folded, at):
        word = match["word"] or match["short_word"] or match["chinese_word"]
        return Scope(_SCOPE_KINDS[word[0]], match[0], at, match.end(), _years_of(match))
    return None


def _years_of(match: re.Match[str]) -> tuple[int, ...]:
    if match["short"]:
        return (2000 + int(match["short"]),)
    if match["chinese"]:
        return (int("".join(str(DIGIT_VALUES[digit]) for digit in match["chinese"])),)
    parts = re.findall(r"\d{4}|(?<=-)\d\d", match["years"])
    years = [int(part) if len(part) == 4 else int(parts[0][:2] + part) for part in parts]
    if len(years) == 2 and re.search(r"[-—~至到]", match["years"]) and 0 < years[1] - years[0] < 30:
        return tuple(range(years[0], years[1] + 1))
    return tuple(years)
