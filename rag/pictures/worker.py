"""The child process that draws pages: a request a line on standard input, a picture for each on standard output.

Run as `python -m rag.pictures.worker` by `rag.pictures.pictures`, never by a person. It ends when its parent does.
"""

from __future__ import annotations

import hashlib
import os
import queue
import signal
import sys
import threading
import traceback
from pathlib import Path
from typing import Any, NamedTuple

from rag.pictures.request import (
    MEMORY_BYTES,
    PagePicture,
    PictureRequest,
    line_to_request,
    picture_to_bytes,
)
from rag.readers.pdf.fallback_font import bring_font
from rag.readers.request import OUT_OF_MEMORY, os_error_reason
from rag.sandbox.memory import limit_memory

CHANGED = "文件在入库之后改动过，页码和内容可能对不上，所以不显示原页。请重新添加这份报告。"
UNOPENABLE = "这个 PDF 现在打不开（已损坏或需要密码），无法显示原页。"
UNEXPECTED = "显示这一页时出错了。"


class _Open(NamedTuple):
    """The file that was drawn from last."""

    path: str
    modified: int
    size: int
    sha256: str
    document: Any


def main() -> int:
    """Answer requests until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent sees to this process
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    sys.stdout = sys.stderr
    limit_memory(MEMORY_BYTES)
    bring_font()
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(requests,), daemon=True).start()
    opened: _Open | None = None
    while True:
        request = line_to_request(requests.get())
        picture, opened = _answer(request, opened)
        answers.write(picture_to_bytes(picture))
        answers.flush()


def _listen(requests: queue.SimpleQueue[bytes]) -> None:
    # a thread of its own, so that a page that never ends is left when the parent is gone
    for line in sys.stdin.buffer:
        requests.put(line)
    os._exit(0)


def _answer(request: PictureRequest, opened: _Open | None) -> tuple[PagePicture, _Open | None]:
    from rag.pictures.drawing import draw_page

    try:
        opened = _reopened(request.path, opened)
        if opened.sha256 != request.sha256:
            return PagePicture(request.page, note=CHANGED), opened
        return draw_page(opened.document, request.page, request.zoom, request.wanted, request.recognised), opened
    except OSError as error:
        return PagePicture(request.page, note=os_error_reason(error)), None
    except MemoryError:
        return PagePicture(request.page, note=OUT_OF_MEMORY), None
    except Exception as error:  # whatever a library makes of a damaged file must become an answer
        traceback.print_exc()
        is_unopenable = type(error).__name__ in ("PdfiumError", "UnreadableFileError")
        return PagePicture(request.page, note=UNOPENABLE if is_unopenable else UNEXPECTED), None


def _reopened(path: str, opened: _Open | None) -> _Open:
    """The file as it is now; one that has not been touched since is not read again."""
    import pypdfium2  # type: ignore[import-untyped]

    from rag.readers.pictures import picture_file_to_pdf

    status = Path(path).stat()
    if opened is not None and (opened.path, opened.modified, opened.size) == (path, status.st_mtime_ns, status.st_size):
        return opened
    if opened is not None:
        opened.document.close()
    data = Path(path).read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    shown = data if b"%PDF-" in data[:1024] else picture_file_to_pdf(data)
    return _Open(path, status.st_mtime_ns, status.st_size, sha256, pypdfium2.PdfDocument(shown))


if __name__ == "__main__":
    sys.exit(main())
