"""Pages as printed → pages of content: running heads, feet and page numbers dropped, printed labels kept."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from rag.language.text import matching_key
from rag.records import Grid, Line, Page

EDGE_LINES = 3
"""How many items from the top and from the bottom of a page may be a running head or foot."""
MIN_REPEATS = 3
"""On how many pages a line must come back to be a running head."""
MAX_HEAD_LENGTH = 60
POSITION_TOLERANCE = 6.0
"""Points by which a running head may shift between pages."""
HEAD_TOLERANCE = 2.0
"""Points by which the heads of one document differ in height where their words change from chapter to chapter."""
SHORT_DOCUMENT = 6
"""Pages up to which a line that names the report is a running head when it comes back once."""
MIN_TEXT_HEAD = 8
"""Characters of a running head in a format without pages at least."""
MIN_TEXT_REPEATS = 5
"""In a format without pages, how often a line must come back, as it stands, to be a running head."""

_PAGE_NUMBER = re.compile(
    r"^[\s\-–—―─·•|~～]*(?:第?\s*|[Pp](?:age)?\.?\s*)?(\d{1,4}|[ivxlcIVXLC]{1,7})(?:\s*页)?(?:\s*(?:[/／共,，]|of)\s*共?\s*\d{1,4}\s*页?)?[\s\-–—―─·•|~～]*$"
)
_DIGITS = re.compile(r"\d+")
_PROSE = re.compile(r"[。；]|[，、].*[，、]|[，、]$")
_NAMES_REPORT = re.compile(r"报告|年报|简报|^.{2,16}(?:学院|学校|大学)$")
_TITLE_WORD = re.compile(r"报告|年报|简报|学院|学校|大学")


def drop_running_heads(pages: Sequence[Page]) -> tuple[Page, ...]:
    """The pages without running heads, feet and page numbers; a printed page number becomes the page's label."""
    if len(pages) == 1 and pages[0].number is None:
        return (_drop_repeated_lines(pages[0]),)
    heads = _repeated(pages, from_bottom=False)
    feet = _repeated(pages, from_bottom=True)
    offsets = _number_offsets(pages)
    return tuple(_strip(page, index, heads, feet, offsets, len(pages)) for index, page in enumerate(pages))


def page_number_of(text: str) -> str | None:
    """The page number a line consists of (`— 3 —`, `IV`, `第3页 共9页`), None where it says anything else."""
    match = _PAGE_NUMBER.match(text)
    return match.group(1) if match else None


def _signature(line: Line) -> str:
    return _DIGITS.sub("#", matching_key(line.text))


def _edge(page: Page, from_bottom: bool) -> list[Line]:
    items = page.items[::-1] if from_bottom else page.items
    lines: list[Line] = []
    for item in items[:EDGE_LINES]:
        if isinstance(item, Grid):
            break
        lines.append(item)
    return lines


def _repeated(pages: Sequence[Page], *, from_bottom: bool) -> dict[str, list[float]]:
    """Signature of each line that keeps coming back at an edge → the heights it comes back at."""
    heights: dict[str, list[float]] = {}
    for page in pages:
        for line in _edge(page, from_bottom):
            if _may_be_head(line):
                heights.setdefault(_signature(line), []).append(line.top)
    enough = 2 if len(pages) <= SHORT_DOCUMENT else MIN_REPEATS

    def is_head(key: str, tops: list[float]) -> bool:
        return len(tops) >= (enough if _TITLE_WORD.search(key) else MIN_REPEATS) and key.strip("#") != ""

    return {key: tops for key, tops in heights.items() if is_head(key, tops)}


def _may_be_head(line: Line) -> bool:
    return len(line.text) <= MAX_HEAD_LENGTH and page_number_of(line.text) is None and not _PROSE.search(line.text)


def _number_offsets(pages: Sequence[Page]) -> Counter[int]:
    """How often each (printed − physical) difference occurs among numbers standing at the edges."""
    offsets: Counter[int] = Counter()
    for index, page in enumerate(pages):
        found = {page_number_of(line.text) for side in (False, True) for line in _edge(page, side)[:2]}
        offsets.update(int(number) - index for number in found if number and number.isdigit())
    return offsets


def _is_head(line: Line, repeated: dict[str, list[float]]) -> bool:
    tops = repeated.get(_signature(line), [])
    return sum(abs(top - line.top) <= POSITION_TOLERANCE for top in tops) >= min(MIN_REPEATS, max(len(tops), 2))


def _stands_among_heads(line: Line, repeated: dict[str, list[float]], page_count: int) -> bool:
    """Whether a line stands where most pages have a running head: the head of a chapter of a page or two."""
    tops = [top for heights in repeated.values() for top in heights]
    same = sum(abs(top - line.top) <= HEAD_TOLERANCE for top in tops)
    return bool(line.top) and _may_be_head(line) and same >= max(MIN_REPEATS, page_count / 2)


def _is_page_number(line: Line, index: int, offsets: Counter[int]) -> str | None:
    number = page_number_of(line.text)
    if number is None or not number.isdigit():
        return number
    decorated = line.text.strip() != number
    return number if decorated or offsets[int(number) - index] >= 2 else None


def _strip(
    page: Page,
    index: int,
    heads: dict[str, list[float]],
    feet: dict[str, list[float]],
    offsets: Counter[int],
    page_count: int,
) -> Page:
    items = list(page.items)
    label = None
    for at, repeated in ((0, heads), (-1, feet)):
        for _ in range(EDGE_LINES):
            if not items or not isinstance(item := items[at], Line):
                break
            number = _is_page_number(item, index, offsets)
            is_head = _is_head(item, repeated) or _stands_among_heads(item, repeated, page_count)
            if number is None and not is_head:
                break
            label = number or label
            items.pop(at)
    return replace(page, items=tuple(items), label=label or page.label)


def _drop_repeated_lines(page: Page) -> Page:
    counts = Counter(item.text for item in page.items if isinstance(item, Line))

    def is_head(item: Line | Grid) -> bool:
        return (
            isinstance(item, Line)
            and item.heading_level is None
            and counts[item.text] >= MIN_TEXT_REPEATS
            and len(item.text) >= MIN_TEXT_HEAD
            and _may_be_head(item)
            and _NAMES_REPORT.search(item.text) is not None
        )

    return replace(page, items=tuple(item for item in page.items if not is_head(item)))
