"""What a question does with the figures it asks for: a few cues, and the things that are computed with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile

from rag.language.text import tagged_words
from rag.question.years import year_spans
from rag.records import Operation

TOGETHER = "加起来|加在一起|加到一起|合起来|合在一起|之和|相加|一块儿?|一起算|算在一起|加总"
"""Words that add figures up."""
_THAN = re.compile(
    r"(?P<first>[^，,。；;？?]{2,40}?)(?<![占对同环百])比(?![例重率较])(?P<second>[^，,。；;？?]{1,24}?)(?:要|还|就|共)*(?:[多少高低大](?!少)|增加|减少|增长|节?省|节约|超)(?:[出了来下])*"
    r"(?:收|招|花|支|发|拿|投|用)?(?:了|出)?(?:多少|几)"
)
_FROM_TO = re.compile(
    r"从(?P<first>[^，,。；;？?从]{2,14}?)[到至](?P<second>[^，,。；;？?]{2,10}?)(?=[，,共又增涨提减降跌上下多少高低]|一共|总共)"
)
_CHANGED = re.compile(
    r"(?:[多少高低大小增减涨跌升降差变走]|提[高升]|下[降滑]|上升)[^，,。；;？?多少几]{0,5}(?:多少|几)"
)
_APART = re.compile(
    r"(?P<first>[^，,。；;？?]{2,24}?)(?:和|与|跟|同)(?P<second>[^，,。；;？?]{1,30}?)(?:相差|差距|差了?|之差)(?:是|有)?(?:多少|几)"
)
_COUNTED_UP = re.compile(rf"(?P<plain>{TOGETHER})|合计|总共|一共")
_MOST = re.compile(
    r"(?:最|倒数)(?P<way>[多高大少低小好差长短贵快慢强弱])(?:的(?P<most>[二三四五六两])[个所家名位项门])?|排名?第(?P<place>[一二三四五])|前(?P<first>[二三四五六两])"
)
_PARTS = re.compile(r"[和与及跟]|加上?|以及")
_PLUS = re.compile("加上?")
_AMOUNT = re.compile("多少|几")
_BREAK = re.compile(r"[，,；;。？?]")
_IN_PERCENT = re.compile("百分之|几成|[涨增降]幅|增长率")
_IN_A_YEAR = re.compile(r"比(?:上|去|前|头)|较(?:上|去)|同比|(?:一|两)年(?:[^级生]|$)")
_BEFORE = re.compile(r"比(?:上一?年|去年|前一?年|上一?届|上一?学年)")
_LAST_YEAR = re.compile(r"^(?:上一?年|去年|前一?年|上一?届|头一年|上一?学年|全[国省])")
_NOT = re.compile(
    r"(?:没有?|未|非|除[了去掉]?|(?<!无)不(?![同足止良得到超低少高大])(?:是|算|在)?)"
    r"(?P<part>[^，,；;。？?的有是占多几\d]{1,12}?)(?=(?:以|之)?外|的|[有是占]?(?:多少|几)|[？?]|$)"
)
_ASIDE = re.compile(r"[（(][^（）()]*[）)]|(?P<word>[\u4e00-\u9fff])[不没](?P=word)")
_CLAUSE = re.compile(r"[^，,；;。？?]+")
_LEFT = re.compile("还差|剩下")
_TIMES = re.compile(r"(?:多少|几)倍")
_SHARE = r"(?:百分之?(?:[几多]少?)|几成|几分之几|多[大少高]的?(?:比[例重]|一?[块份])|比[例重](?:是|有)?多[大少高]|多[大高少](?=[？?，,。]|$))"
_PART_OF = re.compile(
    rf"(?P<part>[^，,。；;？?占]{{1,24}}?)(?:一共|总共|大[概约]|又|只|能)?占(?!地)(?:了|到|去|着)*(?P<whole>[^，,。；;？?]{{0,18}}?)的?{_SHARE}"
)
_OF_PARTS = re.compile(
    r"(?P<whole>[^，,。；;？?]{2,30}?)(?:里|里头|里面|中|当中|之中)[，,]?(?:有|大概|约)*(?P<part>[^，,。；;？?]{0,20}?)(?:百分之?(?:[几多]少?)|几成)(?:是|的)?(?P<behind>[^，,。；;？?]{0,14})"
)
_WITHIN = re.compile(r"(?P<whole>[^，,。；;？?]{2,30})(?:里|里头|里面|中|当中|之中)[，,]?$")
_LESS = re.compile(
    r"(?P<first>[^，,。；;？?]{2,30}?)减(?:去|掉)?(?P<second>[^，,。；;？?]{1,20}?)[，,]?(?:还|后|等于|是|得|能)*(?:剩|余|结余|差)?(?:下|了)?(?:多少|几)"
)
_BALANCE = re.compile(r"收支(?:相抵|相减|轧差)|入不敷出|(?:收入?|进).{0,6}(?:支|花|用).{0,4}(?:剩|余|结余)")
_EACH = re.compile(
    r"(?:平均|平摊|均摊|摊|合|算)(?:下来|算下来|[到给])*[每一](?P<unit>[个名位家所项人门次场间台])?(?![年月天]|星期|学[年期])(?P<behind>[^，,。；;？?多少几]{0,8})"
)
_GROUP = re.compile(r"(?P<noun>学院|专业|系|省|地区|城市|市|年|行业|学校|院校|高校|单位|部门|项目|类)")
_ANY_GROUP = _GROUP.pattern.replace("?P<noun>", "?:")
_ASKED_GROUP = re.compile(
    rf"哪[一二两三四五六几]?[个些所家]?{_ANY_GROUP}|{_ANY_GROUP}[^，。？]{{0,12}}(?:是哪|有哪|哪)"
    rf"|最[多高大少低小好差长短贵]的[二三四五六两]?[个所家名位项门]?{_ANY_GROUP}"
)
"""Where a question says of what the rows are that it puts in order: 哪个学院, 人最多的三个专业."""
_LEFT_OUT = re.compile(r"(?:除[了去开]?|不算|不含|去掉|抛开)[^，,。；;？?]{2,12}|[\u4e00-\u9fff、]{2,12}?[以之]外")
_DOWN = frozenset("少低小差短慢弱")
_NUMERALS = {character: number for number, character in enumerate("零一二三四五六")} | {"两": 2}


@dataclass(frozen=True, slots=True)
class Order:
    """Which rows of a table are asked for: the first `count`, or the one at `place` (from 1; 0 where none is named)."""

    is_down: bool
    count: int = 1
    place: int = 0


def question_to_operation(question: str, latest: int | None = None) -> tuple[Operation, tuple[str, ...]]:
    """(what is done, the things it is done with); a look-up of nothing in particular where no cue decides.

    `latest` is the year that is meant where a question on a change names none (一年多了几个).

    >>> question_to_operation("男生比女生多多少人？")
    (<Operation.DIFFERENCE: 'difference'>, ('男生', '女生'))
    """
    for pattern in (_THAN, _APART):
        if (match := pattern.search(question)) and not _LAST_YEAR.match(match["second"]):
            return Operation.DIFFERENCE, (match["first"], match["second"])
    if _CHANGED.search(question) and (times := _two_times(question, latest)) is not None:
        return (Operation.GROWTH if _IN_PERCENT.search(question) else Operation.DIFFERENCE), times
    if match := _LESS.search(question):
        return Operation.DIFFERENCE, (match["first"], match["second"])
    if _BALANCE.search(question):
        return Operation.DIFFERENCE, ("收入", "支出")
    if (items := _summed(question)) is not None:
        return Operation.SUM, items
    if (
        question_to_order(question) is not None
        and (match := _MOST.search(question))
        and (match["most"] or match["first"] or re.search(r"哪|谁|几个|什么", question))
    ):
        return Operation.RANK, ()
    if _LEFT.search(question):
        return Operation.DIFFERENCE, ()
    if _TIMES.search(question):
        return Operation.RATIO, ()
    if (rest := negation(question)) is not None:
        return Operation.REST, (re.split(_AMOUNT, question[: rest.start()])[0], rest["part"])
    return _quotient(question) or (Operation.LOOKUP, ())


def _quotient(question: str) -> tuple[Operation, tuple[str, ...]] | None:
    """What is divided by what: a part by its whole (占…百分之几), an amount by what it is spread over (平均每家…); the
    whole is `` where it is not named."""
    if match := _PART_OF.search(question):
        before = _WITHIN.search(question[: match.start("part")]) if not match["whole"] else None
        inside = _OF_PARTS.search(question) if not match["whole"] and not before else None
        whole = match["whole"] or (before["whole"] if before else inside["whole"] if inside else "")
        return Operation.SHARE, (inside["part"] or match["part"] if inside else match["part"], whole)
    if match := _OF_PARTS.search(question):
        return Operation.SHARE, (match["part"] or match["behind"], match["whole"])
    if match := _EACH.search(question):
        nouns = takewhile(lambda one: one[1][:1] in "n" or one[1] == "", tagged_words(match["behind"]))
        noun = "".join(word for word, _ in nouns)
        among = noun or match["unit"] or ""
        amount = f"{question[: match.start()]} {question[match.start('behind') + len(noun) :]}"
        return (Operation.AVERAGE, (amount, among)) if among else None
    return None


def asks_one_amount(question: str) -> bool:
    """Whether a question asks 多少 or 几 once at most."""
    return len(_AMOUNT.findall(question)) <= 1


def _two_times(question: str, latest: int | None) -> tuple[str, str] | None:
    """The two times between which a question asks how much something changed, the later first where both are years:
    2021年 and 2020年, 年底 and 8月底."""
    if match := _FROM_TO.search(question):
        return match["second"], match["first"]
    spans = year_spans(question)
    if len(spans) == 2 and spans[0].years != spans[1].years:
        later, earlier = sorted(spans, key=lambda span: span.years, reverse=True)
        return question[later.start : later.end], question[earlier.start : earlier.end]
    if len(spans) == 1 and len(spans[0].years) == 1 and spans[0].word and _BEFORE.search(question):
        return question[spans[0].start : spans[0].end], f"{spans[0].years[0] - 1}{spans[0].word}"
    if latest and not spans and _IN_A_YEAR.search(question):
        return f"{latest}年", f"{latest - 1}年"
    return None


def _summed(question: str) -> tuple[str, ...] | None:
    """The things whose sum is asked for, none where they are not told apart; None where no sum is."""
    mark = _COUNTED_UP.search(question)
    if _AMOUNT.search(question, mark.end() if mark else 0) is None:
        return () if mark and mark["plain"] else None
    *_, last = clauses = _BREAK.split(question[: mark.start()] if mark else question)
    for clause in reversed(clauses if mark is None or mark["plain"] else [last]):
        is_joined = mark is not None or any(_PLUS.fullmatch(word) for word, _ in tagged_words(clause))
        first, *others = [item for item in _split(clause, _PARTS if mark else _PLUS) if item] or [""]
        if is_joined and first and others:
            return (first, *(_like(first, item) for item in others))
    return () if mark and mark["plain"] else None


def _split(clause: str, mark: re.Pattern[str]) -> list[str]:
    """A clause, parted at the words that are a mark: not within 加工, 参与."""
    items: list[str] = []
    for piece in clause.split("、") if mark is _PARTS else [clause]:
        items.append("")
        for word, _ in tagged_words(piece):
            items = [*items, ""] if mark.fullmatch(word) else [*items[:-1], items[-1] + word]
    return items


def _like(first: str, item: str) -> str:
    """An item of a list, to where it ends as the first does: 护理学院 of 机电学院和护理学院2023届毕业生."""
    before, end, _ = item.partition(first[-1])
    return before + end


def negation(text: str) -> re.Match[str] | None:
    """Where a question for an amount says what is not to be counted, its `part`; not where it asks whether (够不够).

    >>> negation("专任教师里有多少不是双师的")["part"]
    '双师'
    """
    asked = _ASIDE.sub(lambda match: "#" * len(match[0]), text)
    clauses = [match for match in _CLAUSE.finditer(asked) if _AMOUNT.search(match[0])]
    return next(filter(None, (_NOT.search(asked, *match.span()) for match in clauses)), None)


def affirmed(text: str) -> str:
    """A text with what it negates said instead: 专任教师里有多少双师的."""
    return text if (match := negation(text)) is None else text[: match.start()] + text[match.start("part") :]


def question_to_order(question: str) -> Order | None:
    """Which rows a question for the most, the least or the first few asks for; None for any other."""
    match = _MOST.search(question)
    if match is None:
        return None
    is_down = (match["way"] or "") in _DOWN or "倒数" in match[0]
    return Order(
        is_down, _NUMERALS.get(match["first"] or match["most"] or "", 1), _NUMERALS.get(match["place"] or "", 0)
    )


def asked_group(question: str) -> str:
    """What the rows are that a question puts in order: 学院 where it asks which 学院; `` where it does not say."""
    asked = _ASKED_GROUP.search(question)
    noun = _GROUP.search(asked[0]) if asked else None
    return noun["noun"] if noun else ""


def is_left_out(name: str, question: str) -> bool:
    """Whether a question leaves a row out: 砚州 where it asks which 市 other than 砚州 (砚州之外, 除了砚州)."""
    left_out = " ".join(match[0] for match in _LEFT_OUT.finditer(question))
    return any(len(word) > 1 and word in left_out for word in name.split())


def without_order(question: str) -> str:
    """A question without the words that order: what is put in order is left."""
    return _MOST.sub(" ", question)
