"""What was recognised on the pages of a file that are, or hold, pictures of text: kept by page, put among its lines."""

from __future__ import annotations

import os
from collections.abc import Container, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from heapq import merge
from pathlib import Path

from rag.readers.page_runs import Run
from rag.records import Grid, Line, Page, PageStatus
from rag.replacing import replace_file
from rag.sandbox.values import json_to_value, value_to_json

WAITING = "这一页是图片，正在等待文字识别。"
FROM_PICTURE = "这一页的文字是从图片识别的，引用时请对照原图。"
PARTLY_FROM_PICTURE = "这一页图中的文字是从图片识别的，引用时请对照原图。"
NOTHING_RECOGNISED = "这一页是图片，没有认出文字。"
NOT_RECOGNISED = "这一页图中的文字没能识别（识别程序中途退出或用时过长）。"


@dataclass(frozen=True, slots=True)
class RecognisedPage:
    """What was recognised on one page; lengths in points from its top left corner."""

    number: int
    """Physical page, from 1."""
    items: tuple[Line | Grid, ...] = ()
    """From the top down, all of origin RECOGNISED."""
    is_whole: bool = False
    """The page is one picture: nothing of its own text counts."""
    runs: tuple[Run, ...] = ()
    """The characters where they stand on the page as it is."""
    width: float = 0.0
    height: float = 0.0
    has_failed: bool = False
    """It could not be recognised; `items` is empty."""


def with_recognised(page: Page, found: RecognisedPage) -> Page:
    """The page with what was recognised on it in its place: all it has, or among the lines of its own text."""
    if found.has_failed:
        return replace(page, note=NOT_RECOGNISED)
    if found.is_whole:
        note = FROM_PICTURE if found.items else NOTHING_RECOGNISED
        status = PageStatus.TEXT if found.items else PageStatus.EMPTY
        return replace(page, items=found.items, status=status, note=note)
    if not found.items:
        return page
    return replace(page, items=_among(page.items, found.items), note=PARTLY_FROM_PICTURE)


def settled(
    pages: Sequence[Page],
    found: Mapping[int, RecognisedPage],
    *,
    recognises: bool,
    unread: Container[int | None] = (),
) -> tuple[tuple[Page, ...], tuple[int, ...]]:
    """The pages with what was recognised on them, and the numbers of those that wait for it.

    `unread` are pages whose own text lacks so much that it only stands where nothing is recognised instead.
    """
    done, pending = [], []
    for page in pages:
        seen = None if page.number is None else found.get(page.number)
        is_unread = page.number in unread
        if seen is not None and (page.is_pictured or is_unread):
            page = page if is_unread and not seen.items else with_recognised(page, seen)
        elif recognises and (page.is_pictured or is_unread) and page.number is not None:
            pending.append(page.number)
            if is_unread or not page.items:
                page = replace(page, items=(), status=PageStatus.PENDING, note=WAITING)
        done.append(page)
    return tuple(done), tuple(pending)


def _among(printed: Sequence[Line | Grid], recognised: Sequence[Line | Grid]) -> tuple[Line | Grid, ...]:
    """Both in their own order, a recognised item before the first printed one that starts below it."""
    return tuple(merge(printed, recognised, key=lambda item: item.top))


class RecognisedPages:
    """Edge: recognised pages in a folder, by the content of their file; written whole or not at all."""

    def __init__(self, folder: Path) -> None:
        """`folder` need not be there yet."""
        self.folder = folder

    def folder_of(self, sha256: str) -> Path:
        """Where the pages of a file are kept."""
        return self.folder / sha256

    def file_of(self, sha256: str, number: int) -> Path:
        """Where one page is kept."""
        return self.folder_of(sha256) / f"{number}.json"

    def save(self, sha256: str, page: RecognisedPage) -> None:
        """Keep a page in place of what was kept of it."""
        target = self.file_of(sha256, page.number)
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = target.with_suffix(f".{os.getpid()}.part")
        unfinished.write_bytes(value_to_json(RecognisedPage, page))
        replace_file(unfinished, target)

    def missing(self, sha256: str, numbers: Iterable[int]) -> tuple[int, ...]:
        """Those of the pages that are not kept."""
        return tuple(number for number in numbers if not self.file_of(sha256, number).is_file())


def load_page(file: Path) -> RecognisedPage | None:
    """A page as it was saved; None where it is not there, or damaged, and so has to be recognised again."""
    try:
        return json_to_value(RecognisedPage, file.read_bytes())
    except (OSError, ValueError):
        with suppress(OSError):
            file.unlink()
        return None


def load_pages(folder: str) -> dict[int, RecognisedPage]:
    """Number → page of all that are kept in a folder of one file; none where none is named."""
    files = Path(folder).glob("*.json") if folder else ()
    return {page.number: page for file in files if (page := load_page(file)) is not None}
