"""Edge: pages of indexed files as pictures, drawn by a guarded child, one page after the other."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from rag.pictures.request import PagePicture, PictureRequest, bytes_to_picture
from rag.readers.recognised import RecognisedPages
from rag.readers.request import OUT_OF_MEMORY, os_error_reason
from rag.sandbox import Failure, Limits, Sandbox, SandboxError
from rag.sandbox.values import value_to_json

TASK = "rag.pictures.drawing:answer"
SECONDS = 30.0
"""How long one page may take, the start of a child included."""
WAIT_SECONDS = 60.0
"""How long a page may wait for others to be drawn."""
MAX_PICTURE_BYTES = 64 * 2**20
CACHED_BYTES = 48 * 2**20

BUSY = "正在显示别的页面，请稍后再试。"
CRASHED = "显示这一页的程序中途退出（文件已损坏、内存不足或含恶意内容）。"
UNEXPECTED = "显示这一页时出错了。"
_MESSAGES = {
    Failure.OUT_OF_MEMORY: OUT_OF_MEMORY,
    Failure.OUT_OF_TIME: "这一页 {detail} 秒还没有画完，已停止（内容过于复杂或含恶意内容）。",
    Failure.REFUSED: "{detail}",
    Failure.CRASHED: CRASHED,
}

_Key: TypeAlias = tuple[PictureRequest, int, int]
"""What was asked for, and the time of the file's last change and its size."""


class PagePictures:
    """Draws pages; usable from several threads at once."""

    def __init__(
        self,
        recognised: RecognisedPages | None = None,
        seconds: float = SECONDS,
        cached_bytes: int = CACHED_BYTES,
    ) -> None:
        """No process is started before a page is asked for. `recognised` is where recognised pages are kept."""
        self._recognised, self._cached_bytes = recognised, cached_bytes
        self._sandbox = Sandbox(TASK, Limits(seconds=seconds, max_answer_bytes=MAX_PICTURE_BYTES))
        self._drawing, self._keeping = threading.Lock(), threading.Lock()
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
        key = (request, status.st_mtime_ns, status.st_size)
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
            self._sandbox.close()

    def _drawn(self, request: PictureRequest) -> PagePicture:
        try:
            return bytes_to_picture(self._sandbox.run(value_to_json(PictureRequest, request)))
        except SandboxError as error:
            note = _MESSAGES.get(error.failure, UNEXPECTED).format(detail=error.detail)
        except ValueError:  # the child has parsed hostile bytes
            note = UNEXPECTED
        return PagePicture(request.page, note=note)

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
