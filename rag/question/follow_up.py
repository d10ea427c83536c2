"""An elliptical question → one that stands alone: what it leaves unsaid comes from the question before it.

College, year and indicator of the earlier question are kept where the new one names none of its own; what it names
takes the earlier one's place. Where no piece of the earlier question plainly has to give way, both are kept side by
side (`（承上问：…）`), so that a reader sees what was understood.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from rag.domain.colleges import mentioned, named_spans
from rag.domain.indicators import indicator_names
from rag.domain.places import place_at
from rag.domain.short_names import colleges_to_names
from rag.language.numbers import find_numbers, unit_class
from rag.language.text import matching_key, tagged_words, unique
from rag.question.asks import without_cues
from rag.question.parallels import put_in_place
from rag.question.years import YearSpan, without_years, year_spans
from rag.records import Report, Turn

MAX_ELLIPTICAL_LENGTH = 24
"""A longer question says what it is about, unless it begins with a word for something said before."""
MAX_PRONOUN_LENGTH = 60

_PRONOUN = re.compile(
    r"^(?:那么?|请问)?[，,]?(?:它|他们|她们|其中|其(?![他它余])|该校|该院|对方|上述|这些|这个|那个|这所|那所)"
)
_ELLIPTICAL = re.compile(
    r"^(?:那|再|还有|换成|换作|如果是|要是)|呢[？?，,。]?(?:[^，,。]{0,8})$|^[^，,？?]{1,10}那(?:[个项门类份次]|一[个项门类份次])|^(?:[前上后下]一年|次年|去年)"
)
_EVERY_COLLEGE = re.compile(
    r"哪一?[所个家些](?:学校|院校|高校|学院|职院|大学)|各(?:校|院校|高校|学校|所)|(?:所有|全部)的?(?:学校|院校|高校|报告)|几所"
)
_BEFORE = re.compile(
    r"^(?:那么?(?![边里])|还有|再?说说?|再?看看?|换成|换作|换|如果是|要是|至于)?[，,]?(?:(?:它|他们|她们|该校|该院|其(?![中他它余]))的?)?"
)
_AFTER = re.compile(r"的?(?:话|那边|那里)?(?:呢|又?如何|又?怎么样)?[？?。！!，,]*$")
_CARRIED = re.compile(r"^(?P<own>.*?)（承上问：(?P<before>.*)）$", re.DOTALL)
_PART_OF_NAME = re.compile(r"(?P<name>[\u4e00-\u9fff]{2,12})[那这]一?所")
_RELATIVE = ((re.compile(r"[前上]一?(?:个)?(?:学年|年度?|届)|去年"), -1), (re.compile(r"[后下]一年度?|次年|第二年"), 1))
_ONLY_ASKS = re.compile(r"(?:的|又|各|分别)?(?:是|有)?(?:多少|几何|怎么样|如何)?")
_SAYS_KIND = re.compile(
    r"多少|几[个名位项成]|[人总个]数|数[量额]|率|占|比例|比重|[意关]度|金额|经费|分别|多[大高]|哪|什么|谁"
)
_SAYS_NOTHING = re.compile(r"[那再往又的呢是前后一个年度届学期，,？?。\s]")
_COPULA = re.compile(r"(?:[是为有达到约共占了]|分别|仅)+$")
_CLAUSE = re.compile(r"[，,；;。：:、]")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_GROUPS = ("教职工|教职员工|老师|教师", "用人单位|企业|单位", "毕业生|校友", "家长", "学生|同学|在校生")
"""Whose figures reports tell apart; a follow-up names another of them."""
_GROUP = re.compile(rf"(?:{'|'.join(_GROUPS)})们?")
_TOPIC = re.compile(r"^(?P<topic>[^，,呢]{2,8})呢[，,？?](?P<tail>.*)$")
_THAT_ONE = re.compile(r"[省市]?的?[那这另]一?[所家个](?:学校|学院|院校|高校)?")
_PLACE_LENGTHS = (5, 4, 3, 2)
_JOINING = re.compile(r"[\s、，,]*(?:和|与|及|跟|以及)?[\s、，,]*")
Names = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Resolved:
    """A question with what it leaves unsaid filled in."""

    standalone: str
    focus: str
    """What it asks itself."""
    carried: str
    """The earlier question it leans on, `` where it stands alone or was put into the earlier one's place."""
    kinds: tuple[str, ...] = ()
    """Classes of the figures the answer before gave, where the question asks for no kind of its own."""


def resolve_follow_up(question: str, history: Sequence[Turn], reports: Sequence[Report]) -> Resolved:
    """The question as it reads without the conversation."""
    names = colleges_to_names(reports)
    previous = ""
    for turn in history:
        if turn.role == "user" and turn.content.strip():
            previous = _flat(_resolve(" ".join(turn.content.split()), previous, names, reports), names)
    resolved = _resolve(question, previous, names, reports)
    if resolved.standalone != question and _names_nothing(question):
        resolved = replace(resolved, carried=f"{resolved.carried} {_measure_given(history)}".strip())
    if resolved.standalone == question or _SAYS_KIND.search(question):
        return resolved
    return replace(resolved, kinds=_kinds_given(history))


def _names_nothing(question: str) -> bool:
    """Whether a follow-up names but another time, so that it asks for what was answered before (上一个学年是多少)."""
    text = without_years(without_cues(question))
    for pattern, _ in _RELATIVE:
        text = pattern.sub("", text)
    return not _SAYS_NOTHING.sub("", text)


def _measure_given(history: Sequence[Turn]) -> str:
    """What the last answer called its first figure: the nouns right before it (生师比); `` where there are none."""
    last = next((turn.content for turn in reversed(history) if turn.role == "assistant"), "")
    numbers = [number for number in find_numbers(last) if unit_class(number.unit) != "date"]
    said = last[: numbers[0].start] if numbers else ""
    said = _COPULA.sub("", said[max((span.end for span in year_spans(said)), default=0) :].rstrip("* "))
    nouns = takewhile(lambda one: one[1][:1] == "n" or one[1] == "", reversed(tagged_words(_CLAUSE.split(said)[-1])))
    return "".join(reversed([word for word, _ in nouns]))


def _kinds_given(history: Sequence[Turn]) -> tuple[str, ...]:
    """Classes of the figures that the last answer gave: of the bold ones, or where none is bold of all."""
    last = next((turn.content for turn in reversed(history) if turn.role == "assistant"), "")
    text = "，".join(_BOLD.findall(last)) or last
    return unique(unit_class(number.unit) for number in find_numbers(text))


def _resolve(question: str, previous: str, names: Names, reports: Sequence[Report]) -> Resolved:
    if not previous or not _is_elliptical(question, previous, names):
        return Resolved(question, question, "")
    colleges = _new_colleges(question, previous, names)
    years = year_spans(question)
    before = _with_years(_with_colleges(previous, colleges, names), years)
    if not years:
        before = _without_foreign_year(before, colleges, reports)
    rest = _rest(question, years, names)
    if (moved := _in_relative_year(before, rest)) is not None:
        return Resolved(moved, moved, "")
    if (not rest or rest in before) and (colleges or years):
        return Resolved(before, before, "")
    if (asked := _of_other_group(before, rest)) is not None:
        return Resolved(asked, asked, "")
    if (substituted := put_in_place(before, rest, _college_spans(before, names).values())) is not None:
        return Resolved(substituted, substituted, "")
    if matching_key(rest) in indicator_names():
        asked = _in_scope(f"{rest}是多少？", before, names)
        return Resolved(asked, asked, "")
    return Resolved(f"{question}（承上问：{before}）", question, before)


def _without_foreign_year(text: str, colleges: Sequence[str], reports: Sequence[Report]) -> str:
    """A question taken over to another college without the year it names, where that college has no report of it."""
    own = {year for report in reports if report.college in colleges for year in (report.year, report.cohort) if year}
    spans = year_spans(text)
    if len(spans) != 1 or not own or own & set(spans[0].years) or not spans[0].word:
        return text
    return text[: spans[0].start] + text[spans[0].end :].removeprefix("的")


def _in_relative_year(before: str, rest: str) -> str | None:
    """The question before, moved to the year before or after its own (前一年是多少); None where no more is said."""
    spans = year_spans(before)
    for pattern, offset in _RELATIVE:
        match = pattern.match(rest)
        if match and len(spans) == 1 and _ONLY_ASKS.fullmatch(rest[match.end() :]):
            year = str(spans[0].years[0])
            return before.replace(year, str(int(year) + offset)) if year in before else None
    return None


def _of_other_group(before: str, rest: str) -> str | None:
    """The question before, asked of another group of people (学生 → 老师们); None where the follow-up names none."""
    topic = match["topic"] if (match := _TOPIC.match(f"{rest}？" if rest.endswith("呢") else rest)) else rest
    tail = match["tail"].strip("？?") if match else ""
    if not _GROUP.fullmatch(topic) or (tail and tail[:2] not in before):
        return None
    old = list(_GROUP.finditer(before))
    return before[: old[0].start()] + topic + before[old[0].end() :] if len(old) == 1 else None


def _in_scope(question: str, before: str, names: Names) -> str:
    """A question that says what is asked, about the college and the year of the one before it."""
    if not year_spans(question):
        question = _with_years(question, year_spans(before)[:1])
    spans = _college_spans(before, names)
    return question if _college_spans(question, names) else _with_colleges(question, _in_order(spans), names)


def _flat(resolved: Resolved, names: Names) -> str:
    """What a later question may lean on: of two carried side by side the later one, in the scope of the earlier."""
    match = _CARRIED.match(resolved.standalone)
    if match is None:
        return resolved.standalone
    return _in_scope(match["own"], match["before"], names)


def _in_order(spans: Mapping[str, tuple[int, int]]) -> tuple[str, ...]:
    return tuple(sorted(spans, key=lambda name: spans[name]))


def _is_elliptical(question: str, previous: str, names: Names) -> bool:
    if len(question) <= MAX_PRONOUN_LENGTH and _PRONOUN.search(question):
        return True
    if len(question) > MAX_ELLIPTICAL_LENGTH or _EVERY_COLLEGE.search(question):
        return False
    if _ELLIPTICAL.search(question):
        return True
    return bool(_college_spans(previous, names)) and not _college_spans(question, names)


def _college_spans(text: str, names: Names) -> dict[str, tuple[int, int]]:
    """Where a text names colleges, those without a report included."""
    return dict(named_spans(text, names))


def _new_colleges(question: str, previous: str, names: Names) -> tuple[str, ...]:
    """Colleges a question names, or the only other one of the place it names (湖南那所)."""
    if named := _college_spans(question, names):
        return _in_order(named)
    before = mentioned(previous, names)
    place, _ = _named_place(question)
    part = _PART_OF_NAME.search(question)
    name = place or (_BEFORE.sub("", part["name"]).rstrip("省市的") if part else "")
    others = [college for college in names if name and name in college and college not in before]
    return tuple(others) if len(others) == 1 else (name,) if name and not others else ()


def _named_place(question: str) -> tuple[str, tuple[int, int]]:
    """The place by which a question names a college (湖南那所), and the span of both; `` where it names none."""
    for match in _THAT_ONE.finditer(question):
        for length in _PLACE_LENGTHS:
            start = match.start() - length
            if start >= 0 and len(place := place_at(question, start)) == length:
                return place, (start, match.end())
    return "", (0, 0)


def _with_colleges(text: str, colleges: Sequence[str], names: Names) -> str:
    """The text about these colleges instead of those it names; unchanged where there are none."""
    if not colleges:
        return text
    spans = sorted(set(_college_spans(text, names).values()))
    new = "和".join(colleges)
    if not spans:
        return f"{new}{_BEFORE.sub('', text)}"
    last = spans[0][1]
    for start, end in spans[1:]:
        if not _JOINING.fullmatch(text, last, start):
            break
        last = end
    return text[: spans[0][0]] + new + text[last:]


def _with_years(text: str, years: Sequence[YearSpan]) -> str:
    """The text about these years instead of the one it names; several named at different places are left alone."""
    old = year_spans(text)
    if not years or len(old) > 1:
        return text
    word = years[0].word or "年"
    if old and word == "年" and old[0].word in ("届", "级"):
        word = old[0].word
    written = "、".join(str(year) for span in years for year in span.years) + word
    return text[: old[0].start] + written + text[old[0].end :] if old else f"{written}{_BEFORE.sub('', text)}"


def _rest(question: str, years: Sequence[YearSpan], names: Names) -> str:
    """What a follow-up says besides colleges, years and the words that make it one."""
    spans = [*((span.start, span.end) for span in years), *_college_spans(question, names).values()]
    place, span = _named_place(question)
    part = _PART_OF_NAME.search(question)
    spans += [span] if place else [part.span()] if part else []
    for start, end in sorted(spans, reverse=True):
        question = question[:start] + question[end:]
    return _AFTER.sub("", _BEFORE.sub("", question)).lstrip("呢").strip("和与、，, 的") if spans else _short(question)


def _short(question: str) -> str:
    return _AFTER.sub("", _BEFORE.sub("", question)).strip("，, ")
