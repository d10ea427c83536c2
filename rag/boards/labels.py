"""What a figure is said of, as a key that a name can equal; and whether it is said of the school as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.figures.clauses import clause_of
from rag.figures.context import ASPECTS
from rag.figures.contradictions.notes import label_of as printed_label
from rag.figures.extraction import TOTAL
from rag.figures.time import row_times
from rag.language.clauses import CLAUSE
from rag.language.numbers import cell_number, find_numbers, find_scopes, unit_in_header
from rag.language.text import matching_key, unique
from rag.records import Figure, Report, Table

_BRACKET = re.compile(r"[（(\[【][^（）()\[\]【】]*[)）\]】]")
_ROW_NUMBER = re.compile(r"^(?:[（(]?[\d一二三四五六七八九十]+[)）.、．]|[①-⑳])")
_FRAME_ANYWHERE = re.compile("学校|我校|本校|全校|我院|全院|总体|整体|的|·")
_FRAME_START = re.compile(
    "^(?:学院(?!派)|目前|现有|现(?!代)|拥有|共有|共计|总计|合计|共|有|截至|截止|全年|当年|本年度?|本学年|年度|为|是|已|当前|以来|年?[末底](?!薪)|年(?![均终平生薪])|实现|达到?|设有)(?=.)"
)
_FRAME_END = re.compile(
    "(?<=.)(?:分别为|达到了?|达|共计|合计|共有|总计|为|是|有|共|约|(?<![合总共小累])计|至|到|在|已|近|高达|仅|占比(?=占))$"
)
_NOISE = re.compile(
    "|".join(
        (
            "[是否√✓×/—-]+|达标|合格|不?达标",
            "(?:指标|统计|实际|监测)?(?:数值?|值)|指标|数量|人数|人|金额|总量|总数|合计|总计|小计|共计|总体|全校|学校|本校|比例值|度",
            "|第三方(?:调查|评价)|(?:网络)?(?:问卷)?调查|问卷|专任教师",
        )
    )
)
"""Words of a row or column that say nothing of what its figure measures."""
_PART = re.compile(
    "案例|(?<=[一-鿿])(?<!教)学院|分院|院系|系部|[一-鿿]{2}系(?![统列])|专业|大类|班级|中心|基地|公司|集团|园区|校区|实验室|实训|产业|车间|宿舍|公寓|团队"
    "|食堂|楼|(?<!图书)馆(?!藏)|运动场|工厂|工作站|体育|思政|辅导员|民族|建档立卡|贫困|困难|男生?|女生?|退役|扩招|单招|五年制|中职|本科|成人|函授|继续教育"
    "|留学生|农民|社区|籍|主持|带领|同志|(?<!其)他|她|全国|全省|全市|同类|兄弟|双高|高职院校|省属|平均水平|国家标准|合格标准|^(?:去年|上年|上届|上一?学年)(?:同期)?$"
)
"""What narrows a figure to less than the school, or takes it out of it."""
_DISTRIBUTION = re.compile(
    "[、，]?[一-鿿]{0,2}(?:各|所有|二级|教学|每个)(?:学院|院系|系部|专业)|专业对口|本专业|各类?专业"
    "|[一-鿿]{0,4}(?:学院|院系|专业|性别|民族|生源)(?:地区?)?(?:分布|构成|结构)"
)
"""Words that only say into what the whole is parted."""
_OPENS_WITH_SCHOOL = re.compile("^(?:截[至止]|目前|[^，。；]{0,6}(?:学校|我校|全校|本校)|[^，。；]{0,8}届)")
_IN_TURN = re.compile("分别|依次|各为|各占")
"""Figures that belong to things listed elsewhere."""
_SCHOOL = re.compile("学校|我校|本校|全校")
_SUBTOTAL = re.compile("小计")
_UNIT_OF_COLLEGE = re.compile("(?:学院|分院|系|专业|专业群)$")
_LIMIT = re.compile("不低于|不高于|不超过|不得|不少于|至少|以上|以下|以内|≥|≤|～")
_COMPARES = re.compile("^(?:比|较|高于|低于|高出|超过|优于|与.*相比)")
_ADMISSION_PLAN = re.compile("计划招生|招生计划|教学计划|计划数")
"""Plans that are counted, beside which results stand."""
_CASE = re.compile("案例|典型经验|附件|代表性")
_TOWARDS = re.compile("^(?:对|为|面向|针对|给)")
"""Opens a clause that says of whom the next ones speak."""


CLASS = "应届"
"""What a year of graduation is read as: of whom a label speaks, not only of when."""


def label_key(text: str, own: Sequence[str]) -> str:
    """What a label names: years (but not that a class is meant), units in brackets, the school's own names and framing words taken out."""
    for scope in reversed(find_scopes(text)):
        text = text[: scope.start] + (CLASS if scope.kind == "cohort" else "") + text[scope.end :]
    key = _without(_BRACKET.sub("", text), own)
    key = _FRAME_ANYWHERE.sub("", _ROW_NUMBER.sub("", key)).strip("、，,。:：;；.·-—*•")
    for pattern in (_FRAME_START, _FRAME_END):
        while (shorter := pattern.sub("", key)) != key:
            key = shorter
    return key


def figure_keys(figure: Figure, own: Sequence[str]) -> tuple[str, ...]:
    """Keys of the figure's label, any of which may be a name; empty where it is not plain what it is said of."""
    if figure.is_cell:
        return tuple(_cell_keys(figure, own))
    before, after = clause_of(figure), figure.after
    if not figure.near.startswith(before):
        return (label_key(figure.near, own),)
    if _IN_TURN.search(before):
        return ()
    behind = label_key(after, own)
    ahead = label_key(before, own)
    return tuple(filter(None, [ahead if not behind else "" if ahead else behind]))


def _cell_keys(figure: Figure, own: Sequence[str]) -> Iterator[str]:
    """The words of row and column as one, and the last of them where the others only repeat a part of it."""
    if figure.row is None or figure.table is None or cell_number(figure.row.printed[figure.column]) is None:
        return
    words = [label_key(word, own) for word in [*figure.near.split(), figure.before]]
    named = unique(word for word in words if word and not _is_noise(word))
    is_named = (
        any(word and not _is_noise(word) for word in words[:-1])
        or _SCHOOL.search(figure.near) is not None
        or bool(row_times(figure))
    )
    if not is_named and not _is_of_whole_table(figure, figure.table):
        return
    yield "".join(named)
    longest = max(named, key=len, default="")
    if all(word in longest for word in named):
        yield longest


def _is_of_whole_table(figure: Figure, table: Table) -> bool:
    """Whether a row that names nothing is the only one, or the only total."""
    body = table.rows[table.header_rows :]
    totals = [row for row in body if any(TOTAL.match(cell) for cell in row.filled)]
    return len(body) == 1 or (figure.is_total and len(totals) == 1 and not _SUBTOTAL.search(figure.near))


def _is_noise(word: str) -> bool:
    return _NOISE.fullmatch(word.removeprefix(CLASS).strip("，,")) is not None or unit_in_header(f"（{word}）") != ""


def label_of(figure: Figure) -> str:
    """What is printed of a figure: row and column of a cell, else its own words."""
    if figure.is_cell:
        return printed_label(figure)
    return re.sub(r"\s+", "", figure.near).strip("、，,。；;：:")


def is_of_school(figure: Figure, report: Report, own: Sequence[str]) -> bool:
    """Whether nothing before a figure in its sentence, above it or in its caption narrows it, or makes it a plan."""
    if _LIMIT.search(figure.number.bound) or any(_CASE.search(heading) for heading in figure.passage.path):
        return False
    if any(_UNIT_OF_COLLEGE.search(_without(heading, own)) for heading in figure.passage.path[1:]):
        return False
    texts = [figure.about] if figure.is_cell else [*_subjects(figure, own), figure.passage.path[-1]]
    return not any(_narrows(text, own) for text in texts) and not ASPECTS["plan"].search(
        _ADMISSION_PLAN.sub("", figure.before)
    )


def _subjects(figure: Figure, own: Sequence[str]) -> Iterator[str]:
    """What the earlier clauses of a figure's sentence speak of, each up to its first figure.

    Where that sentence does not name the school or a class itself, those of the sentence before too.
    """
    *clauses, _ = CLAUSE.split(figure.before)
    opening = matching_key(figure.before)
    if not _OPENS_WITH_SCHOOL.match(opening) and not any(opening.startswith(name) for name in own):
        start = figure.passage.text.rfind("\n", 0, figure.start) + 1
        earlier = figure.passage.text[start : figure.quote_start].rstrip("。！？；")
        opening_clause, *others = CLAUSE.split(re.split("[。！？]", earlier)[-1])
        clauses = [opening_clause, *(clause for clause in others if not find_numbers(clause)), *clauses]
    for clause in clauses:
        numbers = find_numbers(clause)
        if not _COMPARES.match(clause.strip()):
            yield clause[: numbers[0].start] if numbers and not _TOWARDS.match(clause.strip()) else clause


def _narrows(text: str, own: Sequence[str]) -> bool:
    return _PART.search(_DISTRIBUTION.sub("", _without(text, own))) is not None


def _without(text: str, own: Sequence[str]) -> str:
    key = matching_key(text)
    for name in own:
        key = key.replace(name, "")
    return key
