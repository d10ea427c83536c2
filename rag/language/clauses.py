"""Clauses of Chinese sentences: where they end, and the one a figure stands in."""

from __future__ import annotations

import re
from functools import lru_cache

from rag.language.numbers import find_numbers

CLAUSE = re.compile(r"[，,；;。：:！？（）()\n]")
"""What ends a clause."""
LABEL_BREAK = re.compile(r"[，,；;。：:！？（(\n]")
"""What ends a clause as an answer quotes it: it goes on behind a bracket that closes (就业率（含升学）96%)."""
_SENTENCE_END = re.compile(r"[。！？!?]|\n(?!\d)")
LOOK_BACK = 160
"""Characters before a figure in which its clause begins."""


@lru_cache(maxsize=10_000)
def clause_before(text: str) -> str:
    """What stands before a figure in its clause, behind the figure before it; `text` ends where the figure begins."""
    text = text[-LOOK_BACK:]
    cuts = [match.end() for match in CLAUSE.finditer(text)]
    numbers = [number.end for number in find_numbers(text)]
    return text[max([0, *cuts[-1:], *numbers[-1:]]) :]


def sentence_before(text: str, start: int) -> str:
    """What a text has before an offset back to the end of the sentence before, over a line that breaks before a figure.

    >>> sentence_before("共有3人。其中男生占60%", 10)
    '其中男生占'
    """
    ends = (match.end() for match in _SENTENCE_END.finditer(text) if match.end() <= start)
    return text[max(ends, default=0) : start]
