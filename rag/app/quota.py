"""How much visitors may add: files a day each, bytes in all."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from pathlib import Path

from rag.errors import UnreadableFileError

DAY_SECONDS = 86_400.0
MAX_VISITORS = 10_000
"""Who has added nothing for longest is forgotten first."""


class UploadQuota:
    """Counts what is added; shared by all sessions."""

    def __init__(self, per_visitor: int, total_bytes: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Each visitor may add `per_visitor` files within a day, readable or not; all together `total_bytes`."""
        self._per_visitor, self._total_bytes, self._clock = per_visitor, total_bytes, clock
        self._added: OrderedDict[str, deque[float]] = OrderedDict()
        self._guard = threading.Lock()

    def admit(self, visitor: str | None, size: int, folder: Path) -> None:
        """Counts a file of so many bytes that is about to be put into the folder.

        Raises UnreadableFileError, in Chinese, where it is one too many. The `visitor` None, at this machine, is not counted.
        """
        kept = sum(file.stat().st_size for file in folder.glob("*") if file.is_file())
        if kept + size > self._total_bytes:
            raise UnreadableFileError(
                f"网页上添加的报告合计已到 {self._total_bytes >> 20} MB 的上限：请先移除不用的，或请管理员调大 uploads_mb。"
            )
        if visitor is not None:
            self._count(visitor)

    def _count(self, visitor: str) -> None:
        with self._guard:
            now, added = self._clock(), self._added.pop(visitor, deque[float]())
            while added and added[0] <= now - DAY_SECONDS:
                added.popleft()
            self._added[visitor] = added
            if len(self._added) > MAX_VISITORS:
                self._added.popitem(last=False)
            if len(added) >= self._per_visitor:
                raise UnreadableFileError(
                    f"一天内最多添加 {self._per_visitor} 个文件：请明天再来，或请管理员调大 uploads_per_visitor。"
                )
            added.append(now)
