"""How a question sets several subjects against each other, and what is left of it without the words that do."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.question.operation import TOGETHER
from rag.records import Operation

_UP = "高(?!职|校|专|等|级|层|考)|多(?!少)|(?<![工农师医科财民理政电])大(?!学|专|类|赛|数据|会)|强|好|(?<![校院部团司])长|优(?!秀|质)|快|贵|领先|靠前"
_DOWN = "低|(?<!多)少|小(?!学|组|计|时)|弱|差|短|慢|便宜|落后|靠后"
ADJECTIVE = f"(?:{_UP}|{_DOWN})"
_PAIRS = (("多", "少"), ("高", "低"), ("大", "小"), ("长", "短"), ("贵", "便宜"))
_SCHOOL = r"(?:学校|院校|高校|高职(?:院校)?|职业?院校)"
_COUNT = r"(?:[两二三四五六七八九十]|\d{1,2}|几)"
GROUP = re.compile(
    rf"哪(?:一?[所家个些]|{_COUNT}[所家个])的?{_SCHOOL}|哪(?:一|{_COUNT})?所|哪{_COUNT}?份(?:报告|年报)"
    rf"|(?:这|那|上述|以上|其他|其它|另外|其余)?{_COUNT}[所家个]{_SCHOOL}|(?:这|那|上述|以上|其他|其它|别的|另外|其余|全部|所有|收录)的?些?{_SCHOOL}"
    rf"|(?:这|那){_COUNT}[所家](?!有)|[两三四]校(?!区)|{_COUNT}所(?=[的里中，,按谁哪之各都]|最)"
    rf"|各(?:所|家|个)?{_SCHOOL}|各校|每一?[所家个]{_SCHOOL}|(?:这|那)?(?:{_COUNT}|各|每一?)份(?:质量|就业|年度)*(?:报告|年报)"
)
"""Words for all colleges, or all reports, at once."""
_COUNTING = re.compile(r"(?:有|共|多少|第|[^，,]本)$")
_WHICH = rf"(?:谁|哪(?:一?[个所边家方年届份头]|{_COUNT}[个所家]|里|儿)(?:学校|院校)?)"
_MEANING = re.compile(
    r"口径|定义|是?不?一样(?:不一样)?[吗么不嘛]?$|一回事|(?:同|是)一?个?(?:意思|概念|东西|指标|类人|群人|批人|件事|类)|同一|"
    r"[能可]不?[能可]?以?(?:直接)?(?:放在?一起)?(?:相?比|对比|比较)[吗么不呢嘛]?$|可比|直接(?:相?比|对比|比较)|怎么[算定统]|区别|有何不同|什么不同|哪里不同|不一样|占谁|分母|"
    r"[时截]点|截止|统计范围|调查对象|怎么理解"
)
_DONE = "(?:毕业|招生|[收招花支发拿投用买建])?"
"""What one may do more of than another: 多招, 多发了."""
_DIFFERENCE = re.compile(
    rf"(?:(?:相差|差距|差额|差值|之差|差了?)(?:是|有|了|为)?|(?<![最提])(?P<adjective>{ADJECTIVE}|超|提高|提升|上升|增加|增长|涨|下降|减少|降低|跌){_DONE}(?:出|了|过|上)?)"
    r"(?P<ask>(?:多少|几)(?:个?百分点|个?点|倍)?|百分之[几多]少?|几成|有?多大$)"
)
_ON = ".{0,1000}"
"""What may stand between two words that belong together; without an end each word would be sought from each other."""
_TIMES = re.compile(rf"(?:是|为|相当于|达到?).{_ON}的?(?:多少|几)倍")
_AVERAGE = re.compile(r"平均(?:下来|起来|值|数)?(?:是|为|有)?(?:多少|几|百分之)")
_SUM = re.compile(rf"{TOGETHER}|合计|一共|总共|共计|总计|拢共")
_EACH = re.compile(r"各|分别|依次")
_ORDER = re.compile(
    rf"排(?:一下|一排|个|列|序|名|第|在|位)|怎么排|从{ADJECTIVE}的?[到至往]{ADJECTIVE}|由{ADJECTIVE}[到至往]{ADJECTIVE}|"
    rf"(?:最|倒数第?|第[一二三四五六])(?:{ADJECTIVE})|第几|名次|居首|垫底|{ADJECTIVE}的?(?:排|放)?在?前"
)
_VERSUS = re.compile(
    rf"{_WHICH}{_ON}?{ADJECTIVE}|比一比|对比|比较|{ADJECTIVE}{_ON}还是|比.{_ON}?{ADJECTIVE}|{ADJECTIVE}(?:一些|一点|些|吗|么|呢)*$"
)
_LOWEST_FIRST = re.compile(
    rf"(?:最|倒数第?.?)(?:{_DOWN})|垫底|倒数|[从由](?:{_DOWN})的?[到至往]|(?:{_DOWN})的?(?:排|放)?在?前|(?:{_WHICH}|比){_ON}?(?:{_DOWN})"
)

_NOTHING = re.compile(
    rf"(?:那么?|请问|麻烦|帮我|帮忙|我想|想|请|看看|比比|比一比|比较(?:一下)?|对比(?:一下)?|比一下|说说|列(?:一下|出来|出)?|结果|然后|并|以及|给出|"
    rf"{_WHICH}?的?(?:更|比较|要|最|会|是)*{ADJECTIVE}(?:一些|一点|点|些|一筹)?|{ADJECTIVE}的?(?:排|放|在)在?[前后]面?|[从由]{ADJECTIVE}[到往至]{ADJECTIVE}|排(?:列|个|一下)?(?:名|序)?|依次|"
    rf"是|{_WHICH}|排第几|分别(?:说说|列出)?|[呢吗吧啊了])+"
)
_LEADING = re.compile(
    r"^(?:请问|请|麻烦|帮我|帮忙|给我|替我|我?想知道|我想|比一?比|比较(?:一下)?|对比(?:一下)?|[把将拿就按论看给对](?![口面象接外业照时来到下出了])|按照|依照|根据|说说|列出|看看|那么?|"
    r"相比(?:较|之下|起来)?|比起来|相较之下|之间|二者|两者|双方|都|又|那边|那里|方面|里面?|中(?!外|级|高))+"
)
_IN_A_ROW = re.compile(
    rf"(?:按照?|以|依次)?[从由]{ADJECTIVE}的?[往到至]{ADJECTIVE}(?:的?(?:顺序|次序))?(?:依次)?(?:排列|排序|排名|排)?|"
    r"(?:怎么|如何|来|做个?|给|进行|依次)*(?:排(?:一下|一排|个|列)?(?:名|序|位|座次|队|列)?(?:一下|如何|怎样)?|排?在?第几位?|排名第?几?位?)(?:是|呢)?$|"
    rf"(?:是|排|为)*(?:倒数)?(?:最|第[一二三四五六]){ADJECTIVE}(?:的|是|为|有|在)*{_WHICH}?$|依次$"
)
_GAP = re.compile(
    rf"(?:要|会|还|更|又)*(?:(?<![最提]){ADJECTIVE}|超|增加|增长|提高|减少|下降|降低){_DONE}(?:出|了|过|上)*(?P<ask>多少|几|百分之)|(?:相差|差距|差额|差值|差了?|之差)(?:有|是|了|为)*(?P<ask2>多少|几|百分之|$|有?多大$)"
)
_QUALITY = re.compile(
    rf"(?:是不是|是否|要不要|还|更|要|会|明显|反而|真的|究竟|到底)*(?<![最提]){ADJECTIVE}(?:得?很?多|不少|一些|一点|一截|点儿?|些)?[吗么呢吧了]*$"
)
_BEHIND_WHICH = re.compile(
    rf"{_WHICH}的?(?P<kept>[^，,]{{0,200}}?)(?:更|比较|要|最|会|是)*(?P<adjective>{ADJECTIVE})(?:一些|一点|点|些)?[呢吗]*$"
)
_TOGETHER = re.compile(
    rf"(?:{TOGETHER}|合计|一共|总共|共计|总计|拢共)(?=.*(?:多少|几))|平均(?:下来|起来|值|数)?(?=(?:是|为|有)?(?:多少|几))"
    r"|(?:比一?比|对比(?:一下)?|比较(?:一下)?|做个?(?:对比|比较)|(?:摆|放|并)在?一?(?:起|块儿?|列)(?:看看?|比)?)$"
)
_DISCLOSED = re.compile(r"^(?:有|都)?(?:公布|披露|给出|提供|列出|写|说|报告|公开)(?:了|明|出)*")
_DISCLOSED_BY = re.compile("公布|披露|给出|提供|写明|公开")
_EACH_OF = re.compile(r"(?:各自?|分别|依次|都)(?=(?:是|有|为|占|达到?|报|获)*了?(?:多少|几|什么|哪|百分))")
_ITEMS = re.compile(r"[、和与及]|男女")
_SAME = re.compile(
    r"(?:能不能|能否|能|可不可以|可以)?(?:放在?一起)?(?:直接)?(?:相?比|对比|比较)[吗么不呢嘛]*$|"
    r"的?(?:统计)?(?:口径|定义|含义|意思|算法)?(?:上|是|到底)*(?:有|是)?(?:什么|何|哪些|啥)?(?:不同|区别|差异|不?一样(?:不一样)?)[吗么不呢嘛]*$|(?:是不是|是否|是)?一回事[吗么]?$"
)
_OF_MEANING = re.compile(
    r"口径|定义|同一|意思|[时截]点|截止|范围|对象|分母|占谁|怎么|一回事|(?:这|那)?[两俩]个?(?:数|者)?$|它们|不一样$"
)
_EDGES = "的，,、；;。？?！!：: "
_ASK_APART = re.compile("，(?=[^，]{0,3}(?:多少|几)[^，]{0,4}$)")
_CLAUSES = re.compile(r"[，,；;。？?！!]")
_MEASURED = re.compile(r"[率度比额值费薪数量积]$|占比$|比例$|比重$|规模$")


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is done with the figures of several subjects."""

    operation: Operation
    direction: str = ""
    """`up`: the greatest is asked for, or first; `down`: the least."""
    asks_meaning: bool = False
    """Whether they mean the same is asked too."""
    adjective: str = ""
    """The word it compares by (多, 高, 便宜), `` where it has none."""

    @property
    def words(self) -> tuple[str, str]:
        """What is said of the one that has more, and of the one that has less."""
        return next((pair for pair in _PAIRS if self.adjective in pair), ("高", "低"))


def question_to_comparison(question: str) -> Comparison:
    """How a question compares what it asks of several; LOOKUP where each is only to be told."""
    text = "".join(question.split()).rstrip("？?。！!")
    clauses = _CLAUSES.split(text)
    meaning = any(_MEANING.search(clause) for clause in clauses)
    gap = _DIFFERENCE.search(text)
    if _TIMES.search(text) or (gap and gap["ask"].endswith("倍")):
        return Comparison(Operation.RATIO, "up", meaning)
    if gap:
        grown = gap["ask"].startswith("百分之") or gap["ask"] == "几成"
        adjective = gap["adjective"] or ""
        direction = "down" if re.fullmatch(f"{_DOWN}|下降|减少|降低", adjective) else "up"
        return Comparison(Operation.GROWTH if grown else Operation.DIFFERENCE, direction, meaning, adjective)
    if _AVERAGE.search(text):
        return Comparison(Operation.AVERAGE, asks_meaning=meaning)
    if _SUM.search(text) and not _EACH.search(text):
        return Comparison(Operation.SUM, asks_meaning=meaning)
    direction = "down" if _LOWEST_FIRST.search(text) else "up"
    if order := _ORDER.search(text):
        return Comparison(Operation.RANK, direction, meaning, _adjective(order[0]))
    for clause in clauses:
        if (versus := _VERSUS.search(clause)) and not _MEANING.search(clause):
            return Comparison(Operation.COMPARE, direction, meaning, _adjective(versus[0]))
    return Comparison(Operation.LOOKUP, asks_meaning=meaning)


def _adjective(text: str) -> str:
    found = re.findall(ADJECTIVE, text)
    return found[-1] if found and text[:1] not in "从由" else found[0] if found else ""


def tells_each(question: str) -> bool:
    """Whether a question asks what holds for each of several, without setting them against each other."""
    if _DISCLOSED_BY.search(question):
        return True
    asks_which = (span := group_span(question)) is not None and question[span[0]] == "哪"
    return (
        not asks_which and re.search(r"各|分别|都(?=是|有|为|达)|每|一起|并列|汇总|[成列做制]表", question) is not None
    )


def group_span(question: str) -> tuple[int, int] | None:
    """Where a question names all colleges or reports at once (哪所学校, 各校, 两份报告); None where it counts them."""
    for match in GROUP.finditer(question):
        if match[0] and not _COUNTING.search(question[: match.start()]):
            return match.span()
    return None


def without_comparison(text: str) -> str:
    """A piece of a question without what compares, orders or asks what figures mean."""
    kept = []
    for clause in _CLAUSES.split(text):
        if _MEANING.search(clause) and not re.search("多少|几", clause):
            clause = _SAME.sub("", clause)
            clause = "" if _OF_MEANING.search(clause) else clause
        kept.append(_plain_clause(clause))
    if any("多少" in clause for clause in kept):
        kept = [re.sub("多大$", "", clause) for clause in kept]
    return _ASK_APART.sub("", "，".join(clause for clause in kept if clause))


def _plain_clause(clause: str) -> str:
    clause = _LEADING.sub("", clause.strip(_EDGES)).strip(_EDGES)
    if not clause or _NOTHING.fullmatch(clause):
        return ""
    clause = _DISCLOSED.sub("", _TOGETHER.sub("", _IN_A_ROW.sub("", clause))).strip(_EDGES)
    clause = re.sub("[给把将]$", "", clause)
    clause = clause if _ITEMS.search(clause) else _EACH_OF.sub("", clause)
    if which := _BEHIND_WHICH.search(clause):
        before = clause[: which.start()]
        big = which["adjective"] in ("大", "小") and which["kept"] and not _MEASURED.search(which["kept"])
        return f"{before}{which['kept']}{'多大' if big else ''}".strip(_EDGES)
    clause = _GAP.sub(lambda match: match["ask"] or match["ask2"] or "", clause)
    clause = _QUALITY.sub("", clause).strip(_EDGES)
    return re.sub(rf"^{_WHICH}(?:是|的)?|(?:是|为|有|的)*{_WHICH}$", "", clause).strip(_EDGES)
