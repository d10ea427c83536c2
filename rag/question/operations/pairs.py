"""Two figures set against each other: how many times, how much more, what is left, what is lacking."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.question import slots
from rag.question.operations.phrases import (
    OperandPhrase,
    at_time,
    in_year,
    is_time,
    kind_of,
    leading_time,
    likeness,
    phrase,
    split_context,
    tidy,
    within_same,
)
from rag.question.operations.plans import ASK, Plan, asked_measure, both_in_full, measured, slot_kind, without_locative
from rag.records import Operation

_UPS = "增加|增长|增多|增大|提高|提升|上升|上涨|上浮|扩大|扩招|往上走|走高|多|高|大|涨|升|增|长"
_DOWNS = "减少|下降|下滑|降低|回落|缩小|缩减|下跌|减|少|低|小|降|跌|短"
_CHANGES = "变化|变动|浮动|变"
_CHANGE = re.compile(
    rf"(?:只|还|要|又|才|反而)?(?:(?P<up>{_UPS})|(?P<down>{_DOWNS})|(?P<change>{_CHANGES}))(?P<verb>[^多少几百，,]{{0,4}}?)(?:了|出了?|到|过)?{ASK}$"
)
_THAN = re.compile(
    r"(?:相较于?|相比于?|较之?于?(?![好大多高为强快少低])|(?<![对占评相无之同环百攀])(?<!师生)(?<!生师)比(?![例重赛率值拼武])起?)"
)
_BESIDE = re.compile(
    r"(?:和|与|跟|同)(?P<b>[^，,]+?)(?:相比较?|比较|相较|比起来|对比|(?<![对占评无之百攀])(?<!师生)(?<!生师)比(?![例重赛率值拼武]))(?:起来)?[，,]?"
)
_APART = re.compile(
    rf"^(?P<body>.+?)(?:之间|两者|二者)?的?还?(?:相差|差距|差额|差值|之差|差了?)(?:是|有|为|达到?|了)?{ASK}$"
)
_PAIR_MARK = re.compile(r"和|与|跟|同|距离?|离|及")
_FROM = re.compile(r"^(?P<before>.*?)(?:从|由|自)(?P<times>.+)$")
_TIMES = re.compile(r"^(?P<a>.+?)的?(?:大概|大约|差不多|约)?(?:是|为|相当于|达到?|等于)了?(?P<b>.+?)的?(?:多少|几)倍")
_GAP = re.compile(
    rf"^(?P<first>.{{2,}}?)(?:(?:了|过|上)?[，,]?(?:却|但是?|可是?|而|然而|又|之?后来?)(?:又|却|还|并|最终|最后|实际)*|了)(?:没有?|未能?)"
    rf"(?P<second>[^，,]{{2,30}}?)(?:的(?P<who>[^，,]{{0,10}}?))?(?:一共|总共|共)?(?:有|是)?{ASK}$"
)
_LACKING = (
    re.compile(
        r"^(?P<whole>.+?)(?:里面|里|当中|之中|中)?还?有(?:多少|几)[个名位]?(?P<who>[\u4e00-\u9fff]{0,4}?)(?:没有?|未能?|不是)(?P<part>[^，,]{2,20})$"
    ),
    re.compile(
        rf"^(?P<whole>.{{2,}}?)(?:里面|里|当中|之中|中)?[，,]?(?:没有?|未能?|不是)(?P<part>[^，,的]{{2,12}})的(?P<who>[^，,]{{0,6}}?)(?:一共|总共|共|还)?(?:有|是)?{ASK}$"
    ),
)
_EXCLUDING = "除了|除去|除开|扣除|扣掉|减去|去掉|刨去|刨除|刨掉|撇开|剔除|排除|不算|不计|不包括|不包含|不含|抛开|除"
_WITHOUT = re.compile(
    rf"^(?P<total>.*?)[，,]?(?:{_EXCLUDING})(?P<part>[^，,]+?)"
    rf"(?:(?:以外|之外|外(?=[，,还其])|的话|的)?[，,]?|(?:(?P<bound>的)|(?:以外|之外)?[，,]|以外的?|之外的?)(?P<rest>[^，,]+?))"
    rf"(?:还剩下?|还有|剩下?|剩余|余下|其余|其他|其它|另外|别的)(?P<more>[^，,]*?)(?:还|一共|总共|共)?(?:有|是|剩)?{ASK}$"
)
_OUTSIDE = re.compile(rf"^(?P<part>.+?)(?:以外|之外)的?(?P<whole>[^，,]*?)(?:一共|总共|共|合计|还)?(?:有|是)?{ASK}$")
_WHICH_OF_TWO = re.compile(
    rf"^(?P<first>.+?)(?:和|与|跟|同)(?P<second>[^，,]+?)(?:(?:相比较?|比起来|比)?[，,](?P<measure>[^，,]*?)|相比较?|比起来|比)?"
    rf"(?:哪一?[个者所边种方类年届]|谁)的?(?P<more>[^，,]*?)(?:更|要|比较)?(?:(?P<up>{_UPS})|(?P<down>{_DOWNS}))(?:一些|一点|些)?$"
)
_OR = re.compile(rf"^(?P<a>.+?)(?P<word>{_UPS}|{_DOWNS})[，,]?还是(?P<b>.+?)(?P=word)$")


def times_plan(sentence: str, years: Sequence[int]) -> Plan | None:
    """A 是 B 的几倍."""
    match = _TIMES.match(sentence)
    if not match:
        return None
    first, second = both_in_full(match["a"], match["b"], "", years)
    return Plan(Operation.RATIO, (first, second), kind_of(first.text), "倍")


def gap_plan(sentence: str, years: Sequence[int]) -> Plan | None:
    """录取了却没报到的有多少: the first without the second."""
    match = _GAP.match(sentence)
    if not match:
        return None
    who = tidy(match["who"] or "") or measured(match["noun"])
    ending = f"的{who}" if who else ""
    first, second = f"{tidy(match['first'])}{ending}", f"{tidy(match['second'])}{ending}"
    operands = (phrase(first), phrase(within_same(first, second)))
    return Plan(Operation.DIFFERENCE, operands, slot_kind(sentence, operands), direction="up")


def remainder_plan(sentence: str, years: Sequence[int]) -> Plan | None:
    """除了 A，还有多少; A 以外的有多少: the whole without the part."""
    match = _WITHOUT.match(sentence)
    if match:
        context, rest = without_locative(match["total"]), tidy((match["rest"] or "") + match["more"])
        whole = context or rest
        part = match["part"] + (rest if match["bound"] else "")
    else:
        match = _OUTSIDE.match(sentence)
        if not match:
            return None
        context, part = split_context(match["part"])
        rest = tidy(match["whole"]) or measured(match["noun"])
        whole, part = context or f"{rest}总数", f"{part}{rest}"
        if not rest and not context:
            return None
    noun = measured(match["noun"])
    if not whole or (noun and noun not in whole + part):
        return None
    operands = (phrase(whole), phrase(f"{context}{tidy(part)}" if context else part))
    return Plan(Operation.DIFFERENCE, operands, slot_kind(sentence, operands), direction="up")


def lacking_plan(sentence: str, years: Sequence[int]) -> Plan | None:
    """还有多少人没就业; 没考过的有几个: the whole without those who have."""
    match = next((found for pattern in _LACKING if (found := pattern.match(sentence))), None)
    if not match or "多少" in match["whole"]:
        return None
    whole, who = tidy(match["whole"]), tidy(match["who"])
    whole += who if who not in ("", "人") and who not in whole else ""
    operands = (phrase(whole), phrase(f"{whole}{tidy(match['part'])}"))
    return Plan(Operation.DIFFERENCE, operands, slots.PEOPLE, direction="up", printed_first=True)


def from_to_plan(sentence: str, years: Sequence[int]) -> Plan | None:
    """从某时到某时提高了多少."""
    change = _CHANGE.search(sentence)
    match = _FROM.match(sentence[: change.start()]) if change else None
    if not change or not match:
        return None
    start, mark, rest = (
        re.split(r"(到|至)", match["times"], maxsplit=1) if re.search("[到至]", match["times"]) else ("",) * 3
    )
    end = leading_time(rest)
    measure = tidy(match["before"] + rest[len(end) :]) + change["verb"] + measured(change["noun"])
    if not mark or not is_time(start) or not end or not measure:
        return None
    end = in_year(end, start, years)
    old, new = (replace(at_time(measure, time, years), date=tidy(time)) for time in (in_year(start, end, years), end))
    plan = _change_plan(change, new, old, sentence, in_time=True)
    return replace(plan, names_both=True) if plan else None


def _change_plan(
    change: re.Match[str], new: OperandPhrase, old: OperandPhrase, sentence: str, in_time: bool
) -> Plan | None:
    """The difference, or where a percentage is asked the growth, of a quantity that goes the way the question says."""
    if change["noun"].startswith("倍"):
        return None
    direction = "up" if change["up"] else "down" if change["down"] else ""
    if change["ask"].startswith("百分之") or change["ask"] == "几成":
        return Plan(Operation.GROWTH, (old, new), kind_of(new.text), "%", direction, printed_first=in_time)
    kind = slot_kind(sentence, (new,))
    operands = (old, new) if direction == "down" else (new, old)
    unit = "百分点" if kind == slots.PERCENT else ""
    return Plan(Operation.DIFFERENCE, operands, kind, unit, direction, printed_first=in_time)


def than_plan(sentence: str, years: Sequence[int]) -> Plan | None:
    """A 比 B 多多少; 与 B 相比，A 增加了百分之几."""
    change = _CHANGE.search(sentence)
    if not change:
        return None
    body, tail = sentence[: change.start()], asked_measure(sentence[: change.start()], change)
    if beside := _BESIDE.search(body):
        before, after, second = tidy(body[: beside.start()]), tidy(body[beside.end() :]), beside["b"]
        first, tail = (before, after + tail) if before else (after, tail)
    elif than := _THAN.search(body):
        first, second = body[: than.start()], body[than.end() :]
        if not tidy(first):
            second, _, first = second.partition("，")
    else:
        return None
    if not tidy(first) or not tidy(second) or (is_time(first) and is_time(second) and not tail):
        return None
    new, old = both_in_full(first, second, tail, years)
    in_time = is_time(tidy(second)) or (is_time(tidy(first)) and leading_time(second) != "")
    return _change_plan(change, new, old, sentence, in_time)


def apart_plan(sentence: str, years: Sequence[int]) -> Plan | None:
    """A 和 B 相差多少."""
    match = _APART.match(sentence)
    body = _of_pair(match["body"]) if match else ""
    splits = [
        (body[: mark.start()], body[mark.end() :]) for mark in _PAIR_MARK.finditer(body) if tidy(body[: mark.start()])
    ]
    if not match or not splits:
        return None
    first, second = max(splits, key=lambda sides: likeness(tidy(sides[0]), tidy(sides[1])))
    operands = both_in_full(first, second, measured(match["noun"]), years)
    kind = slot_kind(sentence, operands)
    if not tidy(second):
        return None
    return Plan(Operation.DIFFERENCE, operands, kind, "百分点" if "百分点" in match["ask"] else "")


def _of_pair(body: str) -> str:
    """The clause that names both; an earlier one that only asks for each is left out."""
    last = re.split("[，,]", body)[-1]
    return last if _PAIR_MARK.search(last) else re.sub(r"各?(?:自|是|有|为)*(?:多少|几)[^，,]*[，,]", "", body)


def compare_plan(sentence: str, years: Sequence[int]) -> Plan | None:
    """A 和 B 哪个多; A 多还是 B 多."""
    if match := _OR.match(sentence):
        operands = both_in_full(match["a"], match["b"], "", years)
        direction = "up" if match["word"] in _UPS.split("|") else "down"
        return Plan(Operation.COMPARE, operands, kind_of(operands[0].text), direction=direction)
    match = _WHICH_OF_TWO.match(sentence)
    if not match or not likeness(tidy(match["first"]), tidy(match["second"])):
        return None
    tail = tidy((match["measure"] or "") + match["more"])
    operands = both_in_full(match["first"], match["second"], tail, years)
    direction = "up" if match["up"] else "down"
    return Plan(Operation.COMPARE, operands, kind_of(operands[0].text), direction=direction)
