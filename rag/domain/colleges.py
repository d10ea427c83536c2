"""Names of colleges: found in text, shortened as people shorten them, recognised when one character is wrong."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache

from rapidfuzz.distance import Levenshtein

from rag.domain.places import is_national, place_at, places, provinces
from rag.language.spans import Span, Spans
from rag.language.text import matching_key, matching_key_with_offsets, unique

MIN_FUZZY_LENGTH = 6
"""A shorter form is another name when one character differs."""
MAX_STEM = 16
"""Characters before the kind of school in a name."""

KINDS = "职业技术师范大学|职业技术大学|职业技术学院|职业大学|职业学院|高等专科学校|专科学校"
"""What vocational colleges are called behind their place and field."""
_SCHOOL = re.compile(
    rf"(?P<vocational>{KINDS}|职业技术学校|职业学校|中等专业学校|技工学校|技师学院|职业教育中心|职教中心|职院(?!校))"
    r"|(?P<other>大学(?![生城]|(?:英语|语文|数学|物理|体育)(?!学科|学院|系|专业)|期间|校园|慕课|本科(?:学历|毕业|以上|文凭|程度)|学历|毕业)|(?<!科)学院)"
)
_LEADING = re.compile(
    rf"(?:(?:中共|[\u4e00-\u9fff]{{2,3}}省)(?=[\u4e00-\u9fff]{{2,}}?(?:大学|学[院校])))?"
    rf"(?P<name>(?P<stem>[\u4e00-\u9fff]{{2,{MAX_STEM}}}?)(?:{_SCHOOL.pattern}))"
)
"""A line's first name, without the province or 中共 before it."""
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_FIELDS = (
    "工业 工程 工商 农业 农牧 农林 林业 林草 畜牧 商业 商务 商贸 贸易 外贸 经贸 工贸 财经 财贸 财税 财政 经济 经管 金融 会计 管理 审计 税务 医药 医学 "
    "医科 医卫 药科 卫生 护理 康养 中医药 中医 水利 水电 水产 电力 电子 电气 机电 机械 铁路 铁道 交通 公路 轨道 航空 航海 航天 航运 海事 海洋 建筑 建材 "
    "建设 城建 城市 城乡 科技 科学 技术 信息 软件 网络 通信 邮电 数字 智能 制造 装备 师范 幼儿师范 幼儿 教育 民政 民族 司法 政法 法律 警官 警察 公安 安全 应急 "
    "消防 体育 艺术 工艺 美术 音乐 戏剧 戏曲 传媒 影视 动漫 设计 文化 文旅 旅游 酒店 外语 外国语 语言 国际 对外 关系 石油 石化 化工 化学 冶金 矿业 钢铁 煤炭 地质 测绘 资源 能源 "
    "轻工 轻纺 纺织 服装 陶瓷 环境 环保 生态 生物 食品 粮食 汽车 材料 动力 土木 计算机 光电 人民 公共 社会 人文 马克思主义 继续 成人 开放 职工 广播 电视 现代 应用 "
    "职业 技师 学院 大学 学校 中学 理工 文理 理学 文学 法学 商学 哲学 国学 史学 数学 物理 高等 高专 中专 第一 第二 第三"
).split()
"""What a college is for: behind its place in its name, and what the schools inside a college are named by."""
_STEM = re.compile(rf"(?P<place>.{{2,4}}?)(?P<field>(?:{'|'.join(sorted(_FIELDS, key=len, reverse=True))})*)")
_GOES_ON = re.compile(r"[\u4e00-\u9fff]{0,8}(?:学院|大学|学校|职院)|[\u4e00-\u9fff]{1,3}[院大校局厅]")
_KIND, _NAMED_ON = re.compile(KINDS), re.compile(r"(?:职业)?(?:技术)?(?:学院|大学|学校|[院大局厅])")
_NAME_STEM = re.compile(rf"(?P<stem>.{{2,{MAX_STEM}}}?)(?:{KINDS}|大学|学院)")
_OFFICE = re.compile(r"(?P<place>[\u4e00-\u9fff]{2,4}?)[市县区][\u4e00-\u9fff]+[局委]")
"""An authority of a town: 砚州市教育局."""
_ONLY_FIELDS = re.compile(rf"(?:{'|'.join(_FIELDS)}|[文理工商法医药哲农]|与)+")
# What a university or an ordinary college is called between its place and 大学 or 学院; the schools inside a college
# (护理学院, 机电工程学院) stand after no place.
_FIELD_OF_COLLEGE = re.compile(
    r"(?:第[一二三]|科技|师范|理工|工程|工业|农业|农林|林业|医学|医药|医|药科|中医药|财经|经济|经贸|商|工商|文理|民族|警察|警官|政法|美术|"
    r"音乐|戏剧|体育|艺术|传媒|外国语|外语|城市|应用技术|航空|石油|化工|电力|交通|建筑|旅游|教育|汽车|电子|信息|水利|海洋|开放|职工|广播电视|"
    r"管理|贸易|地质|矿业|邮电|语言|人民){0,4}"
)
SPOKEN_FIELDS = frozenset("理工 科技 师范 财经 文理 工商 农业 农林 工业 外国语 政法 民族 医科 中医药 外贸".split())
"""Fields that with their place are a name by themselves: 登莱理工."""
_OUTSIDE_NAME = re.compile(
    r"[不包]含|关于|印发|[的与及到去由从把让为给考像我你您他她它这那各将在对是比了等并跟问读校届级所个着哪些何几某]|(?<!科学)院|有(?!色)|名(?!族)|和(?!平)|上(?!海|饶)|多|"
    r"(?<![卫民])生(?![物态产])|(?<!青)年|毕业|高职|单位|全国|重点|示范|骨干|一流|优质|优秀|卓越|高等|中等|高水平|民办|公办|本科|国内|省内|省外|市内|兄弟|"
    r"同类|特色|有关|名单|合作|联合|现代|新型|就读|来自"
)
_OTHER_WORD = re.compile(r"代表|常委|[厅局]")
"""Behind a short form it makes another word: 人大代表, 湖北农业厅."""
MAX_INITIALS = 3
"""Characters of a short form (咸职, 湖职院) that easily stands inside another name."""


@cache
def _known_words() -> frozenset[str]:
    """Two-character words that tell colleges apart: a wrong character that makes one is no slip."""
    return frozenset(name for name in places() if len(name) == 2) | frozenset(_FIELDS)


def split_stem(stem: str) -> tuple[str, str]:
    """(place, field) of what stands before the kind of school: 朔安工业 → 朔安, 工业. Two characters are a place."""
    if not (place := place_at(stem)):
        match = _STEM.fullmatch(stem)
        place = match["place"] if match and (match["field"] or len(stem) == 2) else ""
    return place, stem[len(place) :]


def name_at_start(line: str) -> str:
    """The name of a school that a line begins with, told by its form: 登莱理工学院2023年… → 登莱理工学院.

    Needs no known place, so it is for lines that stand apart. `` for what names no one school: 机电工程学院, 武大法学院, 高等学校.
    """
    match = _LEADING.match(line)
    if not match:
        return ""
    stem = match["stem"]
    rest = stem[len(place_at(stem)) :]
    is_part = rest == stem and (_ONLY_FIELDS.fullmatch(stem) or stem[1] == "大" or stem.endswith("产业"))
    return "" if is_part or _OUTSIDE_NAME.search(rest) else match["name"]


def names_in(text: str) -> tuple[str, ...]:
    """Full names of colleges and universities standing in a text, in order, each once.

    A name begins with a known place, or, before 职业技术学院 and its like, with a stem that can be one. Schools inside
    a college (护理学院) and phrases (一村多名大学生) are none.
    """
    return unique(name for name, _ in placed_names(text))


def placed_names(text: str, known_places: Collection[str] = ()) -> Iterator[tuple[str, int]]:
    """(name, offset of its start) of every name in a text, in order; a place of `known_places` is one too.

    Behind such a place a field that is no college's own is one of its schools: 枞川信息工程学院.
    """
    for run in _HAN.finditer(text):
        at = run.start()
        for school in _SCHOOL.finditer(text, *run.span()):
            start = max(at, school.start() - MAX_STEM)
            stem = _stem(text[start : school.start()], school, known_places)
            if stem:
                yield stem + school.group(), school.start() - len(stem)
            at = school.end()


def _stem(before: str, school: re.Match[str], known_places: Collection[str]) -> str:
    """The part of a name that stands before its kind of school, `` where no name stands there."""
    for start in range(len(before) - 1):
        if (place := place_at(before, start)) and _belongs(place, before[start + len(place) :], school):
            return before[start:]
        for place in known_places:
            field = before[start + len(place) :]
            if before.startswith(place, start) and (school["other"] == "大学" or field in SPOKEN_FIELDS):
                return before[start:] if _belongs(place, field, school) else ""
    if school["vocational"] is None:
        return ""
    outside = list(_OUTSIDE_NAME.finditer(before))
    stem = before[outside[-1].end() :] if outside else before
    return stem if 2 <= len(stem) <= MAX_STEM - 4 and stem not in _FIELDS else ""


def _belongs(place: str, field: str, school: re.Match[str]) -> bool:
    """Whether what stands between a place and the kind of school makes one name with them."""
    if re.match(r"[省市区县]|自治[区州县]", field) and any(place_at(field, at) for at in range(1, len(field))):
        return False
    if school["other"] == "学院":
        return not is_national(place) and _FIELD_OF_COLLEGE.fullmatch(field) is not None
    return not _OUTSIDE_NAME.search(field) and not (is_national(place) and len(field) < 2)


def mentioned(question: str, names: Mapping[str, Iterable[str]]) -> dict[str, Span]:
    """College → span in the question where it is named: full, short, or with one character wrong.

    `names` maps each full name to its short names. The longest form wins; a short form inside a longer one does not
    count. A short form that several colleges share names all of them. What is one character off is no slip where it
    is another place or another field (湖南/湖北, 工业/工程), or the place of another of them.
    """
    key, offsets = matching_key_with_offsets(question)
    forms = [(form, college) for college, shorts in names.items() for form in _forms(college, tuple(shorts))]
    exact = sorted(((f, c) for f, c in forms if f in key), key=lambda pair: (-len(pair[0]), pair))
    shorts = tuple(form for form, college in exact if form[0] == college[0])
    others = Spans((at, at + len(name)) for name, at in placed_names(key) if not _only_ends(name, shorts))
    taken = Spans()
    found: dict[str, Span] = {}
    for form, college in exact:
        if span := _find(key, form, matching_key(college), taken, others):
            taken.add(span, form)
            found.setdefault(college, span)
    first_words = {college[:2] for college in names}
    for college, (start, end) in _slips(key, forms, taken):
        if key[start : start + 2] == college[:2] or key[start : start + 2] not in first_words:
            found.setdefault(college, (start, end))
    for college, span in _bare_places(key, names):
        is_office = bool(found) and _OFFICE.fullmatch(college) is not None
        if college not in found and not is_office and Spans(found.values()).may_hold(span, ""):
            found[college] = span
    return {college: (offsets[start], offsets[end - 1] + 1) for college, (start, end) in found.items()}


def _only_ends(name: str, shorts: Sequence[str]) -> bool:
    """Whether what looks like a name is a short one behind other words: 翻翻澜职院; 东湖职院 is no 湖职院."""
    return not place_at(name) and any(name.endswith(short) and len(name) >= len(short) + 2 for short in shorts)


def named_spans(text: str, names: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, Span]]:
    """(college, span) of all that `mentioned` finds, then of each other name that stands beside these."""
    known = mentioned(text, names)
    yield from known.items()
    taken = Spans(known.values())
    for name, start in placed_names(text):
        if taken.is_free(span := (start, start + len(name))):
            yield name, span


@lru_cache(maxsize=4096)
def _forms(college: str, shorts: tuple[str, ...]) -> tuple[str, ...]:
    return unique(key for form in (college, *shorts) if len(key := matching_key(form)) > 1)


def _bare_places(key: str, names: Iterable[str]) -> Iterator[tuple[str, Span]]:
    """Colleges named by their place alone (枞川的就业率, A、沂泽两家): at the beginning or in a list, no 市 behind it."""
    owners: dict[str, list[str]] = {}
    for college in names:
        if place := place_of(college):
            owners.setdefault(place, []).append(college)
    for place, colleges in owners.items():
        if len(colleges) == 1 and place in key and (match := _as_subject(place).search(key)):
            yield colleges[0], match.span("place")


@lru_cache(maxsize=4096)
def place_of(college: str) -> str:
    """The place in a college's or office's name by which alone it may be called; `` for the country or a province."""
    match, office = _NAME_STEM.fullmatch(college), _OFFICE.fullmatch(college)
    place = split_stem(match["stem"])[0] if match else office["place"] if office else ""
    return "" if len(place) < 2 or is_national(place) or place in provinces() else place


@lru_cache(maxsize=4096)
def _as_subject(place: str) -> re.Pattern[str]:
    after = rf"(?![省市县区州镇乡]|地区|本地|当地|籍|生源|{_GOES_ON.pattern})"
    return re.compile(rf"(?:^|[、,，;；和与跟及同比]|请问|听说|想问)(?P<place>{place}){after}")


def _find(key: str, form: str, college: str, taken: Spans, others: Spans) -> Span | None:
    start = key.find(form)
    is_stem = form[:2] == college[:2] and _KIND.fullmatch(college, len(form)) is not None
    while start >= 0:
        span = (start, start + len(form))
        # 湖南工业大学 is not 湖南工业, 东湖职院 is not 湖职院
        inside = len(form) <= MAX_INITIALS and others.has_within(start)
        other = is_stem and not key.startswith(college, start) and _NAMED_ON.match(key, span[1]) is not None
        free = taken.may_hold(span, form) and not _OTHER_WORD.match(key, span[1])
        if free and not (inside or other) and _begins_name(key, start, form, college):
            return span
        start = key.find(form, start + 1)
    return None


def _begins_name(key: str, start: int, form: str, college: str) -> bool:
    """Whether a form that leaves out the place (工业职院) has none before it, which would make it another college's."""
    if form[0] == college[0] or not start or not _HAN.match(key[start - 1]):
        return True
    before = key[max(0, start - 4) : start]
    return _OUTSIDE_NAME.search(before[-1:]) is not None or before.endswith(("请问", "高职", "我们", "关于"))


def _slips(key: str, forms: Iterable[tuple[str, str]], taken: Spans) -> Iterator[tuple[str, Span]]:
    """Colleges whose name stands in the key with one character wrong, missing or too many; longest forms first."""
    characters = frozenset(key)
    near = ((form, college) for form, college in forms if len(_characters(form) - characters) <= 1)
    hits = [(-len(form), form, college, span) for form, college in near for span in _slip_spans(key, form)]
    for _, form, college, span in sorted(hits):
        if taken.may_hold(span, form):
            taken.add(span, form)
            yield college, span


@lru_cache(maxsize=65536)
def _characters(form: str) -> frozenset[str]:
    return frozenset(form)


def _slip_spans(key: str, form: str) -> Iterator[Span]:
    """Spans one edit away from a form. One of its halves stands there unchanged, which finds them fast."""
    if len(form) < MIN_FUZZY_LENGTH or not form.endswith(("学院", "大学", "学校")):
        return
    half = len(form) // 2
    for piece, offset in ((form[:half], 0), (form[half:], half)):
        at = key.find(piece)
        while at >= 0:
            for shift, length in ((0, 0), (0, -1), (0, 1), (1, -1), (-1, 1)):
                start = at - offset + (shift if offset else 0)
                end = start + len(form) + length
                if 0 <= start < end <= len(key) and _is_slip(key, start, end, form):
                    yield start, end
            at = key.find(piece, at + 1)


def _is_slip(key: str, start: int, end: int, form: str) -> bool:
    """Whether a span of the key is the form but for one character inside it, which makes no word of another name."""
    window = key[start:end]
    if Levenshtein.distance(form, window, score_cutoff=1) != 1:
        return False
    (changed,) = (edit.dest_pos for edit in Levenshtein.editops(form, window))
    if len(window) != len(form) and not 0 < changed < min(len(window), len(form)):
        return False
    at = start + changed
    return not any(key[i : i + 2] in _known_words() for i in (at - 1, at) if i >= 0)
