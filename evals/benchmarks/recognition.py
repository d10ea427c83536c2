"""Figures of tables recognised from pictures, held against the text of the same pages.

usage: python -m evals.benchmarks.recognition FILE_OR_FOLDER … [--pages 30] [--seed 1] [--show]

Pages with tables are drawn by lot, as many from each file, turned into grey pictures of 200 dpi, set askew by a degree,
with the noise of a camera and of JPEG, and recognised. A cell is right where the same cell of the same table holds the
same figures. Cells without figures in which figures were read count as invented.
"""

from __future__ import annotations

import argparse
import io
import random
import re
import time
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from rag.readers.ocr.models import Models
from rag.readers.ocr.picture import Picture, Pixels
from rag.readers.ocr.recognise import recognise
from rag.readers.ocr.straighten import turned
from rag.readers.pdf.reader import read_pdf
from rag.records import Cell, Grid
from rag.sandbox.memory import peak_bytes

DPI = 200
SKEW = 1.0
NOISE = 5.0
"""Standard deviation in shades of grey."""
JPEG_QUALITY = 50
MIN_FIGURE_CELLS = 4
"""A page with fewer figures in tables is not drawn."""
_FIGURE = re.compile(r"[-−–—]?\d[\d,.]*%?")


class Wrong(NamedTuple):
    """A cell that is not as printed."""

    page: str
    row: int
    column: int
    printed: str
    read: str
    score: float


@dataclass
class Tally:
    """What came of some pages."""

    pages: int = 0
    right: int = 0
    wrong: list[Wrong] = field(default_factory=list)
    invented: list[Wrong] = field(default_factory=list)
    texts: int = 0
    changed: list[Wrong] = field(default_factory=list)
    """Cells with right figures, or none, whose text is another."""
    right_scores: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def share(self) -> float:
        """Share of the cells with figures that are right."""
        return self.right / max(1, self.right + len(self.wrong))


def main() -> None:
    """Print the share of right figures and every wrong one."""
    parser = argparse.ArgumentParser()
    parser.add_argument("paths", type=Path, nargs="+")
    parser.add_argument("--pages", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--texts", action="store_true", help="list cells of other text but right figures as well")
    parser.add_argument("--show", type=Path, help="folder for the pictures of pages with a wrong cell")
    given = parser.parse_args()
    files = [file for path in given.paths for file in (sorted(path.rglob("*.pdf")) if path.is_dir() else [path])]
    models, total = Models(), Tally()
    for file, quota in zip(files, _quotas(given.pages, len(files)), strict=True):
        tally = Tally()
        for page, grids, picture in pages_with_tables(file, quota, given.seed):
            before = len(tally.wrong) + len(tally.invented)
            compare_page(f"{file.stem[:12]} S.{page}", grids, picture, models, tally)
            if given.show and len(tally.wrong) + len(tally.invented) > before:
                _save(picture.pixels, given.show / f"{file.stem[:12]}-{page}.png")
        _report(file.name, tally, texts=given.texts)
        total = _added(total, tally)
    _report("together", total, listed=False)
    right = sorted(total.right_scores)
    low = [score for score in right if score < 0.9]
    print(f"scores: {len(low)} of {len(right)} right cells below 0.9;", end=" ")
    print(f"{sum(wrong.score < 0.9 for wrong in total.wrong)} of {len(total.wrong)} wrong ones")
    print(f"memory at its peak: {peak_bytes() / 2**20:.0f} MB")


def _quotas(pages: int, files: int) -> list[int]:
    return [pages // files + (index < pages % files) for index in range(files)]


def pages_with_tables(path: Path, quota: int, seed: int) -> Iterator[tuple[int, tuple[Grid, ...], Picture]]:
    """Pages of a file drawn by lot: number, tables as printed, and the spoilt picture."""
    import pypdfium2  # type: ignore[import-untyped]

    document = pypdfium2.PdfDocument(path)
    order = list(range(len(document)))
    random.Random(seed).shuffle(order)
    for index in order:
        if quota == 0:
            return
        grids = _printed_grids(document, index)
        if sum(bool(figures_of(cell.text)) for grid in grids for cell in grid.cells) >= MIN_FIGURE_CELLS:
            quota -= 1
            yield index + 1, grids, spoilt(document[index], seed + index)


def _printed_grids(document: Any, index: int) -> tuple[Grid, ...]:
    import pypdfium2

    single, data = pypdfium2.PdfDocument.new(), io.BytesIO()
    single.import_pages(document, [index])
    single.save(data)
    try:
        read = read_pdf(data.getvalue(), max_pages=1, announce_pages=lambda count: None)
    except Exception:  # a page without text
        return ()
    return tuple(item for item in read.pages[0].items if isinstance(item, Grid))


def spoilt(page: Any, seed: int) -> Picture:
    """The picture of a page askew and with noise."""
    import cv2

    bitmap = page.render(scale=DPI / 72, grayscale=True)
    grey = np.asarray(bitmap.to_numpy(), np.uint8).reshape(bitmap.height, bitmap.width)
    chance = np.random.default_rng(seed)
    askew = turned(grey, SKEW * chance.choice((-1, 1)), 255)
    noisy = np.clip(askew + chance.normal(0, NOISE, askew.shape), 0, 255).astype(np.uint8)
    _, packed = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return Picture(np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8), DPI / 72)


def compare_page(name: str, printed: Sequence[Grid], picture: Picture, models: Models, tally: Tally) -> None:
    """Add a page to the tally."""
    start = time.process_time()
    items = recognise(picture, models).items
    tally.seconds += time.process_time() - start
    tally.pages += 1
    found = [item for item in items if isinstance(item, Grid)]
    for grid in printed:
        twin = max(found, key=lambda other: _shared(grid, other), default=None)
        read = {(cell.row, cell.column): cell for cell in twin.cells} if twin and _shared(grid, twin) > 0 else {}
        for cell in grid.cells:
            _compare_cell(name, cell, read.get((cell.row, cell.column)), tally)


def _shared(one: Grid, other: Grid) -> float:
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    return max(0.0, across) * max(0.0, down)


def _compare_cell(name: str, printed: Cell, read: Cell | None, tally: Tally) -> None:
    wanted, got = figures_of(printed.text), figures_of(read.text if read else "")
    found = Wrong(name, printed.row, printed.column, printed.text, read.text if read else "", read.score if read else 0)
    if wanted == got:
        if wanted:
            tally.right += 1
            tally.right_scores.append(found.score)
    elif wanted:
        tally.wrong.append(found)
    else:
        tally.invented.append(found)
    tally.texts += bool(printed.text)
    if wanted == got and _plain(printed.text) != _plain(found.read):
        tally.changed.append(found)


def figures_of(text: str) -> list[str]:
    """The figures of a cell, one way of writing each."""
    return [match.rstrip(",.").replace("−", "-").replace("–", "-") for match in _FIGURE.findall(_plain(text))]


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _added(one: Tally, other: Tally) -> Tally:
    return Tally(
        one.pages + other.pages,
        one.right + other.right,
        one.wrong + other.wrong,
        one.invented + other.invented,
        one.texts + other.texts,
        one.changed + other.changed,
        one.right_scores + other.right_scores,
        one.seconds + other.seconds,
    )


def _report(name: str, tally: Tally, *, listed: bool = True, texts: bool = False) -> None:
    print(
        f"{name}: {tally.pages} pages, {tally.right} of {tally.right + len(tally.wrong)} cells with figures right "
        f"({tally.share:.4f}), {len(tally.invented)} invented, {len(tally.changed)} of {tally.texts} other texts, "
        f"{tally.seconds / max(1, tally.pages):.1f} s of processor a page"
    )
    kinds = {"wrong": tally.wrong, "invented": tally.invented, "other": tally.changed if texts else []}
    for kind, cells in kinds.items() if listed else ():
        for page, row, column, printed, read, score in cells:
            print(f"  {kind} {page} ({row}, {column}) {printed!r} read {read!r} {score:.2f}")


def _save(pixels: Pixels, path: Path) -> None:
    import cv2

    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())


if __name__ == "__main__":
    main()
