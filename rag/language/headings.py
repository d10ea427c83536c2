"""Which lines are headings, and which belong to a table of contents.

Numbers alone are never trusted: reports number `1.4.1.8` under 1.4.2 and put `（三）` under `2.`. What counts is
the *form* of a heading (一、 / （一） / 1. / 1.1.1 / 第一篇 / 案例 2-1 …), its size, and which forms are open.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.language.text import matching_key

MAX_HEADING_LENGTH = 60
"""Characters; a longer line is a sentence that happens to begin with a number."""
MAX_ODD_LINES = 2
"""Lines running that do not look like a table of contents and do not end it."""
MIN_BARE_TITLES = 6
"""Headings running without any text between them that are a table of contents without page numbers."""
MAX_DISPLAY_LENGTH = 50
"""Characters of a heading that has no number and is told by its type."""
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
    ("case", re.compile(r"^(?:【(?:典型|特色|优秀|教学|工作)?案例】|(?:典型|特色|优秀)案例\s*[：:])(?P<n>)\s*(?=\S)")),
    ("annex", re.compile(rf"^附(?:件|录|表)\s*(?P<n>[\d{_CHINESE}]*)\s*[：:.、]?\s*")),
    ("dotted", re.compile(r"^(?P<n>\d{1,2}(?:[.．]\d{1,2}){1,4})[.．、]?\s*(?=[^\d.．%％\s万亿倍个元])")),
    ("dotted_digit", re.compile(r"^(?P<n>\d{1,2}(?:[.．]\d{1,2}){1,4})\s+(?=\d\S*[\u4e00-\u9fff])")),
    ("chinese", re.compile(rf"^(?P<n>[{_CHINESE}]{{1,3}})\s*[、.．]\s*")),
    ("section", re.compile(rf"^第(?P<n>[{_CHINESE}\d]+)节\s*")),
    ("bracket", re.compile(rf"^[（(]\s*(?P<n>[{_CHINESE}]{{1,3}})\s*[)）]\s*[、.．]?\s*")),
    ("arabic", re.compile(r"^(?P<n>\d{1,2})\s*[.．、]\s*(?=[^\d\s.．%])")),
    (
        "bare",
        re.compile(
            r"^(?P<n>\d{1,2})\s?(?=[\u4e00-\u9fff])(?![年月日届级个项人名元万亿多余倍家所门次种类章节期周天岁点])"
        ),
    ),
    ("arabic_bracket", re.compile(r"^[（(]\s*(?P<n>\d{1,2})\s*[)）]\s*")),
    ("circled", re.compile(r"^(?P<n>[①-⑳])\s*")),
)
_FRONT = re.compile(
    r"^(?:前言|序言|引言|导言|摘要|编制说明|学校概况|结语|结束语|后记|致谢|附录|附件|附表)(?:[：:\s].{0,20})?$"
)
_DOUBTFUL = frozenset({"bare", "dotted_digit"})
"""Numbers before a word (1 发展概况) or a figure (3.3 1+X证书): headings only where something else says so."""
_SENTENCE_MARK = re.compile(r"[。；！？]|[，,：:]$")
_CAPTION = re.compile(r"^\s*(?:附?表|附?图|续表)\s*[\d一二三四五六七八九十]{1,3}")
_NO_DISPLAY = re.compile(
    r"[。；！？，、：:]$|[。；].|\d号$|^[\d年月日〇一二三四五六七八九十\s]+$|^(?:单位|注|数据来源|资料来源|来源|说明)"
)
_TOC_LINE = re.compile(r"(?:[.．·…⋯\-]{3,}|\t|\s)\s*[-—]?\s*(?:\d{1,3}|[IVXivx]{1,6})\s*[-—]?\s*$")
_TOC_TITLE = re.compile(r"^(?:目录|contents|目次|[图表]目录|(?:插图|表格|图表|案例)目录)$")
_LEADERS = re.compile(r"[.．·…⋯]{3,}\s*[-—]?\s*(?:\d{1,3}|[IVXivx]{1,6})?\s*[-—]?\s*$")
_PAGE_ALONE = re.compile(r"\d{1,3}|[ivx]{1,6}")
_PAGE_BEHIND = re.compile(r"(?:\d{1,3}|[ivx]{1,6})$")


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
    distinct: bool = False
    """Its type tells it from the body: it is larger, or bold where the body is not."""

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
    """The heading a line is, or None. `bold` says that it is bold where the body is not, `listed` that the table of
    contents has this very title.
    """
    title, *beside = text.strip().split("\t")
    if any(_form_of(part)[0] for part in beside):
        return None
    title = " ".join([title, *beside])
    if not title or len(title) > MAX_HEADING_LENGTH or _CAPTION.match(title) or _LEADERS.search(title):
        return None
    large = bool(body_size) and size > body_size * SIZE_TOLERANCE
    form, number, rest = _form_of(title)
    if form in _DOUBTFUL:
        form, number, rest = ("dotted", number, rest) if large or listed or level is not None else (None, "", title)
    depth = number.count(".") + number.count("．") + 1 if form == "dotted" else 0
    distinct = large or bold
    if level is not None:
        return Heading(title, form or "plain", depth, number, level, size, distinct)
    if form is None:
        if _FRONT.match(title.replace(" ", "")) or listed:
            return Heading(title, "front" if not listed or large else "plain", 0, "", None, size, distinct)
        return None
    if not rest and form not in ("annex", "part"):
        return None
    if _SENTENCE_MARK.search(title) and not listed:
        return None
    small = bool(body_size) and size * SIZE_TOLERANCE < body_size
    return None if small and not bold and form != "case" else Heading(title, form, depth, number, None, size, distinct)


def annex_heading(caption: str, size: float, body_size: float) -> Heading | None:
    """The heading that a table's caption is where it begins with 附表 or 附件, in type larger than the body's."""
    title = caption.strip()
    form, number, _ = _form_of(title)
    if form != "annex" or len(title) > MAX_HEADING_LENGTH or not size > body_size * SIZE_TOLERANCE > 0:
        return None
    return Heading(title, "annex", 0, number, None, size, distinct=True)


def display_heading(
    text: str, *, size: float = 0.0, body_size: float = 0.0, stands_out: bool = False
) -> Heading | None:
    """The heading a line is by its type alone: larger than the body, or bold where the body is not (`stands_out`).

    The caller knows that it stands where a heading may; a line of a cover or a table's title is none.
    """
    title = text.strip()
    large = bool(body_size) and size > body_size * SIZE_TOLERANCE
    letters = len(re.findall(r"[\u4e00-\u9fff]", title))
    if not (large or stands_out) or len(title) > MAX_DISPLAY_LENGTH or "\t" in title or letters < (2 if large else 4):
        return None
    if _NO_DISPLAY.search(title) or _CAPTION.match(title) or (letters < 4 and 2 * letters < len(title)):
        return None
    return Heading(title, "display" if large else "bold", round(size), size=size, distinct=True)


def _form_of(title: str) -> tuple[str | None, str, str]:
    for form, pattern in _FORMS:
        if match := pattern.match(title):
            return form, match.group("n"), title[match.end() :]
    return None, "", title


def contents_titles(lines: list[str]) -> tuple[frozenset[str], frozenset[int]]:
    """Keys of the titles in the table of contents, and the indexes of its lines.

    A table of contents starts at a line 目录 and goes on while lines end in page numbers, or say what a later line
    says again; a few odd lines (a wrapped title) do not end it. The first of its titles to come back does.
    """
    keys = [matching_key(text) for text in lines]
    start = next((i for i, key in enumerate(keys) if _TOC_TITLE.match(key) or keys[i : i + 2] == ["目", "录"]), None)
    if start is None:
        return frozenset(), frozenset()
    last = {key: index for index, key in enumerate(keys)}
    titles: set[str] = set()
    end, misses = start, 0
    bare = _bare_titles(lines, start + 1)
    for i in range(start + 1, len(lines)):
        if keys[i] in titles and not _TOC_LINE.search(lines[i]):
            break
        title = "" if i in bare else _contents_title(lines, keys, last, i)
        if title is not None:
            titles.add(title)
            end, misses = i, 0
        elif (misses := misses + 1) > MAX_ODD_LINES:
            break
    return frozenset(filter(None, titles)), frozenset(range(start, end + 1))


def _bare_titles(lines: list[str], start: int) -> range:
    """The lines of a table of contents that gives no page numbers: many headings running, until the first comes back."""
    first: Heading | None = None
    end = start
    for text in lines[start:]:
        heading = line_to_heading(text)
        if heading is None or (first and (heading.form, heading.number) == (first.form, first.number)):
            break
        first = first or heading
        end += 1
    return range(start, end if end - start >= MIN_BARE_TITLES else start)


def _contents_title(lines: list[str], keys: list[str], last: dict[str, int], at: int) -> str | None:
    """Key of the title a line of a table of contents gives, `` where it gives none, None where it is no such line."""
    if _TOC_LINE.search(lines[at]):
        return matching_key(_TOC_LINE.sub("", lines[at]))
    if _PAGE_ALONE.fullmatch(keys[at]):
        return keys[at - 1]
    if not keys[at] or keys[at] == "录" or _TOC_TITLE.match(keys[at]):
        return ""
    for title in (keys[at], _PAGE_BEHIND.sub("", keys[at])):
        if last.get(title, 0) > at:
            return title
    return None


def ordinal(number: str) -> int:
    """A heading's number as an integer (三 → 3, 十二 → 12, 4 → 4), 0 where it has none."""
    if number.isdecimal():
        return int(number)
    tens, _, ones = number.rpartition("十")
    digits = "零一二三四五六七八九"
    if "十" not in number:
        return max(digits.find(number), 0) if len(number) == 1 else 0
    return max(digits.find(tens) if tens else 1, 1) * 10 + (max(digits.find(ones), 0) if ones else 0)
