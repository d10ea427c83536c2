"""What fonts draw that say something else: read character by character from the page as it is drawn."""

from __future__ import annotations

import ctypes
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple, TypeAlias

from rag.readers.pdf.glyph_shapes import DIGITS, MARKS, Place, Shape, draw_shape, likeness
from rag.readers.pdf.glyphs import MAX_CHARACTERS
from rag.readers.pdf.text import LEVEL, SAME_BASELINE, PageView, Piece

UNREADABLE = "□"
"""Stands for each character of a run that cannot be read for sure."""
READ, CLEAR = 0.6, 0.08
"""A character is read where it is as like one as this, and by this more than like any other."""
RUN_GAP = 0.3
"""Type sizes between two characters of one run, at most."""
MAX_READ = 3000
"""Characters read on one page, at most."""

_UNKNOWN = frozenset((0, 0xFFFD))
_SPACES = frozenset((9, 10, 13, 32, 0xA0))
_FIGURE_SIGNS = frozenset(DIGITS + ".,")

Readings: TypeAlias = dict[int, tuple[str, float]]
"""What a font draws for each code, and how like that it is: 1 for the same."""


class ReadRun(NamedTuple):
    """Characters side by side, as read from what is drawn."""

    text: str
    """Of UNREADABLE where one of them could not be read."""
    places: tuple[Place, ...]
    score: float
    """How sure the least sure character is."""

    @property
    def is_unreadable(self) -> bool:
        """Whether it could not be read."""
        return UNREADABLE in self.text


class _Read(NamedTuple):
    """One character as it is drawn."""

    text: str
    place: Place
    score: float


def page_to_runs(page: Any, view: PageView, false: Mapping[int, Readings]) -> Iterator[ReadRun]:
    """What the false fonts of a PDFium page draw, joined where it stands side by side.

    `false` holds the fonts by their address; what is read of them is added to it.
    """
    run: list[_Read] = []
    for one in _reads(page, view, false):
        if run and (one is None or not _is_beside(run[-1].place, one.place)):
            yield _joined(run)
            run = []
        if one is not None:
            run.append(one)
    if run:
        yield _joined(run)


def _is_beside(before: Place, after: Place) -> bool:
    gap = after.left - before.right
    return abs(gap) <= RUN_GAP * before.size and abs(after.baseline - before.baseline) <= SAME_BASELINE * before.size


def _joined(run: Sequence[_Read]) -> ReadRun:
    text = "".join(one.text for one in run)
    return ReadRun(
        UNREADABLE * len(run) if UNREADABLE in text else text,
        tuple(one.place for one in run),
        min(one.score for one in run),
    )


def _reads(page: Any, view: PageView, false: Mapping[int, Readings]) -> Iterator[_Read | None]:
    """The characters of false fonts in order, None where a run ends."""
    for count, (code, address, place) in enumerate(_characters(page, view, false)):
        if place is None or not (code < 0x100 or code in _UNKNOWN or 0xFF01 <= code <= 0xFF5E):
            yield None
            continue
        reading = false[address].get(code)
        if reading is None:
            shape = draw_shape(page, view, place) if count < MAX_READ else None
            reading = _shape_to_text(shape, code) if shape else ("" if code in _SPACES else UNREADABLE, 0.0)
            if shape and code not in _UNKNOWN:
                false[address][code] = reading
        text, score = reading
        yield _Read(text, place, score) if text else None


def _characters(page: Any, view: PageView, fonts: Mapping[int, Readings]) -> Iterator[tuple[int, int, Place | None]]:
    """Code, font and place of each character that some fonts draw, white space too; no place where text is turned."""
    import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

    text_page = page.get_textpage()
    handle = text_page.raw
    for index in range(min(text_page.count_chars(), MAX_CHARACTERS)):
        owner = pdfium.FPDFText_GetTextObject(handle, index)
        font = pdfium.FPDFTextObj_GetFont(owner) if owner else None
        address = ctypes.addressof(font.contents) if font else 0
        if address in fonts and not pdfium.FPDFText_IsGenerated(handle, index):
            yield pdfium.FPDFText_GetUnicode(handle, index), address, _place(handle, index, view, pdfium)


def _place(handle: Any, index: int, view: PageView, pdfium: Any) -> Place | None:
    seen, box, x, y = pdfium.FS_MATRIX(), pdfium.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetMatrix(handle, index, seen)
    pdfium.FPDFText_GetLooseCharBox(handle, index, box)
    pdfium.FPDFText_GetCharOrigin(handle, index, x, y)
    if view.angle(seen.a, seen.b) != LEVEL:
        return None
    left, _, right, _ = view.box((box.left, box.bottom, box.right, box.top))
    baseline = view.box((x.value, y.value, x.value, y.value))[1]
    return Place(left, right, baseline, abs(pdfium.FPDFText_GetFontSize(handle, index)) * math.hypot(seen.c, seen.d))


def _shape_to_text(shape: Shape, code: int) -> tuple[str, float]:
    """What a shape is, and how like that it is."""
    said = chr(code)
    (best, text), (second, _) = sorted(((likeness(shape, one), one) for one in DIGITS + MARKS), reverse=True)[:2]
    if best >= READ and best - second >= CLEAR:
        return text, best
    if said.isascii() and said.isalpha() and (own := likeness(shape, said)) >= max(READ, best):
        return said, own
    return UNREADABLE, 0.0


def pieces_with_runs(pieces: Sequence[Piece], runs: Sequence[ReadRun]) -> list[Piece]:
    """Pieces with the runs in the place of the characters that stood there."""
    by_height: dict[int, list[ReadRun]] = defaultdict(list)
    for run in runs:
        by_height[round(run.places[0].baseline)].append(run)
    result: list[Piece] = []
    missing = set(runs)
    for piece in pieces:
        near = [run for height in (-1, 0, 1) for run in by_height.get(round(piece.baseline) + height, ())]
        owners = _owners(piece, near) if near and not piece.turned else []
        if not any(owners):
            result.append(piece)
            continue
        for owner, indexes in groupby(range(len(owners)), key=owners.__getitem__):
            if owner is None:
                part = piece.part(indexes)
                result += [part] if part.text.strip() else []
            elif owner in missing:
                missing.remove(owner)
                result.append(_run_to_piece(owner, piece))
    return result


def _owners(piece: Piece, runs: Sequence[ReadRun]) -> list[ReadRun | None]:
    """The run that each character of a piece belongs to.

    It stands where the run does, or it is part of a figure with what cannot be read.
    """
    middles = [(left + right) / 2 for left, right in zip(piece.lefts, piece.rights, strict=True)]
    owners = [next((run for run in runs if _covers(run, piece, middle)), None) for middle in middles]
    for order, step in ((range(1, len(owners)), 1), (range(len(owners) - 2, -1, -1), -1)):
        for index in order:
            beside = owners[index - step]
            if owners[index] is None and beside and beside.is_unreadable and piece.characters[index] in _FIGURE_SIGNS:
                owners[index] = beside
    return owners


def _covers(run: ReadRun, piece: Piece, middle: float) -> bool:
    first, last = run.places[0], run.places[-1]
    near = abs(first.baseline - piece.baseline) <= SAME_BASELINE * max(piece.size, 1.0)
    return near and first.left <= middle <= last.right


def _run_to_piece(run: ReadRun, cut: Piece) -> Piece:
    piece = Piece(cut.top, cut.bottom, cut.baseline, cut.size, cut.bold)
    for character, place in zip(run.text, run.places, strict=True):
        piece.append(character, place.left, place.right)
    return piece
