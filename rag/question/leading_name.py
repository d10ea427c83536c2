"""The name a question opens with: whom it asks about, known or not (`武职` of 武职就业率是多少)."""

from __future__ import annotations

import re

from rag.language.meaning import nearness
from rag.language.text import is_known_word, tagged_words

_OPENING = re.compile(r"^(?:请问|你好|那么?|帮我查[一下]*|查[一下]*|问[一下]*|关于|我想知道|想知道|[\s，,：:])+")
_NAMES = frozenset("nr nrt nz nt j".split())
"""Parts of speech (ICTCLAS tags) of proper names and abbreviations; places (ns) are as often where something happened."""
_ABBREVIATED = re.compile(r"(?<![高中兼在任专辞离免])职$|大$")
"""How a college is called for short."""
MIN_NAME, MAX_NAME = 2, 4
COLLEGE_LIKE = 0.45
"""Least cosine to one of `_COLLEGES` of a word that may be a college's name."""
_COLLEGES = ("大学", "北大", "清华")
_THING = re.compile("[奖金险贷赛证课率费]$")
"""How what is no institution ends: 国奖."""


def leading_name(question: str) -> str:
    """A word that is a proper name, or a college's short name, at the very beginning; `` where there is none.

    >>> leading_name("请问武职就业率是多少")
    '武职'
    >>> leading_name("就业率是多少")
    ''
    """
    words = tagged_words(_OPENING.sub("", question))
    word, tag = words[0] if words else ("", "")
    if not MIN_NAME <= len(word) <= MAX_NAME:
        return ""
    is_short = tag[:1] in "nj" and _ABBREVIATED.search(word) is not None
    return word if is_short or (tag in _NAMES and _may_be_college(word)) else ""


def _may_be_college(word: str) -> bool:
    """Whether a proper name may be a college's: one no dictionary holds, or one that lies close to colleges (清华)."""
    if not is_known_word(word):
        return _THING.search(word) is None
    return float(nearness([word], _COLLEGES).max()) >= COLLEGE_LIKE
