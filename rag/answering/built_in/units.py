"""The sentences and rows of a passage that say something, and how brief they are."""

from __future__ import annotations

import re

from rag.language.text import matching_key, sentence_spans
from rag.records import Passage, Table
from rag.structure.paragraphs import CAPTION
from rag.structure.tables.joining import row_text

ORDINARY_LENGTH = 80
"""Characters of a sentence."""
LENGTH_POWER = 0.3
_ENDS = re.compile(r"[。！？；]")


def brevity(text: str) -> float:
    """1 for a sentence of ordinary length, less for one so long that it holds something of everything."""
    return 1.0 if len(text) <= ORDINARY_LENGTH else (ORDINARY_LENGTH / len(text)) ** LENGTH_POWER


def answering_units(passage: Passage, table: Table | None) -> list[tuple[int, int]]:
    """Sentences and body rows of a passage; headings, captions and header rows name things without saying them."""
    body = {row_text(row) for row in table.rows[table.header_rows :]} if table else set()
    headings = {matching_key(title) for title in passage.path}
    units = []
    for start, end in sentence_spans(passage.text):
        text = passage.text[start:end].strip()
        names_only = CAPTION.match(text) or matching_key(text) in headings
        if text and not names_only and (text in body or (_ENDS.search(text) if table else True)):
            units.append((start, end))
    return units
