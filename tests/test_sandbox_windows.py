"""What Windows is asked for, with a kernel of our own in its place."""

from __future__ import annotations

import ctypes
import sys
from typing import Any

import pytest

from rag.sandbox.windows import JobLimits, MemoryCounters, limit_by_job, windows_peak_bytes


class Kernel:
    """Keeps what it is asked, and refuses the call of one name."""

    def __init__(self, refuses: str = "") -> None:
        self.refuses = refuses
        self.limits: tuple[int, int, int] | None = None
        self.assigned: tuple[Any, Any] | None = None

    def CreateJobObjectW(self, attributes: Any, name: Any) -> int | None:  # noqa: N802
        return None if self.refuses == "create" else 7

    def GetCurrentProcess(self) -> int:  # noqa: N802
        return -1

    def SetInformationJobObject(self, job: int, kind: int, given: Any, size: int) -> int:  # noqa: N802
        limits = given._obj
        self.limits = (kind, limits.basic.flags, limits.process_memory)
        assert size == ctypes.sizeof(limits)
        return int(self.refuses != "set")

    def AssignProcessToJobObject(self, job: int, process: int) -> int:  # noqa: N802
        if self.refuses == "raise":
            raise OSError("access denied")
        self.assigned = (job, process)
        return int(self.refuses != "assign")

    def K32GetProcessMemoryInfo(self, process: int, given: Any, size: int) -> int:  # noqa: N802
        assert given._obj.size == size == ctypes.sizeof(MemoryCounters)
        given._obj.peak, given._obj.peak_pagefile = 5, 9
        return 1


def test_a_job_limits_the_memory_of_this_process() -> None:
    kernel = Kernel()
    assert limit_by_job(2**31, kernel)
    assert (kernel.limits, kernel.assigned) == ((9, 0x100, 2**31), (7, -1))


@pytest.mark.parametrize("refuses", ["create", "set", "assign", "raise"])
def test_where_windows_refuses_the_process_watches_itself(refuses: str) -> None:
    assert not limit_by_job(2**31, Kernel(refuses))


@pytest.mark.skipif(sys.platform == "win32", reason="there is one")
def test_where_there_is_no_kernel32_nothing_is_limited() -> None:
    assert not limit_by_job(2**31)


@pytest.mark.skipif(ctypes.sizeof(ctypes.c_void_p) != 8, reason="sizes of 64 bits")
def test_structures_are_as_large_as_windows_has_them() -> None:
    assert (ctypes.sizeof(JobLimits), ctypes.sizeof(MemoryCounters)) == (144, 72)


def test_the_peak_is_the_larger_of_both_counts() -> None:
    assert windows_peak_bytes(Kernel()) == 9
