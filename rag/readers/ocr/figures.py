"""Figures among what was read: look-alikes put right, marks tidied, and what is worth a second look (pure)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from rag.readers.ocr.models import Character, Reading
from rag.readers.ocr.picture import Flags
from rag.readers.ocr.snippets import FLAT, MIN_DASH

SURE = 0.9
"""A reading with a less sure character than this is looked at again."""
MIN_DIGIT_PROBABILITY = 0.02
"""What is certainly no digit (grade B, class A) stays what it is."""
UNSURE_AFTER_CHANGE = 0.85
"""Most that is left of the score of a character that was changed."""

_LOOK_ALIKES = frozenset("OoQDlI|iSsBZzbqgG")
_MARKS = frozenset(".,，。:：%％‰-–—+−±/()（）~～≥≤<>▲△▼ ")
_SHAPE = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\d{1,4}(?:\.\d{1,2}){2,}")
_GAPPED = re.compile(r"[-−]?\d+ \d{1,2}[%％]?")
_SIGNED = re.compile(r"[-−+±▲△▼]?\d[\d.,]*[%％‰]?")
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_WORD, _DIGIT = re.compile(r"\S+"), re.compile(r"\d")
_DASH = re.compile(r"(?<=\d)一(?=\d)")
_COMMA = re.compile(r"(?<=\d)，(?=\d{3}(?!\d))")
_POINT = re.compile(r"(?<=\d)[。·](?=\d)")
_LOOSE_SPACE = re.compile(r"(?<=\d[.,:：]) (?=\d)")


def tidied(reading: Reading) -> Reading:
    """The reading with look-alikes among digits made digits, and ASCII marks inside figures.

    `1O5` is 105 where O could well be a digit; `3。5` is 3.5; `12, 345` is 12,345; `2022一2023` is 2022-2023.
    """
    return _with_plain_marks(_with_digits(reading))


def _with_digits(reading: Reading) -> Reading:
    if not _is_bare(reading, _LOOK_ALIKES):
        return reading
    words = [match.span() for match in _WORD.finditer(reading.text)]
    figures = [(start, end) for start, end in words if len(words) == 1 or _DIGIT.search(reading.text, start, end)]
    return Reading(
        tuple(
            _as_digit(one) if one.text in _LOOK_ALIKES and any(start <= at < end for start, end in figures) else one
            for at, one in enumerate(reading.characters)
        )
    )


def _is_bare(reading: Reading, besides: frozenset[str] = frozenset()) -> bool:
    """Whether a reading is nothing but digits and the marks of figures, and what else is allowed."""
    return all(one.text.isdigit() or one.text in _MARKS or one.text in besides for one in reading.characters)


def _as_digit(character: Character) -> Character:
    if character.digit_probability < MIN_DIGIT_PROBABILITY:
        return character
    probability = UNSURE_AFTER_CHANGE * min(1.0, character.probability + character.digit_probability)
    return character._replace(text=character.digit, probability=probability)


def _with_plain_marks(reading: Reading) -> Reading:
    text = _DASH.sub("-", reading.text).replace("∇", "▽")
    if _is_bare(reading):
        text = _POINT.sub(".", _COMMA.sub(",", text))
        text = _LOOSE_SPACE.sub("\0", text)
    return Reading(
        tuple(
            one._replace(text=character)
            for one, character in zip(reading.characters, text, strict=True)
            if character != "\0"
        )
    )


def _said(look: Reading) -> tuple[str, ...]:
    return tuple(_SIGNED.findall(look.text)) or (look.text,)


def has_odd_shape(text: str) -> bool:
    """Whether a figure is written as none is: `88.621.54`, `1,23`, `394 83`."""
    return any(not _SHAPE.fullmatch(figure) for figure in _FIGURE.findall(text)) or bool(_GAPPED.fullmatch(text))


def is_doubtful(reading: Reading) -> bool:
    """Whether a reading with figures, or of nothing but look-alikes, is to be looked at again."""
    figures = any(one.text.isdigit() for one in reading.characters)
    alike = all(one.text in _LOOK_ALIKES for one in reading.characters)
    return (figures or alike) and (reading.score < SURE or has_odd_shape(reading.text))


def agreed(looks: Sequence[Reading]) -> Reading:
    """What most looks at one place read, judged by the figures; the fewer they are, the lower its score."""
    votes = Counter(map(_said, looks))

    def weight(look: Reading) -> tuple[bool, int, float]:
        return not has_odd_shape(look.text), votes[_said(look)], look.score

    best = max(looks, key=weight)
    share = votes[_said(best)] / len(looks)
    return Reading(tuple(one._replace(probability=one.probability * share) for one in best.characters))


DASH, SLASH, DISC, UP, DOWN = "—", "/", "●", "▲", "▼"
MIN_MATCH = 0.85
"""Share of its box on which a stroke has ink and paper where a mark has them."""
SHAPE_SCORE = 0.95


def lone_mark(ink: Flags, usual: float) -> str:
    """The mark that a stroke alone in its cell is, `` where it is none of those known."""
    height, width = ink.shape
    if width >= MIN_DASH * usual and height <= FLAT * width:
        return DASH
    if _slants(ink):
        return SLASH
    return next((mark for mark in (DISC, UP, DOWN) if _looks_like(ink, mark)), "")


def with_lost_triangle(reading: Reading, ink: Flags) -> Reading:
    """The reading with a solid triangle before its first figure, a minus sign in accounts, which the network skips."""
    if not reading.characters or not reading.characters[0].text.isdigit():
        return reading
    columns = np.asarray(ink.any(axis=0))
    start = int(columns.argmax())
    gap = np.flatnonzero(~columns[start:])
    if not len(gap) or start + gap[0] > reading.characters[0].place * len(columns):
        return reading
    stroke = cropped(ink[:, start : start + gap[0]])
    mark = next((mark for mark in (UP, DOWN) if _looks_like(stroke, mark)), "")
    if not mark:
        return reading
    place = (start + gap[0] / 2) / len(columns)
    return Reading((Character(mark, place, SHAPE_SCORE), *reading.characters))


def cropped(ink: Flags) -> Flags:
    """Ink without the paper around it."""
    rows, columns = (np.flatnonzero(np.asarray(ink.any(axis=axis))) for axis in (1, 0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] if len(rows) else ink[:0, :0]


def _looks_like(ink: Flags, mark: str) -> bool:
    height, width = ink.shape
    if min(height, width) < 5 or not 0.7 <= width / height <= 1.6:
        return False
    down, across = (np.indices((height, width)) + 0.5) / np.array([[[height]], [[width]]])
    if mark == DISC:
        shape = (across - 0.5) ** 2 + (down - 0.5) ** 2 <= 0.25
    else:
        shape = np.abs(across - 0.5) <= (down if mark == UP else 1 - down) / 2
    return bool((ink == shape).mean() >= MIN_MATCH)


def _slants(ink: Flags) -> bool:
    """Whether a stroke is one thin straight line from the lower left to the upper right."""
    height, width = ink.shape
    if min(height, width) < 5 or not 0.25 <= width / height <= 1.5:
        return False
    rows = [np.flatnonzero(row) for row in ink]
    if any(not len(row) for row in rows):
        return False
    middles, widths = np.array([row.mean() for row in rows]), np.array([np.ptp(row) + 1 for row in rows])
    straight = np.polyval(np.polyfit(np.arange(height), middles, 1), np.arange(height))
    falls = straight[0] - straight[-1] >= 0.6 * width
    return bool(falls and np.abs(middles - straight).max() <= 0.12 * width and widths.mean() <= 0.35 * width)
