"""Figures in Chinese text: value, unit, bound words and span; and the years, classes and dates that are none.

What counts as a figure
- Arabic digits, with or without a unit, unless they are a date, a label (表1-2, 第3章, （1）, [1]), a code (1+X, B106,
  文号, telephone, 邮编), a bare year, or a bare number that opens a line or stands in a short quotation (“334”).
- Chinese numerals only before a unit, and never inside another word (济济一堂). 一 and a counting word is mostly "a",
  so it counts only where it closes a phrase (金奖一枚。) or follows 仅/只/共/各; 二 alone is an ordinal (二次, 二期), 零
  mostly another word (零件). A bare 百/千/万 needs a bound word (近千人, 百余场, 近十万). Vague numbers (数十, 七八个) and
  大 (七大专业群) are no figures, nor are Chinese numerals in a short quotation (“四个一”), nor anything in 《》.
- A range (5-7个, 十五至二十人) is one figure: `value` its lower end, `high` its upper, `～` among its bound words. From one
  to the other (从50%到80%) are two.

How they are written: thousands grouped by comma, apostrophe or space (12 345人; 17，240 are two); a raised number or ①
behind a figure is a note mark; −, △, ▲, 负 and accountants' brackets make it negative.

Values: 万/亿 scale every unit but money, which is kept as written (1.5万人 = 15000 人; 7.49亿元 = 7.49 亿元).
三成 and 百分之三十 are 30 %; 三分之一, 占1/3 and 过半 are a share of one to 28 digits with the unit 分之; 15.85：1 is 15.85
with the unit `:1`, 1:18 is 18 with the unit `1:`.
"""

from __future__ import annotations

from rag.language.numbers.equality import (
    agree,
    decimal_places,
    format_decimal,
    last_place,
    measured,
    same_bound,
    same_value,
)
from rag.language.numbers.figures import cell_number, find_numbers
from rag.language.numbers.scopes import Scope, find_scopes
from rag.language.numbers.units import unit_class, unit_in_header

__all__ = [
    "Scope",
    "agree",
    "cell_number",
    "decimal_places",
    "find_numbers",
    "find_scopes",
    "format_decimal",
    "last_place",
    "measured",
    "same_bound",
    "same_value",
    "unit_class",
    "unit_in_header",
]
