"""What a question asks for, piece by piece: each interrogative, the words that belong to it, and the kind of figure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.domain.indicators import indicators
from rag.language.numbers import find_numbers, unit_class

MONEY, PERCENT, POINTS, PEOPLE, AREA, TIME, RATIO, COUNT, ANY, NAME = (
    "money",
    "percent",
    "points",
    "people",
    "area",
    "time",
    "ratio",
    "count",
    "any",
    "name",
)

HEAD_LENGTH = 8
"""Characters before an interrogative that are its own."""

_COUNTERS = "个位名项次门家所种类场期人条件篇部座间册台套本支届处份班起户"
_MONEY_NOUNS = "补贴|补助|奖金|资金|经费|金额|学费|拨款|收入|支出|本金|利息|投资|投入|捐款|善款|贷款|款项|到款额?|款"
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (NAME, re.compile(r"多久[^，,；;。？?]{0,6}一次|啥时候|何时")),
    (NAME, re.compile(r"(?:文号|电话|号码|邮箱|邮编|网址|地址|代码)(?:号码)?(?:是|为)?(?:多少|几号?)")),
    (POINTS, re.compile(r"(?:多少|几)个?百分点")),
    (
        PERCENT,
        re.compile(
            r"百分之?[几多少]+|占[到了]?(?:多少|几成)|多[大少高]的?比[例重率]|比[例重]有?(?:是|为)?多[少大高]|几成|占比[是为有]?(?:多[少大高]|几何)?(?=[？?，,。；]|$|呢|和|及|是)|比[例重率](?=[？?]|$|[，,]|呢|有多|各|分别|都)"
        ),
    ),
    (
        MONEY,
        re.compile(
            r"多少(?:万|亿|万元|亿元|元|钱|资金|经费)|(?:多少|几)[万亿]?(?:元|块(?![地田屏牌场]))|花了?多少|投了?多少|挣多少|拿多少|"
            rf"(?:薪|工资|{_MONEY_NOUNS})(?:总额|规模)?(?:一共|总共|大概|[是有为达到]){{0,3}}(?:多少|多大|几何)(?![个名位人家项次])"
            rf"|(?:多少|几[万亿])[^，,；;。？?多几]{{0,8}}?(?:{_MONEY_NOUNS})(?=[？?，,。；;、和及与呢吗]|$)"
        ),
    ),
    (
        AREA,
        re.compile(r"多[大少](?:的)?(?:面积|地方)|面积[有是为]?多[大少]|多少(?:亩|平方米|平米|平)|几亩|占地多[大少]"),
    ),
    (TIME, re.compile(r"多[久长](?:时间)?|多少(?:分钟|小时|天|年|学时|课时)|几(?:分钟|小时|天|年)")),
    (RATIO, re.compile(r"几比[一1]|生师比|师生比")),
    (
        PEOPLE,
        re.compile(
            r"(?:多少|(?<![哪那这])几)(?:个|名|位)?(?:人|学生|毕业生|教师|老师|新生|职工|员工|博士|硕士|专家|党员|干部|同学|男生|女生)|(?:多少|(?<![哪那这])几)(?:名|位)|人数|规模有?多大"
            r"|(?<!占)(?:学生|毕业生|在校生|新生|教师|老师|职工)(?:总?数)?(?:[是有为]|一共|总共)*多少(?=[？?，,。呢]|$)"
        ),
    ),
    (
        COUNT,
        re.compile(rf"(?:多少|(?<![哪那这])几)[{_COUNTERS}]|(?:多少|(?<![哪那这])几)(?=[\u4e00-\u9fff])|次数|数量"),
    ),
    (PERCENT, re.compile(r"率[是为有]?(?:多[少高]|几)|[率度](?=[？?]|$)|多高")),
    (ANY, re.compile(r"多少|几何|多大|多高|(?<![哪那这])几(?=[？?，。]|$)")),
    (
        NAME,
        re.compile(r"哪[一二两三四五六几]?[个些家所位年天种门项类名份台档座处]|哪里|哪儿|谁|什么|叫啥|是啥|名称|名字"),
    ),
)
_BOTH_SEXES = re.compile("男女(?:学生|生)")
_KIND_OF_UNIT = {
    "money": MONEY, "percent": PERCENT, "points": POINTS, "area": AREA, "ratio": RATIO,
    "time": TIME, "hours": TIME, "duration": TIME,
}  # fmt: skip
_TOPIC = re.compile(r"(?:那么?|其中)?(?P<topic>[^，,？?呢]{2,16}?)的?呢[？?，,]")
"""What a question names first and then asks of: 省级的呢？几项，多少人次."""
_WHETHER = re.compile(r"吗|嘛|么[？?]?$|是不是|是否|有没有|够不够|([\u4e00-\u9fff]{1,2})[不没]\1|怎么(?:样|才|会|这么)")
_BREAK = re.compile(r"[，,；;？?。！!]")
_COPULA = re.compile(r"[的是有为达到约各自分别大概一共总\s]{0,5}")
_ENUMERATION = re.compile(r"[^，,；;：:、和与及跟]{1,16}(?:[、和与及跟][^，,；;：:、和与及跟]{1,16})+$")
_QUOTED = re.compile(r"[“\"《][^”\"》]*[”\"》]")
_HIDDEN = str.maketrans("、和与及跟", "\0\1\2\3\4")
_SHOWN = str.maketrans("\0\1\2\3\4", "、和与及跟")
"""What parts the items of an enumeration is hidden where it stands inside a quoted name."""
_SUMMING_UP = re.compile(r"这?[两三四五六七八九几\d]个?(?:年|者|项|方面|种|个|类|所|家|门|届).*$")
_EACH = re.compile(r"各自?(?:有|是|为|占)?|分别|依次")


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing asked: `text` is what the question says of it, `kind` what sort of answer it wants."""

    kind: str
    text: str
    start: int
    head: str = ""
    """The words straight before and behind the interrogative."""
    unit: str = ""
    """The unit asked in (多少人次 → 人次), `` where none is named."""
    item: str = ""
    """The enumerated item it is for (国家级 of 国家级、省级各几项), `` where there is none."""
    topic: str = ""
    """What the question names first and then asks of (省级的呢？几项), `` where it does not."""
    counted: str = ""
    """The words straight behind the interrogative and its unit: 任务 of 多少项任务."""


def question_to_slots(question: str, carried: str = "") -> tuple[Slot, ...]:
    """The interrogatives of a question in order; one catch-all slot where there is none.

    An elliptical question without an interrogative (C类呢？) asks for what `carried`, the earlier one, asked for.
    """
    question = _BOTH_SEXES.sub("男生、女生", question)
    found = _interrogatives(question)
    if not found:
        kind = question_to_slots(carried)[0].kind if carried else _kind_without_interrogative(question)
        return (Slot(kind, question, 0, question),)
    slots: list[Slot] = []
    previous = 0
    for index, (start, end, kind) in enumerate(found):
        low = _clause_start(question, previous, start)
        high = min((match.start() for match in _BREAK.finditer(question, end)), default=len(question))
        if index + 1 < len(found):
            high = min(high, found[index + 1][0])
        topic = _TOPIC.match(question, 0, start)
        text = question[max(low, topic.end()) : high] if topic else question[low:high]
        text = f"{topic['topic']}{text}" if topic else text
        head = (
            f"{question[max(low, start - HEAD_LENGTH) : start]} {question[start : min(end + HEAD_LENGTH // 2, high)]}"
        )
        each = _EACH.search(question, previous, high)
        items = (_items(question[low : min(each.start(), start)]) or _items_before(question[:low])) if each else ()
        unit, counted = _unit(question[start:])
        kind = _KIND_OF_UNIT.get(unit_class(unit), kind) if unit else kind
        named = topic["topic"] if topic else ""
        slots += [Slot(kind, text, start, head, unit, item, named, counted) for item in items or ("",)]
        previous = end
    return tuple(slots)


def _unit(text: str) -> tuple[str, str]:
    """The unit straight behind 多少 or 几, and the words behind that up to the next mark."""
    match = re.match(r"(?:是|有|为|占[到了]?)?(?:多少|几)个?(?P<rest>[^，,；;。？?！!]{1,16})", text)
    if match is None:
        return "", ""
    numbers = find_numbers(f"3{match['rest'][:5]}")
    unit = numbers[0].unit if numbers and numbers[0].start == 0 else ""
    end = numbers[0].end - 1 if unit else 0
    return unit, match["rest"][end:].rstrip("的了呢吗呀啊")


def _kind_without_interrogative(question: str) -> str:
    """A question whether something is so asks for its figure where it speaks of an indicator, as one that only names it."""
    if re.search(r"[率数额量值比度]|(?:面积|经费|学费|收入|支出|月薪|工资)[呢？?。]*$", question):
        return ANY
    names = (name for indicator in indicators() for name in (*indicator.asked, *indicator.printed) if len(name) > 1)
    return ANY if _WHETHER.search(question) and any(name in question for name in names) else NAME


def _interrogatives(question: str) -> list[tuple[int, int, str]]:
    taken: list[tuple[int, int, str]] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(question):
            if all(match.end() <= a or match.start() >= b for a, b, _ in taken):
                taken.append((match.start(), match.end(), kind))
    return _merged(question, sorted(taken))


def _merged(question: str, found: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Interrogatives with nothing but copulas between them are one: 生师比 是 多少."""
    merged: list[tuple[int, int, str]] = []
    for start, end, kind in found:
        if merged and _COPULA.fullmatch(question, merged[-1][1], start):
            first_start, _, first_kind = merged[-1]
            merged[-1] = (first_start, end, kind if first_kind in (ANY, NAME, COUNT) else first_kind)
        else:
            merged.append((start, end, kind))
    return merged


def _clause_start(question: str, previous: int, start: int) -> int:
    """Where the words of an interrogative begin: behind the last one, and behind a break if enough stands after it."""
    low = previous
    for match in _BREAK.finditer(question, previous, start):
        if len(question[match.end() : start].strip()) >= 2:
            low = match.end()
    return low


def _items_before(text: str) -> tuple[str, ...]:
    """Items enumerated in an earlier clause (A、B这两个专业，…分别有多少)."""
    return next((items for clause in reversed(_BREAK.split(text)) if (items := _items(clause))), ())


def _inside_quotes(piece: str) -> str:
    quoted = _QUOTED.search(piece)
    return quoted.group()[1:-1] if quoted else piece


def _items(text: str) -> tuple[str, ...]:
    """Enumerated items a clause ends with: 国家级、省级、市级 / 满意、一般、不满意 / 2021、2022、2023."""
    quoted = _QUOTED.sub(lambda quote: quote.group().translate(_HIDDEN), text)
    match = _ENUMERATION.search(quoted.rstrip("的有是为占在 "))
    if not match:
        return ()
    pieces = [_inside_quotes(piece.strip().translate(_SHOWN)) for piece in re.split(r"[、和与及跟]", match.group())]
    pieces[-1] = _SUMMING_UP.sub("", pieces[-1]) or pieces[-1]
    return tuple(piece for piece in pieces if piece) if len(pieces) >= 2 else ()
