"""The child process that parses one file: asked on standard input, answering through files in a folder.

Run as `python -m rag.readers.worker` by `rag.readers.guard`, never by a person. It ends when its parent does.
"""

from __future__ import annotations

import os
import pickle
import shutil
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from rag.errors import UnreadableFileError
from rag.readers.memory import limit_memory
from rag.readers.request import (
    ANSWER_NAME,
    OUT_OF_MEMORY,
    PAGE_COUNT_NAME,
    UNEXPECTED,
    Request,
    os_error_reason,
    too_large,
)
from rag.readers.sniff import FileKind, kind_of, mismatch_warning
from rag.records import ReadFile


def main() -> int:
    """Answer the request on standard input."""
    _ignore_interrupts()
    request: Request = pickle.load(sys.stdin.buffer)
    threading.Thread(target=_end_with_parent, args=(request.folder,), daemon=True).start()
    limit_memory(request.memory_bytes)
    answer = _answer(request)
    target = Path(request.folder, ANSWER_NAME)
    unfinished = target.with_suffix(".part")
    with unfinished.open("wb") as stream:
        pickle.dump(answer, stream, protocol=pickle.HIGHEST_PROTOCOL)
    unfinished.replace(target)
    return 0


def _ignore_interrupts() -> None:
    # Ctrl-C reaches the whole process group; ending this process is the parent's business.
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _end_with_parent(folder: str) -> None:
    # not through sys.stdin, whose lock a thread still waiting would hold when the interpreter shuts down
    os.read(sys.stdin.fileno(), 1)
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)


def _answer(request: Request) -> ReadFile | str:
    """The file as read, or the reason why not."""
    try:
        return read_here(Path(request.path), request, _announcer(Path(request.folder, PAGE_COUNT_NAME)))
    except UnreadableFileError as error:
        return str(error)
    except MemoryError:
        return OUT_OF_MEMORY
    except OSError as error:
        return os_error_reason(error)
    except Exception:  # whatever a library makes of a damaged file must become an answer
        traceback.print_exc()
        return UNEXPECTED


def _announcer(target: Path) -> Callable[[int], None]:
    def announce(count: int) -> None:
        target.write_text(str(count), encoding="ascii")

    return announce


def read_here(path: Path, request: Request, announce_pages: Callable[[int], None]) -> ReadFile:
    """Read a file in this process, without any guard; raises UnreadableFileError and OSError."""
    import hashlib

    with path.open("rb") as stream:
        data = stream.read(request.max_file_bytes + 1)
    if len(data) > request.max_file_bytes:
        raise UnreadableFileError(too_large(len(data), request.max_file_bytes))
    kind = kind_of(path.name, data)
    result = _parse(kind, data, request, announce_pages)
    mismatch = mismatch_warning(path.name, kind)
    return replace(
        result,
        name=path.name,
        sha256=hashlib.sha256(data).hexdigest(),
        warnings=(mismatch, *result.warnings) if mismatch else result.warnings,
    )


def _parse(kind: FileKind, data: bytes, request: Request, announce_pages: Callable[[int], None]) -> ReadFile:
    if kind is FileKind.PDF:
        from rag.readers.pdf import read_pdf

        return read_pdf(data, password=request.password, max_pages=request.max_pages, announce_pages=announce_pages)
    if kind is FileKind.DOCX:
        from rag.readers.docx import read_docx

        return read_docx(data)
    if kind is FileKind.MARKDOWN:
        from rag.readers.markdown import read_markdown

        return read_markdown(data)
    from rag.readers.plain import read_plain

    return read_plain(data)


if __name__ == "__main__":
    sys.exit(main())
