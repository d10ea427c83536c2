"""Warm children that run one task: each serves many files, and is replaced when a file may have spoilt it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from rag.sandbox.child import Child, Failure, Limits, SandboxError

MAX_SERVED = 200
"""Files after which a child is replaced, whatever it may have gathered."""
_HARMLESS = frozenset({Failure.REFUSED, Failure.UNFORESEEN})
"""Failures that the task itself told of: its process is sound."""
_MAY_BE_ANOTHERS = frozenset({Failure.CRASHED, Failure.OUT_OF_MEMORY})
"""Failures that an earlier file may be to blame for."""


class Sandbox:
    """Runs one task; as many children as threads ask at once. To be closed."""

    def __init__(self, task: str, limits: Limits) -> None:
        """`task` is `module:function`; no process is started before it is needed."""
        self._task, self._limits = task, limits
        self._idle: list[Child] = []
        self._lock = threading.Lock()

    def close(self) -> None:
        """Ends the children that wait; whoever asks again starts others."""
        with self._lock:
            idle, self._idle = self._idle, []
        for child in idle:
            child.end()

    def run(
        self,
        request: bytes,
        *,
        on_note: Callable[[bytes], None] = lambda body: None,
        stop: threading.Event | None = None,
        is_tried_again: bool = True,
    ) -> bytes:
        """The task's answer, or SandboxError. Setting `stop` from another thread ends it early.

        `on_note` is told, in this thread, what the task tells while it works; where a child that has served others
        breaks, the work is done again in a new one, and so are its notes, unless the asker sees to that itself.
        """
        stop = stop or threading.Event()
        child = self._take()
        is_new = child.served == 0
        try:
            return self._asked(child, request, on_note, stop)
        except SandboxError as error:
            if is_new or not is_tried_again or error.failure not in _MAY_BE_ANOTHERS:
                raise
        return self._asked(Child(self._task, self._limits), request, on_note, stop)

    def _take(self) -> Child:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return Child(self._task, self._limits)

    def _asked(self, child: Child, request: bytes, on_note: Callable[[bytes], None], stop: threading.Event) -> bytes:
        is_sound = False
        try:
            answer = child.ask(request, on_note, stop)
            is_sound = True
            return answer
        except SandboxError as error:
            is_sound = error.failure in _HARMLESS
            raise
        finally:
            if is_sound and not child.has_grown and child.served < MAX_SERVED:
                with self._lock:
                    self._idle.append(child)
            else:
                child.end()
