"""Text of a PDF page that no reader sees: white on white, tiny, painted over, clipped, off the page, on a hidden layer.

The objects of the page tell what may be unseen; whether it is, a drawing of the page with and without it tells. So
white type on a dark banner stays, and what a stamp lies over as well.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from rag.readers.pdf.drawing import Cover, Drawing, moved
from rag.readers.pdf.glyphs import INVISIBLE_MODES, MIN_OPACITY, Paint
from rag.readers.pdf.text import Box, PageView, Piece

if TYPE_CHECKING:
    from PIL.Image import Image

TINY = 1.2
"""Points; smaller type is read by nobody."""
MIN_CONTRAST = 24
"""How much of 255 the paper changes, at least, where type is seen."""
SAME_COLOUR = 48
"""How much type may differ from what is painted beneath it and still be unseen, of 255."""
MIN_OVERLAP = 0.4
"""Share of the type's height that a shape above it covers, at least."""
SCAN_SHARE = 0.5
"""Share of a page that its pictures cover, at least, where the page is a scan."""
LAYER_SHARE = 0.8
"""Share of the text of a scan that is not seen, at least, where it is the layer that a recognition has left."""
PIXELS = 2.0
"""Pixels a point of the drawings that are compared."""
MAX_SIDE_PIXELS = 4000
NEIGHBOUR_SHARE = 0.15
"""Share of a character's width at each side where its neighbour's ink may be."""
BAND = 24.0
"""Points; what is painted is looked up by the height at which it stands."""
MAX_CLIP_SEGMENTS = 64


class SeenText(NamedTuple):
    """The text of a page as a reader sees it."""

    pieces: list[Piece]
    hides_text: bool
    """Whether there is other text, which nobody sees."""
    is_layer: bool
    """Whether it is what a recognition has put, unseen, over the picture of a page."""


def seen_text(
    page: Any, view: PageView, pieces: list[Piece], drawing: Drawing, has_layers: Callable[[], bool]
) -> SeenText:
    """Those of a PDFium page's pieces that are seen. `has_layers` tells whether the file can switch parts on and off."""
    suspects = _Suspicion(view, drawing, has_layers).suspects(pieces)
    lost = {index: frozenset(range(len(pieces[index].characters))) for index in suspects if _is_tiny(pieces[index])}
    doubtful = [index for index in suspects if index not in lost]
    if doubtful:
        lost |= _unseen(page, view, {index: pieces[index] for index in doubtful})
    if not any(lost.values()):
        return SeenText(pieces, hides_text=False, is_layer=False)
    count = sum(map(len, lost.values()))
    if count >= LAYER_SHARE * sum(len(piece.characters) for piece in pieces) and _is_scan(view, drawing):
        return SeenText(pieces, hides_text=False, is_layer=True)
    kept = [part for index, piece in enumerate(pieces) for part in piece.without(lost.get(index, ()))]
    shown = "".join(piece.text for piece in kept)
    hidden = ("".join(pieces[index].characters[at] for at in sorted(lost[index])) for index in lost)
    return SeenText(kept, hides_text=not all(text.strip() in shown for text in hidden), is_layer=False)


def _is_tiny(piece: Piece) -> bool:
    return max(piece.size, piece.bottom - piece.top) <= TINY


def _is_scan(view: PageView, drawing: Drawing) -> bool:
    pictures = (cover.box for cover in drawing.covers if cover.colour is None)
    area = sum((right - left) * (bottom - top) for left, top, right, bottom in pictures)
    return bool(area >= SCAN_SHARE * view.width * view.height)


class _Suspicion:
    """Tells from the objects of a page which pieces may not be seen."""

    def __init__(self, view: PageView, drawing: Drawing, has_layers: Callable[[], bool]) -> None:
        self._view, self._texts, self._has_layers = view, drawing.texts, has_layers
        self._bands: dict[int, list[Cover]] = {}
        for cover in drawing.covers:
            for band in _bands(max(cover.box[1], 0.0), min(cover.box[3], view.height)):
                self._bands.setdefault(band, []).append(cover)

    def suspects(self, pieces: Sequence[Piece]) -> list[int]:
        return [index for index, piece in enumerate(pieces) if self._may_be_unseen(piece)]

    def _may_be_unseen(self, piece: Piece) -> bool:
        if _is_tiny(piece) or self._is_off_page(piece) or piece.paints[0].mode in INVISIBLE_MODES:
            return True
        covers = list(chain.from_iterable(self._bands.get(band, ()) for band in _bands(piece.top, piece.bottom)))
        if self._is_like_ground(piece, covers) or self._is_covered(piece, covers):
            return True
        paints = list({paint.owner: paint for paint in piece.paints if paint.owner}.values())
        return any(
            self._is_cut_or_layered(paint, piece)
            for paint in {*paints[:1], *paints[len(paints) // 2 :][:1], *paints[-1:]}
        )

    def _is_off_page(self, piece: Piece) -> bool:
        beside = piece.left < 0 or piece.right > self._view.width
        return beside or not 0 <= piece.middle <= self._view.height

    def _is_like_ground(self, piece: Piece, covers: Iterable[Cover]) -> bool:
        """Whether the type has the colour of what is painted beneath it, or is pale on what is not known."""
        x, y, first = (piece.left + piece.right) / 2, piece.middle, self._order(piece.paints[0])
        beneath = [cover for cover in covers if cover.order < first and _holds(cover.box, x, y)]
        if not beneath:
            return piece.paints[0].is_faint
        ground = max(beneath, key=lambda cover: cover.order).colour
        if ground is None or piece.paints[0].is_transparent:
            return piece.paints[0].is_faint
        return any(
            max(abs(one - other) for one, other in zip(colour, ground, strict=True)) < SAME_COLOUR
            for colour in {paint.colour for paint in piece.paints}
        )

    def _is_covered(self, piece: Piece, covers: Iterable[Cover]) -> bool:
        """Whether a shape drawn later lies over the type."""
        earliest = min(map(self._order, piece.paints))
        above = [cover.box for cover in covers if cover.order > earliest]
        left, right, enough = piece.left + 1, piece.right - 1, MIN_OVERLAP * (piece.bottom - piece.top)
        return any(
            box[0] < right and box[2] > left and min(box[3], piece.bottom) - max(box[1], piece.top) >= enough
            for box in above
        )

    def _order(self, paint: Paint) -> int:
        return self._texts[paint.owner][0] if paint.owner in self._texts else -1

    def _is_cut_or_layered(self, paint: Paint, piece: Piece) -> bool:
        import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

        item = ctypes.cast(paint.owner, pdfium.FPDF_PAGEOBJECT)
        form = self._texts[paint.owner][1] if paint.owner in self._texts else None
        if (form and (form.opacity < MIN_OPACITY or self._has_layers())) or _is_layered(item, pdfium):
            return True
        clip = _clip_box(item, pdfium)
        if clip is None:
            return False
        corners = [(x, y) for x in clip[::2] for y in clip[1::2]]
        if form:
            corners = [moved(form.matrix, *corner) for corner in corners]
        across, up = zip(*corners, strict=True)
        left, top, right, bottom = self._view.box((min(across), min(up), max(across), max(up)))
        return not (left <= piece.left + 1 and piece.right - 1 <= right and top <= piece.middle <= bottom)


def _bands(top: float, bottom: float) -> range:
    return range(int(top // BAND), int(bottom // BAND) + 1)


def _holds(box: Box, x: float, y: float) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _is_layered(item: Any, pdfium: Any) -> bool:
    """Whether an object is marked as part of a layer."""
    name, length = (ctypes.c_ushort * 16)(), ctypes.c_ulong()
    for index in range(max(0, pdfium.FPDFPageObj_CountMarks(item))):
        mark = pdfium.FPDFPageObj_GetMark(item, index)
        if pdfium.FPDFPageObjMark_GetName(mark, name, 32, length) and bytes(name)[: length.value] == b"O\0C\0\0\0":
            return True
    return False


def _clip_box(item: Any, pdfium: Any) -> Box | None:
    """The box outside of which nothing of an object is drawn, None where there is none."""
    clip = pdfium.FPDFPageObj_GetClipPath(item)
    boxes = []
    x, y = ctypes.c_float(), ctypes.c_float()
    for path in range(max(0, pdfium.FPDFClipPath_CountPaths(clip))):
        points = []
        for index in range(min(MAX_CLIP_SEGMENTS, pdfium.FPDFClipPath_CountPathSegments(clip, path))):
            segment = pdfium.FPDFClipPath_GetPathSegment(clip, path, index)
            if pdfium.FPDFPathSegment_GetPoint(segment, x, y):
                points.append((x.value, y.value))
        if points:
            across, up = zip(*points, strict=True)
            boxes.append((min(across), min(up), max(across), max(up)))
    if not boxes:
        return None
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return max(lefts), max(bottoms), min(rights), min(tops)


def _unseen(page: Any, view: PageView, pieces: dict[int, Piece]) -> dict[int, frozenset[int]]:
    """The indexes of the characters, of each piece, whose absence from the page would not be seen."""
    from PIL import ImageChops

    left = max(0.0, min(piece.left for piece in pieces.values()) - 2)
    top = max(0.0, min(piece.top for piece in pieces.values()) - 2)
    right = min(view.width, max(piece.right for piece in pieces.values()) + 2)
    bottom = min(view.height, max(piece.bottom for piece in pieces.values()) + 2)
    if right - left < 1 or bottom - top < 1:
        return {index: frozenset(range(len(piece.characters))) for index, piece in pieces.items()}
    owners = {paint.owner for piece in pieces.values() for paint in piece.paints}.union(
        *(piece.doubles for piece in pieces.values())
    ) - {0}
    scale = min(PIXELS, MAX_SIDE_PIXELS / max(view.width, view.height))
    crop = (left, view.height - bottom, view.width - right, top)
    full = page.render(scale=scale, crop=crop).to_pil().convert("RGB")
    _show(owners, shown=False)
    try:
        empty = page.render(scale=scale, crop=crop).to_pil().convert("RGB")
    finally:
        _show(owners, shown=True)
    difference = ImageChops.difference(full, empty)
    return {index: _unchanged(piece, difference, left, top, scale) for index, piece in pieces.items()}


def _show(owners: Iterable[int], *, shown: bool) -> None:
    import pypdfium2.raw as pdfium

    for owner in owners:
        pdfium.FPDFPageObj_SetIsActive(ctypes.cast(owner, pdfium.FPDF_PAGEOBJECT), shown)


def _unchanged(piece: Piece, difference: Image, left: float, top: float, scale: float) -> frozenset[int]:
    """Indexes of the characters of a piece in whose boxes two drawings are the same."""
    unseen: set[int] = set()
    for index, character in enumerate(piece.characters):
        start, end = piece.lefts[index] - left, piece.rights[index] - left
        inset = NEIGHBOUR_SHARE * (end - start)
        box = (
            round((start + inset) * scale),
            int((piece.top - top) * scale),
            max(round((end - inset) * scale), round((start + inset) * scale) + 1),
            int((piece.bottom - top) * scale) + 1,
        )
        extremes: Any = difference.crop(box).getextrema()
        shown = max(high for _, high in extremes) >= MIN_CONTRAST
        # a mark or a space has so little ink that its neighbour tells more
        if not shown and (character.isalnum() or index == 0 or index - 1 in unseen):
            unseen.add(index)
    return frozenset(unseen)
