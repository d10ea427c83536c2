"""What pypdf says of a PDF where PDFium's word is not enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rag.language.text import clean_line
from rag.readers.legible import has_lost_characters, is_garbled

if TYPE_CHECKING:
    from pypdf import PdfReader


class SecondOpinion:
    """What pypdf reads on a page that PDFium gives as garbage."""

    def __init__(self, data: bytes, password: str | None) -> None:
        """Open nothing yet: most files never need it."""
        self._data, self._password = data, password
        self._reader: PdfReader | None = None
        self._layered: bool | None = None

    def lines(self, index: int) -> tuple[str, ...]:
        """The cleaned lines of a page, none where pypdf's text is no better."""
        try:
            text = self._open().pages[index].extract_text()
        except (MemoryError, KeyboardInterrupt):
            raise
        except Exception:  # pypdf raises anything at all on damaged content
            return ()
        if is_garbled(text) or has_lost_characters(text.splitlines()):
            return ()
        return tuple(line for line in map(clean_line, text.splitlines()) if line)

    def has_layers(self) -> bool:
        """Whether the file has parts that a viewer can switch on and off."""
        if self._layered is None:
            try:
                self._layered = "/OCProperties" in self._open().root_object
            except (MemoryError, KeyboardInterrupt):
                raise
            except Exception:
                self._layered = True
        return self._layered

    def _open(self) -> PdfReader:
        if self._reader is None:
            import io
            import logging

            from pypdf import PdfReader

            logging.getLogger("pypdf").setLevel(logging.CRITICAL)
            self._reader = PdfReader(io.BytesIO(self._data), password=self._password)
        return self._reader
