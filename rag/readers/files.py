"""Any file → `ReadFile`, in this process and without any guard: for the guarded child only."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from rag.errors import UnreadableFileError
from rag.readers.recognised import load_pages
from rag.readers.request import UNEXPECTED, Request, os_error_reason, too_large
from rag.readers.sniff import FileKind, kind_of, mismatch_warning
from rag.records import ReadFile


def read_file(request: Request, announce_pages: Callable[[int], None]) -> ReadFile:
    """The file as read; raises UnreadableFileError with the reason why not."""
    path = Path(request.path)
    try:
        with path.open("rb") as stream:
            data = stream.read(request.max_file_bytes + 1)
    except OSError as error:
        raise UnreadableFileError(os_error_reason(error)) from error
    if len(data) > request.max_file_bytes:
        raise UnreadableFileError(too_large(len(data), request.max_file_bytes))
    kind = kind_of(path.name, data)
    result = _parsed(kind, data, request, announce_pages)
    mismatch = mismatch_warning(path.name, kind)
    return replace(
        result,
        name=path.name,
        sha256=hashlib.sha256(data).hexdigest(),
        warnings=(mismatch, *result.warnings) if mismatch else result.warnings,
    )


def _parsed(kind: FileKind, data: bytes, request: Request, announce_pages: Callable[[int], None]) -> ReadFile:
    try:
        return _parse(kind, data, request, announce_pages)
    except (UnreadableFileError, MemoryError):
        raise
    except Exception as error:  # a library raises anything at all on a damaged file
        raise UnreadableFileError(UNEXPECTED) from error


def _parse(kind: FileKind, data: bytes, request: Request, announce_pages: Callable[[int], None]) -> ReadFile:
    if kind is FileKind.PDF:
        from rag.readers.pdf.reader import read_pdf

        return read_pdf(
            data,
            password=request.password,
            max_pages=request.max_pages,
            announce_pages=announce_pages,
            recognises=request.recognises,
            recognised=load_pages(request.recognised),
        )
    if kind is FileKind.PICTURE:
        from rag.readers.pictures import read_picture_file

        return read_picture_file(
            data,
            max_pages=request.max_pages,
            announce_pages=announce_pages,
            recognises=request.recognises,
            recognised=load_pages(request.recognised),
        )
    if kind is FileKind.DOCX:
        from rag.readers.docx.reader import read_docx

        return read_docx(data, recognises=request.recognises, recognised=load_pages(request.recognised))
    if kind is FileKind.XLSX:
        from rag.readers.xlsx import read_xlsx

        return read_xlsx(data)
    if kind is FileKind.MARKDOWN:
        from rag.readers.markdown import read_markdown

        return read_markdown(data)
    from rag.readers.plain import read_plain

    return read_plain(data)
