"""Waiting for work no longer than it may take."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from rag.errors import ModelError

Given = TypeVar("Given")


class OverdueError(ModelError):
    """The work took longer than it was given."""


def within(seconds: float, work: Callable[[], Given]) -> Given:
    """What `work` gives back or raises; OverdueError once so many seconds have passed.

    A thread cannot be ended from outside: what is overdue is left behind, and does not keep the program from ending.
    """
    outcome: Future[Given] = Future()

    def attempt() -> None:
        try:
            outcome.set_result(work())
        except BaseException as error:
            outcome.set_exception(error)

    threading.Thread(target=attempt, daemon=True, name="within").start()
    try:
        return outcome.result(seconds)
    except TimeoutError:
        if outcome.done():
            raise
        raise OverdueError(f"超时：{seconds:g} 秒内没有答完。") from None
