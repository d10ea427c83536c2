"""Whether page pictures mark what they should: gold evidence is cited, located, and read again under the marks.

What stands under the marks is read with pdfplumber, which shares nothing with the code that places them.

usage: python -m evals.benchmarks.highlight QUESTIONS.jsonl … --reports DIR [--show] [--pictures DIR]
"""

from __future__ import annotations

import argparse
import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from evals.cases import Case, GoldFigure, load_cases
from evals.reports import read_sources
from rag.language.numbers import cell_number, find_numbers
from rag.language.text import find_quote, matching_key, sentence_spans
from rag.pictures.locate import MIN_LOCATED, Wanted
from rag.pictures.pictures import PagePictures
from rag.pictures.request import PagePicture, PictureRequest
from rag.presentation.citations import CitedPassage, wanted_on_page
from rag.readers.page_runs import Box
from rag.readers.sources import find_sources
from rag.records import PageMark, ReportParts, Section
from rag.structure.passages import page_at

AROUND = 1500
"""Characters of the section around a quote that its passage holds."""
MIN_AGREEMENT = 0.95
"""Share of the characters under the marks that are the quote's, and of the quote's that are under the marks."""
GOAL = 0.97


@dataclass(frozen=True, slots=True)
class Marking:
    """A piece of evidence on one page, and how it was marked."""

    name: str
    report: str
    page: int
    wanted: Wanted
    picture: PagePicture
    fault: str
    """`` where everything is as it should be."""
    is_gold_page: bool
    """Whether the gold names this page."""


def evidence_to_cited(case: Case, evidence: str, parts: ReportParts) -> CitedPassage | None:
    """A citation of a piece of gold evidence as an answer makes it: the sentences or rows that hold it.

    Where the words stand in several sections, the place on a gold page is taken; None where they stand nowhere.
    """
    gold = case.pages.get(Path(parts.report.path).name, ())
    spans = ((section, find_quote(section.text, evidence)) for section in parts.sections)
    places = [(section, span) for section, span in spans if span is not None]
    places.sort(key=lambda place: page_at(place[0].page_marks, place[1][0]).page not in gold)
    return _cited(*places[0], case.figures) if places else None


def _cited(section: Section, span: tuple[int, int], figures: Sequence[GoldFigure]) -> CitedPassage:
    inside = [(a, b) for a, b in sentence_spans(section.text) if a < span[1] and b > span[0]]
    start, end = inside[0][0], inside[-1][1]
    first, last = max(0, start - AROUND), min(len(section.text), end + AROUND)
    marks = [
        PageMark(mark.start - first, mark.page, mark.label) for mark in section.page_marks if first < mark.start < last
    ]
    mark = page_at(section.page_marks, first)
    found = _figure_spans(section.text[start:end], figures)
    return CitedPassage(
        1,
        section.report_id,
        section.path,
        page_at(section.page_marks, span[0]).page,
        None,
        section.text[first:last],
        (start - first, end - first),
        tuple((start - first + a, start - first + b) for a, b in found),
        (PageMark(0, mark.page, mark.label), *marks),
    )


def _figure_spans(text: str, figures: Sequence[GoldFigure]) -> list[tuple[int, int]]:
    """Where the figures stand in a text; a cell of a row may leave its unit to its column."""
    spans: list[tuple[int, int]] = []
    start = 0
    for cell in re.split(r"(?<=[\t\n])", text):
        number = cell_number(cell.strip()) if "\t" in text else None
        at = start + len(cell) - len(cell.lstrip())
        found = [(n, start + n.start, start + n.end) for n in find_numbers(cell)]
        for one, low, high in [(number, at, at + len(cell.strip()))] if number else found:
            if any(f.value == one.value and (not one.unit or f.unit in ("", one.unit)) for f in figures):
                spans.append((low, high))
        start += len(cell)
    return spans


class Words:
    """The characters of PDF files by place, as pdfplumber gives them."""

    def __init__(self) -> None:
        """Nothing is read before it is asked for."""
        self.page = cache(self._page)

    def under(self, path: str, page: int, boxes: Sequence[Box], scale: float) -> str:
        """The matching key of the characters whose middle lies in one of the boxes, given in pixels."""
        characters = self.page(path, page)
        return matching_key(
            "".join(text for text, x, y in characters if any(_holds(box, x * scale, y * scale) for box in boxes))
        )

    def width(self, path: str, page: int) -> float:
        """Width of a page in points."""
        return float(self._open(path).pages[page - 1].width)

    def _page(self, path: str, page: int) -> list[tuple[str, float, float]]:
        found: Any = self._open(path).pages[page - 1]
        return [(c["text"], (c["x0"] + c["x1"]) / 2, (c["top"] + c["bottom"]) / 2) for c in found.chars]

    @cache  # noqa: B019 - lives as long as the measurement
    def _open(self, path: str) -> Any:
        import pdfplumber

        return pdfplumber.open(path)


def _holds(box: Box, x: float, y: float) -> bool:
    return box.left <= x <= box.right and box.top <= y <= box.bottom


def fault_of(wanted: Wanted, picture: PagePicture, path: str, words: Words) -> str:
    """What is wrong with the marks of a picture, `` where nothing is."""
    if not picture.png:
        return picture.note
    if not picture.quote_boxes:
        return f"没有标出（对上 {picture.located or 0:.0%}）"
    scale = picture.width / words.width(path, picture.page)
    under = Counter(words.under(path, picture.page, picture.quote_boxes, scale))
    quote = Counter(matching_key(wanted.text))
    shared = sum((under & quote).values())
    if shared < MIN_AGREEMENT * max(sum(under.values()), sum(quote.values())):
        missing, other = "".join((quote - under).elements()), "".join((under - quote).elements())
        return f"引文与标出处不符：少 {missing[:30]!r}，多 {other[:30]!r}"
    marked = [words.under(path, picture.page, boxes, scale) for boxes in picture.figure_boxes]
    expected = [matching_key(wanted.text[start:end]) for start, end in wanted.figures]
    return "" if Counter(marked) == Counter(expected) else f"数字标成 {marked}，应为 {expected}"


def measure(
    cases: Sequence[Case], reports: Sequence[ReportParts], pictures: PagePictures
) -> tuple[list[Marking], list[str]]:
    """Every piece of gold evidence on every page it stands on, in PDF files; and the pieces that stand nowhere."""
    words, markings, absent = Words(), list[Marking](), list[str]()
    for case in cases:
        names = {Path(name).name for name in case.pages} or set(case.documents)
        own = [parts for parts in reports if {Path(parts.report.path).name, Path(parts.report.path).stem} & names]
        for number, evidence in enumerate(case.evidence if own else ()):
            name = f"{case.id}/{number + 1}"
            found = [(parts, cited) for parts in own if (cited := evidence_to_cited(case, evidence, parts))]
            for parts, cited in found:
                gold = case.pages.get(Path(parts.report.path).name, ())
                markings += _markings(name, cited, parts, gold, pictures, words)
            if not found:
                absent.append(f"{name}：{evidence}")
    return markings, absent


def _markings(
    name: str, cited: CitedPassage, parts: ReportParts, gold: Sequence[int], pictures: PagePictures, words: Words
) -> Iterator[Marking]:
    report = parts.report
    for page in sorted({mark.page for mark in cited.pages if mark.page is not None}):
        wanted = wanted_on_page(cited, page)
        if wanted is None:
            continue
        picture = pictures.picture(PictureRequest(report.path, report.sha256, page, 1.0, wanted))
        fault = fault_of(wanted, picture, report.path, words)
        yield Marking(name, report.id, page, wanted, picture, fault, page in gold)


def read_reports(folder: Path) -> list[ReportParts]:
    """The PDF reports of a folder."""
    return read_sources(source for source in find_sources([folder]).sources if source.path.suffix.lower() == ".pdf")


def main() -> None:
    """Print the share of evidence marked rightly, and what was not."""
    parser = argparse.ArgumentParser(description="引文在原页上标得对不对：用 pdfplumber 重读标出的地方")
    parser.add_argument("questions", nargs="+", type=Path)
    parser.add_argument("--reports", type=Path, required=True)
    parser.add_argument("--show", action="store_true", help="列出标得不对的")
    parser.add_argument("--pictures", type=Path, help="把每张图存到这个文件夹")
    arguments = parser.parse_args()
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    pictures = PagePictures()
    try:
        reports = read_reports(arguments.reports)
        markings, absent = measure(load_cases(arguments.questions), reports, pictures)
    finally:
        pictures.close()
    _print(markings, absent, arguments.show)
    if arguments.pictures:
        arguments.pictures.mkdir(parents=True, exist_ok=True)
        for marking in markings:
            name = f"{marking.name.replace('/', '-')}-p{marking.page}.png"
            (arguments.pictures / name).write_bytes(marking.picture.png)


def _print(markings: Sequence[Marking], absent: Sequence[str], is_shown: bool) -> None:
    right = [marking for marking in markings if not marking.fault]
    print(
        f"引文 {len(markings)} 处，标对 {len(right)} 处（{len(right) / max(len(markings), 1):.1%}，目标 ≥ {GOAL:.0%}）"
    )
    silent = [m for m in markings if m.fault and (m.picture.located or 0) < MIN_LOCATED]
    print(f"  没有标出 {len(silent)} 处，标错 {len(markings) - len(right) - len(silent)} 处")
    figures = sum(len(marking.wanted.figures) for marking in markings)
    print(f"  其中要标的数字 {figures} 个，标对 {sum(len(m.wanted.figures) for m in right)} 个")
    print(f"  所在页与标注的页一致 {sum(m.is_gold_page for m in markings)} 处；原文里找不到的引文 {len(absent)} 条")
    for line in absent if is_shown else ():
        print(f"找不到 {line}")
    for marking in markings if is_shown else ():
        if marking.fault or not marking.is_gold_page:
            print(f"{marking.name} {marking.report} 第 {marking.page} 页：{marking.fault}")
            print(f"    {marking.wanted.text!r}")


if __name__ == "__main__":
    main()
