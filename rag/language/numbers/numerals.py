"""Characters numbers are written with: widths folded one for one, and the value of a Chinese numeral."""

from __future__ import annotations

import re
from decimal import Decimal

NARROW_SPACES = "\u00a0\u202f" + "".join(map(chr, range(0x2004, 0x200B)))
"""Spaces that may group thousands."""
# Width, dash and digit variants, one character for one, so that spans stay those of the text.
FOLD = (
    {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    | {ord(space): " " for space in NARROW_SPACES}
    | {code: str((code - 0x1D7CE) % 10) for code in range(0x1D7CE, 0x1D800)}
    | {ord(variant): plain for variant, plain in zip("\u3000\t\r−–‐‑﹣∶﹪〜", " \x1f -----:%~", strict=True)}
)
"""A tab parts two cells, so it stays a mark of its own: no unit stands behind it."""
FINANCIAL = dict(zip("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千", strict=True))
"""Numerals as they stand on cheques; single ones are other words (大陆, 队伍)."""
VULGAR = "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"
DIGITS = "〇零一二两三四五六七八九"
DIGIT_VALUES = dict(zip(DIGITS, (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
CHINESE = f"{DIGITS}十百千万亿"
CANDIDATE = re.compile(rf"[0-9{CHINESE}半{VULGAR}]")


_SECTION = re.compile(
    "(?:(?P<thousands>[一二两三四五六七八九]?)千)?零?(?:(?P<hundreds>[一二两三四五六七八九]?)百)?零?"
    "(?:(?P<tens>[一二三四五六七八九]?)十)?[零〇]?(?P<ones>[一二两三四五六七八九])?"
)
# 百二十 lacks its first digit; 一百二 and 一万二 may mean 120 and 12000: not numerals to rely on.
_LOOSE = re.compile(r"(?<![一二两三四五六七八九])[百千].|[百千万亿][一二两三四五六七八九]$")


def numeral_value(run: str) -> Decimal | None:
    """Value of a Chinese numeral, None where it is not one to rely on: 七八, 一百二, 二〇二三.

    千万 is 1000 × 10000; digits one by one count only before decimals (九八点七).
    """
    whole, _, decimals = run.partition("点")
    if decimals and len(whole) > 1 and all(digit in DIGIT_VALUES for digit in whole):
        return Decimal(f"{_digits(whole)}.{_digits(decimals)}")
    value = _whole_value(whole, "亿万")
    if value is None or value >= 10**16:
        return None
    return Decimal(f"{value}.{_digits(decimals)}" if decimals else value)


def _digits(run: str) -> str:
    return "".join(str(DIGIT_VALUES[digit]) for digit in run)


def _whole_value(run: str, marks: str) -> int | None:
    if not marks:
        return _section_value(run)
    head, mark, tail = run.rpartition(marks[0])
    if not mark:
        return _whole_value(tail, marks[1:])
    high = _whole_value(head, marks[1:]) if head else 1
    low = _whole_value(tail, marks[1:]) if tail else 0
    if high is None or low is None or _LOOSE.search(mark + tail):
        return None
    return high * (10**8 if mark == "亿" else 10**4) + low


def _section_value(run: str) -> int | None:
    match = _SECTION.fullmatch(run)
    if match is None or not run or _LOOSE.search(run):
        return None
    powers = (("thousands", 1000), ("hundreds", 100), ("tens", 10), ("ones", 1))
    digits = ((match[name], power) for name, power in powers)
    return sum(power * (DIGIT_VALUES[digit] if digit else 1) for digit, power in digits if digit is not None)
