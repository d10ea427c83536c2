"""The front of a file: every line that may say what report it is, with how it stands there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import PurePath

from rag.records import Grid, Line, Page, ReadFile

COVER_LINES = 14
"""Lines from the start, up to the first of running text, that count as the cover."""
FRONT_PAGES = 3
"""Pages whose lines in larger type count as the cover too: a list of editors or a picture may stand first."""
FRONT_LINES = 60
"""The same in a format without pages."""
LARGE = 1.25
"""Times the size of the text from which type is large."""
MIN_HEAD_REPEATS = 3
"""On how many pages a line must stand to be a running head."""
BODY_LINES = 4000
BODY_CHARACTERS = 40_000
"""Characters of text that are counted where the cover does not say."""

_RUNNING_TEXT = re.compile(r"[。；;]|[，,]$|[，,]\D.{17}|[，,].*[，,]|^.{81}")
_FILE_ENDING = re.compile(r"^Microsoft Word - |\.(?:docx?|pdf|wps|txt|indd)$", re.IGNORECASE)
_NUMBERING = re.compile(r"^(?:附件\d*[-－—_：: ]*|\d{1,3}[-_.、 ]+|\d{6,14}[-_ ]*)+|[(（]\d[)）]$")


@dataclass(frozen=True, slots=True)
class FrontLine:
    """One line of a cover."""

    text: str
    size: float = 1.0
    """Its type, times that of the text; 1 where a format has no sizes."""


@dataclass(frozen=True, slots=True)
class Front:
    """What stands before the text of a file, and the text."""

    cover: tuple[FrontLine, ...]
    heads: tuple[str, ...]
    """Running heads and feet, commonest first."""
    metadata: str
    file_name: str
    body: str


def read_to_front(read: ReadFile) -> Front:
    """The front of a file as read."""
    heads = _running_heads(read.pages)
    stem = PurePath(read.name).stem
    body = "\n".join(islice(_texts(read.pages), BODY_LINES))[:BODY_CHARACTERS]
    return Front(
        tuple(_cover(read.pages, heads)),
        heads,
        _FILE_ENDING.sub("", read.title.strip()),
        _NUMBERING.sub("", stem).replace("_", " ").strip() or stem,
        body,
    )


def _texts(pages: Sequence[Page]) -> Iterator[str]:
    return (line.text for page in pages for item in page.items for line in _lines_of(item))


def _lines_of(item: Line | Grid) -> list[Line]:
    return [item] if isinstance(item, Line) else [Line(cell.text) for cell in item.cells if cell.text]


def _running_heads(pages: Sequence[Page]) -> tuple[str, ...]:
    """Lines that stand at the top or bottom of several pages, commonest first."""
    edges: Counter[str] = Counter()
    for page in pages:
        edges.update({item.text.strip() for item in (*page.items[:2], *page.items[-2:]) if isinstance(item, Line)})
    return tuple(text for text, count in edges.most_common() if text and count >= MIN_HEAD_REPEATS)


def _cover(pages: Sequence[Page], heads: Sequence[str]) -> list[FrontLine]:
    """The first lines, and those in large type behind them; an empty line where others are left out between two."""
    size = _text_size(pages)
    front = pages[:FRONT_PAGES]
    lines = [line for page in front for item in page.items for line in _lines_of(item)]
    own = [
        line
        for line in lines
        if line.text.strip() and (line.text.strip() not in heads or (size and line.size > LARGE * size))
    ]
    prose = next((at for at, line in enumerate(own) if _RUNNING_TEXT.search(line.text.strip())), len(own))
    limit = len(own) if front and front[0].number is not None else FRONT_LINES
    chosen: list[FrontLine] = []
    for at, line in enumerate(own[:limit]):
        if any(line.text.strip() == before.text for before in chosen):
            continue
        if at < min(prose, COVER_LINES) or (size and line.size > LARGE * size):
            chosen.append(FrontLine(line.text.strip(), line.size / size if size else 1.0))
        elif chosen and chosen[-1].text:
            chosen.append(FrontLine(""))
    return _unstacked(chosen)


def _text_size(pages: Sequence[Page]) -> float:
    """The size most of the text is set in, 0 where unknown."""
    sizes: Counter[float] = Counter()
    for page in pages[:20]:
        for item in page.items:
            if isinstance(item, Line):
                sizes[round(item.size, 1)] += len(item.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _unstacked(lines: Sequence[FrontLine]) -> list[FrontLine]:
    """The lines, words set one character a line (质 量 年 报) put together."""
    joined: list[FrontLine] = []
    for is_single, run in groupby(lines, key=lambda line: re.fullmatch(r"[\u4e00-\u9fff]", line.text) is not None):
        stacked = list(run)
        joined += [FrontLine("".join(line.text for line in stacked), stacked[0].size)] if is_single else stacked
    return joined
