"""The font that the reader brings for PDF files whose fonts are not embedded: a part of Noto Sans CJK SC.

Run from the project's root: `uv run --with fonttools python corpus/sources/fallback_font.py`
"""

from __future__ import annotations

import subprocess
import unicodedata
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

PATTERN = "Noto Sans CJK SC:regular"
TARGET = Path(__file__).parents[2] / "rag" / "readers" / "pdf" / "fallback_font" / "wenbao-fallback-sans.otf"
FAMILY, POSTSCRIPT_NAME = "Wenbao Fallback Sans", "WenbaoFallbackSans-Regular"
BLOCKS = (
    (0x0020, 0x007E),
    (0x00A0, 0x024F),  # letters with accents, of Pinyin among others
    (0x02B0, 0x02FF),
    (0x0370, 0x045F),  # Greek and Cyrillic
    (0x2000, 0x22FF),  # punctuation, raised and lowered figures, currencies, Roman figures, arrows, mathematics
    (0x2300, 0x27BF),  # circled figures, rules, geometric shapes, dingbats
    (0x2900, 0x2BFF),
    (0x2E80, 0x2FDF),  # radicals
    (0x3000, 0x33FF),  # Chinese punctuation, kana, circled Chinese figures, units
    (0xF900, 0xFAFF),
    (0xFE30, 0xFE6F),
    (0xFF00, 0xFFEF),  # full and half width
)
"""Beside the ideographs of GBK: signs that stand in reports."""
MISSING = 0x3013
"""〓, the printers' sign for a letter that is not in the case: PDFium leaves out text whose letters draw nothing."""
COVERED = range(0x00A0, 0xFFFE)
"""Characters that draw at least the sign for a missing one."""
_NAMES = {1: FAMILY, 3: f"2.004;{POSTSCRIPT_NAME}", 4: FAMILY, 6: POSTSCRIPT_NAME}


def gbk_characters() -> set[int]:
    """The characters of GBK that take two bytes."""
    pairs = (bytes((lead, trail)) for lead in range(0x81, 0xFF) for trail in range(0x40, 0xFF) if trail != 0x7F)
    return {ord(text) for pair in pairs if (text := pair.decode("gbk", errors="ignore"))}


def cut_fallback_font(target: Path) -> None:
    """Write the part of the installed font that holds GBK and the signs, under a name of its own."""
    command = ["fc-match", "-f", "%{file}|%{index}", PATTERN]
    file, index = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("|")
    font = TTFont(file, fontNumber=int(index))
    options = Options(
        layout_features=["vert"], hinting=False, notdef_outline=True, name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14]
    )
    options.drop_tables += ["BASE", "GDEF", "GPOS"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=gbk_characters().union(*(range(first, last + 1) for first, last in BLOCKS)))
    subsetter.subset(font)
    for record in font["name"].names:
        record.string = _NAMES.get(record.nameID, str(record))
    _stand_in(font)
    cff = font["CFF "].cff
    cff.fontNames = [POSTSCRIPT_NAME]
    cff.topDictIndex[0].FamilyName = cff.topDictIndex[0].FullName = FAMILY
    font.save(target)


def _stand_in(font: TTFont) -> None:
    """Let every character that the font has no outline for draw the sign for a missing one."""
    outlines = font.getBestCmap()
    whole = CmapSubtable.newSubtable(12)
    whole.platformID, whole.platEncID, whole.language = 3, 10, 0
    letters = (
        code for code in COVERED if unicodedata.category(chr(code))[0] not in "ZM" and not 0xD800 <= code < 0xE000
    )
    whole.cmap = dict.fromkeys(letters, outlines[MISSING]) | outlines
    font["cmap"].tables = [whole]


if __name__ == "__main__":
    cut_fallback_font(TARGET)
