"""Whose report is it? The school it is about, or the office or company that issued it, from every place that names one."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from rag.domain.colleges import name_at_start, names_in, placed_names, split_stem
from rag.domain.places import provinces
from rag.domain.short_names import short_names
from rag.language.text import unique
from rag.records import ReportKind
from rag.structure.identity.front import Front

AT_START, INSIDE = 3.0, 2.0
"""What a name counts that begins a line of the front, and one that stands in it."""
ALONE = 4.0
"""What a name counts that is a whole line of the cover, or stands behind 学校名称：."""
IN_TITLE = 3.0
"""What the title counts more than another line."""
IN_TEXT = 3.0
"""What a name counts that is most of what the text names."""
NOT_A_SCHOOL = -3.0
"""For an office or a company (教育厅监制, 咨询公司) in what is no paper of its own."""
BY_ANYONE = frozenset(
    {ReportKind.OFFICIAL, ReportKind.ACCOUNTS, ReportKind.BUDGET, ReportKind.OPENNESS, ReportKind.COMPANY}
)
"""Kinds that offices and companies publish of themselves."""
MIN_SCORE = 1.0
MIN_SHARE, MIN_SHARE_OF_FEW, MANY = 0.4, 0.7, 5
"""Of all mentions of schools in a text: below it, none is the one it is about. Few mentions count of a known place."""

_WHERE = r"(?:中共|中国共产党)?(?:[\u4e00-\u9fffX]{2,6}?(?:省|自治区|市|自治州|州|区|县|镇|街道)){1,3}"
_OFFICE = re.compile(
    rf"""(?:{_WHERE}|[省市](?=教))                       # 上海市普陀区, 省
         (?:(?!关于|印发|年度|学院|学校|大学)[\u4e00-\u9fffX]){{0,14}}
         (?:厅|局|委员会|[区县市省]委|部|人民政府|法院|检察院|医院|研究院|室)
       | (?:教育部|国务院|财政部|人力资源(?:和)?社会保障部)[\u4e00-\u9fff]{{0,12}}?(?:办公厅|办公室|委员会|司|(?=关于|$|[^\u4e00-\u9fff]))
    """,
    re.VERBOSE,
)
_COMPANY = re.compile(r"[\u4e00-\u9fff（）()]{4,30}?(?:股份有限公司|有限责任公司|有限公司|集团公司)")
_BEFORE_NAME = re.compile(r"^[《“「【]?(?:20[0-3]\d(?:[-—–~至]20[0-3]\d)?(?:学年|年度?|届)?)?")
_BRACKETS = re.compile(r"[（(][^（）()]*[）)]")
_LABEL = re.compile(r".{0,4}(?:学校|学院|单位|院校)(?:名称|全称)?[：:]\s*(.+)")


def leading_issuer(line: str) -> str:
    """The school, office or company whose name a line begins with, behind its year; `` where it begins with none."""
    line = _BEFORE_NAME.sub("", line)
    if name := name_at_start(line):
        return name
    found = _OFFICE.match(line) or _COMPANY.match(line)
    return found.group() if found else ""


def front_to_issuer(front: Front, title: str, kind: ReportKind) -> str:
    """The issuer whose name counts most; `` where the title names several schools or none is plain."""
    official = kind is ReportKind.OFFICIAL
    if not official and is_of_several(title):
        return ""
    counts: defaultdict[str, float] = defaultdict(float)
    for name, weight in _named(front, title, official=official):
        counts[name] += weight
    for name in _signed(front.body) if official else _in_text(front, counts):
        counts[name] += IN_TEXT
    text = "\n".join([*(line.text for line in front.cover), front.body])
    scores = {name: _score(name, counts, title, text, anyone=kind in BY_ANYONE) for name in counts}
    best = max(scores, key=lambda name: scores[name], default="")
    return _in_full(best, text) if best and scores[best] >= MIN_SCORE else ""


def is_of_several(title: str) -> bool:
    """Whether a title names several schools; another name of one stands in brackets."""
    return len(names_in(_BRACKETS.sub("", title))) > 1


def _named(front: Front, title: str, *, official: bool) -> Iterator[tuple[str, float]]:
    """(name, what it counts) wherever the front names one; an official paper's title names whom it is about as well."""
    places = [(title, IN_TITLE), (front.file_name, 0.0), (front.metadata, 0.0), *((head, 0.0) for head in front.heads)]
    for text, more in dict.fromkeys([*places, *((line.text, 0.0) for line in front.cover)]):
        labelled = _LABEL.match(text)
        line = labelled[1] if labelled else text
        first = leading_issuer(line)
        if first:
            yield first, more + (ALONE if first == line.strip() else AT_START)
        if not (official and text == title):
            yield from ((name, more + INSIDE) for name in names_in(line) if name != first)


def _signed(body: str) -> tuple[str, ...]:
    """The issuers whose names are whole lines of an official paper: its head and its signature."""
    return unique(line for line in body.splitlines() if line and leading_issuer(line) == line)


def _in_text(front: Front, named: Iterable[str]) -> list[str]:
    """Names that are most of what the text names, or that it puts before a line of the cover (…大学哲学院)."""
    body = front.body
    starts = Counter(filter(None, map(name_at_start, re.split(r"[\s，,。；;、（()）“”《》]+", body))))
    known = unique([*filter(name_at_start, named), *(name for name, _ in placed_names(body))])
    likely = unique(name for name in starts if split_stem(re.sub("(?:大学|学院)$", "", name))[0])
    names = unique([*known, *likely])
    whole = [name for name in names if not any(name != other and name.endswith(other) for other in names)]
    counts = {name: len(_not_beside(name).findall(body)) for name in whole if not _is_part(name, body)}
    total = sum(counts.values())
    return [
        name
        for name, count in counts.items()
        if (count >= MIN_SHARE * total and count >= MANY)
        or ((name in known or starts[name] > 1) and count >= MIN_SHARE_OF_FEW * total > 0)
        or any(name + line.text in body for line in front.cover if line.text)
    ]


def _not_beside(name: str) -> re.Pattern[str]:
    """The name where it does not stand as somebody's partner or in a list: 与南京大学, 东南大学等."""
    return re.compile(rf"(?<![与和同及、赴]){re.escape(name)}(?![等、和])")


def _is_part(name: str, text: str) -> bool:
    """Whether a name is that of a school inside another: it stands right behind the other's name."""
    return re.search(rf"(?:大学|学院){re.escape(name)}", text) is not None


def _score(name: str, counts: Mapping[str, float], title: str, text: str, *, anyone: bool) -> float:
    """What a name counts with its short forms; nothing that of a part of another."""
    if _is_part(name, text):
        return 0.0
    shorts = short_names(name)
    score = counts[name] + sum(counts.get(short, 0.0) for short in shorts)
    if any(len(short) > 2 and short in title.replace(name, " ") for short in shorts):
        score += IN_TITLE
    own = anyone or name_at_start(name) or leading_issuer(title) == name
    return score + (0.0 if own else NOT_A_SCHOOL)


def _in_full(name: str, text: str) -> str:
    """The name as the text has it in full: 东湖职院 → 东湖职业学院, 省教育厅 → 湖北省教育厅."""
    if name.endswith("职院"):
        return next((full for full in names_in(text) if name in short_names(full)), name)
    if not re.match(r"[省市]教", name):
        return name
    whole = Counter(re.findall(rf"(?:(?<=\n)|^)([\u4e00-\u9fff]{{2,6}}{name})", text))
    places = (f"{place}{name}" for place in provinces())
    return next(iter(whole), next((full for full in places if full in text), name))
