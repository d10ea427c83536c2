"""Text with one form for each width, dash, digit and thousands mark, character for character."""

from __future__ import annotations

import re

from rag.language.numbers.numerals import FINANCIAL, FOLD, NARROW_SPACES
from rag.language.numbers.units import GAP, UNIT

_KEPT = FOLD | {ord(space): "\u202f" for space in NARROW_SPACES} | {ord("，"): "，"}
_COUNTED = rf"{GAP}[余多]?[百千]?(?:万亿|[万亿])?余?(?:{UNIT})"
_STARTS = r"(?<!\d)(?<!\d[.,'])"
_MARKED = re.compile(rf"{_STARTS}\d{{1,3}}(?:(?P<mark>[\u202f'’])\d{{3}})(?:(?P=mark)\d{{3}})*(?![\d'’])")
_SPACED = re.compile(
    rf"(?<![\d.,%] ){_STARTS}[1-9]\d{{0,2}}(?: \d{{3}})+(?!\d|,\d)(?:\.\d{{1,12}}(?!\d))?(?={_COUNTED}|[，,。;、)])"
)
_WIDE_COMMAS = re.compile(
    rf"{_STARTS}(?<!\d，)\d{{1,3}}(?:[，,]\d{{3}})+(?!\d)(?=(?P<behind>{_COUNTED}|\.\d)|(?P<more>[，,]\d)|)"
)
_IN_FULL = re.compile(f"[{''.join(FINANCIAL)}][{''.join(FINANCIAL)}零万亿]+")


def fold(text: str) -> str:
    """The text for reading figures: widths folded, a comma wherever thousands are grouped, none where they are not.

    12 345人, 12’345 and 12，345人 give 12,345; 17，240 stays a list of two. Length and offsets are those of `text`.
    """
    folded = text.translate(_KEPT)
    folded = _MARKED.sub(lambda match: re.sub(r"\D", ",", match[0]), folded).replace("\u202f", " ")
    folded = _SPACED.sub(lambda match: match[0].replace(" ", ","), folded)
    if "，" in folded:
        folded = _WIDE_COMMAS.sub(_as_list_or_group, folded).replace("，", ",")
    return _IN_FULL.sub(lambda match: "".join(FINANCIAL.get(character, character) for character in match[0]), folded)


def _as_list_or_group(match: re.Match[str]) -> str:
    """A full-width comma groups thousands only before a unit or decimals, or where there are several."""
    several = len(re.findall("[，,]", match[0])) > 1 and not match["more"]
    return match[0] if several or match["behind"] else match[0].replace("，", ";")
