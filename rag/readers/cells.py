"""The text of a cell from what stands in it."""

from __future__ import annotations

import re
from collections.abc import Iterable

_GROUPED = re.compile(r"[-+−]?[1-9]\d{0,2}(?: \d{3})+(?:\.\d+)?%?")


def joined_blocks(blocks: Iterable[str]) -> str:
    """The blocks of a cell on one line: a space between, a mark where two numbers would look like one.

    A number alone, its thousands grouped by spaces, is written without them.
    """
    text = ""
    for block in filter(None, blocks):
        shown = block.replace(" ", "") if _GROUPED.fullmatch(block) else block
        between = "；" if text[-1:].isdecimal() and shown[:1].isdecimal() else " " if text else ""
        text += between + shown
    return text
