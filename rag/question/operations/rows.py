"""Rows of a table: how many, and which comes first."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.language.numbers.numerals import numeral_value
from rag.question import slots
from rag.question.operations.phrases import first_noun, kind_of, phrase, split_context, tidy
from rag.question.operations.plans import Plan, without_locative
from rag.records import Operation

_LISTING = re.compile(
    r"^(?P<table>.{0,40}?(?:(?<![代图发年报仪钟手外电水])表(?![示现彰演决达扬态述明率])|(?:名单|清单|目录|一览|名录)表?)格?)(?!的)"
    r"(?:(?:里面|里|中|上|内|当中)[，,]?(?P<filter>[^，,]*?)|[，,](?P<behind>[^，,]*?)|)(?:一共|总共|共|又|还|也|都)?"
    r"(?:列出|列入|列有|列|收录|记录|涉及|出现|上榜|入选|对接|占|有)(?:了|过|着)?"
    r"(?:多少|几)(?:条|个|行|项|所|家|种|门|次|回|类)(?P<noun>[^，,]{0,8})$"
)
_OCCURRENCES = re.compile(
    r"^(?P<filter>.+?)(?:一共|总共|共)?(?:出现|上榜|入选)(?:了|过)?(?:几|多少)[次回]$"
    r"|^(?P<entered>.+?)(?:上|进|入)了?(?:几|多少)[次回](?P<table>.*?(?:表|名单|清单|目录|名录))$"
    r"|^(?P<holder>.+?)(?:一个学校|一所学校|一家|一校)?(?:共|总共|一共)?占了?(?P<list>[^，,占]*?(?:表格?|名单|清单|目录|名录))(?:里面?|中|上|的)?(?:几|多少)(?:条|个|行|项|席)$"
)
_INSTITUTIONS = re.compile(r"(?:^|[，,])(?:一共|总共|共)?有(?:几|多少)[所家](?P<noun>.{4,})$")
_MOST = r"(?:(?P<up>最[多高大长]|居首|(?:排名?|位居|位列)(?:在)?(?:第一|首位)|第(?P<nth>[二三四五])[多高大])|(?P<down>最[少低小短]|倒数第(?P<last>[一二三四五])|垫底|第(?P<nth2>[二三四五])[少低小]))(?!级|等|奖|水平|荣誉|人民|学府)"
_WHICH = r"(?:哪(?:一|几|[两三四五])?(?P<counter>[个些所家类种年项门届位座本])?(?P<rows>[\u4e00-\u9fff]{0,8}?)|谁)"
_SECOND_LEVEL = re.compile(r"^(?:二级|各二级|下属)(?=学院|院系|院部|单位)")
_AND_HOW_MANY = re.compile(
    r"[，,](?:一共|总共|各自?|分别|只|才|还)?(?:有|是|剩|占)?(?:多少|几)(?:个?人|个|名|位|次|项|元|万元)?$"
)
_RANK = (
    re.compile(rf"^(?P<context>.*?){_WHICH}(?P<measure>[^哪，,]*?){_MOST}[^，,]{{0,4}}$"),
    re.compile(rf"^(?P<measure>.*?){_MOST}(?:的)?(?P<more>[^，,]*?)(?:是|为|有)(?:{_WHICH})$"),
)
_MOST_OF = re.compile(
    r"^(?P<measure>.*?)最(?:(?P<up>[多高大长])|(?P<down>[少低小短]))的?前?(?P<n>[两三四五六七八九十\d])(?:个|所|家|名|项|门|大)?的?"
    r"(?P<rows>[^，,]{0,8}?)(?:依次|分别)?(?:是|有|为)(?:哪|谁|什么)[^，,]*(?:[，,].*)?$"
)
_TOP = re.compile(
    r"^(?P<measure>.*?)(?:排名?(?:在)?|位列)?(?P<end>前|倒数前?|后)(?P<n>[二两三四五六七八九十\d]{1,3})[名位个]?的?(?P<rows>[^，,]*?)(?:(?:依次|分别)?(?:是|有|为)(?:哪|谁|什么)[^，,]*|怎么排(?:列|名)?|排名(?:如何|怎样))(?:[，,].*)?$"
)


def count_plan(sentence: str, years: Sequence[int]) -> Plan | None:
    """表里列了多少条; X 在名单里出现了几次; 有几所学校做了某事."""
    if match := _OCCURRENCES.match(sentence):
        if match["entered"] or match["holder"]:
            return _counted(match["table"] or match["list"], match["entered"] or match["holder"])
        table, held = split_context(match["filter"])
        held, _, inside = (held, "", table) if table else match["filter"].rpartition("在")
        return _counted(inside, held or match["filter"])
    if match := _LISTING.match(sentence):
        held, mark, table = match["table"].rpartition("，" if "，" in match["table"] else "在")
        return _counted(table, (held if mark else "") + (match["filter"] or match["behind"] or ""))
    match = _INSTITUTIONS.search(sentence)
    held = tidy(sentence[: match.start()]) + tidy(match["noun"]) if match else ""
    return Plan(Operation.COUNT, (phrase(held),), slots.COUNT, printed_first=True) if match else None


def _counted(table: str, held: str) -> Plan:
    """The rows of a table that hold something, all where nothing is named."""
    operands = (phrase(held),) if tidy(held) else ()
    return Plan(Operation.COUNT, operands, slots.COUNT, group=without_locative(table))


def rank_plan(sentence: str, years: Sequence[int]) -> Plan | None:
    """哪个最多; 排第一的是谁; 前三是哪些."""
    sentence = _AND_HOW_MANY.sub("", sentence)
    if match := _TOP.match(sentence):
        count = _count_of(match["n"])
        direction = "up" if match["end"] == "前" else "down"
        measure = tidy(match["measure"])
        plan = Plan(
            Operation.RANK, (phrase(measure),), kind_of(measure), "", direction, tidy(match["rows"]), _first(count)
        )
        return plan if 0 < count <= 20 and measure else None
    if match := _MOST_OF.match(sentence):
        measure, count = tidy(match["measure"]), _count_of("二" if match["n"] == "两" else match["n"])
        direction = "up" if match["up"] else "down"
        operands = (phrase(measure),)
        return Plan(Operation.RANK, operands, kind_of(measure), "", direction, tidy(match["rows"]), _first(count))
    match = next((found for pattern in _RANK if (found := pattern.match(sentence))), None)
    if not match:
        return None
    parts = match.groupdict()
    context, measure = tidy(parts.get("context") or ""), tidy(match["measure"])
    measure = _SECOND_LEVEL.sub("", measure)
    place = match["nth"] or match["nth2"] or match["last"] or "一"
    rows = tidy(match["rows"] or parts.get("more") or "") or (first_noun(measure) if parts.get("counter") else "")
    rows = "" if rows == measure else rows
    asked = tidy(f"{context}{measure}")
    if not asked:
        return None
    direction = "up" if match["up"] else "down"
    places: tuple[int, ...] = (_count_of(place),)
    if several := re.match(r"(?P<n>[两三四五六七八九十])[个项种类门所家名位]?", rows):
        places, rows = _first(_count_of(several["n"])), rows[several.end() :]
    return Plan(Operation.RANK, (phrase(asked),), kind_of(asked), "", direction, rows, places)


def _count_of(written: str) -> int:
    return int(written) if written.isdecimal() else int(numeral_value(written) or 0)


def _first(count: int) -> tuple[int, ...]:
    return tuple(range(1, count + 1))
