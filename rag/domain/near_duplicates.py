"""One report in two formats (年报.pdf beside 年报.docx) is one report: it is not searched or counted twice.

Sketches are bottom-k samples of shingle hashes; the share of common hashes estimates the Jaccard similarity of the
texts (Broder 1997).
"""

from __future__ import annotations

import heapq
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from rag.language.text import matching_key
from rag.records import Report

SHINGLE = 12
"""Characters a shingle."""
SKETCH_SIZE = 128
TWIN_SIMILARITY = 0.6
"""Estimated Jaccard similarity from which two files of one year are one report."""
NAMESAKE_SIMILARITY = 0.3
"""The same for files of one name in two formats, of which one may mark its tables in its own way."""

_PREFERRED = {"pdf": 0, "docx": 1, "markdown": 2, "text": 3}


def text_sketch(texts: Iterable[str]) -> tuple[int, ...]:
    """The smallest shingle hashes of a report's text, ascending."""
    key = matching_key("".join(texts)).encode("utf-32-le")
    width = 4 * SHINGLE
    hashes = {zlib.crc32(key[at : at + width]) for at in range(0, max(len(key) - width, 0) + 1, 4)}
    return tuple(heapq.nsmallest(SKETCH_SIZE, hashes))


def similarity(first: Sequence[int], second: Sequence[int]) -> float:
    """Estimated Jaccard similarity of two texts from their sketches, 0 to 1."""
    union = heapq.nsmallest(SKETCH_SIZE, {*first, *second})
    common = {*first} & {*second}
    return sum(value in common for value in union) / len(union) if union else 0.0


def near_duplicates(report: Report, others: Iterable[Report]) -> tuple[str, ...]:
    """Ids of the others, of the same college, kind and year, that hold nearly the same text."""
    return tuple(
        other.id
        for other in others
        if other.id != report.id
        and other.kind == report.kind
        and (other.college == report.college or "" in (other.college, report.college))
        and (other.year == report.year or None in (other.year, report.year))
        and similarity(report.sketch, other.sketch) >= _needed(report, other)
    )


def _needed(report: Report, other: Report) -> float:
    is_namesake = Path(report.id).stem == Path(other.id).stem and report.format != other.format
    return NAMESAKE_SIMILARITY if is_namesake else TWIN_SIMILARITY


def without_twins(reports: Sequence[Report]) -> tuple[Report, ...]:
    """The reports, each text once: of two formats the one with pages, else the smaller id, in the given order."""
    kept: set[str] = set()
    for report in sorted(reports, key=lambda r: (_PREFERRED.get(r.format, 9), r.id)):
        if kept.isdisjoint(report.near_duplicates):
            kept.add(report.id)
    return tuple(report for report in reports if report.id in kept)


def same_bytes(new: Sequence[tuple[str, str]], known: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Of (id, digest of the file): id of each new one → that of a known or earlier new one with the same digest."""
    holders = {digest: identity for identity, digest in reversed(known)}
    holding = {identity: holders.setdefault(digest, identity) for identity, digest in new}
    return {identity: holder for identity, holder in holding.items() if holder != identity}


def same_as(report: Report) -> str:
    """Chinese: why a file of the same bytes as this report was not added."""
    return f"与已收录的《{report.title}》（{Path(report.path).name}）内容完全相同，未重复添加。"
