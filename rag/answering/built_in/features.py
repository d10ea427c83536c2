"""What speaks for and against a figure as the answer to one thing asked: numbers for `ranking` to weigh."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache

from rag.answering.built_in.asks import Ask, months_of, surroundings
from rag.answering.built_in.contrasts import CONTRAST_FEATURES, contrast_features
from rag.answering.built_in.row_naming import row_features
from rag.answering.built_in.scope import SAYS_YEAR
from rag.answering.built_in.wording import (
    COUNTED_LENGTH,
    absent,
    counted,
    counted_missing,
    cover,
    gap,
    label_fit,
    measure,
    missing,
    named_elsewhere,
    of_another_major,
    otherwise_counted,
    pieces,
    unnamed,
)
from rag.language.clauses import LABEL_BREAK
from rag.language.numbers import same_value, unit_class
from rag.language.text import text_key
from rag.question import slots
from rag.question.slots import Slot
from rag.records import Evidence, Figure, Number

FEATURES = (
    "slot_near",
    "slot_clause",
    "slot_unit",
    "slot_heads",
    "head_near",
    "head_clause",
    "head_unit",
    "whole_unit",
    "whole_heads",
    "whole_prior",
    "slot_prior",
    "whole_passage",
    "label_fits",
    "label_extra",
    "pieces_near",
    "pieces_unit",
    "row_named",
    "row_best",
    "row_beaten",
    "group_named",
    "header_fits",
    "header_extra",
    "header_slot",
    "item_near",
    "counted_beside",
    "counted_near",
    "unit_same",
    "unit_exact",
    "unit_other",
    "kind_fits",
    "kind_wrong",
    "bare",
    "says_year",
    "total_named",
    "total_unasked",
    "is_cell",
    "in_case",
    "in_survey",
    "in_standard",
    "numeral",
    "first",
    "gap",
    "rank",
    "top_passage",
    "missing",
    "missing_heaviest",
    "missing_near",
    "measured",
    "unmeasured",
    "absent_nouns",
    "absent_others",
    "absent_share",
    "stranger",
    "absent_ordinal",
    "named_elsewhere",
    "month_named",
    "month_other",
    "absent_proper",
    "unmeasured_near",
    "counted_missing",
    "month_unsaid",
    "unpaired",
    "premise_same",
    "premise_unit",
    "part_of_cell",
    "otherwise_counted",
    "other_major",
    "absent_beside",
    *CONTRAST_FEATURES,
)
"""Names of the features, in the order `figure_features` gives them; each lies about between 0 and 1."""

EXCLUDING = (
    "unmeasured",
    "month_other",
    "strict_other",
    "strict_other_far",
    "strict_absent",
    "otherwise_counted",
    "other_major",
)
"""Features that a figure which answers never has: it measures something else, of another month, or of another quality."""

KIND_CLASSES: Mapping[str, frozenset[str]] = {
    slots.MONEY: frozenset({"money"}),
    slots.PERCENT: frozenset({"percent"}),
    slots.POINTS: frozenset({"points", "percent"}),
    slots.PEOPLE: frozenset({"count"}),
    slots.COUNT: frozenset({"count"}),
    slots.AREA: frozenset({"area"}),
    slots.TIME: frozenset({"time", "hours", "duration"}),
    slots.RATIO: frozenset({"ratio"}),
}
PRIOR_LENGTH = 120
"""Characters before a sentence that still say what it is about."""
PEOPLE_UNITS = frozenset("人 名 位 人次 户".split())
_CASE = re.compile("案例")
SURVEY = re.compile("样本|抽样|问卷|受访")
_STANDARD = re.compile("标准|合格|国标|目标|计划|上年|去年|上一年")
_TOTALS = re.compile("一共|总共|总计|合计|全部|全校|总的|总数|总人数|多少个学院")


def figure_features(figure: Figure, asked: Ask, evidence: Evidence, rank: int, scope: float) -> tuple[float, ...]:
    """The features of a figure in the order of FEATURES; `scope` is its `scope_factor`, which must not be 0."""
    unit = figure.passage.text[figure.quote_start : figure.quote_end]
    row = row_features(figure, asked)
    found_there = surroundings(asked, evidence)
    near, clause = _near(figure)
    heads = (
        f"{figure.about} {' '.join(figure.row.filled) if figure.row else ''} {figure.before if figure.is_cell else ''}"
    )
    around = f"{unit} {heads}"
    prior = "" if figure.is_cell else _prior(figure)
    label = figure.before if figure.is_cell else _lead(figure)
    fits, extra = label_fit(near if figure.is_cell else label, asked, asked.question)
    slot_key = text_key(asked.slot.text)
    header_fits, header_extra = label_fit(figure.before, asked, slot_key) if figure.is_cell else (0.0, 0.0)
    lacking, heaviest = missing(asked, found_there.known, around)
    kind = _kind(figure, asked.slot)
    lost = absent(asked, around)
    found = {
        "slot_near": cover(asked, found_there, "local", near),
        "slot_clause": cover(asked, found_there, "local", f"{near} {clause}"),
        "slot_unit": cover(asked, found_there, "local", unit if not figure.is_cell else around),
        "slot_heads": cover(asked, found_there, "local", heads),
        "head_near": cover(asked, found_there, "head", near),
        "head_clause": cover(asked, found_there, "head", f"{near} {clause}"),
        "head_unit": cover(asked, found_there, "head", around),
        "whole_unit": cover(asked, found_there, "whole", unit if not figure.is_cell else around),
        "whole_heads": cover(asked, found_there, "whole", heads),
        "whole_prior": cover(asked, found_there, "whole", f"{prior} {unit}") if not figure.is_cell else 0.0,
        "slot_prior": cover(asked, found_there, "local", f"{prior} {unit}") if not figure.is_cell else 0.0,
        "whole_passage": cover(asked, found_there, "whole", f"{figure.passage.text} {figure.about}"),
        "label_fits": fits,
        "label_extra": extra,
        "pieces_near": pieces(text_key(near), asked.question),
        "pieces_unit": pieces(asked.question, text_key(around)),
        **row,
        "header_fits": header_fits,
        "header_extra": header_extra,
        "header_slot": cover(asked, found_there, "local", figure.before) if figure.is_cell else 0.0,
        "item_near": float(bool(asked.slot.item) and text_key(asked.slot.item) in text_key(near)),
        "counted_beside": counted(asked, figure.after[:COUNTED_LENGTH]),
        "counted_near": counted(asked, near),
        "unit_same": float(bool(asked.slot.unit) and asked.slot.unit == figure.number.unit),
        "unit_exact": float(kind == "exact"),
        "unit_other": float(kind == "other"),
        "kind_fits": float(kind == "fits"),
        "kind_wrong": float(kind == "wrong"),
        "bare": float(not figure.number.unit),
        "says_year": float(scope == SAYS_YEAR),
        "total_named": float(figure.is_total and bool(_TOTALS.search(asked.slot.text))),
        "total_unasked": float(figure.is_total and not _TOTALS.search(asked.slot.text)),
        "is_cell": float(figure.is_cell),
        "in_case": float(bool(_CASE.search(" ".join(figure.passage.path[-1:])))),
        "in_survey": float(bool(SURVEY.search(around)) and not SURVEY.search(evidence.query.focus)),
        "in_standard": float(bool(_STANDARD.search(label)) and not _STANDARD.search(evidence.query.focus)),
        "numeral": float(not any(character.isdigit() for character in figure.number.text)),
        "first": float(not any(character.isdigit() for character in figure.before)) if not figure.is_cell else 0.0,
        "gap": gap(figure, asked) if not figure.is_cell else 0.0,
        "rank": min(rank, 10) / 10,
        "top_passage": float(rank == 0),
        "missing": lacking,
        "missing_heaviest": heaviest,
        "missing_near": missing(asked, found_there.known, f"{near} {clause}")[0],
        **measure(asked, near if figure.is_cell else f"{near} {clause}", around),
        **lost,
        "premise_same": float(any(same_value(figure.number, number) for number in asked.premise)),
        "premise_unit": float(any(scales(figure.number.unit, number.unit) for number in asked.premise)),
        "otherwise_counted": float(otherwise_counted(asked, figure, f"{around} {near}")),
        "other_major": float(of_another_major(asked, around)),
        "part_of_cell": float(figure.is_cell and bool(figure.after)),
        "unpaired": max(0.0, lost["absent_nouns"] - extra),
        "counted_missing": counted_missing(asked, f"{around} {near}"),
        "stranger": float(not cover(asked, found_there, "local", f"{near} {clause}")),
        "named_elsewhere": named_elsewhere(found_there.named, around),
        **_months(asked, figure, around),
        **unnamed(asked, around),
        **contrast_features(asked.contrasts, near, f"{prior}{figure.before}" if not figure.is_cell else "", heads),
    }
    return tuple(found[name] for name in FEATURES)


def _near(figure: Figure) -> tuple[str, str]:
    """The words that are a figure's own, and those of its clause or the clause before."""
    if figure.is_cell:
        return f"{figure.near} {figure.before} {figure.after}", ""
    clauses = [clause for clause in LABEL_BREAK.split(figure.before) if clause.strip()]
    return f"{figure.near} {figure.after}", " ".join(clauses[-2:])


def _prior(figure: Figure) -> str:
    """What the paragraph says before a figure's sentence."""
    text = figure.passage.text
    start = text.rfind("\n", 0, figure.quote_start) + 1
    return text[max(start, figure.quote_start - PRIOR_LENGTH) : figure.quote_start]


def _lead(figure: Figure) -> str:
    """What stands before a figure in prose up to the figure or mark before."""
    return figure.near.split(" ")[0] if figure.near else ""


def _months(asked: Ask, figure: Figure, around: str) -> Mapping[str, float]:
    """Whether a figure's own words give the month asked about, or only another one."""
    if not asked.months:
        return {"month_named": 0.0, "month_other": 0.0, "month_unsaid": 0.0}
    clause = f"{figure.before[-40:]} {figure.near}"
    stated = months_of(clause) or months_of(around)
    return {
        "month_named": float(bool(stated & asked.months)),
        "month_other": float(bool(stated) and not stated & asked.months),
        "month_unsaid": float(not stated),
    }


def _kind(figure: Figure, slot: Slot) -> str:
    """`exact` for the unit asked in, `fits` or `wrong` for a unit of its kind or another, `other` for another unit."""
    unit, classes = figure.number.unit, KIND_CLASSES.get(slot.kind)
    if not unit:
        return ""
    if slot.unit:
        if slot.unit in (unit, unit.partition("/")[0]) or scales(unit, slot.unit):
            return "exact"
        same_class = unit_class(unit) == unit_class(slot.unit)
        return "other" if same_class or unit_class(unit) in KIND_CLASSES.get(slot.kind, ()) else "wrong"
    if classes is None:
        return ""
    if unit_class(unit) not in classes:
        return "wrong"
    if slot.kind == slots.PEOPLE and unit not in PEOPLE_UNITS:
        return "other"
    return "fits"


@lru_cache(maxsize=5_000)
def scales(unit: str, other: str) -> bool:
    """Whether figures in two units can be compared: 元 and 万元, 人 and 名, not 人 and 人次."""
    one = Number("1", Decimal(1), unit, 0, 1)
    return any(same_value(one, Number("1", Decimal(10) ** power, other, 0, 1)) for power in (-8, -4, 0, 4, 8))
