"""Names of colleges: found in text, shortened as people shorten them, recognised when one character is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from rapidfuzz.distance import Levenshtein

from rag.text import matching_key, unique

MIN_FUZZY_LENGTH = 5
"""A shorter name is a different name when one character differs."""

_SUFFIXES = (
    "职业技术师范学院|职业技术师范大学|职业技术大学|职业技术学院|高等专科学校|师范高等专科学校|医学高等专科学校|幼儿师范高等专科学校|"
    "职业大学|职业学院|职院|科技大学|师范大学|理工大学|医科大学|工业大学|农业大学|科技学院|师范学院|理工学院|工程学院|医学院|大学|学院"
)
_VOCATIONAL = re.compile(r"(?P<stem>.{2,12}?)(?P<suffix>职业技术大学|职业技术学院|职业大学|职业学院|高等专科学校)$")
_NAME = re.compile(
    r"[\u4e00-\u9fff]{2,12}?(?:职业技术大学|职业技术学院|高等专科学校|职业大学|职业学院|职业技术师范大学|(?:职业|科技|师范|理工|工业|农业|医药|中医药|财经|交通|民族|工程|外国语|电子科技)?大学|职院)"
)
PLACES = (
    "北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 云南 陕西 甘肃 "
    "青海 台湾 内蒙古 广西 西藏 宁夏 新疆"
).split()
_GENERIC = re.compile(r"重点|有关|各|全国|示范|发展|建设|高职|院校|名单|优质|一流|骨干")
_LEADING_NOISE = re.compile(
    r"^(?:.*(?:我是|关于|想问|请问|问问|借着|跟|和|与|及|对|在|到|去|由|是|从|把|让|为|给|读|考|上|像|如|比|，|、|；|：|《|“|（)|(?:我们|我校|我|本|该|贵|这|那|的)+)"
)


def short_names(name: str) -> tuple[str, ...]:
    """Usual short forms of a college's full name: 咸宁职业技术学院 → 咸宁职院, 咸宁职业学院, 咸职, …

    The two-character form takes the first character of the name, as colleges themselves do.
    """
    match = _VOCATIONAL.match(name)
    if not match:
        return ()
    stem, suffix = match["stem"], match["suffix"]
    place = next((place for place in PLACES if stem.startswith(place) and len(stem) > len(place)), "")
    rest = stem[len(place) :]
    shorts = [
        f"{stem}职院",
        f"{stem}职业学院",
        f"{stem}职业技术学院",
        f"{stem}职技院",
        f"{stem}职技",
        f"{stem[0]}职",
        f"{stem[0]}职院",
    ]
    if place:
        shorts += [
            f"{place}{rest[0]}职院",
            f"{place}{rest[0]}院",
            f"{rest}职院",
            f"{rest}职业技术学院",
            f"{stem[0]}{rest[0]}职院",
        ]
        shorts += [f"{place[0]}{rest}职院", f"{stem[0]}{rest[0]}院"]
    if suffix == "高等专科学校":
        shorts += [f"{stem}高专", f"{stem}专科学校"]
    if suffix.endswith("大学"):
        shorts += [f"{stem}职大", f"{stem}职业大学"]
    return unique(short for short in shorts if short != name)


def names_in(text: str) -> tuple[str, ...]:
    """Full names of colleges and universities standing in a text, in order, each once."""
    found = []
    for match in _NAME.finditer(text):
        name = _LEADING_NOISE.sub("", match.group())
        if len(name) >= 4 and not _GENERIC.search(name):
            found.append(name)
    return unique(found)


def mentioned(question: str, names: Mapping[str, Iterable[str]]) -> dict[str, tuple[int, int]]:
    """College → span in the question where it is named: full, short, or with one character wrong.

    `names` maps each full name to its short names. The longest form wins; a short form inside a longer name of
    another college does not count.
    """
    key = matching_key(question)
    forms = sorted(
        (
            (matching_key(form), college)
            for college, shorts in names.items()
            for form in (college, *shorts)
            if len(form) > 1
        ),
        key=lambda pair: (-len(pair[0]), pair),
    )
    taken: list[tuple[int, int]] = []
    found: dict[str, tuple[int, int]] = {}
    for form, college in forms:
        span = _find(key, form, taken)
        if span is not None:
            taken.append(span)
            found.setdefault(college, span)
    return found


def _find(key: str, form: str, taken: list[tuple[int, int]]) -> tuple[int, int] | None:
    start = key.find(form)
    while start >= 0:
        if all(start >= b or start + len(form) <= a for a, b in taken):
            return start, start + len(form)
        start = key.find(form, start + 1)
    return _find_fuzzy(key, form, taken) if len(form) >= MIN_FUZZY_LENGTH else None


def _find_fuzzy(key: str, form: str, taken: list[tuple[int, int]]) -> tuple[int, int] | None:
    """A span one edit away from the form: a wrong, missing or swapped-in character in its distinctive part."""
    for length in (len(form), len(form) - 1, len(form) + 1):
        for start in range(max(0, len(key) - length + 1)):
            window = key[start : start + length]
            free = all(start >= b or start + length <= a for a, b in taken)
            if free and window[:1] == form[:1] and Levenshtein.distance(window, form, score_cutoff=1) == 1:
                return start, start + length
    return None
