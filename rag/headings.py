"""Which lines are headings, and where each stands in the heading stack.

Numbers alone are never trusted: reports number `1.4.1.8` under 1.4.2 and put `（三）` under `2.`. What counts is
the *form* of a heading (一、 / （一） / 1. / 1.1.1 / 第一篇 / 案例 2-1 …), its size, and which forms are open.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile

from rag.text import matching_key

MAX_HEADING_LENGTH = 60
"""Characters; a longer line is a sentence that happens to begin with a number."""
SIZE_TOLERANCE = 1.08
"""Ratio from which one type size counts as larger than another."""

_CHINESE = "一二三四五六七八九十百"
_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("part", re.compile(rf"^第\s*(?P<n>[{_CHINESE}\d]+)\s*(?:篇|章|部分|编)(?!的)\s*")),
    (
        "case",
        re.compile(
            r"^[【\[]?(?:典型|特色|工作|教学|优秀)?案例\s*(?P<n>\d{0,2}\s*[-－—–.．]?\s*\d{1,2}|[一二三四五六七八九十]+)\s*[】\]]?[：:、.\s]*(?=\S)"
        ),
    ),
    ("annex", re.compile(rf"^附(?:件|录|表)\s*(?P<n>[\d{_CHINESE}]*)\s*[：:.、]?\s*")),
    ("dotted", re.compile(r"^(?P<n>\d{1,2}(?:[.．]\d{1,2}){1,4})[.．、]?\s*(?=[^\d.．%％\s万亿倍个元])")),
    ("chinese", re.compile(rf"^(?P<n>[{_CHINESE}]{{1,3}})\s*[、.．]\s*")),
    ("section", re.compile(rf"^第(?P<n>[{_CHINESE}\d]+)节\s*")),
    ("bracket", re.compile(rf"^[（(]\s*(?P<n>[{_CHINESE}]{{1,3}})\s*[)）]\s*[、.．]?\s*")),
    ("arabic", re.compile(r"^(?P<n>\d{1,2})\s*[.．、]\s*(?=[^\d\s.．%])")),
    ("arabic_bracket", re.compile(r"^[（(]\s*(?P<n>\d{1,2})\s*[)）]\s*")),
    ("circled", re.compile(r"^(?P<n>[①-⑳])\s*")),
)
_FRONT = re.compile(
    r"^(?:前言|序言?|引言|导言|摘要|编制说明|学校概况|结语|结束语|后记|致谢|附录|附件|附表)(?:[：:\s].{0,20})?$"
)
_UNNUMBERED_RANK = {"front": 0, "part": 0, "annex": 0}
_SENTENCE_MARK = re.compile(r"[。；！？]|[，,：:]$")
_CAPTION = re.compile(r"^\s*(?:附?表|附?图|续表)\s*[\d一二三四五六七八九十]{1,3}")
_TOC_LINE = re.compile(r"(?:[.．·…⋯\-]{3,}|\t|\s)\s*[-—]?\s*(?:\d{1,3}|[IVXivx]{1,6})\s*[-—]?\s*$")
_TOC_TITLE = re.compile(r"^(?:目录|contents|目次)$")


@dataclass(frozen=True, slots=True)
class Heading:
    """A recognised heading line."""

    title: str
    form: str
    depth: int = 0
    """Parts of a dotted number: 2 for 1.1."""
    number: str = ""
    level: int | None = None
    """Level stated by the file format."""
    size: float = 0.0

    @property
    def style(self) -> str:
        """Headings of one style are siblings: the stated level, or the form and depth."""
        return f"level{self.level}" if self.level is not None else f"{self.form}{self.depth}"


def line_to_heading(
    text: str,
    *,
    size: float = 0.0,
    body_size: float = 0.0,
    bold: bool = False,
    level: int | None = None,
    listed: bool = False,
) -> Heading | None:
    """The heading a line is, or None. `listed` says that the table of contents has this very title."""
    title = text.strip()
    if not title or len(title) > MAX_HEADING_LENGTH or _CAPTION.match(title):
        return None
    form, number, rest = _form_of(title)
    depth = number.count(".") + number.count("．") + 1 if form == "dotted" else 0
    if level is not None:
        return Heading(title, form or "plain", depth, number, level, size)
    large = bool(body_size) and size > body_size * SIZE_TOLERANCE
    if form is None:
        if _FRONT.match(title.replace(" ", "")) or listed:
            return Heading(title, "front" if not listed or large else "plain", 0, "", None, size)
        return None
    if not rest and form not in ("annex", "part"):
        return None
    if _SENTENCE_MARK.search(title) and not listed:
        return None
    small = bool(body_size) and size * SIZE_TOLERANCE < body_size
    return None if small and not bold and form != "case" else Heading(title, form, depth, number, None, size)


def _form_of(title: str) -> tuple[str | None, str, str]:
    for form, pattern in _FORMS:
        if match := pattern.match(title):
            return form, match.group("n"), title[match.end() :]
    return None, "", title


def contents_titles(lines: list[str]) -> tuple[frozenset[str], frozenset[int]]:
    """Keys of the titles in the table of contents, and the indexes of its lines.

    A table of contents starts at a line 目录 and goes on while lines end in page numbers; a few odd lines
    (a wrapped title, a page number of its own) do not end it.
    """
    start = next((i for i, text in enumerate(lines) if _TOC_TITLE.match(matching_key(text))), None)
    if start is None:
        return frozenset(), frozenset()
    end, misses = start, 0
    for i in range(start + 1, len(lines)):
        if _TOC_LINE.search(lines[i]) or _TOC_TITLE.match(matching_key(lines[i])):
            end, misses = i, 0
        elif (misses := misses + 1) > 2:
            break
    if end == start:
        return frozenset(), frozenset({start})
    entries = [_TOC_LINE.sub("", text) for text in lines[start + 1 : end + 1] if _TOC_LINE.search(text)]
    return frozenset(filter(None, map(matching_key, entries))), frozenset(range(start, end + 1))


def ordinal(number: str) -> int:
    """A heading's number as an integer (三 → 3, 十二 → 12, 4 → 4), 0 where it has none."""
    if number.isdecimal():
        return int(number)
    tens, _, ones = number.rpartition("十")
    digits = "零一二三四五六七八九"
    if "十" not in number:
        return max(digits.find(number), 0) if len(number) == 1 else 0
    return max(digits.find(tens) if tens else 1, 1) * 10 + (max(digits.find(ones), 0) if ones else 0)


class HeadingStack:
    """The headings that are open at a place; `push` closes those a new one ends."""

    def __init__(self) -> None:
        self._open: list[Heading] = []

    @property
    def path(self) -> tuple[str, ...]:
        """Titles of the open headings, highest first."""
        return tuple(heading.title for heading in self._open)

    @property
    def forms(self) -> tuple[str, ...]:
        """Forms of the open headings, highest first."""
        return tuple(heading.form for heading in self._open)

    def push(self, heading: Heading) -> None:
        """Close the headings that end here, then open this one."""
        self._open = [*self._open[: self._keep(heading)], heading]

    def _keep(self, heading: Heading) -> int:
        """How many open headings stay open above the new one."""
        if heading.level is not None:
            level = heading.level
            return sum(1 for _ in takewhile(lambda h: h.level is None or h.level < level, self._open))
        if heading.form in _UNNUMBERED_RANK:
            return 0
        keep = self._keep_by_form(heading)
        while keep and self._is_smaller(self._open[keep - 1], heading):
            keep -= 1
        return keep

    def _keep_by_form(self, heading: Heading) -> int:
        styles = [h.style for h in self._open]
        if heading.form == "case":
            return styles.index("case0") if "case0" in styles else len(styles)
        if heading.form == "dotted":
            return self._keep_dotted(heading)
        siblings = [index for index, style in enumerate(styles) if style == heading.style]
        case = styles.index("case0") if "case0" in styles else len(styles)
        following = [i for i in siblings if ordinal(self._open[i].number) + 1 == ordinal(heading.number)]
        if following:
            return following[-1]
        if case < len(styles) and (not siblings or ordinal(heading.number) == 1):
            return next((index for index in siblings if index > case), len(styles))
        if not siblings:
            return len(styles)
        restarts = ordinal(heading.number) == 1 and ordinal(self._open[siblings[0]].number) > 1
        return 0 if restarts and siblings[0] and self._open[0].form == "front" else siblings[0]

    def _keep_dotted(self, heading: Heading) -> int:
        for index, other in enumerate(self._open):
            if other.form == "dotted" and other.depth >= heading.depth:
                return index
        return next(
            (
                i
                for i, other in enumerate(self._open)
                if other.form not in ("part", "front", "annex", "dotted", "chinese", "plain")
            ),
            len(self._open),
        )

    @staticmethod
    def _is_smaller(opened: Heading, new: Heading) -> bool:
        return bool(opened.size and new.size) and new.size > opened.size * SIZE_TOLERANCE and opened.form != "case"
