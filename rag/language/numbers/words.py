"""Chinese numerals that are part of another word (零部件, 济济一堂, 二十四节气), told by the segmenter's dictionary."""

from __future__ import annotations

from rag.language.text import is_known_word, tagged_words

BEFORE, BEHIND = 6, 6
"""Characters around a numeral that are segmented."""


def is_part_of_a_word(folded: str, start: int, end: int, *, bounded: bool) -> bool:
    """Whether the numeral that begins at `start` stands in a word, not of numbers, that goes beyond `start` to `end`.

    Behind a bound word (近千人, which dictionaries hold) it begins at `start`.
    """
    low = start if bounded else max(0, start - BEFORE)
    at = low
    for word, tag in tagged_words(folded[low : end + BEHIND]):
        found = folded.find(word, at)
        if found < 0:
            continue
        at = found + len(word)
        if found <= start < at:
            return (found < start or at > end) and not tag.startswith("m") and is_known_word(word)
    return False
