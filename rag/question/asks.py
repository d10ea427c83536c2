"""What a question asks for, piece by piece: each interrogative with the words that belong to it and the unit it cues.

`一等奖奖多少钱、给每个学生多少？` asks twice: for money (奖), then for ANY (给每个学生). What no cue decides is ANY.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from rag.language.numbers import find_numbers, unit_class
from rag.language.spans import Spans
from rag.language.text import tagged_words, unique
from rag.question.years import without_years
from rag.records import Ask, AskKind

_CUES: tuple[tuple[AskKind, str], ...] = (
    (AskKind.NAME, r"哪(?:年|天|一?[年天]|[个些家所位种门类项名份台座处]?月|[几]?[天号])|什么时候|啥时候|何时|几[月号日]|多久[^，。？]{0,6}一次"),
    (AskKind.POINTS, r"(?:多少|几)个?(?:百分点|点(?![名钟]))"),
    (AskKind.PERCENT, r"百分之?[几多]少?|几成|占[到了]?多少|多[大少高]的?比[例重]|(?:比[例重率]|占比|份额)(?:有|是|为|呢|多[高少大]|几何|[?？，,。]|$)"),
    (AskKind.MONEY, r"(?:多少|几)(?:[十百千]?[万亿]?(?:元|块(?=[钱了呢吧，,。？?]|$))|钱|资金|工资|[^，。？的是个人名位了过]{0,3}[费款])|(?:花|挣|赚|掏|缴|交|领|拿)[了到]?多少(?=[万亿了啊呢吧，,。？?]|$)"),
    (AskKind.AREA, r"(?:多少|几)(?:亩|平方米|平米|平(?!均)|公顷)|面积(?:有|是|为)?多[大少]|占地多[大少]|多大(?:面积|地方)"),
    (AskKind.TIME, r"多[久长]时?间?|(?:多少|几)(?:个?(?:小时|月|学期|星期|周)|分钟|天|年|学时|课时)"),
    (AskKind.RATIO, r"几比[一1几]"),
    (AskKind.SCORE, r"(?:多少|几)分(?![之钟])"),
    (AskKind.PEOPLE, r"(?:多少|(?<!哪)几)[个名位]?(?:人(?!次|天|均)|学生|毕业生|教师|老师|新生|教授|博士|硕士|同学|男生|女生|[名位](?!次)|[^，。？的]{0,5}(?:在校|贫困|困难|留学|研究|本科|专科)?[生师员工徒](?=[了啊呢吧，,。？?]|$))|人数"),
    (AskKind.COUNT, r"(?:多少|(?<!哪)几)[\u4e00-\u9fff]?"),
    (AskKind.ANY, r"怎么?样|(?:是个?)?(?:什么|啥)(?:水平|情况|程度|比例|数)|(?P<degree>[多高大快低少强久])不(?P=degree)"),
    (AskKind.NAME, r"哪[一二两三四五六几]?[个些家所位种门类项名份台座处里儿样款支条届级]?|谁|什么|啥|怎么|如何|为何|为什么|叫做?"),
    (AskKind.ANY, r"多[大高低快少]|几何|[率度值量额数比](?=[?？]|$)"),
)  # fmt: skip
"""What a question asks with, and the kind of figure it wants; earlier lines win where they overlap."""
_PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in _CUES)
_KIND_OF_UNIT = {
    "money": AskKind.MONEY, "percent": AskKind.PERCENT, "points": AskKind.POINTS, "area": AskKind.AREA,
    "ratio": AskKind.RATIO, "hours": AskKind.TIME, "duration": AskKind.TIME, "time": AskKind.TIME,
}  # fmt: skip
_COUNTED = re.compile("(?:多少|几)个")
_AMOUNT = re.compile("多少|几(?!何)")
_AMOUNTS = re.compile("是?(?:多少|(?<!哪)几(?!何))[十百千万亿]*[个名位项次门家所种类场期人分]?")
_COMPARED = re.compile("[比较]|相对|[多少高低增减涨跌]了")
_PART_OF_YEAR = re.compile(r"\d{1,2}月(?:底|初|末|份|\d{1,2}日)?|年[底初末]")
_MEASURE = re.compile("[率度值量额数比]")
_WHAT = ("什么", "啥")
_BREAK = re.compile(r"[，,；;。？?！!：:]")
_END = re.compile(r"[，,；;。？?！!：:、]")
_SAYING = frozenset("naj")
"""Parts of speech (first letters of ICTCLAS tags) that say of what something is asked."""
_COPULA = r"(?:又?是|有|为|达到?|到)?(?:了|各|都|分别|大概|一共|总共|共)*(?:是|有|为)?$"
_COPULAS = re.compile(r"(?:又?是|有|为|达到?|到|了|各|都|分别|大概|一共|总共|共|占|[的\s])+$")
_MEASURED_BEFORE = tuple(
    (kind, re.compile(rf"(?:{nouns}){_COPULA}"))
    for kind, nouns in (
        (AskKind.PERCENT, "率|占比|比例|比重|份额"),
        (AskKind.PEOPLE, "人数|[^新][生师员工](?<!招生)(?<!分工)|学徒|学者|干部|教授"),
        (AskKind.MONEY, "费|款|收入|支出|金额|经费|产值|设备值|资产|工资|月薪|薪资|补贴|奖金"),
        (AskKind.AREA, "面积"),
    )
)
"""What stands right before an interrogative without a kind, and the kind of figure that is."""
_ITEM_MARK = re.compile(r"[、和与及跟]|以及")
_ITEMS = re.compile(
    r"(?P<items>[^，,；;：:。、和与及跟]{1,14}(?:(?:[、和与及跟]|以及)[^，,；;：:。、和与及跟]{1,14})+)$"
)
_WHETHER = re.compile(r"(?P<word>[多少涨跌增减升降高低])(?:[了过]?没有?|不)(?P=word)?|是[涨升增高多].{0,4}[跌降减低少]")
_STANDARD = re.compile("国标|标准|达标|合格|红线|底线")
_NAMES = re.compile("[费率数量额]")
"""What a unit stands before that is no unit but the beginning of a name: 多少课时费."""
_EACH = re.compile(r"各自?(?:有|是|为|占|获)*|分别(?:是|有|为|占|达到?)*|依次(?:是|为)?")
_MEASURED = re.compile("(?:率|占比|比例|比重|份额|[师生]比|[人个册种项门次件]数|总[数量额值]|面积|均分)$")
"""What an item ends with that is a figure, and of which no other item is a part."""
_SUMMED_UP = re.compile(r"这?[两三四五六几\d]个?(?:年|者|项|方面|种|个|类|所|家|门|届|学院|专业|部分).*$")


def question_to_asks(text: str, carried: str = "", kinds: tuple[str, ...] = ()) -> tuple[Ask, ...]:
    """What a question asks for, in order; one that asks nothing by itself asks what `carried`, the one before it, asked.

    `kinds` are unit classes of the figures the answer before gave: what an elliptical question wants again.
    """
    found = _interrogatives(text)
    if not found:
        if carried and (before := question_to_asks(carried)):
            return (Ask(before[-1].kind, text, before[-1].unit),)
        kind = _KIND_OF_UNIT.get(kinds[0], AskKind.ANY) if len(kinds) == 1 else AskKind.ANY
        return (Ask(kind, text),)
    asks = tuple(_asks(text, found))
    return (*asks, *_whether(text, found[-1][1], asks[-1]))


def _asks(text: str, found: list[tuple[int, int, AskKind]]) -> Iterator[Ask]:
    previous, said, before = 0, "", AskKind.ANY
    for at, (start, end, kind) in enumerate(found):
        following = found[at + 1][0] if at + 1 < len(found) else len(text)
        high = min((match.start() for match in _END.finditer(text, end, following)), default=following)
        unit = _unit(text[start:])
        if kind is AskKind.MONEY and unit_class(unit) != "money":
            unit = ""
        elif unit:
            kind = _KIND_OF_UNIT.get(unit_class(unit), AskKind.PEOPLE if unit in "人名位" else kind)
            kind = AskKind.COUNT if kind is AskKind.ANY else kind
        elif kind is AskKind.COUNT and not _COUNTED.match(text, start):
            kind = AskKind.ANY
        if kind is AskKind.ANY and _AMOUNT.match(text, start):
            said_before = "".join(without_years(text[previous:start]).split())
            named = (k for k, pattern in _MEASURED_BEFORE if pattern.search(said_before))
            kind = next(named, kind)
        words = text[previous:high].lstrip("，,、；;：:。？?！! ")
        if leans := bool(said) and not _says_of_what(words):
            is_bare = kind is AskKind.ANY and text[start : start + 2] == "多少" and not _COMPARED.search(words)
            kind = before if is_bare else kind
            words = f"{without_years(without_month(said))}，{words}"
        each = _EACH.search(text, previous, high)
        items = _items(text[previous : min(each.start(), start)]) if each else _figures(text, previous, start, end)
        for item in items or ("",):
            is_open = not unit and (text[start:end] in _WHAT or _AMOUNT.match(text, start) is not None)
            yield Ask(_kind_of(item) if is_open and names_figure(item) else kind, words, unit, item, leans)
        previous, said, before = high, words, kind


def names_figure(item: str) -> bool:
    """Whether one of several items is a figure by its name: 就业率, not 校训, nor 省级."""
    return _MEASURED.search(item) is not None


def named_thing(ask: Ask) -> str:
    """What is asked for by its own name: 校训 of 校训是什么; `` where only a kind is named: 什么角色, 哪所学校."""
    match = re.fullmatch(f"(?P<name>.+?)(?:{'|'.join(_WHAT)})[呢啊？?]*", ask.item or ask.text)
    return ask.item or (match["name"] if match else "")


def _kind_of(item: str) -> AskKind:
    """The kind of figure that an item names, whatever the others are."""
    return next((kind for kind, pattern in _MEASURED_BEFORE if pattern.search(item)), AskKind.ANY)


def _figures(text: str, previous: int, start: int, end: int) -> tuple[str, ...]:
    """The items before 什么 or 多少 of which the first is a figure: 就业率 and 校训 of 就业率和校训是什么."""
    is_what = text[start:end] in _WHAT
    items = _items(text[previous:start]) if is_what or _AMOUNT.match(text, start) else ()
    are_figures = [names_figure(item) for item in items]
    return items if are_figures[:1] == [True] and (is_what or all(are_figures)) else ()


def _says_of_what(words: str) -> bool:
    """Whether the words of an interrogative say of what it asks: not 2023年又是多少."""
    return any(
        tag[:1] in _SAYING or tag in ("b", "l", "i") for _, tag in tagged_words(without_years(without_cues(words)))
    )


def _whether(text: str, end: int, before: Ask) -> Iterator[Ask]:
    """What a later clause asks without an interrogative: 比上年是涨是跌, and what the standard, or another, is (省级的呢)."""
    for clause in _BREAK.split(text[end:])[1:]:
        if names_standard(clause):
            yield Ask(before.kind, f"{before.text}，{clause}", before.unit, leans=True)
        elif clause.endswith("呢") and _says_of_what(clause):
            yield Ask(before.kind, clause, before.unit, leans=True)
        elif _WHETHER.search(clause):
            yield Ask(AskKind.ANY, clause)


def names_standard(text: str) -> bool:
    """Whether a text names what a figure is measured against."""
    return _STANDARD.search(text) is not None


def without_cues(text: str) -> str:
    """A question without the words it asks with: what is left names what is asked of."""
    for start, end, kind in reversed(_interrogatives(text)):
        if _MEASURE.fullmatch(text[start:end]):
            continue
        kept = _asked_of(kind, text[start:end])
        text = f"{text[:start]} {kept} {text[end:]}"
    return " ".join(text.split())


def asked_noun(text: str) -> str:
    """The noun a question asks the measure of: right behind its interrogative, else right before; `` where a verb stands.

    >>> asked_noun("护理学院的就业率是多少"), asked_noun("22级有多少女生"), asked_noun("找个工作要掏多少钱")
    ('就业率', '女生', '')
    """
    found = _interrogatives(text)
    if not found:
        return _last_noun(re.sub("[呢吧吗啊呀？?。，, ]+$", "", text))
    start, end, kind = found[0]
    if _MEASURE.fullmatch(text[start:end]):
        return _last_noun(text[:end])
    behind = re.sub("^(?:多少|几)[个名位]?", "", text[start:end]) if kind in (AskKind.PEOPLE, AskKind.MONEY) else ""
    if not behind:
        nouns = takewhile(lambda one: _is_noun(one[1]), tagged_words(_BREAK.split(text[end:])[0]))
        behind = "".join(word for word, _ in nouns)
    named = _last_noun(behind)
    return named if len(named) > 1 else _last_noun(_COPULAS.sub("", text[:start]))


def _last_noun(text: str) -> str:
    """The last word of a text, where it is a noun."""
    word, tag = next(reversed(tagged_words(text)), ("", "x"))
    return word if _is_noun(tag) else ""


def _is_noun(tag: str) -> bool:
    """Whether a part of speech is that of nouns; the words of the field have none."""
    return tag[:1] == "n" or tag in ("vn", "l", "")


def without_month(text: str) -> str:
    """A text without the part of a year that it names (8月底, 年末)."""
    return _PART_OF_YEAR.sub("", text)


def _asked_of(kind: AskKind, cue: str) -> str:
    """What the words that ask name themselves: 女生 of 多少名女生, 学费 of 多少学费."""
    if kind is AskKind.PEOPLE:
        return re.sub("多少|几|[个名位]", "", cue).removesuffix("人")
    named = re.fullmatch("(?:多少|几)(.+(?:费|款|资金|工资))", cue) if kind is AskKind.MONEY else None
    return named[1] if named else ""


def without_amounts(text: str) -> str:
    """A text without 多少 and 几 and the unit that stands behind each: what is left of 多少项建设任务 is 建设任务."""
    for match in reversed(list(_AMOUNTS.finditer(text))):
        unit = _unit(text[match.start() :])
        end = max(match.end(), text.find(unit, match.start()) + len(unit))
        text = f"{text[: match.start()]} {text[end:]}"
    return text


def _interrogatives(text: str) -> list[tuple[int, int, AskKind]]:
    """(start, end, kind) of each, in order; with nothing but copulas between them two are one."""
    taken: list[tuple[int, int, AskKind]] = []
    spans = Spans()
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if match[0] and spans.is_free(match.span()):
                spans.add(match.span())
                taken.append((*match.span(), kind))
    merged: list[tuple[int, int, AskKind]] = []
    for start, end, kind in sorted(taken):
        if merged and _is_one(text[merged[-1][0] : merged[-1][1]], text[merged[-1][1] : start], text[start:end]):
            first, _, before = merged[-1]
            merged[-1] = (first, end, kind if before in (AskKind.ANY, AskKind.NAME, AskKind.COUNT) else before)
        else:
            merged.append((start, end, kind))
    return merged


def _is_one(first: str, between: str, second: str) -> bool:
    """Whether two cues make one interrogative (占比 是 多少, 人数2023年是多少); 从多少到多少 are two."""
    is_copula = re.fullmatch(r"[的是有为达到约各自分别大概一共总\s]{0,5}", without_years(between)) is not None
    return is_copula and not (_AMOUNT.search(first) and _AMOUNT.search(second))


def _unit(text: str) -> str:
    """The unit straight behind 多少 or 几: 人次 of 多少人次; `` where none stands there."""
    match = re.match(r"(?:是|有|为|占[到了]?|花了?)*(?:多少|几)个?(?P<rest>[^，,；;。？?！!]{1,6})", text)
    numbers = find_numbers(f"3{match['rest']}") if match else ()
    if not match or not numbers or numbers[0].start or _NAMES.match(match["rest"], len(numbers[0].text) - 1):
        return ""
    return numbers[0].unit if len(numbers[0].text) > 1 else ""


def _items(text: str) -> tuple[str, ...]:
    """The items an enumeration ends with: 国家级、省级 of 获奖国家级、省级; the years of 2022年和2023年."""
    for clause in reversed(_BREAK.split(text.rstrip("的有是为占在，, "))):
        if match := _ITEMS.search(clause.rstrip("的有是为占在 ")):
            pieces = [piece.strip() for piece in _ITEM_MARK.split(match["items"])]
            pieces[-1] = _SUMMED_UP.sub("", pieces[-1]) or pieces[-1]
            return unique(piece for piece in pieces if piece)
    return ()
