"""What sort of name a question asks for, and where such names stand in a text."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, takewhile

from rag.language.numbers import find_scopes
from rag.language.text import tagged_words, text_key

Span = tuple[int, int]
Finder = Callable[[str], tuple[Span, ...]]

_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付"
    "方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤柳易骆"
)
"""The hundred commonest family names."""
_PERSON = re.compile(
    rf"(?<![\u4e00-\u9fff])[{''.join(sorted(_SURNAMES))}][\u4e00-\u9fff]{{1,2}}(?=获|荣获|被评|当选|担任|团队|老师|教授|同志|同学)"
)
"""A name that the segmenter does not know: it opens a clause and does something people do."""
_NAMING = ("n", "vn", "an", "j", "l", "i", "eng", "b", "s", "nz", "ng", "nr", "ns", "nt", "nrt", "g", "k", "h", "")
"""Parts of speech (ICTCLAS) that names are made of."""
_JOINT = re.compile("[和与及]")
_CLAUSE = re.compile(r"[^，。；：:;,！？（）()\n\t]+")
_QUOTED = re.compile(r"《[^《》]{1,40}》|[“\"][^“”\"]{1,40}[”\"]")
_DOCUMENT = re.compile(r"(?:(?![是据和与即按照])[\u4e00-\u9fff]){1,12}[〔\[（(](?:19|20)\d\d[〕\]）)]\s?\d+号")
_PHONE = re.compile(r"\d{3,4}[-—]\d{7,8}|(?<!\d)1\d{10}(?!\d)|(?<!\d)\d{7,8}(?!\d)")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_SITE = re.compile(r"(?:https?://|www\.)[\w./%-]+")
_DATE = re.compile(
    r"(?:(?:19|20)?\d\d年)?\d{1,2}月(?:\d{1,2}日)?|(?:19|20)\d\d年|[一二三四五六七八九十〇]{1,4}[年月日]"
)
_COUNTED = "[一二两三四五六七八九几0-9]{0,2}[个些家所位种门项类名份台档座处条款场支本部件间]{1,2}"
_HEAD = re.compile(rf"(?:哪{_COUNTED}|什么|啥|何种)(?:的)?(?P<noun>[\u4e00-\u9fffA-Za-z]+)")
_BEFORE = re.compile(r"(?:的?(?:名称|名字))?(?:主要|都|各自?|分别)*(?:叫(?:什么|啥)|(?:是|有)(?:什么|啥|哪))")
_SEVERAL = re.compile(
    r"哪[二两三四五六七八九几2-9]|哪些|哪{0}都|都(?:有|是|包括)(?:哪|什么|谁)|各是|分别|有(?:哪|什么)|依次".replace(
        "{0}", ""
    )
)


_BODIES = ("学院", "学校", "大学", "公司", "厅", "局", "中心", "协会", "委员会")
"""A place in their names is not where something is."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A sort of name: how it is asked for, and how it is found."""

    asked: re.Pattern[str]
    find: Finder
    is_certain: bool = False
    """Whether nothing can be one that does not look so: a date, a telephone number."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a question asks to be named."""

    things: tuple[Thing, ...]
    """Sorts of names whose look is known; empty where anything may be meant."""
    heads: tuple[str, ...]
    """What the names are called (专业群 of 哪个专业群)."""
    several: bool

    def found(self, text: str, asked: str) -> list[list[Span]]:
        """For each wanted sort, where a text holds names of it that the question does not say itself."""
        return [[s for s in thing.find(text) if text_key(text[slice(*s)]) not in asked] for thing in self.things]

    def may_hold(self, text: str) -> bool:
        """False where a text lacks every wanted sort that has a certain look."""
        certain = [thing for thing in self.things if thing.is_certain]
        return not certain or any(thing.find(text) for thing in certain)


def name_runs(text: str) -> tuple[Span, ...]:
    """Runs of words that names are made of, in order; a quoted title is one run with its marks."""
    return _name_runs(text)


@lru_cache(maxsize=4_000)
def _name_runs(text: str) -> tuple[Span, ...]:
    quoted = [match.span() for match in _QUOTED.finditer(text)]
    runs: list[Span] = list(quoted)
    open_at, end = -1, 0
    for start, stop, tag in _placed_words(text):
        inside = any(a <= start < b for a, b in quoted)
        is_part = not inside and _is_part(text[start:stop], tag)
        if open_at >= 0 and (not is_part or start != end):
            runs.append((open_at, end))
            open_at = -1
        if is_part and open_at < 0:
            open_at = start
        end = stop
    if open_at >= 0:
        runs.append((open_at, end))
    return tuple(sorted(runs))


def _is_part(word: str, tag: str) -> bool:
    return tag in _NAMING or tag[:1] == "n" or (tag == "m" and word[0] == "第")


def _placed_words(text: str) -> list[tuple[int, int, str]]:
    """Words of a text with their places; what normalising changed is left out."""
    lower, at, placed = text.lower(), 0, []
    for word, tag in tagged_words(text):
        start = lower.find(word, at)
        if start >= 0:
            at = start + len(word)
            placed.append((start, at, tag))
    return placed


def enumerations(text: str) -> tuple[tuple[Span, ...], ...]:
    """Lists of two or more names joined by 、 or 和."""
    found: list[tuple[Span, ...]] = []
    for clause in _CLAUSE.finditer(text):
        commas = [mark.start() for mark in re.finditer("、", clause.group())]
        found += (
            [_between_marks(text, clause.start(), clause.end(), commas)]
            if commas
            else _joined_runs(text, *clause.span())
        )
    return tuple(items for items in found if len(items) > 1)


def _between_marks(text: str, start: int, end: int, marks: Sequence[int]) -> tuple[Span, ...]:
    """The items of a clause parted by 、 at these offsets: the first ends at a mark, the last opens behind one."""
    edges = [start + mark for mark in marks]
    first, last = _run_before(text, start, edges[0]), _run_behind(text, edges[-1] + 1, end)
    middle = [(a + 1, b) for a, b in pairwise(edges)]
    behind = (_run_behind(text, joint.end(), end) for joint in _JOINT.finditer(text, last[1], last[1] + 1))
    return tuple(span for span in (first, *middle, last, *behind) if span[0] < span[1])


def _run_before(text: str, start: int, end: int) -> Span:
    """The name, or word, of a clause that ends at `end`."""
    runs = [(max(a, start), b) for a, b in name_runs(text) if a < b == end]
    words = [(max(a, start), b) for a, b, _ in _placed_words(text) if b == end]
    return (runs or words or [(end, end)])[0]


def _run_behind(text: str, start: int, end: int) -> Span:
    """The name, or word, of a clause that begins at `start`."""
    runs = [(a, min(b, end)) for a, b in name_runs(text) if a == start]
    words = [(a, min(b, end)) for a, b, _ in _placed_words(text) if a == start]
    return (runs or words or [(start, start)])[0]


def _joined_runs(text: str, start: int, end: int) -> list[tuple[Span, ...]]:
    """Names joined by 和 or standing side by side in quotation marks."""
    lists: list[list[Span]] = []
    for span in name_runs(text):
        if span[0] < start or end < span[1]:
            continue
        joint = text[lists[-1][-1][1] : span[0]].strip() if lists else ""
        if lists and (_JOINT.fullmatch(joint) or (not joint and text[span[0]] in "“《")):
            lists[-1].append(span)
        else:
            lists.append([span])
    return [tuple(items) for items in lists]


def question_to_wanted(question: str) -> Wanted:
    """What sorts of names a question asks for."""
    heads = [_opening_nouns(match["noun"]) for match in _HEAD.finditer(question)]
    heads += [_closing_nouns(question[: match.start()]) for match in _BEFORE.finditer(question)]
    return Wanted(
        tuple(thing for thing in _THINGS if thing.asked.search(question)),
        tuple(dict.fromkeys(filter(None, heads))),
        bool(_SEVERAL.search(question)),
    )


def _opening_nouns(text: str) -> str:
    """The last two words of the nouns a text opens with; `` where it opens with something else."""
    return "".join([word for word, _ in takewhile(_is_noun, tagged_words(text))][-2:])


def _closing_nouns(text: str) -> str:
    """The last two words of the nouns a text closes with."""
    return "".join([word for word, _ in takewhile(_is_noun, reversed(tagged_words(text)))][1::-1])


def _is_noun(tagged: tuple[str, str]) -> bool:
    return _is_part(*tagged)


def _matches(pattern: re.Pattern[str]) -> Finder:
    return lambda text: tuple(match.span() for match in pattern.finditer(text))


def _ending(*endings: str) -> Finder:
    """Runs of name words, up to such an ending with something before it."""

    pattern = re.compile(rf".+(?:{'|'.join(endings)})")

    def find(text: str) -> tuple[Span, ...]:
        found = ((a, pattern.match(text, a, b)) for a, b in name_runs(text))
        return tuple((a, match.end()) for a, match in found if match)

    return find


def _people(text: str) -> tuple[Span, ...]:
    tagged = {
        (a, b) for a, b, tag in _placed_words(text) if tag.startswith("nr") and 2 <= b - a <= 3 and text[a] in _SURNAMES
    }
    return tuple(sorted(tagged | {match.span() for match in _PERSON.finditer(text)}))


def _places(text: str) -> tuple[Span, ...]:
    inside = [(a, b) for a, b in name_runs(text) if text[a:b].endswith(_BODIES)]
    return tuple(
        (a, b)
        for a, b, tag in _placed_words(text)
        if tag == "ns" and b - a > 1 and not any(low <= a < high for low, high in inside)
    )


def _dates(text: str) -> tuple[Span, ...]:
    dates = {(scope.start, scope.end) for scope in find_scopes(text) if scope.kind == "date"}
    return tuple(sorted(dates | {match.span() for match in _DATE.finditer(text)}))


def _thing(asked: str, find: Finder, *, is_certain: bool = False) -> Thing:
    return Thing(re.compile(asked), find, is_certain)


_THINGS = (
    _thing(
        r"哪[一二两三几]?[位名]|法人|(?:长|书记|主任|老师|教师|学生|负责人|联系人|领导|得主|获得者|教授|院士|同学|毕业生)(?:是|叫)(?:谁|什么|啥)|谁的团队|谁带",
        _people,
    ),
    _thing(r"哪一?[天年月日]|哪个月|什么时[候间]|啥时候?|何时|几月|几号|日期|哪年", _dates, is_certain=True),
    _thing(
        r"文号|哪[一二两三几]?[份个](?:文件|通知|意见|函)",
        lambda text: _matches(_DOCUMENT)(text) + _matches(_QUOTED)(text),
    ),
    _thing(r"电话|号码", _matches(_PHONE), is_certain=True),
    _thing(r"邮箱|邮件|E-?mail", _matches(_MAIL), is_certain=True),
    _thing(r"网址|网站(?:地址)?(?:是|在)", _matches(_SITE), is_certain=True),
    _thing(
        rf"哪{_COUNTED}(?:公司|企业|单位|机构|第三方)|什么(?:公司|企业|单位|机构)",
        _ending("公司", "企业", "集团", "厂", "中心", "协会", "局", "医院", "银行", "机构", "院", "部", "会", "社"),
    ),
    _thing(
        rf"哪{_COUNTED}(?:中职|高职|本科|职业)?(?:学校|院校|高校|大学|高职|中职)|哪{_COUNTED}?所|什么(?:学校|大学|院校)",
        _ending("学校", "学院", "大学", "职院", "高专", "专科学校", "中学"),
    ),
    _thing(
        r"哪个(?:职能|牵头|责任)?(?:部门|处室|科室|处|科)|什么部门",
        _ending("处", "部", "科", "室", "办公室", "中心", "委员会", "局", "厅", "院", "委", "办"),
    ),
    _thing(
        r"哪[一二两三几]?[个些座](?:城市|地方|省(?!级)|市(?!级)|县|区|国家)|在哪儿?里?[？?]?$|哪国|什么地方", _places
    ),
    _thing(r"哪[一二两三几]?[档个家](?:电视)?(?:台|频道)", _ending("台", "电视台", "频道")),
    _thing(
        r"哪[一二两三几]?[档个](?:电视)?(?:节目|栏目)|哪[一二两三几]?[本部首](?:书|教材|剧|歌|作品)", _matches(_QUOTED)
    ),
    _thing(r"哪[一二两三几]?个?(?:平台|系统|网站)", _ending("平台", "系统", "网", "网站")),
)
"""What is asked for → how it looks where it is printed."""
