"""The measure of page pictures must itself tell right marks from wrong ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from fixture_files import A4, PdfBuilder, text

from evals.benchmarks.highlight import Words, fault_of
from rag.pictures.locate import Wanted
from rag.pictures.request import PagePicture
from rag.readers.page_runs import Box

SENTENCE = "就业率为96.12%，对口率为78.4%。"
WANTED = Wanted(SENTENCE, ((4, 10),))
SCALE = 2.0


def boxes(start: int, end: int, baseline: int = 700) -> tuple[Box, ...]:
    """The box in pixels around characters of the sentence, set in 12 points from x = 100 on."""
    edges = [100 + sum(12 if ord(c) > 0x2E80 else 6 for c in SENTENCE[:at]) for at in (start, end)]
    top = A4[3] - baseline - 11
    return (Box(edges[0] * SCALE, top * SCALE, edges[1] * SCALE, (top + 13) * SCALE),)


RIGHT = PagePicture(
    1, 1, None, b"png", round(A4[2] * SCALE), round(A4[3] * SCALE), 1.0, boxes(0, len(SENTENCE)), (boxes(4, 10),)
)


@pytest.mark.parametrize(
    ("picture", "fault"),
    [
        (RIGHT, ""),
        (replace(RIGHT, figure_boxes=(boxes(15, 20),)), "数字标成"),
        (replace(RIGHT, figure_boxes=(boxes(4, 9),)), "数字标成"),
        (replace(RIGHT, figure_boxes=()), "数字标成"),
        (replace(RIGHT, quote_boxes=boxes(0, len(SENTENCE), 660)), "引文与标出处不符"),
        (replace(RIGHT, quote_boxes=boxes(0, 12)), "引文与标出处不符"),
        (replace(RIGHT, quote_boxes=(*RIGHT.quote_boxes, *boxes(0, 9, 660))), "引文与标出处不符"),
        (replace(RIGHT, quote_boxes=(), located=0.2), "没有标出"),
        (PagePicture(1, note="打不开"), "打不开"),
    ],
)
def test_wrong_marks_are_told_from_right_ones(tmp_path: Path, picture: PagePicture, fault: str) -> None:
    page = (text(100, 700, SENTENCE), text(100, 660, "另一句话与此没有关系。"))
    path = PdfBuilder().page(*page).write(tmp_path / "a.pdf")
    found = fault_of(WANTED, picture, str(path), Words())
    assert found.startswith(fault)
    assert bool(found) == bool(fault)
