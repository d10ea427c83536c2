"""What is the report called? The lines of its front that may be its title, weighed one against another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.domain.kinds import ACT, DOCUMENT_NUMBER
from rag.language.text import matching_key
from rag.structure.identity.front import LARGE, Front, FrontLine
from rag.structure.identity.issuers import leading_issuer

MAX_TITLE = 90
MAX_TITLE_LINES = 5
ON_COVER, ON_EVERY_PAGE = 1.5, 1.0
"""What a line gains for where it stands; metadata and the file's name gain nothing."""
FURTHER, JOINED = 0.1, 0.25
"""What a line loses for each line before it, and a title for each line it runs on."""
BEGINS_WITH_ISSUER = 2.0
CUT = 1.5
"""What a title loses for a line at its end that belongs to it."""
SAID_TWICE, SAID_IN_PART = 1.5, 0.75
"""What a line gains that the file's name, its metadata or a running head repeats, as a whole or with more around it."""
MIN_SURE = 4.0
"""What a line must weigh to be taken for the title of a document."""

_DOCUMENT = (
    r"(?:报告(?![会厅人文])|年报|简报|工作动态|信息专报|快报|白皮书|摘编|汇编|名单|公报|通报|要览|章程|简章|决算|预算|说明书|手册|标准|"
    rf"简介|概况|{ACT})"
)
_TAIL = r"(?:全文|摘要|[与和及]?招生计划|格式模板|[（(][^（）()]{1,30}[）)]|20[0-3]\d(?:[-—–~至]20[0-3]\d)?(?:年度?|学年)?|第[\d一二三四五六七八九十]+期|[\s*·])*"
_PERIOD = re.compile(r"(?<!\d)20[0-3]\d(?!\d)|二[〇○零ОOo0][〇○零一二三四五六七八九]{2}")
_WHOLE = re.compile(rf"{_DOCUMENT}{_TAIL}$")
_SIGNS: tuple[tuple[float, re.Pattern[str]], ...] = (
    (2.0, re.compile(_DOCUMENT)),
    (2.0, _WHOLE),
    (1.0, _PERIOD),
    (1.0, re.compile(r"第[\d一二三四五六七八九十]+期")),
    (1.0, re.compile(rf"关于.*{ACT}$")),
    (-3.0, re.compile(rf"关于(?!.*{ACT}$)")),
    (-3.0, re.compile(r"《[^》]*$|^[^《]*》|[（(][^）)]*$|^[^（(]*[）)]|“[^”]*$")),
    (-1.0, re.compile(r"[，,]|、.*、")),
)
"""What a title gains or loses by what it says."""

# What ends a title: it is none itself, and none reaches over it.
_NO_TITLE = re.compile(
    r"""^(?:[一二三四五六七八九十]{1,3}\s*[、.．]|第[一二三四五六七八九十\d]+[章节篇条部]|[（(][一二三四五六七八九十\d]{1,3}[)）]   # headings
         |\d{1,2}(?:[.．]\d|[.．、 ])|[表图]\s*\d|[#·◆▶■●]|[.．·…]{3,}\s*\d*$)
      | ^(?:目\s*录|【.*】$|［|\[第|案例|附件|附录|[前引]言|说明|编制说明|[^：:]{0,4}(?:代码|简称|时间|日期|次数|点击数|名称|全称|位置|来源|作者|发布[者人])[：:])
      | ^(?:根据|按照|依据|为了?|在|对照)|[。；;]|[，,]$|\t.*\d$
      | ^(?!关于).{0,30}?(?:编制?|编印|主办|承办|供稿|印发|监制|印制|审定)(?:单位|部门)?(?:\s*20\d\d年\s*\d{1,2}月.*)?$        # who made it
      | ^[（(]?(?:20\d\d|[二〇○零ОOo0一三四五六七八九]{4})\s*年\s*[\d一二三四五六七八九十]{1,3}\s*月.{0,6}$                    # when
    """,
    re.VERBOSE,
)
_WITH_NUMBER = re.compile(rf"(?<=[通知函复告报])\s*[（(]?[\u4e00-\u9fff]{{2,8}}{DOCUMENT_NUMBER.pattern}[）)]?$")
"""A document's number behind its title."""
_DEPARTMENT = re.compile(
    r"(?:.*(?:大学|学院|学校))?(?:校|院)?[\u4e00-\u9fff]{0,12}(?:处|办公室|办|中心|科|教务部)(?:\s*20\d\d年.*)?"
)


@dataclass(frozen=True, slots=True)
class Title:
    """The line that weighs most."""

    text: str
    weight: float

    @property
    def is_sure(self) -> bool:
        """Whether it says what kind of document it names, or stands out as a title does."""
        return self.weight >= MIN_SURE


def front_to_title(front: Front) -> Title:
    """The candidate that weighs most; the first of those that weigh the same."""
    named = [front.file_name, front.metadata, *front.heads[:3]]
    candidates = [
        *_cover_titles(front.cover, named),
        *(Title(text, _weight(text, named[:2]) + ON_EVERY_PAGE) for text in front.heads if not _NO_TITLE.search(text)),
        *(Title(text, _weight(text, named[:at])) for at, text in enumerate(named[:2]) if _has_han(text)),
    ]
    return max(candidates, key=lambda title: title.weight, default=Title(front.file_name, 0.0))


def lines_apart(front: Front) -> list[str]:
    """The lines of a cover that are no heading, date, number or running text."""
    return [line.text for run in _runs(front.cover) for line in run]


def _has_han(text: str) -> bool:
    return re.search(r"[\u4e00-\u9fff]", text) is not None


def _cover_titles(cover: Sequence[FrontLine], known: Sequence[str]) -> Iterator[Title]:
    """Every run of lines that may be one title, weighed."""
    at = 0
    for run in _runs(cover):
        for start in range(len(run)):
            for end in range(start + 1, min(start + MAX_TITLE_LINES, len(run)) + 1):
                text = "".join(line.text for line in run[start:end])
                if len(text) <= MAX_TITLE:
                    place = ON_COVER - FURTHER * (at + start) - JOINED * (end - start - 1)
                    yield Title(text, _weight(text, known) + _look(run, start, end, text) + place)
        at += len(run) + 1


def _runs(cover: Sequence[FrontLine]) -> Iterator[list[FrontLine]]:
    """The lines between those that are no title; lines without a Chinese character stand in nobody's way."""
    run: list[FrontLine] = []
    for line in cover:
        text = _WITH_NUMBER.sub("", line.text)
        if text and not _has_han(text) and not _PERIOD.search(text):
            continue
        if not text or _NO_TITLE.search(text) or DOCUMENT_NUMBER.search(text) or _is_department(text):
            yield run
            run = []
        else:
            run.append(FrontLine(text, line.size))
    yield run


def _is_department(text: str) -> bool:
    """Whether a line names the department that made the document."""
    return _DEPARTMENT.fullmatch(text) is not None and leading_issuer(text) != text


def _weight(text: str, known: Sequence[str]) -> float:
    """What a text weighs as a title by what it says, whose name it begins with, and where else it stands."""
    weight = sum(value for value, pattern in _SIGNS if pattern.search(text))
    issuer = leading_issuer(text)
    if issuer and issuer != text and re.search(_DOCUMENT, text):
        weight += BEGINS_WITH_ISSUER
    if issuer and text.count(issuer) > 1:
        weight -= BEGINS_WITH_ISSUER
    key = matching_key(text)
    others = [matching_key(other) for other in known]
    if any(key == other for other in others):
        return weight + SAID_TWICE
    shared = any(len(min(key, other, key=len)) > 4 and (key in other or other in key) for other in others)
    return weight + (SAID_IN_PART if shared else 0.0)


def _look(run: Sequence[FrontLine], start: int, end: int, text: str) -> float:
    """What lines weigh as a title by how they are set: large, and whole."""
    sizes = [line.size for line in run[start:end]]
    cut = int(start > 0 and _set_alike(run[start - 1], run[start]))
    if end < len(run):
        after = run[end]
        says_more = not (_PERIOD.search(after.text) and _PERIOD.search(text))
        is_tail = re.fullmatch(_TAIL, after.text) is not None and says_more
        cut += is_tail or (_set_alike(run[end - 1], after) and not _WHOLE.search(text))
    return min(2.0, 2.0 * (sum(sizes) / len(sizes) - 1.0)) - CUT * cut


def _set_alike(first: FrontLine, second: FrontLine) -> bool:
    """Whether two lines are in the same large type."""
    return first.size >= LARGE and abs(first.size - second.size) < 0.03 * first.size
