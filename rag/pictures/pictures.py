"""Edge: pages of indexed PDF files as pictures, drawn by a child process that a hostile file can spoil without harm.

One child draws for all; it is started when first needed, ended when it takes too long, and started again.
"""

from __future__ import annotations

import subprocess
import threading
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from rag.pictures.request import PagePicture, PictureRequest, read_picture, request_to_line
from rag.readers.recognised import RecognisedPages
from rag.readers.request import os_error_reason
from rag.sandbox import start_child

DRAW_SECONDS = 15.0
"""How long one page may take."""
START_SECONDS = 30.0
"""Added for the first page of a new child."""
WAIT_SECONDS = 60.0
"""How long a page may wait for others to be drawn."""
CACHED_BYTES = 48 * 2**20

TOO_SLOW = "这一页 {seconds:.0f} 秒还没有画完，已停止（内容过于复杂或含恶意内容）。"
BUSY = "正在显示别的页面，请稍后再试。"
CRASHED = "显示这一页的程序中途退出（文件已损坏、内存不足或含恶意内容）。"


@dataclass(frozen=True, slots=True)
class _Key:
    request: PictureRequest
    modified: int
    size: int


class PagePictures:
    """Draws pages; usable from several threads at once."""

    def __init__(
        self,
        recognised: RecognisedPages | None = None,
        draw_seconds: float = DRAW_SECONDS,
        start_seconds: float = START_SECONDS,
        cached_bytes: int = CACHED_BYTES,
    ) -> None:
        """No process is started before a page is asked for. `recognised` is where recognised pages are kept."""
        self._recognised = recognised
        self._draw_seconds, self._start_seconds, self._cached_bytes = draw_seconds, start_seconds, cached_bytes
        self._drawing, self._keeping = threading.Lock(), threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._kept: OrderedDict[_Key, PagePicture] = OrderedDict()

    def picture(self, request: PictureRequest) -> PagePicture:
        """The page as asked for; where it cannot be shown, a picture without bytes whose note says why."""
        if self._recognised is not None:
            file = self._recognised.file_of(request.sha256, request.page)
            request = replace(request, recognised=str(file.absolute()) if file.is_file() else "")
        try:
            status = Path(request.path).stat()
        except OSError as error:
            return PagePicture(request.page, note=os_error_reason(error))
        key = _Key(request, status.st_mtime_ns, status.st_size)
        kept = self._from_cache(key)
        if kept is not None:
            return kept
        if not self._drawing.acquire(timeout=WAIT_SECONDS):
            return PagePicture(request.page, note=BUSY)
        try:
            picture = self._from_cache(key) or self._drawn(request)
        finally:
            self._drawing.release()
        if picture.png:
            self._keep(key, picture)
        return picture

    def close(self) -> None:
        """Ends the child; the next picture starts another."""
        with self._drawing:
            self._end()

    def _drawn(self, request: PictureRequest) -> PagePicture:
        is_new = self._child is None or self._child.poll() is not None
        if is_new:
            self._end()
            self._child = start_child("rag.pictures.worker", stderr=subprocess.DEVNULL)
        seconds = self._draw_seconds + (self._start_seconds if is_new else 0.0)
        answer: list[PagePicture | None] = []
        # a pipe cannot be read with a time limit everywhere; a thread can be waited for
        asking = threading.Thread(target=lambda child: answer.append(_asked(child, request)), args=(self._child,))
        asking.daemon = True
        asking.start()
        asking.join(seconds)
        if answer and answer[0] is not None:
            return answer[0]
        note = TOO_SLOW.format(seconds=seconds) if asking.is_alive() else CRASHED
        self._end(asking)
        return PagePicture(request.page, note=note)

    def _end(self, asking: threading.Thread | None = None) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        if asking is not None:
            asking.join()  # its pipe has ended with the child
        for pipe in filter(None, (child.stdin, child.stdout)):
            with suppress(OSError):  # what was not sent yet
                pipe.close()

    def _from_cache(self, key: _Key) -> PagePicture | None:
        with self._keeping:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def _keep(self, key: _Key, picture: PagePicture) -> None:
        with self._keeping:
            self._kept[key] = picture
            while sum(len(kept.png) for kept in self._kept.values()) > self._cached_bytes:
                self._kept.popitem(last=False)


def _asked(child: subprocess.Popen[bytes], request: PictureRequest) -> PagePicture | None:
    """The child's answer; None where it has ended."""
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        child.stdin.write(request_to_line(request))
        child.stdin.flush()
        return read_picture(child.stdout.readline, child.stdout.read)
    except (OSError, ValueError):
        return None
