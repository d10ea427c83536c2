"""What an answer says of each of its figures: the words of its clause, and of the clauses before it.

Words are compared as pairs of neighbouring characters, so that 专任老师 and 专任教师 have something in common.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.figures.extraction import listed_items
from rag.language.text import matching_key
from rag.records import Number

MAX_CLAUSES = 4
"""Clauses an answer is read back from a figure to see what it is said of."""
MAX_LABEL = 300
"""Characters before a figure's sentence in which the name of a row is looked for."""

BECAME = "(?:提[高升]|上[升涨]|下降|降低|增加|增长|减少|升级|扩大|缩小|回升|回落|[升降增减])[至到为]"
"""What joins a figure to the one it came from: 由74.5%升至81.3%."""
LAST_YEAR = re.compile("上年|去年|上一年|上一?学年|上一?届")
"""What points to the time before that of a report, or of what was said."""
SCOPE = re.compile(r"(?:19|20)?\d\d(?:[-—](?:19|20)?\d\d)?(?:学年度?|年度?|届(?:的?毕业生)?|级)")
"""Years say when, not what; whether they are right is asked elsewhere. Whoever is of a class (届) has graduated."""
_CLAUSE = re.compile(r"[，；;。：:！？!?（）()\n\t|“”\u2063]|,(?!\d{3})")
_SENTENCE = re.compile(r"[。！？!?；;\n]")
_MARKS = re.compile(r"[，；;。：:！？!?（）()\n\t|]|,(?!\d{3})")
_NAMED = re.compile(r"[：:][ \t]*$")
_SPOKEN_OF = re.compile("[ \u2063]*(?=[\u3400-\u9fff])")
# Words that say nothing of what is counted, ways of telling where it is printed (写明, 另一处), and vague ones that several
# figures of a sentence share.
_EMPTY = re.compile(
    r"[写印列给标注记载显示提表][写印列给标注记载显示提表明出到道为着的是]|说法|[这另哪]?[一两三几][处者]|"
    r"[近前过去][一二两三四五几]年[里来间内中]?|"
    "另外?有?一处|(?:报告|正文|表格|文|表)中|正文|原文|前文|后文|标题|附表|附件|[全本该此我][院校]|"
    f"{BECAME}(?=[^\u3400-\u9fff0-9a-z]|$)|"
    "其中|分别|依次|总计|合计|共计|共有|一共|总共|达到|占比|比例|比重|百分比|人数|数量|总数|总量|金额|学校|的|"
    r"(?:(?:为|是|有|达|占|约|共|各|仅|和|与|及|或|在|于|等|了|到)+(?=[^\u3400-\u9fff0-9a-z]|$))"
)
_COUNTED = re.compile(r"(?<=\d)[\u3400-\u9fff](?![\u3400-\u9fff])")
_RANKED = re.compile(r"^[\s\u2063]*(?:最[多少高低大小]|其次|次之|居[首次末]|垫底)")
"""What an answer says of a figure's place among those it compares."""
_PER_UNIT = re.compile(r"[（(][^（）()]{1,8}/[^（）()]{1,4}[）)]")
_RUN = re.compile(r"[0-9a-z.+]+|[\u3400-\u9fff]+")
_HAN = re.compile(r"[\u3400-\u9fff]")
MASK = "\u2062"
"""Stands for each figure in a masked clause."""


@dataclass(frozen=True, slots=True)
class Said:
    """What an answer says of one figure."""

    clauses: tuple[str, ...]
    """The words of its own clause, empty where that says nothing; then of the clauses before it that say something."""
    masked: str
    """Key of its whole clause, each figure in it a `MASK`."""
    place: int
    """Which of those it is."""
    spoken: str
    """Key of the sentence from its start to the end of the clause."""
    whole: str
    """The same with what stands before it: a row's name may be several sentences long."""

    @property
    def words(self) -> tuple[str, ...]:
        """The clauses that say something."""
        return tuple(clause for clause in self.clauses if clause)


@lru_cache(maxsize=5_000)
def saying(text: str) -> str:
    """The words of a text that say something, as a key; white space still parts them."""
    return _EMPTY.sub(" ", _COUNTED.sub("", " ".join(map(matching_key, _PER_UNIT.sub(" ", text).split()))))


def bare(text: str) -> str:
    """An answer's words without its times and what it says of the telling."""
    return saying(LAST_YEAR.sub(" ", SCOPE.sub(" ", text)))


@lru_cache(maxsize=5_000)
def tokens(text: str) -> frozenset[str]:
    """Pairs of characters of a text's Chinese words, its codes and years whole; empty where it says nothing."""
    found: set[str] = set()
    for run in _RUN.findall(saying(text)):
        if not _HAN.match(run) or len(run) == 1:
            found.add(run)
        else:
            found.update(run[i : i + 2] for i in range(len(run) - 1))
    return frozenset(found)


def said_of_each(text: str, numbers: Sequence[Number]) -> tuple[Said, ...]:
    """What a text says of each of its figures."""
    spans = [(number.start, number.end) for number in numbers]
    items = listed_items(text, numbers)
    masked = list(_masked(text, spans))
    found = []
    for index, (start, end) in enumerate(spans):
        clauses = clauses_before(text, start, end, spans)
        if index in items:
            clauses = (items[index], *clauses[1:])
        key, place = next(((key, held.index(index)) for key, held in masked if index in held), ("", 0))
        low = max((match.end() for match in _SENTENCE.finditer(text, 0, start)), default=0)
        high = clause_span(text, start, end)[1]
        whole, spoken = (matching_key(text[a:high]) for a in (max(0, low - MAX_LABEL), low))
        found.append(Said(clauses, key, place, spoken, whole))
    return tuple(found)


def clauses_before(text: str, start: int, end: int, spans: Sequence[tuple[int, int]] = ()) -> tuple[str, ...]:
    """What a figure at `start` to `end` is said of: its clause, then those before it back to the sentence's start.

    The first is empty where its own clause says nothing; of the others only those that do, at most `MAX_CLAUSES` in
    all. Figures (`spans`) are left out, and so is what stands behind the next one.
    """
    low = max((match.end() for match in _SENTENCE.finditer(text, 0, start)), default=0)
    others = sorted(span for span in spans if span != (start, end))
    limit = min((a for a, _ in others if a >= end), default=len(text))
    after = _RANKED.sub("", text[end : min(limit, clause_span(text, start, end)[1])])
    cuts = [match.end() for match in _CLAUSE.finditer(text, low, start)]
    cuts = sorted({low, *cuts, *(b for a, b in others if low <= a and b <= start)})
    pieces = [_without(text, a, b, others) for a, b in list(zip(cuts, [*cuts[1:], start], strict=True))[::-1]]
    own = f"{pieces[0]} {after.partition('、')[0]}"
    earlier = [piece for piece in pieces[1:] if tokens(piece)]
    if not tokens(own):
        own = earlier.pop(0) if earlier and _NAMED.search(text, low, start) else ""
    return (own, *earlier[: MAX_CLAUSES - 1])


def clause_span(text: str, start: int, end: int) -> tuple[int, int]:
    """Span of the clause that holds the figure at `start` to `end`, over its citation where that goes on."""
    low = max((match.end() for match in _CLAUSE.finditer(text, 0, start)), default=0)
    match = _CLAUSE.search(text, over_citation(text, end))
    return low, match.start() if match else len(text)


def over_citation(text: str, end: int) -> int:
    """Where the words behind a figure begin: behind its citation where its clause goes on (还有115人 [1] 待就业)."""
    match = _SPOKEN_OF.match(text, end)
    return match.end() if match else end


def _without(text: str, start: int, end: int, spans: Sequence[tuple[int, int]]) -> str:
    for a, b in reversed([span for span in spans if start < span[1] and span[0] < end]):
        text = text[:a] + " " * (b - a) + text[b:]
    return text[start:end]


def _masked(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """(key with its figures masked, their indexes) of each clause that has one."""
    chunks: list[str] = []
    at = 0
    for start, end in spans:
        chunks += [text[at:start], MASK]
        at = end
    seen = 0
    for clause in _MARKS.split("".join([*chunks, text[at:]]).replace("\u2063", "")):
        count = clause.count(MASK)
        if count:
            yield matching_key(clause).strip('"'), tuple(range(seen, seen + count))
        seen += count


def masked_clauses(text: str, numbers: Sequence[Number]) -> dict[str, list[tuple[Number, ...]]]:
    """Key of each of a text's clauses, its figures masked → the figures that stand there, for each time it does."""
    found: dict[str, list[tuple[Number, ...]]] = {}
    for key, held in _masked(text, [(number.start, number.end) for number in numbers]):
        found.setdefault(key, []).append(tuple(numbers[index] for index in held))
    return found
