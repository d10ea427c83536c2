"""Edge: work that follows in the background, done again where it was asked for meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_LOOK_SECONDS = 0.2
"""How often it is looked whether another process has finished."""


class Follower:
    """Does one kind of work in a thread of its own, and in one process at a time."""

    def __init__(self, work: Callable[[Callable[[], bool]], None], lock: Path) -> None:
        """`work` is told how to ask whether it is over, and raises nothing; `lock` is a file."""
        from filelock import FileLock

        self._work, self._lock = work, FileLock(lock, thread_local=True)
        self._guard = threading.Lock()
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None
        self._is_due = False

    def start(self) -> None:
        """Has the work done, once more where it is being done."""
        with self._guard:
            self._is_due = True
            if self._thread is None and not self._is_over():
                self._thread = threading.Thread(target=self._run, name="wenbao-follower")
                self._thread.start()

    @property
    def is_working(self) -> bool:
        """Whether the work is being done, or waited for."""
        return self._thread is not None

    def finish(self) -> None:
        """Waits until nothing is left to be done."""
        while (thread := self._thread) is not None:
            thread.join()

    def stop(self) -> None:
        """Ends the work where it is."""
        self._ending.set()
        self.finish()

    def _run(self) -> None:
        while True:
            with self._guard:
                if not self._is_due or self._is_over():
                    self._thread = None
                    return
                self._is_due = False
            with self._locked() as is_mine:
                if is_mine:
                    self._work(self._is_over)

    @contextmanager
    def _locked(self) -> Iterator[bool]:
        """Holds the lock once no other process does; False where it is over before."""
        from filelock import Timeout

        while not self._is_over():
            try:
                with self._lock.acquire(timeout=_LOOK_SECONDS):
                    yield True
                return
            except Timeout:
                continue
        yield False

    def _is_over(self) -> bool:
        return self._ending.is_set() or not threading.main_thread().is_alive()
