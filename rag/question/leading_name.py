"""The name a question opens with: whom it asks about, known or not (`武职` of 武职就业率是多少)."""

from __future__ import annotations

import re

from rag.language.text import tagged_words

_OPENING = re.compile(r"^(?:请问|你好|那么?|帮我查[一下]*|查[一下]*|问[一下]*|关于|我想知道|想知道|[\s，,：:])+")
_NAMES = frozenset("nr nrt nz nt j".split())
"""Parts of speech (ICTCLAS tags) of proper names and abbreviations; places (ns) are as often where something happened."""
_ABBREVIATED = re.compile(r"[职大]$")
"""How a college is called for short."""
MIN_NAME, MAX_NAME = 2, 4


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
    is_name = tag in _NAMES or (tag[:1] == "n" and _ABBREVIATED.search(word) is not None)
    return word if is_name else ""
