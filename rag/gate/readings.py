"""Everything in a text that a reader takes for a figure, in any script and dress, beside what `find_numbers` reads.

`find_numbers` reads how reports write figures. A model can write them in ways no report does (九八点七六%, ⑨⑧⑦, 𝟗𝟖𝟕,
½, 第98765人, N98765, 近十万, 过半, ninety-eight): a reader reads those too. Words of ordinary language are none (两个数字,
其中一名, 近三年, 第一次, 一共, 四中心一平台, 十四五).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from rag.language.numbers import find_scopes
from rag.language.numbers.words import is_part_of_a_word

_CHINESE = "〇零一二两三四五六七八九十百千万亿廿卅"
_FINANCIAL = "壹贰貳叁參肆伍陆陸柒捌玖拾佰仟萬億"
_BIG = "十百千万亿廿卅"
_DIGITS = re.compile(r"d(?:[d.．·,，'’/⁄]*d)?")
_NUMERALS = tuple(re.compile(rf"[{kind}]+(?:点[{_CHINESE}]+)?") for kind in (_CHINESE, _CHINESE + _FINANCIAL))
"""Without and with the numerals of cheques, which stand in words too: 入伍二三四人."""
_VAGUE = re.compile(
    rf"""(?:[数几上近约逾超过好成][{_BIG[:5]}]+(?=[余多来]?[^\u3400-\u9fff]|[余多来]?[名人个项家所门万亿元册次位种篇件场])
       | 过半(?!百) | 近半 | 半数 | 一半 | 大半 | 多半 | 对半 | [一二三四五六七八九]成(?![为员绩果立效本人都功就套]) | 百分之[{_CHINESE}{_FINANCIAL}几数点0-9.．]+
       | [{_CHINESE}]+分之[{_CHINESE}]+ )""",
    re.VERBOSE,
)
_SPELT = (
    "zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|"
    "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|percent|half|dozen"
)
_ENGLISH = re.compile(rf"\b(?:{_SPELT})(?:[\s-]+(?:and\s+|point\s+)?(?:{_SPELT}))*\b", re.IGNORECASE)
_ORDINARY = re.compile(r"十[一二三四五]五(?!\d)|[一二三四五六七八九]?十[一二三四五六七八九]?(?=大(?!学)|届)|双一流")
_MEASURED = re.compile(r"[%％‰成倍折]|个?百分点|分之|[万亿]?元|[万亿]")
_LIST_MARK = re.compile(r"(?:^|\n|[；;。])\s*(?:[（(]?(?:1?\d|20)[)）、.．](?!\d)|[①-⑳](?![①-⑳]))")


@lru_cache(maxsize=2_000)
def figure_like(text: str) -> tuple[tuple[int, int], ...]:
    """Spans of all that reads as a figure, in order, without overlap; years and dates aside, marks of a list too.

    >>> [(a, b) for a, b in figure_like("其中一名，共九八点七六%")]
    [(6, 11)]
    """
    taken = [(scope.start, scope.end) for scope in find_scopes(text)]
    taken += [match.span() for match in _LIST_MARK.finditer(text)]
    found: list[tuple[int, int]] = []
    for start, end in sorted(_spans(text), key=lambda span: (span[0], -span[1])):
        if all(end <= a or b <= start for a, b in [*taken, *found]):
            found.append((start, end))
    return tuple(found)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    folded = "".join("d" if _is_digit(character) else character for character in text)
    yield from (match.span() for match in _DIGITS.finditer(folded) if _is_digit(text[match.start()]))
    yield from (match.span() for match in _VAGUE.finditer(text))
    yield from (match.span() for match in _ENGLISH.finditer(text))
    for match in (match for pattern in _NUMERALS for match in pattern.finditer(text)):
        if not _is_ordinary(match, text):
            yield match.span()


def _is_digit(character: str) -> bool:
    return unicodedata.category(character) in ("Nd", "No", "Nl") and character != "〇"


def _is_ordinary(match: re.Match[str], text: str) -> bool:
    """Whether a Chinese numeral is a word of ordinary language: small, or part of another word."""
    run = match[0]
    start, end = match.span()
    if "点" in run and run[-1] != "点":
        return is_part_of_a_word(text, start, end, bounded=False)
    measured = _MEASURED.match(text, end) is not None
    if len(run) == 1:
        return not (measured and run in "二两三四五六七八九十")
    if sum(character in _FINANCIAL for character in run) > 1:  # 为伍叁: no word
        return False
    if _ORDINARY.match(text, start) or is_part_of_a_word(text, start, end, bounded=False):
        return True
    if any(character in _FINANCIAL for character in run):
        return False
    if all(character in _BIG for character in run):
        return not measured
    digits = [character for character in run if character not in _BIG]
    return len(run) == 2 and len(digits) == 2 and not measured
