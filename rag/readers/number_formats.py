"""A cell's value as Excel shows it: 0.9612 with the format 0.00% is 96.12%."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

GENERAL_DIGITS = 11
"""Digits that the format General shows at most."""

_TOKEN = re.compile(r'"[^"]*"|\\.|!.|_.|\*.|\[[^\]]*\]|General|G/通用格式|[Ee][+-]0+|AM/PM|上午/下午|[ymdhsYMDHS]+|.')
_PLACEHOLDERS = "0#?"
_CONDITION = re.compile(r"\[(?:[<>=]+-?[\d.]+)\]")
_COLOUR = re.compile(r"\[(?:Red|红色|Color ?\d+)\]", re.IGNORECASE)
_DATE_PARTS = frozenset("ymdhs")


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A section of a format without its decorations: (literal or placeholder, is placeholder) in order."""

    tokens: tuple[tuple[str, bool], ...]
    percent: int
    thousands: bool
    shift: int
    """Thousands the value is divided by."""
    decimals: int
    exponent: int


def shown(value: object, number_format: str) -> str:
    """What a cell shows of its value; of text the text itself, of nothing nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime | date | time | timedelta):
        return _shown_date(value, number_format)
    if isinstance(value, int | float):
        try:
            return _shown_number(Decimal(repr(value)), number_format)
        except (InvalidOperation, ValueError):
            return str(value)
    return str(value)


def _shown_number(value: Decimal, number_format: str) -> str:
    sections = _sections(number_format)
    negative = value < 0
    if any(_CONDITION.search(section) for section in sections) or not value.is_finite():
        return _general(value)
    if len(sections) > 2 and value == 0:
        return _filled(value, sections[2])
    if len(sections) > 1 and negative:
        text = _filled(-value, sections[1])
        # a section that says "negative" by its colour alone
        return f"-{text}" if _COLOUR.search(sections[1]) and not re.search(r"[-−(△▲负]", text) else text
    text = _filled(abs(value), sections[0])
    return f"-{text}" if negative and any(digit in "123456789" for digit in text) else text


def _sections(number_format: str) -> list[str]:
    sections, quoted = [""], False
    escaped = False
    for character in number_format:
        if character == '"' and not escaped:
            quoted = not quoted
        if character == ";" and not quoted and not escaped:
            sections.append("")
        else:
            sections[-1] += character
        escaped = not escaped and not quoted and character in "\\!_*"
    return sections


def _pattern(section: str) -> _Pattern | None:
    """None where the section says General or nothing we know."""
    tokens: list[tuple[str, bool]] = []
    percent = decimals = exponent = 0
    seen_point = thousands = False
    commas = 0
    for match in _TOKEN.finditer(section):
        token = match[0]
        if token in ("General", "G/通用格式") or "/" in token:
            return None
        if token in _PLACEHOLDERS:
            thousands, commas = thousands or commas > 0, 0
            decimals += seen_point
            tokens.append((token, True))
        elif token == ",":
            commas += any(is_placeholder for _, is_placeholder in tokens)
        elif token == "." and not seen_point:
            seen_point = True
            tokens.append((".", True))
        elif token[0] in "Ee" and len(token) > 2:
            exponent = len(token) - 2
        elif token[0] in '"\\!':
            tokens.append((token.strip('"') if token[0] == '"' else token[1:], False))
        elif token[0] == "[":
            tokens.append((token[2:-1].partition("-")[0] if token.startswith("[$") else "", False))
        elif token[0] not in "_*":
            percent += token == "%"
            tokens.append((token, False))
    return _Pattern(tuple(tokens), percent, thousands, commas, decimals, exponent)


def _filled(value: Decimal, section: str) -> str:
    """A value that is not negative, written as a section says."""
    pattern = _pattern(section)
    if pattern is None:
        literal = "".join(match[0].strip('"') for match in re.finditer(r'"[^"]*"', section))
        return _general(value) + (literal if "/" not in section else "")
    if ("@", False) in pattern.tokens:
        return _general(value)
    if not any(is_placeholder for _, is_placeholder in pattern.tokens):
        return "".join(token for token, _ in pattern.tokens).strip()
    if pattern.exponent:
        return f"{value:.{pattern.decimals}E}"
    value = value.scaleb(2 * pattern.percent - 3 * pattern.shift)
    rounded = value.quantize(Decimal(1).scaleb(-pattern.decimals), ROUND_HALF_UP)
    whole, _, fraction = format(rounded, "f").partition(".")
    return _laid_out(pattern, "" if whole == "0" else whole, fraction).strip()


def _laid_out(pattern: _Pattern, whole: str, fraction: str) -> str:
    """Digits put in the place of the placeholders, literals kept where they stand."""
    point = next((at for at, (token, holds) in enumerate(pattern.tokens) if holds and token == "."), None)
    before = pattern.tokens if point is None else pattern.tokens[:point]
    places = sum(holds for _, holds in before)
    digits = whole.rjust(sum(holds and token == "0" for token, holds in before), "0")
    out: list[str] = []
    left = places
    for token, holds in before:
        if not holds:
            out.append(token)
            continue
        take = digits[: max(0, len(digits) - left + 1)]
        digits, left = digits[len(take) :], left - 1
        out.append(take)
    text = "".join(out)
    if pattern.thousands and whole:
        text = re.sub(r"\d{4,}", lambda match: f"{int(match[0]):,}" if match[0][0] != "0" else match[0], text, count=1)
    if point is None:
        return text
    return text + _fraction(pattern.tokens[point + 1 :], fraction)


def _fraction(tokens: tuple[tuple[str, bool], ...], fraction: str) -> str:
    out, at = "", 0
    needed = len(fraction.rstrip("0"))
    for token, holds in tokens:
        if not holds:
            out += token
            continue
        out += fraction[at] if token == "0" or at < needed else ""
        at += 1
    return "." + out if re.match(r"\d", out) else out


def _general(value: Decimal) -> str:
    """A number without a format: no more digits than Excel shows, none of them a trace of binary fractions."""
    if value == value.to_integral_value():
        return format(value.quantize(Decimal(1)) if value.adjusted() < 20 else value, "f")
    rounded = round(value, max(0, GENERAL_DIGITS - 1 - max(0, value.adjusted())))
    return format(rounded.normalize(), "f")


def _shown_date(value: datetime | date | time | timedelta, number_format: str) -> str:
    """A date with the parts its format names, in its order; hours and minutes where it names them."""
    if isinstance(value, timedelta):
        minutes, seconds = divmod(int(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02d}" + (f":{seconds:02d}" if seconds else "")
    text, after_hours = "", False
    for match in _TOKEN.finditer(_sections(number_format)[0]):
        token = match[0]
        kind = token[0].lower()
        if token[0] == '"':
            text += token.strip('"')
        elif token[0] in "\\!":
            text += token[1:]
        elif kind in _DATE_PARTS and token.isascii():
            text += _date_part(value, kind, len(token), after_hours=after_hours)
            after_hours = kind == "h" or (after_hours and kind not in "yd")
        elif token[0] not in "_*[" and token not in ("AM/PM", "上午/下午", "@", ";"):
            text += token
    return text.strip() or value.isoformat()


def _date_part(value: datetime | date | time, kind: str, width: int, *, after_hours: bool) -> str:
    name = {"y": "year", "m": "minute" if after_hours else "month", "d": "day", "h": "hour", "s": "second"}[kind]
    number = getattr(value, name, 0)
    if kind == "y":
        return f"{number:04d}" if width > 2 else f"{number % 100:02d}"
    return f"{number:02d}" if width == 2 else str(number)
