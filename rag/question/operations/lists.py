"""Sums and means: of what the question lists, or of the rows of a group."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from rag.question.operations.phrases import (
    OperandPhrase,
    in_place_of,
    likeness,
    phrase,
    split_context,
    tidy,
    with_measure_of,
)
from rag.question.operations.plans import (
    ADDED,
    ASK,
    PLUS,
    STRONG,
    Plan,
    asked_measure,
    measured,
    slot_kind,
    without_locative,
)
from rag.records import Operation

MAX_ITEM_LENGTH = 24
_SUM_MARK = re.compile(rf"(?P<strong>{STRONG})|一共|总共|合计|共计|总计|拢共|统共|共(?=有|多少|几|计)")
_LIST_MARK = re.compile(rf"(?:再|外)?加上|连同|、|以及|和|与|及|跟|{PLUS}")
_JOINED = re.compile(r"加上|连同")
_SAYING = re.compile(r"说|写|称|提到|认为|觉得|听")
_ROWS = re.compile(
    r"^(?P<group>.+?)(?:下面|下属|底下|下设|旗下|名下|所属|里面|里头|里|中|内|下)?[的，]?(?:全部|所有|这|那)?"
    r"(?:(?:[一二两三四五六七八九十]+|(?<!\d)\d{1,2}|几)个|各个?|每个|所有|全部)"
    r"(?P<rows>专业群?|学院|院系|系部|学校|院校|项目|课程|年级|班级|单位|部门|市州?|地区|类别?)的?(?P<measure>.*)$"
)
_NO_GROUP = re.compile(r"^(?:全[校省市国院]|我?们?学校|[我该本]校|目前|现有|.{0,4}共有|有)$|、|和|以及|加上")
_COUNTED_TAIL = re.compile(
    r"(?:这)?(?:[两二三四五六七八九十]+|(?<!\d)\d{1,2})(?:大|个|所|类|种|项|者|年|届|门|家|级|部分)+(?:合计|之)?"
)
_MEAN = re.compile(rf"(?:的)?平均(?!每|到每)(?:值|数)?(?:是|为|有)?(?P<verb>[^多少几，,]{{0,6}}?){ASK}$")


def rows_plan(sentence: str, years: Sequence[int]) -> Plan | None:
    """X 下面三个专业的在校生加起来多少: the sum over the rows of a group."""
    mark = _SUM_MARK.search(sentence)
    match = _ROWS.match(sentence[: mark.start()]) if mark else None
    ask = re.search(ASK, sentence[mark.end() :]) if mark else None
    if not mark or not match or not ask or _LIST_MARK.search(match["measure"]):
        return None
    group, noun = tidy(match["group"]), measured(ask["noun"])
    measure = tidy(match["measure"]) + noun or ("人数" if ask["noun"][:1] in tuple("人名位") else "")
    if len(group) < 2 or _NO_GROUP.search(group) or not measure:
        return None
    operands = (phrase(measure),)
    kind, first = slot_kind(sentence, operands), not mark["strong"]
    return Plan(Operation.SUM, operands, kind, group=group, rows=match["rows"], printed_first=first)


def list_plan(sentence: str, years: Sequence[int]) -> Plan | None:
    """A 加上 B 一共多少; A、B 和 C 加起来多少."""
    ask = re.search(f"{ASK}$", sentence)
    mark = _SUM_MARK.search(sentence)
    if not ask or re.search(r"各(?:自|有|是|为|占)?|分别", sentence):
        return None
    added = ADDED.search(sentence)
    if not mark and not added:
        return None
    end = min([match.start() for match in (mark, ask) if match])
    body, behind = sentence[:end], sentence[mark.end() if mark else end : ask.start()]
    is_plain = bool(_JOINED.search(sentence) or (mark and mark["strong"]))
    behind = re.sub(r"[了过占到]+$", "", tidy(behind))
    operands = _listed(body, behind + measured(ask["noun"]), is_plain)
    if len(operands) < 2:
        return None
    return Plan(Operation.SUM, operands, slot_kind(sentence, operands), printed_first=not is_plain)


def _listed(body: str, tail: str, is_sure: bool) -> tuple[OperandPhrase, ...]:
    """The items of a list, each with what all share; none where it may be no list."""
    context, listing, common = _list_parts(body)
    names = [tidy(name) for name in _LIST_MARK.split(listing)]
    if len(names) < 2 or not all(0 < len(name) <= MAX_ITEM_LENGTH for name in names):
        return ()
    first = names[0]
    last, counted = _without_counted_tail(names[-1])
    names[-1] = last
    heads = [*names[:-1], last.split("的")[0]]
    if not is_sure and not _is_list(heads, "、" in listing):
        return ()
    shared = f"{common}{counted}{'' if not tail or tail in body else tail}"
    head = with_measure_of(first, last)
    whole = [head, *(in_place_of(head, with_measure_of(name, last)) for name in names[1:])]
    return tuple(phrase(f"{context}{name}{shared}") for name in whole)


def _list_parts(body: str) -> tuple[str, str, str]:
    """(what the list is said within, the list, what is said of all of it behind a comma)."""
    pieces = re.split(r"[，,]", body.strip("，,"))
    index = next((i for i, piece in enumerate(pieces) if _LIST_MARK.search(piece)), 0)
    within, listing = split_context(pieces[index])
    if not _LIST_MARK.search(listing) or _LIST_MARK.search(within):
        within, listing = "", pieces[index]
    before = "".join(without_locative(piece) for piece in pieces[:index] if not _SAYING.search(piece))
    return before + within, listing, tidy("".join(pieces[index + 1 :]))


def _without_counted_tail(name: str) -> tuple[str, str]:
    """省级三类奖项 → 省级, 奖项."""
    match = _COUNTED_TAIL.search(name)
    return (tidy(name[: match.start()]), tidy(name[match.end() :])) if match and match.start() > 1 else (name, "")


def _is_list(names: Sequence[str], has_comma: bool) -> bool:
    alike = all(a[-1] == b[-1] or likeness(a, b) > 0 for a, b in pairwise(names))
    return alike or (has_comma and len(names) > 2)


def mean_plan(sentence: str, years: Sequence[int]) -> Plan | None:
    """A、B、C 平均多少."""
    match = _MEAN.search(sentence)
    if not match:
        return None
    operands = _listed(sentence[: match.start()], asked_measure("", match), is_sure=False)
    if len(operands) < 2:
        return None
    return Plan(Operation.AVERAGE, operands, slot_kind(sentence, operands), printed_first=True)
