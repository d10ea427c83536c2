"""Parts of a whole, and how much falls to each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.question import slots
from rag.question.operations.phrases import OperandPhrase, kind_of, last_noun, phrase, split_context, tidy, within_same
from rag.question.operations.plans import ASK, Plan, measured
from rag.records import Operation

_SHARE_WORD = r"(?:比重|比例|份额|百分比|比率)"
_SHARE_ASK = (
    rf"(?:(?:所占)?的?{_SHARE_WORD})?(?:大概|大约|约|差不多|大致)?(?:是|为|有|达到?|到)?"
    rf"(?:百分之?[几多少]+|几成|几分之几|多[大少高](?![亩平万人个名元条项门家所])(?:的?{_SHARE_WORD})?|什么{_SHARE_WORD}|几何)"
)
_OCCUPY = r"(?:能够?|可以|只)?所?占(?![地用领有])(?:到|了|据)?"
SHARE_TAIL = re.compile(rf"[，,](?:又|各|分别|大概|大约|合计|一共|这)?{_OCCUPY}比?(?P<whole>[^，,]*?)的?{_SHARE_ASK}$")
_EACH = re.compile(
    rf"^(?P<context>.*?)(?:平均|均摊)(?:下来|算下来|到|算)?[，,]?每一?(?P<counter>[个名位所家门间台届项支]?)(?P<among>[^，,多少几]{{1,12}}?)"
    rf"(?P<verb>可以|能|要|带|摊到?|分到?|获得|拥有|花费?|配备?|对应|服务|对接|负责|承担|招收?|投入|得到?|有|是)了?{ASK}$"
)
_ONE = re.compile(
    rf"^(?P<context>.*?)一[个名位所家](?P<among>[^，,多少几]{{2,12}}?)平均(?P<verb>可以|能|要|带|摊到?|分到?|拥有|配备?|对应|服务|负责|有){ASK}$"
)
_EACH_PERSON = re.compile(
    r"^(?P<context>.{2,}?)[，,]?(?:平均|均摊)(?:下来|到)?[，,]?每[个名位]?(?:人|[^，,多少几]{0,6}(?:学生|毕业生|教师|老师|教职工))"
    r"[^，,多少几]{0,3}(?:多少|几)(?:万?元|钱|块钱?)$"
)
_EACH_UNIT = re.compile(
    rf"^(?:按|以)?(?P<among>[^，,]{{2,14}}?)(?:来|去)?(?:算|计|计算)?[，,](?P<context>[^，,]*?)平均(?:下来|到)?每(?P<counter>[个名位所家门间台届项支])"
    rf"(?P<verb>[^，,多少几]{{1,6}}?)了?{ASK}$"
)
_PERIOD = re.compile(r"^(?:天|日|周|月|个月|年|学期|学年|小时|人)$")
_SHARE = re.compile(
    rf"^(?P<a>.+?){_OCCUPY}比?(?P<b>[^，,]*?)的?{_SHARE_ASK}[^，,]{{0,4}}$|^(?P<a2>.+?){_OCCUPY}(?P<b2>[^，,]*?)的?{_SHARE_WORD}$"
)
_SHARE_AMONG = re.compile(
    rf"^(?P<b>.+?)(?:(?:里面|里头|里|当中|之中|中)[，,]?有?|[，,]有)(?:百分之?[几多少]+|几成|多大{_SHARE_WORD})的?(?:人|学生)?(?:是|为|属于|来自)?(?P<a>.+)$"
)
_SHARE_OF_WHOM = re.compile(
    r"^(?P<b>[^，,]{2,}?[生师人工员])[，,](?P<a>[^，,占]{2,14}?)(?:过|了|的)?(?:有)?(?:百分之[几多少]+|几成)(?:的?(?:人|学生))?$"
)
_BACKWARD = re.compile(
    r"^(?:本[院校系专]\w*|该\w{1,3}|其|全部|全[校院省]|总数|总人数|总量|总额|全体|整体|总体|总计|合计)?$"
)


def with_share(plan: Plan, whole: str) -> Plan | None:
    """The plan with the share its result is of a whole; None where a share of it means nothing."""
    if plan.operation not in (Operation.SUM, Operation.DIFFERENCE) or plan.kind == slots.PERCENT:
        return None
    named = tidy(whole)
    if named and not _BACKWARD.match(named):
        return replace(plan, share_of=phrase(named))
    if plan.operation is Operation.DIFFERENCE:
        return replace(plan, share_of=plan.operands[0])
    noun = last_noun(plan.operands[-1].text)
    return replace(plan, share_of=OperandPhrase(f"{noun}总数")) if noun else plan


def each_plan(sentence: str, years: Sequence[int]) -> Plan | None:
    """平均每个 B 有多少 A; 平均每人多少元."""
    if person := _EACH_PERSON.match(sentence):
        both = phrase(person["context"])
        operands = (replace(both, kind=slots.MONEY), replace(both, kind=slots.PEOPLE))
        return Plan(Operation.RATIO, operands, printed_first=True)
    match = _EACH.match(sentence) or _ONE.match(sentence) or _EACH_UNIT.match(sentence)
    if not match or _PERIOD.match(match["among"]):
        return None
    context, among = tidy(match["context"]), tidy(match["among"])
    noun = measured(match["noun"])
    verb = "" if match["verb"] in ("有", "是", "能", "可以", "要") else match["verb"]
    amount = f"{verb}{noun}" if match.re is _EACH_UNIT else noun or verb
    if re.match("[人名位]", match["noun"]) and not noun:
        amount = f"{verb}人数"
    if not amount:
        return None
    operands = (phrase(f"{context}{amount}"), phrase(f"{context}{among}"))
    return Plan(Operation.RATIO, operands, slots.ANY, printed_first=True)


def share_plan(sentence: str, years: Sequence[int]) -> Plan | None:
    """A 占 B 的比例; B 里有几成是 A; without a whole, of all of its kind."""
    if match := _SHARE_AMONG.match(sentence):
        whole, part = tidy(match["b"]), tidy(match["a"])
        return _share_of(whole, f"{whole}{part}") if part and "占" not in sentence else None
    if match := _SHARE_OF_WHOM.match(sentence):
        whole = tidy(match["b"])
        return _share_of(whole, f"{whole}{tidy(match['a'])}")
    match = _SHARE.match(sentence)
    if not match or re.search(rf"(?:各|分别){_OCCUPY}", sentence):
        return None
    before, named = match["a"] or match["a2"], tidy(match["b"] or match["b2"] or "")
    if inner := re.match(r"^(?P<a>.+?)在(?P<b>.+?)(?:里面|里|当中|之中|中)$", tidy(before)):
        before, named = inner["a"], tidy(inner["b"])
    context, part = split_context(before)
    if _BACKWARD.match(named):
        noun = "" if context else last_noun(part)
        whole = context or (within_same(part, f"{named if named.startswith('全') else ''}{noun}总数") if noun else "")
    else:
        whole = named if context else within_same(before, named)
    return _share_of(whole, f"{context}{tidy(part)}") if whole and tidy(part) else None


def _share_of(whole: str, part: str) -> Plan | None:
    kind = kind_of(whole)
    if kind == slots.PERCENT:
        return None
    return Plan(Operation.SHARE, (phrase(part), phrase(whole)), kind, "%", printed_first=True)
