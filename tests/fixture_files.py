"""Small files made on the spot for the reader tests: PDFs written by hand, DOCX by python-docx."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

A4 = (0, 0, 595, 842)


@dataclass
class PdfBuilder:
    """Pages of text, rules and pictures. Chinese stands in a font without outlines that any reader can map."""

    pages: list[tuple[str, str]] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    catalog: str = ""
    compress: bool = False
    fonts: str = ""
    forms: str = ""

    def page(self, *content: str, box: Sequence[int] = A4, attributes: str = "") -> PdfBuilder:
        """Add a page; coordinates in `content` are PDF's own, from the bottom left."""
        media = " ".join(map(str, box))
        self.pages.append(("\n".join(content), f"/MediaBox [{media}] {attributes}"))
        return self

    def write(self, path: Path) -> Path:
        """The document as a file."""
        path.write_bytes(self.render())
        return path

    def render(self) -> bytes:
        """The document as bytes."""
        kids = " ".join(f"{20 + 2 * index} 0 R" for index in range(len(self.pages)))
        objects: dict[int, bytes] = {
            1: f"<< /Type /Catalog /Pages 2 0 R {self.catalog} >>".encode(),
            2: f"<< /Type /Pages /Count {len(self.pages)} /Kids [{kids}] >>".encode(),
            3: _chinese_font("STSong-Light"),
            4: b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 4 /FontBBox [0 -200 1000 900] /ItalicAngle 0"
            b" /Ascent 880 /Descent -120 /CapHeight 700 /StemV 80 >>",
            5: b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 4 0 R /DW 1000"
            b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /W [1 [250] 2 94 500 814 939 500] >>",
            6: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>",
            7: b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8"
            b" /Length 1 >>\nstream\n\x80\nendstream",
            8: _chinese_font("STSong-Light", to_unicode=9),
            9: _stream(_PRIVATE_USE_CMAP),
        }
        objects |= {10 + index: text.encode() for index, text in enumerate(self.extra)}
        fonts = f"/Font << /F 3 0 R /B 6 0 R /G 8 0 R {self.fonts} >> /XObject << /I 7 0 R {self.forms} >>"
        for index, (content, attributes) in enumerate(self.pages):
            number = 20 + 2 * index
            objects[number] = (
                f"<< /Type /Page /Parent 2 0 R {attributes} /Resources << {fonts} >> /Contents {number + 1} 0 R >>"
            ).encode()
            objects[number + 1] = _stream(content.encode(), self.compress)
        return _file_of(objects)


_PRIVATE_USE_RANGES = "\n".join(f"<{high:02x}00> <{high:02x}ff> <e{high % 16:x}00>" for high in range(0x4E, 0xA0))
_PRIVATE_USE_CMAP = f"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /P def
1 begincodespacerange <0000> <ffff> endcodespacerange
82 beginbfrange
{_PRIVATE_USE_RANGES}
endbfrange
endcmap end end""".encode()


def _chinese_font(name: str, to_unicode: int | None = None) -> bytes:
    mapping = f"/ToUnicode {to_unicode} 0 R" if to_unicode else ""
    return (
        f"<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /UniGB-UTF16-H /DescendantFonts [5 0 R] {mapping} >>"
    ).encode()


def _stream(content: bytes, compress: bool = False) -> bytes:
    body = zlib.compress(content, 9) if compress else content
    filters = "/Filter /FlateDecode " if compress else ""
    return f"<< {filters}/Length {len(body)} >>\nstream\n".encode() + body + b"\nendstream"


def _file_of(objects: dict[int, bytes]) -> bytes:
    body, offsets = b"%PDF-1.7\n", {}
    chunks = [body]
    at = len(body)
    for number in sorted(objects):
        offsets[number] = at
        chunks.append(f"{number} 0 obj\n".encode() + objects[number] + b"\nendobj\n")
        at += len(chunks[-1])
    rows = [b"0000000000 65535 f \n"]
    for number in range(1, max(objects) + 1):
        rows.append(f"{offsets.get(number, 0):010d} 00000 {'n' if number in offsets else 'f'} \n".encode())
    table = b"xref\n0 %d\n" % len(rows) + b"".join(rows)
    trailer = f"trailer << /Size {len(rows)} /Root 1 0 R >>\nstartxref\n{at}\n%%EOF\n".encode()
    return b"".join([*chunks, table, trailer])


def text(left: float, baseline: float, words: str, size: float = 12, font: str = "F") -> str:
    """Content that shows `words`; font F is Chinese, B bold Latin, G the Chinese one with a broken mapping."""
    shown = f"({words})" if font == "B" else f"<{words.encode('utf-16-be').hex()}>"
    return f"BT /{font} {size} Tf 1 0 0 1 {left} {baseline} Tm {shown} Tj ET"


def turned(left: float, baseline: float, words: str, a: float, b: float, size: float = 12) -> str:
    """Content that shows `words` along the direction (a, b)."""
    return f"BT /F {size} Tf {a} {b} {-b} {a} {left} {baseline} Tm <{words.encode('utf-16-be').hex()}> Tj ET"


def glyph_by_glyph(left: float, baseline: float, words: str, tracking: float = 0.0, size: float = 12) -> str:
    """Content that shows each character of `words` by itself, `tracking` points behind the end of the one before."""
    shown = []
    for character in words:
        shown.append(text(left, baseline, character, size))
        left += (size if ord(character) > 0x2E80 else size / 2) + tracking
    return "\n".join(shown)


def predefined_font(
    name: str, cmap: str, ordering: str = "GB1", to_unicode: int | None = None, widths: str = ""
) -> str:
    """A composite font that is not embedded, all characters as wide as high if `widths` (/DW and /W) says nothing."""
    mapping = f"/ToUnicode {to_unicode} 0 R" if to_unicode else ""
    return (
        f"<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /{cmap} {mapping} /DescendantFonts [<< /Type /Font"
        f" /Subtype /CIDFontType2 /BaseFont /{name} /FontDescriptor 4 0 R {widths or '/DW 1000'}"
        f" /CIDSystemInfo << /Registry (Adobe) /Ordering ({ordering}) /Supplement 2 >> >>] >>"
    )


def to_unicode_map(meanings: Mapping[int, str], code_bytes: int = 2) -> str:
    """A stream that says what the codes of a font mean."""
    digits = 2 * code_bytes
    lines = "\n".join(
        f"<{code:0{digits}x}> <{meaning.encode('utf-16-be').hex()}>" for code, meaning in meanings.items()
    )
    content = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /U def\n"
        f"1 begincodespacerange <{'00' * code_bytes}> <{'ff' * code_bytes}> endcodespacerange\n{len(meanings)} beginbfchar\n{lines}\nendbfchar\n"
        "endcmap end end"
    )
    return f"<< /Length {len(content)} >>\nstream\n{content}\nendstream"


def nameless_font(name: str, weight: int | None = None) -> str:
    """A Type 3 font of filled squares for the digits, which names itself in its descriptor only."""
    stated = "" if weight is None else f"/FontWeight {weight}"
    squares = " ".join("/square" for _ in range(10))
    return (
        f"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 500 700] /FontMatrix [.001 0 0 .001 0 0] /FirstChar 48"
        f" /LastChar 57 /Widths [{'500 ' * 10}] /CharProcs << /square 10 0 R >>"
        f" /Encoding << /Type /Encoding /Differences [48 {squares}] >> /ToUnicode 11 0 R"
        f" /FontDescriptor << /Type /FontDescriptor /FontName /{name} /Flags 4 {stated} >> >>"
    )


def drawing_font(drawn: Mapping[str, str], first_object: int) -> list[str]:
    """A Type 3 font without a mapping, and its glyphs: each one-byte code draws a character of Helvetica."""
    codes = [ord(code) for code in drawn]
    procs = " ".join(f"/g{code} {first_object + 1 + at} 0 R" for at, code in enumerate(codes))
    font = (
        "<< /Type /Font /Subtype /Type3 /FontBBox [0 -200 600 800] /FontMatrix [.001 0 0 .001 0 0]"
        f" /FirstChar {min(codes)} /LastChar {max(codes)} /Widths [{'560 ' * (max(codes) - min(codes) + 1)}]"
        f" /CharProcs << {procs} >>"
        f" /Encoding << /Type /Encoding /Differences [{' '.join(f'{code} /g{code}' for code in codes)}] >>"
        " /Resources << /Font << /H << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
    )
    glyphs = [f"560 0 d0 BT /H 1000 Tf ({character}) Tj ET" for character in drawn.values()]
    return [font, *(f"<< /Length {len(glyph)} >>\nstream\n{glyph}\nendstream" for glyph in glyphs)]


DIGIT_SQUARE = "<< /Length 27 >>\nstream\n500 0 d0 50 0 400 700 re f  \nendstream"
_DIGIT_CMAP = """/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /D def
1 begincodespacerange <00> <ff> endcodespacerange
1 beginbfrange <30> <39> <0030> endbfrange
endcmap end end"""
DIGIT_CMAP = f"<< /Length {len(_DIGIT_CMAP)} >>\nstream\n{_DIGIT_CMAP}\nendstream"


def form(content: str) -> str:
    """A form object with the Chinese font."""
    return (
        f"<< /Type /XObject /Subtype /Form /BBox [-5000 -5000 5000 5000]"
        f" /Resources << /Font << /F 3 0 R >> >> /Length {len(content)} >>\nstream\n{content}\nendstream"
    )


def ruled(left: float, bottom: float, widths: Sequence[float], heights: Sequence[float]) -> str:
    """Content that draws every border of a lattice as a line."""
    right, top = left + sum(widths), bottom + sum(heights)
    lines, x, y = [], left, bottom
    for width in [*widths, 0]:
        lines.append(f"{x} {bottom} m {x} {top} l S")
        x += width
    for height in [*heights, 0]:
        lines.append(f"{left} {y} m {right} {y} l S")
        y += height
    return "\n".join(lines)


def picture(left: float, bottom: float, width: float, height: float) -> str:
    """Content that shows a grey picture."""
    return f"q {width} 0 0 {height} {left} {bottom} cm /I Do Q"
