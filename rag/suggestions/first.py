"""A report's figure table → questions a newcomer may ask of it.

Asked is only what the report names in a plain noun phrase that it gives to one figure: such a question needs no trial.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, zip_longest

from rag.domain.indicators import indicators
from rag.figures.heads import EMPTY
from rag.language.numbers import agree, find_scopes, unit_class
from rag.language.text import matching_key, tagged_words
from rag.records import Figure, Report, ReportKind

MIN_LENGTH, MAX_LENGTH = 3, 18
"""Characters of a name that is asked for: shorter ones (支出, 教师) say too little."""
MIN_THING = 5
"""Of a name of things that are counted: 二等奖 may be of anything."""
MIN_COUNT = 2
"""Of one or none nobody asks how many."""
_LINKS = re.compile(
    r"^(?:(?:学校|全校|我校|本校|我院|全院|目前|现有|现|共有|共|其中|该校)的?)+|(?:(?:分别|总数|共计|累计|[为是有达占共约到])|[：:\s])+$"
)
_ROW_NAME = re.compile(r"[\u4e00-\u9fff]{2,18}")
_MEASURE = re.compile(r"(?:率|比例?|占比|比重|数量?|总?额|产?值|量|面积|经费|资金|收入|支出|人次|学时|费用?|成绩|度)$")
_NOUN_END = re.compile(r"^(?:n(?!r)|vn|l|j|nz)")
_INSIDE = re.compile(r"^(?:n(?!r)|vn|an|a$|b|l|j|eng|f|s$|uj|c$|k|i|nz|ns|nt)")
_NO_BEGINNING = frozenset("uj c f k p d".split())
_TOTAL = re.compile(r"两者|合计|总计|小计|共计|序号|备注|其他|其它|单位|类型|分类|类别|项目|指标|名称")
_UNASKED = frozenset({"change", "plan", "negated", "share", "case", "extreme", "total"})
"""What a figure is said of with a verb, or beside another figure."""
_PEOPLE = re.compile(r"[生员师工者]$|人[数才员]$")
_OF_PEOPLE = frozenset("人 名 位".split())
_COUNTS = re.compile(r"(?:人数|数量|数|人次|量)$")
_BARE = re.compile(r"[^总]{1,2}(?:率|度|额|量|金)|月?收入|..(?:资金|金额)")
"""Says too little of whom or what, but for a few that colleges as a whole are known by."""
_OF_COLLEGE = frozenset("就业率 落实率 升学率 报到率 录取率 毕业率".split())
_DEGREE = re.compile(r"^(?:非常|比较|很|一般|基本|不)|^(?:本校|其他|其它)")
"""What was ticked in a survey, or a heading that names nobody."""
_SOME = re.compile(r"[\d一二三四五六七八九十两几多]\s*[个所家名位项门种类]\s*$")
"""Before what is said of so many of them: 7个|专业就业率."""
_WHOLE = re.compile(r"(?:学院|大学|系|处)$")
_COUNTED_WHOLE = frozenset("个 所 家".split())
_SOURCE = re.compile(r"(?<!月)(?:收入|拨款)$")
"""Money is asked for by its source of whoever gets it, not of what it is spent for."""
_RECEIVER = re.compile(r"(?:院|校|学|系|部|处|厅|局|中心|单位)$")
_ABOUT_COLLEGES = (ReportKind.QUALITY, ReportKind.EMPLOYMENT, ReportKind.UNDERGRADUATE, ReportKind.EVALUATION)
_NAMES_KIND = frozenset({ReportKind.OTHER, ReportKind.PROFILE, ReportKind.OFFICIAL})


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question, and the figure it was drawn from."""

    question: str
    name: str
    """What it asks for, in the report's words."""
    figure: Figure


def figures_to_suggestions(report: Report, figures: Iterable[Figure]) -> tuple[Suggestion, ...]:
    """What a report's figures answer, the likeliest to be asked first; each question once."""
    named: dict[str, list[tuple[str, Figure]]] = {}
    for figure in figures:
        if name := figure_to_name(figure, report.names):
            named.setdefault(_question(report, name, figure), []).append((name, figure))
    firm = {question: held for question, held in named.items() if _is_one(held) and _is_of(report, held[0][1])}
    endings = Counter(held[0][0][at:] for held in named.values() for at in range(1, len(held[0][0])))
    alone = (
        Suggestion(question, name, figure)
        for question, held in firm.items()
        for name, figure in held[:1]
        if len(held) > 1 or not endings[name]
    )
    plain: dict[str, list[Suggestion]] = {}
    crossed: dict[str, list[Suggestion]] = {}
    for one in sorted(alone, key=lambda one: _rank(one.name)):
        topics = crossed if one.figure.is_cell and "的" in one.name else plain
        topics.setdefault(name_to_topic(one.name), []).append(one)
    return (*in_turn(plain.values()), *in_turn(crossed.values()))


def _is_one(held: Sequence[tuple[str, Figure]]) -> bool:
    """Whether all figures of one name and time are one figure."""
    return all(agree(held[0][1].number, other.number) for _, other in held[1:])


def _is_of(report: Report, figure: Figure) -> bool:
    """Whether a figure is of its report's years: of others a question is taken to ask another report."""
    return not figure.context.time.years - report.years or not report.years


@lru_cache(maxsize=20_000)
def name_to_topic(name: str) -> str:
    """The indicator a name is of, else the name itself: 就业率 of 毕业生就业率."""
    printed = (word for item in indicators() for word in item.printed if name.endswith(word))
    return max(printed, key=len, default=name)


def _subject(name: str) -> str | int:
    """What a question is about: the place of its indicator in the table, else its name."""
    at = _rank(name)[0]
    return at if at < len(indicators()) else name


def _rank(name: str) -> tuple[int, int]:
    """Names of indicators by their place in the table, then other measures, then what is counted; short names first."""
    found = (at for at, item in enumerate(indicators()) if any(map(name.endswith, item.printed)))
    kind = next(found, len(indicators()) if _MEASURE.search(name) else len(indicators()) + 1)
    return kind, len(name)


def interleaved(reports: Sequence[Report]) -> tuple[Report, ...]:
    """The reports with those of different colleges first, and of each college those of different kinds."""
    groups: dict[str, dict[ReportKind, list[Report]]] = {}
    for report in sorted(reports, key=lambda report: report.kind not in _ABOUT_COLLEGES):
        groups.setdefault(report.college, {}).setdefault(report.kind, []).append(report)
    turns = zip_longest(*(chain.from_iterable(zip_longest(*kinds.values())) for kinds in groups.values()))
    return tuple(report for turn in turns for report in turn if report is not None)


def varied(lists: Iterable[Sequence[Suggestion]]) -> Iterator[Suggestion]:
    """Of every list the first that asks for something else than those before it, then what is left in turn."""
    held, seen, first = tuple(lists), set[str | int](), list[Suggestion]()
    for one in filter(None, held):
        chosen = next((each for each in one if _subject(each.name) not in seen), one[0])
        seen.add(_subject(chosen.name))
        first.append(chosen)
    yield from in_turn([first])
    yield from (one for one in in_turn(held) if one.question not in {each.question for each in first})


def in_turn(lists: Iterable[Iterable[Suggestion]]) -> Iterator[Suggestion]:
    """The first of every list, then the second, and so on; no question twice."""
    turns: Iterator[Suggestion | None] = chain.from_iterable(zip_longest(*lists))
    seen: set[str] = set()
    for suggestion in turns:
        if suggestion is not None and suggestion.question not in seen:
            seen.add(suggestion.question)
            yield suggestion


def figure_to_name(figure: Figure, owners: Sequence[str] = ()) -> str:
    """The noun phrase a report gives a figure by, `` where it gives none: 全日制在校生, 护理专业的学生人数.

    The names of its owners are left out: the question says whose it is.

    >>> from rag.suggestions.first import is_noun_phrase
    >>> is_noun_phrase("毕业去向落实率"), is_noun_phrase("走访调研")
    (True, False)
    """
    number, context = figure.number, figure.context
    if not number.unit or number.bound or context.aspects & _UNASKED or number.value < MIN_COUNT or figure.is_total:
        return ""
    if figure.is_cell:
        return _cell_name(figure)
    name = _trimmed(context.label, owners)
    if _SOME.search(figure.before.removesuffix(figure.near.strip())):
        return ""
    return name if not figure.after.strip() and is_noun_phrase(name) and _may_have(name, number.unit) else ""


def _may_have(name: str, unit: str) -> bool:
    """Whether what a name says can be given in that unit: a measure in any, people in 人, other things in their own."""
    if _TOTAL.search(name) or _DEGREE.match(name) or (_BARE.fullmatch(name) and name not in _OF_COLLEGE):
        return False
    if _MEASURE.search(name):
        return True
    if unit_class(unit) != "count" or (_WHOLE.search(name) and unit not in _COUNTED_WHOLE):
        return False
    return _PEOPLE.search(name) is not None if unit in _OF_PEOPLE else len(name) >= MIN_THING


def _cell_name(figure: Figure) -> str:
    """The name of a cell by row and column; none where no row says of what, the row is a measure too, or the column bare."""
    context = figure.context
    if figure.after or not context.rows or any(map(_TOTAL.search, (*context.rows, *context.columns))):
        return ""
    levels = [_bare(level) for level in (context.rows[-1], *context.columns)]
    if not 1 <= len(levels) <= 2 or not all(is_noun_phrase(level, least=2) for level in levels[1:]):
        return ""
    if any(map(_MEASURE.search, levels[:-1])) or any(not _ROW_NAME.fullmatch(level) for level in levels):
        return ""
    if _DEGREE.match(levels[0]) or (_SOURCE.search(levels[-1]) and not _RECEIVER.search(levels[0])):
        return ""
    return "的".join(levels) if _MEASURE.search(levels[-1]) and len(levels[-1]) >= MIN_LENGTH else ""


def _bare(level: str) -> str:
    return re.sub(r"[（(][^（）()]*[）)]", "", matching_key(level))


def _trimmed(label: str, owners: Sequence[str]) -> str:
    """A clause without whose, when and the words that join it to its figure."""
    label = "".join(label.split())
    label = label.removeprefix(next((own for own in owners if label.startswith(own)), ""))
    for scope in reversed(find_scopes(label)):
        label = label[: scope.start] + label[scope.end :]
    label = _LINKS.sub("", _LINKS.sub("", label))
    first = next((word for word, _ in tagged_words(label)), "")
    return label.removeprefix(first) if first in EMPTY else label


@lru_cache(maxsize=20_000)
def is_noun_phrase(name: str, least: int = MIN_LENGTH) -> bool:
    """Whether a name is a noun with what narrows it, a verb in it only where it ends as a measure (毕业去向落实率)."""
    if not least <= len(name) <= MAX_LENGTH or not re.fullmatch(r"[\u4e00-\u9fffA-Za-z]+", name):
        return False
    words = tagged_words(name)
    is_measure = _MEASURE.search(name) is not None
    if len(words[0][0]) == 1 and words[0][1][:1] in "nv":
        return False
    if not (is_measure or _NOUN_END.match(words[-1][1])) or words[0][1] in _NO_BEGINNING:
        return False
    if is_measure:
        return all(tag[:1] in "nvabljsfkic" or tag in ("eng", "uj", "ad") for _, tag in words)
    return all(_INSIDE.match(tag) for _, tag in words)


def _question(report: Report, name: str, figure: Figure) -> str:
    asked = "有多少" if not _COUNTS.search(name) and unit_class(figure.number.unit) == "count" else "是多少"
    unit = figure.number.unit if asked == "有多少" else ""
    return f"{_whose(report, name, figure)}{name}{asked}{'人' if unit in _OF_PEOPLE else unit}？"


def _whose(report: Report, name: str, figure: Figure) -> str:
    """Whose and when: 某职院2023届; the report too, where nothing else tells two reports of one college apart."""
    college = next((short for short in report.short_names if len(short) > 2), report.college)
    time = figure_time(figure)
    if not time and report.cohort and "毕业" in name:
        time = f"{report.cohort}届"
    if not time and report.year and report.kind not in _NAMES_KIND:
        time = f"{report.year}年"
    if report.kind is ReportKind.OFFICIAL:
        college = ""
    return f"{college}{time}" if time or not college else f"{college}的"


def figure_time(figure: Figure) -> str:
    """The class, academic year or year a figure is of, `` where it is of several or of none: 2023届, 2022-2023学年."""
    times = figure.context.time.spans
    years = dict(times)
    if len(years) < len(times):
        return ""
    if len(held := years.get("cohort", ())) == 1:
        return f"{held[0]}届"
    if len(held := years.get("academic_year", ())) == 2:
        return f"{held[0]}-{held[1]}学年"
    return f"{held[0]}年" if len(held := years.get("year", ())) == 1 else ""
