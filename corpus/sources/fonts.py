"""Fonts cut down to the characters a digest uses, with TrueType outlines so that Chromium embeds them as text fonts."""

from __future__ import annotations

import subprocess
from pathlib import Path

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont, newTable

FACES = {"body": "Noto Serif CJK SC", "heading": "Noto Sans CJK SC:bold", "plain": "Noto Sans CJK SC:regular"}
MAX_OUTLINE_ERROR = 1.0


def cut_fonts(text: str, folder: Path) -> str:
    """Write one font file a face into the folder and return the `@font-face` rules for them."""
    rules = []
    for face, pattern in FACES.items():
        cut_font(pattern, text, folder / f"{face}.ttf")
        rules.append(f'@font-face {{ font-family: "{face}"; src: url("{face}.ttf"); }}')
    return "\n".join(rules)


def cut_font(pattern: str, text: str, target: Path) -> None:
    """Write the glyphs of a text from the font that fontconfig chooses for a pattern."""
    command = ["fc-match", "-f", "%{file}|%{index}", pattern]
    file, index = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("|")
    font = TTFont(file, fontNumber=int(index))
    subsetter = Subsetter(Options(layout_features=[], hinting=False, notdef_outline=True, name_IDs=[1, 2, 4, 6]))
    subsetter.populate(text=text)
    subsetter.subset(font)
    outlines_to_truetype(font)
    font.save(target)


def outlines_to_truetype(font: TTFont) -> None:
    """Replace cubic outlines by quadratic ones, within one unit of a thousand."""
    glyphs, order = font.getGlyphSet(), font.getGlyphOrder()
    drawn = {}
    for name in order:
        pen = TTGlyphPen(glyphs)
        glyphs[name].draw(Cu2QuPen(pen, MAX_OUTLINE_ERROR, reverse_direction=True))
        drawn[name] = pen.glyph()
    font["loca"], font["glyf"] = newTable("loca"), newTable("glyf")
    font["glyf"].glyphOrder, font["glyf"].glyphs = order, drawn
    for tag in ("CFF ", "VORG", "vhea", "vmtx"):
        if tag in font:
            del font[tag]
    font.sfntVersion = "\000\001\000\000"
    limits = font["maxp"]
    limits.tableVersion = 0x00010000
    for name in (
        "maxZones maxTwilightPoints maxStorage maxFunctionDefs maxInstructionDefs maxStackElements "
        "maxSizeOfInstructions maxComponentElements maxPoints maxContours maxCompositePoints "
        "maxCompositeContours maxComponentDepth"
    ).split():
        setattr(limits, name, 0)
    limits.maxZones = 1
    font["post"].formatType = 3.0
