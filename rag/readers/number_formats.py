"""A cell's value as Excel shows it: 0.9612 with the format 0.00% is 96.12%."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

GENERAL_DIGITS = 11
"""Digits that the format General shows at most."""

_SECTION_END = re.compile(r';(?=(?:[^"]*"[^"]*")*[^"]*\Z)')
_TOKEN = re.compile(
    r"""
    "(?P<quoted>[^"]*)" | \[\$(?P<money>[^\]-]*)[^\]]*\] | \[[^\]]*\] | [_*].
    | (?P<places>[0#?](?:[0#?,.]|[!\\]\.)*)     # #,##0.00; 0!.0, is ten thousands with one decimal
    | [!\\](?P<escaped>.) | (?P<plain>.)
    """,
    re.VERBOSE,
)
_DATE_TOKEN = re.compile(r'"([^"]*)"|\[[^\]]*\]|[_*].|AM/PM|上午/下午|[!\\](.)|([yY]+|[mM]+|[dD]+|[hH]+|[sS]+)|(.)')
_AS_GENERAL = re.compile(r"General|[@/]|[Ee][+-]")
_CONDITION = re.compile(r"\[[<>=]+-?[\d.]+\]")
_COLOUR = re.compile(r"\[(?:Red|红色|Color ?\d+)\]", re.IGNORECASE)
_SIGN = re.compile(r"[-−(△▲负]")


def shown(value: object, number_format: str) -> str:
    """What a cell shows of its value; of text the text itself, of nothing nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    sections = _SECTION_END.split(number_format)
    if isinstance(value, datetime | date | time):
        return _shown_date(value, sections[0])
    if isinstance(value, int | float):
        try:
            return _shown_number(Decimal(repr(value)), sections)
        except (InvalidOperation, ValueError):
            return str(value)
    return str(value) if not isinstance(value, timedelta) else str(value).removesuffix(":00")


def _shown_number(value: Decimal, sections: list[str]) -> str:
    if any(map(_CONDITION.search, sections)) or not value.is_finite():
        return _general(value)
    if len(sections) > 2 and value == 0:
        return _filled(value, sections[2])
    text = _filled(abs(value), sections[1 if len(sections) > 1 and value < 0 else 0])
    # a section that says "negative" by its colour alone
    signed = len(sections) == 1 or (_COLOUR.search(sections[1]) and not _SIGN.search(text))
    return f"-{text}" if value < 0 and signed and re.search("[1-9]", text) else text


def _filled(value: Decimal, section: str) -> str:
    """A value that is not negative, written as a section says."""
    tokens = list(_TOKEN.finditer(section))
    if _AS_GENERAL.search(section) or sum(bool(token["places"]) for token in tokens) > 1:
        return _general(value) + "".join(token["quoted"] or "" for token in tokens)
    value = value.scaleb(2 * sum(token["plain"] == "%" for token in tokens))
    texts = (_placed(value, token["places"]) if token["places"] else _literal(token) for token in tokens)
    return "".join(texts).strip()


def _literal(token: re.Match[str]) -> str:
    return token["quoted"] or token["money"] or token["escaped"] or token["plain"] or ""


def _placed(value: Decimal, places: str) -> str:
    """Digits in the places of a format: `#,##0.00`; each comma at its end divides by a thousand."""
    places, drawn_points = re.subn(r"[!\\]\.", ".", places)
    whole, _, fraction = places.rstrip(",").partition(".")
    value = value.scaleb(-3 * (len(places) - len(places.rstrip(","))) - (len(fraction) if drawn_points else 0))
    rounded = value.quantize(Decimal(1).scaleb(-len(fraction)), ROUND_HALF_UP)
    digits, _, decimals = format(rounded, ",f" if "," in whole else "f").partition(".")
    needed = fraction.count("0")
    decimals = decimals[:needed] + decimals[needed:].rstrip("0")
    digits = digits.zfill(whole.count("0")) if "0" in whole or digits != "0" else ""
    return f"{digits}.{decimals}" if decimals else digits


def _general(value: Decimal) -> str:
    """A number without a format: no more digits than Excel shows, none of them a trace of binary fractions."""
    if value == value.to_integral_value():
        return format(value.quantize(Decimal(1)) if value.adjusted() < 20 else value, "f")
    rounded = round(value, max(0, GENERAL_DIGITS - 1 - max(0, value.adjusted())))
    return format(rounded.normalize(), "f")


def _shown_date(value: datetime | date | time, section: str) -> str:
    """A date with the parts its format names, in its order; hours and minutes where it names them."""
    text, before = "", ""
    for quoted, escaped, part, plain in _DATE_TOKEN.findall(section):
        text += quoted + escaped + (plain if plain != "@" else "")
        if part:
            kind = part[0].lower()
            name = {"y": "year", "d": "day", "h": "hour", "s": "second"}.get(
                kind, "minute" if before == "h" else "month"
            )
            number = getattr(value, name, 0)
            text += str(number) if len(part) == 1 else f"{number:02d}"[-2 if len(part) == 2 else 0 :]
            before = kind
    return text.strip() or value.isoformat()
