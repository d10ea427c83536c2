"""Waiting no longer than a piece of work may take."""

from __future__ import annotations

import threading

import pytest

from evals.patience import OverdueError, within


def test_what_is_done_in_time_is_given_back():
    assert within(60, lambda: 7) == 7


@pytest.mark.parametrize("error", [ValueError("坏"), TimeoutError("its own"), SystemExit(3)])
def test_what_the_work_raises_is_raised(error):
    def fail():
        raise error

    with pytest.raises(type(error)) as caught:
        within(60, fail)
    assert caught.value is error


def test_what_is_overdue_is_left_behind():
    release, ended = threading.Event(), threading.Event()

    def work():
        release.wait()
        ended.set()

    with pytest.raises(OverdueError, match=r"^超时：0\.05 秒内没有答完。$"):
        within(0.05, work)
    assert not ended.is_set()
    release.set()
    assert ended.wait(30)
