"""Statements about printed figures, to hold the gate against: honest restatements, and figures that are corrupted.

Each is one statement about one figure, in the words it is printed with, cited to its sentence or row. An honest one
writes the figure another way; a corrupted one changes it, or what it is said of.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from rag.domain.colleges import placed_names
from rag.figures.entries import passages_to_figures
from rag.figures.extraction import section_to_passages
from rag.gate.said import tokens
from rag.language.numbers import (
    agree,
    cell_number,
    find_numbers,
    find_scopes,
    format_decimal,
    same_bound,
    same_value,
    unit_class,
)
from rag.records import (
    AnswerStatus,
    Citation,
    Draft,
    Figure,
    FigureEntry,
    FigureRef,
    Number,
    Report,
    ReportParts,
    Table,
    markdown_to_segments,
    text_to_draft,
)

_CLAUSE = re.compile(r"[，,；;。：:！？\n]")
_FULL_WIDTH = str.maketrans("0123456789.%", "０１２３４５６７８９．％")
_CHINESE = "〇一二三四五六七八九"
_OTHER_UNITS = {
    "%": "个百分点", "百分点": "%", "元": "万元", "万元": "亿元", "亿元": "万元", "人": "人次", "人次": "人", "名": "万名",
    "学时": "课时", "课时": "学时", "平方米": "亩", "亩": "平方米", "": "%",
}  # fmt: skip
_SAME_COUNT = {"人": "名", "名": "人", "项": "个", "个": "项", "门": "个", "位": "人", "所": "家", "家": "所"}
YEAR_SHIFT = 7
"""Years by which a wrong year is off: far enough that no report speaks of it by chance."""


@dataclass(frozen=True, slots=True)
class Place:
    """A printed figure with the other figures of its passage."""

    figure: Figure
    others: tuple[Figure, ...]
    table: Table | None
    report: Report

    @property
    def row_mates(self) -> tuple[Figure, ...]:
        """The figures of its own sentence or row, itself included."""
        return tuple(f for f in self.others if f.quote_start == self.figure.quote_start)


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement about a figure, and the place it is cited to; `start` is where the figure stands in it."""

    kind: str
    text: str
    start: int
    cited: Figure
    place: Place
    label: tuple[str, str]
    """What it says the figure is of, as it is printed."""
    figures: int = 1
    """How many figures it states, in bold."""
    placed: Figure | None = None
    """Where it places a figure by its id instead of writing it: `start` is where."""

    def draft(self, citations: tuple[Citation, ...]) -> Draft:
        """The answer it is."""
        if self.placed is None:
            return text_to_draft(AnswerStatus.ANSWERED, self.text, citations)
        before, after = self.text[: self.start - 2], self.text[self.start :].partition("**")[2]
        segments = (*markdown_to_segments(before), FigureRef(self.placed.id, True), *markdown_to_segments(after))
        return Draft(AnswerStatus.ANSWERED, segments, citations, figures=(self.placed,))


def parts_to_places(parts: ReportParts) -> Iterator[Place]:
    """Every figure of a report's passages; a line that is a table's row but was read as text is left out."""
    tables = {table.id: table for table in parts.tables}
    entries: dict[str, list[FigureEntry]] = defaultdict(list)
    for entry in parts.figures:
        entries[entry.section_id].append(entry)
    for section in parts.sections:
        for passage in section_to_passages(section):
            figures = tuple(passages_to_figures([passage], entries[section.id], tables))
            table = tables.get(passage.table_id or "")
            yield from (Place(figure, figures, table, parts.report) for figure in figures if not _is_row(figure))


def _is_row(figure: Figure) -> bool:
    return not figure.is_cell and "\t" in figure.passage.text[figure.quote_start : figure.quote_end].strip()


def _around(figure: Figure) -> tuple[str, str]:
    """What an answer would say before and behind a figure, as it is printed."""
    if figure.is_cell:
        return f"{figure.near}的{figure.before}为" if figure.before else f"{figure.near}：", ""
    text = figure.passage.text
    inside = list(_CLAUSE.finditer(text, figure.quote_start, figure.quote_end))
    low = max((m.end() for m in inside if m.end() <= figure.start), default=figure.quote_start)
    high = min((m.start() for m in inside if m.start() >= figure.end), default=figure.quote_end)
    if find_numbers(text[low : figure.start]) and not text[low : figure.start].strip("0123456789."):
        low = figure.start
    return text[low : figure.start].replace("\t", "，"), text[figure.end : high].replace("\t", "，")


def _written(figure: Figure) -> str:
    """A figure as an answer writes it: a cell with the unit of its column."""
    number = figure.number
    if figure.is_cell and number.unit and number.unit not in number.text and cell_number(number.text):
        printed = cell_number(number.text)
        if printed is not None and not printed.unit and not number.unit.startswith((":", "1:")):
            scale = number.value != printed.value
            return f"{format_decimal(number.value) if scale else number.text.strip()}{number.unit}"
    return " ".join(number.text.split())


def _statement(
    kind: str, place: Place, written: str, said_of: Figure | None = None, cited: Figure | None = None
) -> Statement:
    before, after = _around(said_of or place.figure)
    lead = f"{place.report.college}：" if place.report.college else ""
    return Statement(
        kind,
        f"{lead}{before}**{written}**{after} [1]。",
        len(lead + before) + 2,
        cited or place.figure,
        place,
        _label(said_of or place.figure),
    )


def _pair(kind: str, place: Place, other: Figure, first: str, second: str) -> Statement:
    """One statement of a figure and of the next one in its sentence or row, in the words between them."""
    figure = place.figure
    before, _ = _around(figure)
    between = place.figure.passage.text[figure.end : other.start].replace("\t", "，")
    if figure.is_cell:
        between = f"，{other.near}的{other.before}为"
    lead = f"{place.report.college}：" if place.report.college else ""
    text = f"{lead}{before}**{first}**{between}**{second}**{_around(other)[1]} [1]。"
    return Statement(kind, text, len(lead + before) + 2, figure, place, _label(figure), 2)


def _next(place: Place) -> Figure | None:
    """The next figure of the sentence or row, if it is of something else in the same kind of unit."""
    figure = place.figure
    after = [mate for mate in place.row_mates if mate.start >= figure.end]
    other = min(after, key=lambda mate: mate.start, default=None)
    told = other is not None and _comparable(other, figure) and _label(other) != _label(figure)
    return other if told and all(_label(f)[0].strip() for f in (figure, other) if f) else None


def honest(place: Place) -> Iterator[Statement]:
    """The figure written in every other way that fits it."""
    figure = place.figure
    number, written = figure.number, _written(figure)
    yield _statement("照印", place, written)
    yield replace(_statement("编号", place, written), placed=figure)
    yield from _reworded(place, written)
    if other := _next(place):
        yield _pair("两数", place, other, written, _written(other))
    yield _statement("全角", place, written.translate(_FULL_WIDTH))
    if number.bound or "\n" in number.text:
        return
    value, unit = number.value, number.unit
    plain = format_decimal(value)
    if unit.startswith(":") or unit in ("1:", "分之", "届", "级"):
        return
    yield _statement("空格", place, f"{plain} {unit}")
    if value == value.to_integral_value():
        if value >= 1000:
            yield _statement("千分位", place, f"{int(value):,}{unit}")
        if 10 < value < 100 and unit_class(unit) in ("count", "visits") and len(unit) == 1:
            yield _statement("汉字", place, f"{_chinese(int(value))}{unit}")
        if unit in _SAME_COUNT:
            yield _statement("量词", place, f"{plain}{_SAME_COUNT[unit]}")
    elif unit:
        yield _statement("尾零", place, f"{plain}0{unit}")
    if unit == "%" and value > 0:
        yield _statement("百分之", place, f"百分之{plain}")
        if 0 < value < 100:
            yield _statement("百分之汉字", place, f"百分之{_chinese_decimal(value)}")
    if value >= 10000 and (unit == "元" or unit_class(unit) in ("count", "visits", "area")):
        yield _statement("以万计", place, f"{format_decimal((value / 10000).normalize())}万{unit}")
    if unit == "万元":
        yield _statement("以元计", place, f"{format_decimal(value * 10000)}元")
        yield _statement("以亿计", place, f"{format_decimal(value / 10000)}亿元")


_FRAMES = (
    "正文写的是{}", "一处是{}", "{}的数字一共有三处说到，这一处为{}", "报告里这两个不同的数字中，{}为{}",
    "按报告的口径，近三年里{}为{}", "资料写明，{}是{}，另外两所学校没有写",
)  # fmt: skip
"""How careful readers restate a figure: with ordinary number words, or with none of its report's words beside it."""


def _reworded(place: Place, written: str) -> Iterator[Statement]:
    """The figure placed by its id in words of a careful reader."""
    figure = place.figure
    before, _ = _around(figure)
    frame = _FRAMES[figure.start % len(_FRAMES)]
    lead = f"{place.report.college}：" if place.report.college else ""
    said = frame.format(before.strip("，、；：的为"), "\0") if frame.count("{}") > 1 else frame.format("\0")
    head, _, tail = said.partition("\0")
    text = f"{lead}{head}**{written}**{tail} [1]。"
    yield Statement("换说法", text, len(lead + head) + 2, figure, place, _label(figure), placed=figure)


def _chinese(value: int) -> str:
    tens, ones = divmod(value, 10)
    return f"{_CHINESE[tens] if tens > 1 else ''}十{_CHINESE[ones] if ones else ''}"


def _chinese_decimal(value: Decimal) -> str:
    whole, _, decimals = format_decimal(value).partition(".")
    number = int(whole)
    said = _chinese(number) if number >= 10 else (_CHINESE[number] if number else "零")
    return said + (f"点{''.join(_CHINESE[int(digit)] for digit in decimals)}" if decimals else "")


def corrupted(place: Place, random_: random.Random, colleges: Sequence[str] = ()) -> Iterator[Statement]:
    """The figure changed, or said of something else; `colleges` are those that other reports are of."""
    figure = place.figure
    written = _written(figure)
    yield from _changed(place, written, random_)
    if second := _next(place):
        yield _pair("互换", place, second, _written(second), written)
    if elsewhere := _elsewhere(place):
        yield _statement("别处的数", place, _written(random_.choice(elsewhere)), cited=figure)
    others = [college for college in colleges if college and college != place.report.college]
    before = _around(figure)[0]
    if others and place.report.college not in before and not any(placed_names(before)):
        yield _of_another_college(place, written, random_.choice(others))
    for other in _rivals(place, random_):
        kind = "错列" if figure.is_cell else "对调"
        yield _statement(kind, place, _written(other), cited=figure)
    if figure.is_cell:
        yield from _wrong_rows(place, random_)
    yield from _wrong_years(place, written)
    yield from _dressed(place, random_)
    yield from _swapped(place, random_)
    yield from _wrong_subjects(place, random_)


_DRESSES: Sequence[tuple[str, Callable[[str], str]]] = (
    ("引号", lambda digits: f"“{digits}”"),
    ("汉字", lambda digits: digits.translate(str.maketrans("0123456789.", "〇一二三四五六七八九点"))),
    ("大写", lambda digits: digits.translate(str.maketrans("0123456789.", "零壹贰叁肆伍陆柒捌玖点"))),
    ("圈码", lambda digits: digits.replace(".", "").translate(str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨"))),
    ("粗体", lambda digits: digits.translate({48 + i: chr(0x1D7CE + i) for i in range(10)})),
    ("上标", lambda digits: digits.replace(".", "").translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))),
    ("第", lambda digits: f"第{digits}"),
    ("括号", lambda digits: f"（{digits}）"),
    ("字母", lambda digits: f"N{digits}"),
)
_SUBJECTS = ("失业", "女生", "外省", "离职", "留学生", "退休教师", "聘用合同制", "附属医院")
"""Whom a figure is said of that is printed of others: those that its passage names are left out."""


def _dressed(place: Place, random_: random.Random) -> Iterator[Statement]:
    """A false figure, of another value than any of its quote, as no report writes it."""
    figure = place.figure
    digits = str(random_.randint(1000, 99999))
    if figure.number.unit == "%":
        digits = f"{random_.randint(10, 99)}.{random_.randint(11, 99)}"
    quote = figure.passage.text[figure.quote_start : figure.quote_end]
    name, dress = random_.choice(_DRESSES)
    if digits not in quote and digits.replace(".", "") not in quote:
        before, _ = _around(figure)
        text = f"{place.report.college}：{before}{dress(digits)}{figure.number.unit} [1]。"
        yield Statement(f"变装{name}", text, 0, figure, place, _label(figure))


def _swapped(place: Place, random_: random.Random) -> Iterator[Statement]:
    """What is said of a figure, with the id of another of its passage in the same kind of unit."""
    figure = place.figure
    others = [f for f in place.others if _comparable(f, figure) and _label(f) != _label(figure) and f.near.strip()]
    if others and tokens(_around(figure)[0]):
        other = random_.choice(others)
        stated = _statement("错编号", place, _written(other), said_of=figure, cited=other)
        yield replace(stated, placed=other)


def _wrong_subjects(place: Place, random_: random.Random) -> Iterator[Statement]:
    """The figure placed by its id and said of whom its passage does not speak."""
    figure, subject = place.figure, random_.choice(_SUBJECTS)
    if subject[:2] not in f"{figure.passage.text}{figure.about}{figure.near}{figure.before}":
        before, after = _around(figure)
        lead = f"{place.report.college}：" if place.report.college else ""
        text = f"{lead}{subject}{before}**{_written(figure)}**{after} [1]。"
        yield Statement("错对象", text, len(lead + subject + before) + 2, figure, place, _label(figure), placed=figure)


def _changed(place: Place, written: str, random_: random.Random) -> Iterator[Statement]:
    digits = [i for i, c in enumerate(written) if c.isdigit() and c.isascii()]
    if digits:
        at = random_.choice(digits)
        digit = (int(written[at]) + random_.choice((1, 9))) % 10
        yield _statement("错一位", place, f"{written[:at]}{digit}{written[at + 1 :]}")
        if len(digits) > 1:
            a, b = random_.sample(digits, 2)
            swapped = list(written)
            swapped[a], swapped[b] = swapped[b], swapped[a]
            if written[a] != written[b]:
                yield _statement("数位对调", place, "".join(swapped))
        yield _statement(
            "多一位", place, written[: digits[-1] + 1] + str(random_.randint(1, 9)) + written[digits[-1] + 1 :]
        )
    number = place.figure.number
    if number.unit in _OTHER_UNITS and written.endswith(number.unit):
        yield _statement("错单位", place, written.removesuffix(number.unit) + _OTHER_UNITS[number.unit])
    if number.bound and "～" not in number.bound and unit_class(number.unit) != "fraction":
        yield _statement("去约数", place, f"{format_decimal(number.value)}{number.unit}")
    if "." in written and not number.bound:
        yield _statement("错小数点", place, f"{format_decimal(number.value.scaleb(1))}{number.unit}")
        if number.value % 1:
            yield _statement("取整", place, re.sub(r"\.\d+", "", written))
    if not number.bound and digits:
        yield _statement("加约数", place, f"约{written}")
    if number.unit and digits and not number.bound and number.value:
        yield _statement("万倍", place, f"{format_decimal(number.value)}万{number.unit}")


def _rivals(place: Place, random_: random.Random) -> list[Figure]:
    """Other figures of the sentence or row that could stand in its place."""
    figure = place.figure
    if not tokens(figure.near):
        return []
    mates = [f for f in place.row_mates if _comparable(f, figure) and _label(f) != _label(figure)]
    return random_.sample(mates, min(2, len(mates)))


def _elsewhere(place: Place) -> list[Figure]:
    """Figures of other sentences or rows of the passage in the same kind of unit."""
    return [f for f in place.others if f.quote_start != place.figure.quote_start and _comparable(f, place.figure)]


def _of_another_college(place: Place, written: str, college: str) -> Statement:
    before, after = _around(place.figure)
    text = f"{college}：{before}**{written}**{after} [1]。"
    return Statement("别校", text, len(college + before) + 3, place.figure, place, _label(place.figure))


def _comparable(one: Figure, other: Figure) -> bool:
    a, b = one.number, other.number
    return one is not other and not agree(a, b) and unit_class(a.unit) == unit_class(b.unit)


def _wrong_rows(place: Place, random_: random.Random) -> Iterator[Statement]:
    figure = place.figure
    rows = [
        f
        for f in place.others
        if f.is_cell
        and f.column == figure.column
        and f.quote_start != figure.quote_start
        and f.near.strip()
        and f.near != figure.near
    ]
    if not rows or not figure.near.strip():
        return
    other = random_.choice(rows)
    yield _statement("错行", place, _written(figure), said_of=other)
    if other.number.value != figure.number.value:
        yield _statement("错行引文", place, _written(figure), said_of=other, cited=other)


def _wrong_years(place: Place, written: str) -> Iterator[Statement]:
    """The statement with each year in it wrong, or with a wrong year before it where its sentence states others."""
    figure = place.figure
    before, after = _around(figure)
    quote = figure.passage.text[figure.quote_start : figure.quote_end]
    context = f"{quote} {figure.before} {figure.about}"
    stated = {year for scope in find_scopes(context) for year in scope.years}
    if not stated:
        return
    wrong = max(stated) - YEAR_SHIFT
    if wrong in stated:
        return
    text = re.sub(r"(?<!\d)(?:19|20)\d\d(?=[年届级学-])", str(wrong), before)
    said = text if text != before else f"{wrong}年{before}"
    lead = f"{place.report.college}："
    yield Statement(
        "错年份", f"{lead}{said}**{written}**{after} [1]。", len(lead + said) + 2, figure, place, _label(figure)
    )


def is_true(statement: Statement) -> bool:
    """Whether a corrupted statement happens to say what its quote says of the same figure, or of one with the same words."""
    if statement.kind.startswith("变装") or statement.kind in ("错编号", "错对象"):
        return False
    match = re.search(r"\*\*(.+?)\*\*", statement.text)
    if match is None or len(find_numbers("为" + match[1])) != 1:
        return True
    read = find_numbers("为" + statement.text[match.start() :].replace("**", ""))
    if not read:
        return True
    if statement.kind in ("错行", "错年份", "别校"):
        return False
    mates = [f for f in statement.place.others if f.quote_start == statement.cited.quote_start]
    said_of_anything = statement.kind not in ("错列", "对调", "互换", "错行引文")
    return any(_same(read[0], f.number) for f in mates if said_of_anything or _label(f) == statement.label)


def _label(figure: Figure) -> tuple[str, str]:
    return figure.near, figure.before if figure.is_cell else ""


def _same(a: Number, b: Number) -> bool:
    return same_value(a, b) and same_bound(a, b)
