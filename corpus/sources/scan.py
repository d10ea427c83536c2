"""A typeset PDF as a scanner would give it: each page one grey picture, a little turned and specked, without text."""

from __future__ import annotations

import io
from pathlib import Path

import numpy
import pypdfium2
from PIL import Image
from pypdf import PdfWriter

DOTS_PER_INCH, JPEG_QUALITY, PAPER = 150, 38, 244
TURNS = (0.5, -0.4)
"""Degrees by which the pages are turned, one after the other."""


def write_scan(printed: Path, stamp: str, target: Path) -> None:
    """Write the pages of a PDF as pictures into another, which gets this date and no title."""
    random = numpy.random.default_rng(17)
    with pypdfium2.PdfDocument(printed) as document:
        pages = [page.render(scale=DOTS_PER_INCH / 72, grayscale=True).to_pil() for page in document]
    scans = [scan_page(page, TURNS[index % len(TURNS)], random) for index, page in enumerate(pages)]
    body = io.BytesIO()
    scans[0].save(body, "PDF", save_all=True, append_images=scans[1:], resolution=DOTS_PER_INCH, quality=JPEG_QUALITY)
    writer = PdfWriter(clone_from=body)
    writer.metadata = {"/CreationDate": stamp, "/ModDate": stamp}
    writer.write(target)


def scan_page(page: Image.Image, degrees: float, random: numpy.random.Generator) -> Image.Image:
    """Return a page turned by some degrees on grey paper, its ink uneven."""
    turned = page.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=255)
    ink = numpy.asarray(turned, dtype=float) * PAPER / 255
    specked = ink + random.normal(0, 3, ink.shape) * (ink < PAPER - 1)
    return Image.fromarray(specked.clip(0, 255).astype("uint8"))
