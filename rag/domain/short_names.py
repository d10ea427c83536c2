"""Usual short forms of the names of colleges, universities and offices, made from the name itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from rag.domain.colleges import KINDS, MAX_STEM, SPOKEN_FIELDS, split_stem
from rag.domain.places import abbreviation_of, is_national
from rag.language.text import unique
from rag.records import Report

_NAME = re.compile(rf"(?P<stem>.{{2,{MAX_STEM}}}?)(?P<kind>{KINDS}|大学|学院)$")
_OFFICE = re.compile(
    r"(?:中共)?(?P<areas>(?:[\u4e00-\u9fff]{2,6}?(?:省|自治区|自治州|市|州|区|县|镇|街道)){1,3})"
    r"(?P<rest>[\u4e00-\u9fff]{1,14}(?:厅|局|委员会|部|办公室|政府))"
)
_AREA = re.compile(r"(?P<name>.{2,6}?)(?:省|自治区|自治州|市|州|区|县|镇|街道)")
_HEADS_OF_WORDS = "医法学剧画书"
"""With 院 they make words of their own (医院), no short name."""


def short_names(name: str) -> tuple[str, ...]:
    """Usual short forms of a full name: 咸宁职业技术学院 → 咸宁职院, 咸职, …; 登莱理工学院 → 登莱理工, 登理工, …

    Initials take the first character of the place, and of the field where the name has one: 湖南工业职业技术学院 is
    湘工职院, not 湖职. An office is called without the areas above its own: 上海市普陀区财政局 → 普陀区财政局, 普陀财政局.
    """
    if office := _OFFICE.fullmatch(name):
        return _office(office["areas"], office["rest"])
    match = _NAME.match(name)
    if not match:
        return ()
    stem, kind = match["stem"], match["kind"]
    place, field = split_stem(stem)
    if kind.endswith("专科学校"):
        forms = _specialised(stem, place, field)
    elif kind in ("大学", "学院"):
        forms = _general(place, field, kind)
    else:
        forms = _vocational(stem, place, field, kind)
    return unique(form for form in forms if form != name)


def colleges_to_names(reports: Iterable[Report]) -> Mapping[str, tuple[str, ...]]:
    """The short forms of each college that reports are of, as made from its name and as any of its reports states them."""
    names: dict[str, tuple[str, ...]] = {}
    for report in reports:
        if report.college:
            names[report.college] = unique([*names.get(report.college, ()), *report.short_names])
    return names


def abbreviates(short: str, full: str) -> bool:
    """Whether a name is made of characters of a full one, in order, from its first.

    >>> abbreviates("南农", "南京农业大学"), abbreviates("武职", "咸宁职业技术学院")
    (True, False)
    """
    rest = iter(full)
    return full[:1] == short[:1] and all(character in rest for character in short)


def _office(areas: str, rest: str) -> tuple[str, ...]:
    """Short forms of an office of the last of these areas."""
    named = list(_AREA.finditer(areas))
    forms = [areas[area.start() :] + rest for area in named[1:]]
    return unique([*forms, *([] if rest.startswith("委") else [named[-1]["name"] + rest])])


def _vocational(stem: str, place: str, field: str, kind: str) -> Iterator[str]:
    """Short forms of a 职业技术学院 and its like."""
    yield from (f"{stem}职院", f"{stem}职业学院", f"{stem}职业技术学院", f"{stem}职技院", f"{stem}职技")
    if kind.endswith("大学"):
        yield from (f"{stem}职大", f"{stem}职业大学", f"{stem}职业技术大学")
    if place and not field:
        yield from (f"{place[0]}职", f"{place[0]}职院")
        yield from [f"{place[0]}职大"] if kind.endswith("大学") else []
    elif place:
        yield from (stem, f"{place[0]}{field}") if len(field) > 1 else ()
        starts = [place, place[0], *filter(None, [abbreviation_of(place)])]
        yield from (f"{start}{field[0]}职院" for start in starts)
        yield from (f"{start}{field[0]}院" for start in starts[:2] if field[0] not in _HEADS_OF_WORDS)
        yield from (f"{field}职院", f"{field}职业技术学院") if len(field) > 1 else ()


def _specialised(stem: str, place: str, field: str) -> Iterator[str]:
    """Short forms of a 高等专科学校."""
    yield from (f"{stem}高专", f"{stem}专科学校")
    for full, short in (("幼儿师范", "幼"), ("师范", "师"), ("医学", "医"), ("中医药", "中医药")):
        if field.endswith(full):
            base = f"{place}{field.removesuffix(full)}{short}"
            yield from (f"{base}专", f"{base}高专", *([f"{base}师"] if short == "幼" else []))
            return


def _general(place: str, field: str, kind: str) -> Iterator[str]:
    """Short forms of a university or of a college that is not vocational."""
    end = "大" if kind == "大学" else "院"
    if is_national(place):
        yield from (f"{field}{kind}", f"{field[:1]}{end}") if len(field) > 1 and kind == "大学" else ()
    elif place and not field:
        yield from [f"{place[0]}大"] if kind == "大学" else []
    elif place:
        spoken = field in SPOKEN_FIELDS
        yield from (f"{place}{field}", f"{place[0]}{field}") if spoken else ()
        yield from [f"{place[0]}{field[0]}"] if spoken and end == "大" else []
        yield from (f"{place}{field}{end}", f"{place[0]}{field}{end}") if spoken and end == "大" else ()
        yield from (f"{place}{field[0]}{end}", f"{place[0]}{field[0]}{end}") if field[0] not in _HEADS_OF_WORDS else ()
