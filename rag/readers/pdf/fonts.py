"""What a PDF states that PDFium does not tell: which nameless fonts are bold, which fonts are plain, whether it has layers.

PDFium gives neither name nor weight for a Type 3 font, the form in which Chromium embeds the usual Chinese fonts, though
the file states both. PDFium's text objects and the operators that show text follow the same order, so the fonts of
both, each at its first use, are the same ones.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from rag.readers.pdf.drawing import page_objects
from rag.readers.pdf.glyphs import base_font_name, is_bold_name

if TYPE_CHECKING:
    from pypdf import PdfReader

MAX_CONTENT_BYTES = 4_000_000
"""Content of a page longer than this is a drawing, and not searched for fonts."""
MAX_FORM_DEPTH = 4
BOLD_WEIGHT = 600
"""Weight from which on a font is bold, 400 being the normal one."""

_TOKEN = re.compile(
    rb"%[^\r\n]*+|\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*+\))*+\)"
    rb"|(/[^\s()<>\[\]{}/%]*)|(?<![^\s\])>])(Tf|q|Q|Do|Tj|TJ|['\"])(?![^\s\[(</])",
    re.DOTALL,
)
_DESCRIPTOR = re.compile(rb"/FontDescriptor\s+(\d+)\s+(\d+)\s+R")
_SHOWS_TEXT = frozenset((b"Tj", b"TJ", b"'", b'"'))


class Statements:
    """Looks up with pypdf what one file states."""

    def __init__(self, data: bytes, password: str | None) -> None:
        """Open nothing yet: most files name their fonts."""
        self._data, self._password = data, password
        self._reader: PdfReader | None = None

    def bold_fonts(self, index: int, page: Any) -> frozenset[int]:
        """Addresses of the nameless bold fonts of the PDFium page with this 0-based index."""
        addresses = _nameless_fonts(page)
        if not addresses:
            return frozenset()
        try:
            weights = self._stated(index)
        except (MemoryError, KeyboardInterrupt):
            raise
        except Exception:  # pypdf raises anything at all on damaged content
            return frozenset()
        if len(weights) != len(addresses):
            return frozenset()
        return frozenset(address for address, bold in zip(addresses, weights, strict=True) if bold)

    def plain_fonts(self, index: int) -> frozenset[str]:
        """Names of those fonts of a page that hold nothing but the letters of a usual Latin encoding."""
        try:
            fonts = _dictionary(_dictionary(self._open().pages[index]["/Resources"]).get("/Font"))
            named = [(str(font.get("/BaseFont", ""))[1:], _is_plain(font)) for font in map(_dictionary, fonts.values())]
        except (MemoryError, KeyboardInterrupt):
            raise
        except Exception:  # as above
            return frozenset()
        return frozenset(name for name, _ in named) - {name for name, plain in named if not plain}

    @cached_property
    def has_layers(self) -> bool:
        """Whether the file has parts that a viewer can switch on and off, or may have."""
        try:
            return "/OCProperties" in self._open().root_object
        except (MemoryError, KeyboardInterrupt):
            raise
        except Exception:  # as above
            return True

    def _stated(self, index: int) -> list[bool]:
        """Whether each nameless font of a page is bold, in the order of their first use."""
        page = self._open().pages[index]
        contents = page.get_contents()
        fonts: dict[Any, bool | None] = {}
        if contents is not None:
            for raw in _used_fonts(contents.get_data(), page["/Resources"], 0):
                key = getattr(raw, "idnum", id(raw))
                if key not in fonts:
                    font = self._without_glyphs(raw)
                    fonts[key] = None if "/BaseFont" in font else _is_bold(font)
        return [bold for bold in fonts.values() if bold is not None]

    def _without_glyphs(self, raw: Any) -> Mapping[str, Any]:
        """A font's dictionary; of a Type 3 one no more than its descriptor: its tables of glyphs are long."""
        reader = self._open()
        at = reader.xref.get(getattr(raw, "generation", 0), {}).get(getattr(raw, "idnum", -1))
        if at is not None:
            body = self._data[at : self._data.find(b"endobj", at)]
            descriptor = _DESCRIPTOR.findall(body)
            if (
                body.startswith(b"%d %d obj" % (raw.idnum, raw.generation))
                and b"/Type3" in body
                and len(descriptor) == 1
            ):
                from pypdf.generic import IndirectObject

                number, generation = map(int, descriptor[0])
                return {"/FontDescriptor": IndirectObject(number, generation, reader)}
        font: Mapping[str, Any] = _dictionary(raw)
        return font

    def _open(self) -> PdfReader:
        if self._reader is None:
            import io
            import logging

            from pypdf import PdfReader

            logging.getLogger("pypdf").setLevel(logging.CRITICAL)
            self._reader = PdfReader(io.BytesIO(self._data), password=self._password)
        return self._reader


def _nameless_fonts(page: Any) -> list[int]:
    """Addresses of the fonts without a name, in the order of their first use."""
    import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

    found: dict[int, bool] = {}
    for item, kind in page_objects(page, pdfium):
        if kind == pdfium.FPDF_PAGEOBJ_TEXT and (font := pdfium.FPDFTextObj_GetFont(item)):
            address = ctypes.addressof(font.contents)
            if address not in found:
                found[address] = not base_font_name(font)
    return [address for address, nameless in found.items() if nameless]


def _used_fonts(content: bytes, resources: Any, depth: int) -> Iterator[Any]:
    """Each font that shows text, not resolved, by first use; those of a form where the form is drawn."""
    fonts, forms = (_dictionary(resources.get(name)) for name in ("/Font", "/XObject"))
    name, current = "", ""
    saved: list[str] = []
    met: set[str] = set()
    if len(content) > MAX_CONTENT_BYTES:
        return
    for match in _TOKEN.finditer(content):
        if match[1] is not None:
            name = match[1].decode("latin-1")
        elif match[2] == b"Tf":
            current = name
        elif match[2] == b"q":
            saved.append(current)
        elif match[2] == b"Q":
            current = saved.pop() if saved else current
        elif match[2] in _SHOWS_TEXT and current not in met and current in fonts:
            met.add(current)
            yield fonts.raw_get(current)
        elif match[2] == b"Do" and depth < MAX_FORM_DEPTH and name in forms and forms[name].get("/Subtype") == "/Form":
            form = forms[name]
            yield from _used_fonts(form.get_data(), _dictionary(form.get("/Resources", resources)), depth + 1)


def _is_plain(font: Mapping[str, Any]) -> bool:
    simple = font.get("/Subtype") in ("/Type1", "/TrueType", "/MMType1") and "/ToUnicode" not in font
    return simple and isinstance(font.get("/Encoding", ""), str)


def _dictionary(value: Any) -> Any:
    return {} if value is None else value.get_object()


def _is_bold(font: Mapping[str, Any]) -> bool:
    descriptor = _dictionary(font.get("/FontDescriptor"))
    return descriptor.get("/FontWeight", 0) >= BOLD_WEIGHT or is_bold_name(str(descriptor.get("/FontName", "")))
