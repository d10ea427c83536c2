"""Edge: the lock by which one process at a time writes a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import BrokenIndexError, IndexBusyError

_NAME = "write.lock"


class WriterLock:
    """An operating system's lock, which a process that is killed lets go of."""

    def __init__(self, folder: Path, notify: Callable[[str], None]) -> None:
        """`notify` is told, in Chinese, that it is being waited."""
        from filelock import FileLock

        self._folder, self._notify = folder, notify
        self._lock = FileLock(folder / _NAME, thread_local=True)

    @contextmanager
    def held(self, wait_seconds: float) -> Iterator[None]:
        """Holds the lock; `IndexBusyError` where another does not let go of it in time."""
        from filelock import Timeout

        try:
            try:
                self._lock.acquire(timeout=0)
            except Timeout:
                if wait_seconds:
                    self._notify(f"另一个问报正在写入索引，最多等待 {wait_seconds:g} 秒……")
                self._lock.acquire(timeout=wait_seconds)
        except Timeout as error:
            raise IndexBusyError(f"另一个问报正在写入索引（{str(self._folder)!r}），请等它写完再试。") from error
        except OSError as error:
            raise BrokenIndexError(f"无法在 {str(self._folder)!r} 里建立写入锁：{error}。") from error
        try:
            yield
        finally:
            self._lock.release()
