"""What a question does with the figures it asks for: a few cues, and the things that are computed with."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.records import Operation

TOGETHER = "加起来|加在一起|加到一起|合起来|合在一起|之和|相加|一块儿?|一起算|算在一起|加总"
"""Words that add figures up."""
_THAN = re.compile(
    r"(?P<first>[^，,。；;？?]{2,40}?)比(?P<second>[^，,。；;？?]{1,24}?)(?:要|还|就|共)*(?:[多少高低大](?!少)|增加|减少|增长)(?:出|了|来)*"
    r"(?:收|招|花|支)?了?(?:多少|几)"
)
_APART = re.compile(
    r"(?P<first>[^，,。；;？?]{2,24}?)(?:和|与|跟|同)(?P<second>[^，,。；;？?]{1,30}?)(?:相差|差距|差了?|之差)(?:是|有)?(?:多少|几)"
)
_SUM = re.compile(
    rf"(?P<items>[^，,。；;？?]{{2,40}})(?:{TOGETHER}|合计|总共|一共)(?:是|有|共)?[^，,。；;？?]{{0,6}}(?:多少|几)"
)
_MOST = re.compile(
    r"(?:最|倒数)(?P<way>[多高大少低小好差长短贵])(?:的(?P<most>[二三四五六两])[个所家名位项门])?|排名?第(?P<place>[一二三四五])|前(?P<first>[二三四五六两])"
)
_PARTS = re.compile(r"[、和与及跟]|加上|以及")
_LAST_YEAR = re.compile(r"^(?:上一?年|去年|前一?年|上一?届|头一年|上一?学年|全[国省])")
_REST = re.compile(r"却没|没有?[来报]|以外|之外|不算|除[去了掉]|剩下|还差")
_TIMES = re.compile(r"(?:多少|几)倍")
_DOWN = frozenset("少低小差短")
_NUMERALS = {character: number for number, character in enumerate("零一二三四五六")} | {"两": 2}


@dataclass(frozen=True, slots=True)
class Order:
    """Which rows of a table are asked for: the first `count`, or the one at `place` (from 1; 0 where none is named)."""

    is_down: bool
    count: int = 1
    place: int = 0


def question_to_operation(question: str) -> tuple[Operation, tuple[str, ...]]:
    """(what is done, the things it is done with); a look-up of nothing in particular where no cue decides.

    >>> question_to_operation("男生比女生多多少人？")
    (<Operation.DIFFERENCE: 'difference'>, ('男生', '女生'))
    """
    for pattern in (_THAN, _APART):
        if (match := pattern.search(question)) and not _LAST_YEAR.match(match["second"]):
            return Operation.DIFFERENCE, (match["first"], match["second"])
    if (match := _SUM.search(question)) and len(items := [item for item in _PARTS.split(match["items"]) if item]) > 1:
        return Operation.SUM, tuple(items)
    if re.search(TOGETHER, question):
        return Operation.SUM, ()
    if (
        question_to_order(question) is not None
        and (match := _MOST.search(question))
        and (match["most"] or re.search(r"哪|谁|几个|什么", question))
    ):
        return Operation.RANK, ()
    if _TIMES.search(question):
        return Operation.RATIO, ()
    return (Operation.DIFFERENCE if _REST.search(question) else Operation.LOOKUP), ()


def question_to_order(question: str) -> Order | None:
    """Which rows a question for the most, the least or the first few asks for; None for any other."""
    match = _MOST.search(question)
    if match is None:
        return None
    is_down = (match["way"] or "") in _DOWN or "倒数" in match[0]
    return Order(
        is_down, _NUMERALS.get(match["first"] or match["most"] or "", 1), _NUMERALS.get(match["place"] or "", 0)
    )


def without_order(question: str) -> str:
    """A question without the words that order: what is put in order is left."""
    return _MOST.sub(" ", question)
