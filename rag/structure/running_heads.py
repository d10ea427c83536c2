"""Pages as printed → pages of content: running heads, feet and page numbers dropped, printed labels kept."""

from __future__ import annotations

import itertools
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
_SOURCE = re.compile(r"\s*(?:(?:数据|资料)来源|单位|备?注)\s*[:：]")
"""Says of a table what a reader cites, on however many pages."""
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
    """The lines at an edge of a page, the outermost first, behind those that stand apart at its end."""
    apart, items = _from_bottom(page.items) if from_bottom else ([], page.items)
    outer = itertools.takewhile(lambda item: isinstance(item, Line), items[:EDGE_LINES])
    return [*apart, *(item for item in outer if isinstance(item, Line))]


def _from_bottom(items: Sequence[Line | Grid]) -> tuple[list[Line], list[Line | Grid]]:
    """The lines that come last though others stand below them (watermarks, turned labels); the rest from below up."""
    rest, apart = list(items), list[Line]()
    if all(item.right for item in items):
        lowest = list(itertools.accumulate((item.bottom for item in items), max))
        while len(rest) > 1 and isinstance(last := rest[-1], Line) and last.bottom < lowest[len(rest) - 2]:
            apart.append(last)
            rest.pop()
        rest.sort(key=lambda item: item.bottom)
    return apart, rest[::-1]


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
    if _SOURCE.match(line.text):
        return False
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
    label = None

    def is_dropped(line: Line, repeated: dict[str, list[float]]) -> bool:
        nonlocal label
        number = _is_page_number(line, index, offsets)
        label = number or label
        return number is not None or _is_head(line, repeated) or _stands_among_heads(line, repeated, page_count)

    above = list(itertools.takewhile(lambda line: is_dropped(line, heads), _edge(page, from_bottom=False)))
    page = replace(page, items=page.items[len(above) :])
    apart, _ = _from_bottom(page.items)
    below = [line for line in apart if _is_head(line, feet)]
    below += itertools.takewhile(lambda line: is_dropped(line, feet), _edge(page, from_bottom=True)[len(apart) :])
    gone = set(map(id, below))
    return replace(page, items=tuple(item for item in page.items if id(item) not in gone), label=label or page.label)


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
