"""Whether a text layer is prose that a person could read, or what a font without a usable mapping leaves behind."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

MIN_JUDGED_CHARACTERS = 12
"""A shorter text (a page number, a running head) is not judged."""
MAX_UNREADABLE_SHARE = 0.2
"""Share of characters that stand for nothing or for a script no report is written in."""
MIN_CHINESE = 40
"""From this many Chinese characters on their commonness is judged."""
MIN_COMMON_SHARE = 0.8
"""Share of Chinese characters that are common; in prose above 0.95, drawn blindly 0.3 to 0.7."""
MIN_LETTERS = 60
"""From this many Latin letters on a page without Chinese has to look like words."""
VOWEL_SHARES = (0.2, 0.6)
"""Share of vowels among the letters of Latin prose."""
MAX_MARK_SHARE = 0.45
"""Share of ASCII marks on a page without Chinese."""
MIN_LOST_CHARACTERS = 3
"""Unreadable characters inside lines from which on text is taken to be lost; at the start of a line they are bullets."""

_LEADERS = frozenset("._-…·—=*")


@lru_cache(maxsize=30_000)
def is_unreadable(character: str) -> bool:
    """Private use, unassigned, control and replacement characters, and letters of scripts no report is written in."""
    if unicodedata.category(character) in ("Co", "Cn", "Cs", "Cc") or character == "\ufffd":
        return True
    code = ord(character)
    return unicodedata.category(character)[0] in "LM" and not (
        code < 0x80
        or 0x0391 <= code <= 0x03C9  # Greek letters of formulas
        or 0x2000 <= code <= 0x33FF  # signs, radicals, kana, bopomofo, ideographic marks
        or _is_chinese(character)
        or 0xFF00 <= code <= 0xFFEF
        or character in "àáâãäåçèéêëìíîïñòóôõöùúûüýÿāēīōūǎěǐǒǔǖǘǚǜ"
        or 0x1D400 <= code <= 0x1D7FF  # letters of formulas
    )


def _is_chinese(character: str) -> bool:
    code = ord(character)
    return 0x3400 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or 0x20000 <= code <= 0x3FFFF


@lru_cache(maxsize=30_000)
def _is_common(character: str) -> bool:
    """Whether a Chinese character is of the first level of GB 2312 or of Big5, the common ones of each script."""
    return any(
        low <= character.encode(encoding, errors="ignore").ljust(2, b"\0")[:2] <= high
        for encoding, low, high in (("gb2312", b"\xb0\xa1", b"\xd7\xf9"), ("big5", b"\xa4\x40", b"\xc6\x7e"))
    )


def common_share(text: str) -> float:
    """Share of the Chinese characters of a text that are common ones, 0 where there are none."""
    return _share(map(_is_common, filter(_is_chinese, text)))


def _share(flags: Iterable[bool]) -> float:
    counted = list(flags)
    return sum(counted) / len(counted) if counted else 0.0


def has_lost_characters(lines: Iterable[str]) -> bool:
    """Whether lines that are readable as a whole hold characters that are not, other than bullets."""
    return sum(map(count_lost, lines)) >= MIN_LOST_CHARACTERS


def count_lost(line: str) -> int:
    """How many characters of a line are not readable, a bullet left out."""
    return sum(is_unreadable(one) for one in line.strip()[1:] if one != " ")


def is_garbled(text: str) -> bool:
    """Whether the text is neither Chinese nor Latin prose nor figures. A very short text never is."""
    characters = [character for character in text if not character.isspace() and character not in _LEADERS]
    if len(characters) < MIN_JUDGED_CHARACTERS:
        return False
    if _share(map(is_unreadable, characters)) > MAX_UNREADABLE_SHARE:
        return True
    chinese = [character for character in characters if _is_chinese(character)]
    if len(chinese) >= MIN_CHINESE:
        return _share(map(_is_common, chinese)) < MIN_COMMON_SHARE
    return not chinese and not _is_latin(characters)


def _is_latin(characters: list[str]) -> bool:
    marks = _share(character.isascii() and not character.isalnum() for character in characters)
    letters = [character.lower() for character in characters if character.isascii() and character.isalpha()]
    low, high = VOWEL_SHARES
    plausible = len(letters) < MIN_LETTERS or low <= _share(letter in "aeiouy" for letter in letters) <= high
    return marks <= MAX_MARK_SHARE and plausible


def page_ranges(numbers: Iterable[int]) -> str:
    """Page numbers for a reader: `3、5–7`."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = (f"{run[0]}–{run[-1]}" if len(run) > 2 else "、".join(map(str, run)) for run in runs)
    return "、".join(parts)
