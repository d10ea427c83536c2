"""What Windows tells of the memory of this process, and how it limits it: a job that holds this process alone.

`kernel` stands in for kernel32 in tests.
"""

from __future__ import annotations

import ctypes
from typing import Any

EXTENDED_LIMITS = 9
"""JobObjectExtendedLimitInformation: the kind of information that `Limits` is."""
PROCESS_MEMORY, NO_CRASH_WINDOW = 0x100, 0x400
"""JOB_OBJECT_LIMIT_PROCESS_MEMORY, JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION."""


class Counters(ctypes.Structure):
    """PROCESS_MEMORY_COUNTERS, the sizes of memory as an array."""

    _fields_ = (("size", ctypes.c_uint32), ("faults", ctypes.c_uint32), ("bytes", ctypes.c_size_t * 8))


class Limits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION."""

    _fields_ = (
        ("process_time", ctypes.c_int64),
        ("job_time", ctypes.c_int64),
        ("flags", ctypes.c_uint32),
        ("working_set", ctypes.c_size_t * 2),
        ("processes", ctypes.c_uint32),
        ("affinity", ctypes.c_size_t),
        ("classes", ctypes.c_uint32 * 2),
        ("transfers", ctypes.c_uint64 * 6),
        ("process_bytes", ctypes.c_size_t),
        ("job_bytes", ctypes.c_size_t),
        ("peaks", ctypes.c_size_t * 2),
    )


def limit_by_job(limit_bytes: int, kernel: Any = None) -> bool:
    """From now on this process fails to allocate once it has been promised more; False where Windows refuses."""
    kernel = kernel or _kernel()
    kernel.CreateJobObjectW.restype = kernel.GetCurrentProcess.restype = ctypes.c_void_p
    kernel.CreateJobObjectW.argtypes = (ctypes.c_void_p, ctypes.c_wchar_p)
    kernel.SetInformationJobObject.argtypes = (ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_uint32)
    kernel.AssignProcessToJobObject.argtypes = (ctypes.c_void_p, ctypes.c_void_p)
    limits = Limits(flags=PROCESS_MEMORY | NO_CRASH_WINDOW, process_bytes=limit_bytes)
    job = kernel.CreateJobObjectW(None, None)  # let go of by Windows when this process ends
    return bool(
        job
        and kernel.SetInformationJobObject(job, EXTENDED_LIMITS, ctypes.byref(limits), ctypes.sizeof(limits))
        and kernel.AssignProcessToJobObject(job, kernel.GetCurrentProcess())
    )


def windows_peak_bytes(kernel: Any = None) -> int:
    """The larger of the peaks of memory held and promised."""
    kernel = kernel or _kernel()
    kernel.GetCurrentProcess.restype = ctypes.c_void_p
    kernel.K32GetProcessMemoryInfo.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint32)
    counters = Counters(size=ctypes.sizeof(Counters))
    kernel.K32GetProcessMemoryInfo(kernel.GetCurrentProcess(), ctypes.byref(counters), counters.size)
    return int(max(counters.bytes[0], counters.bytes[7]))


def _kernel() -> Any:
    return ctypes.WinDLL("kernel32")  # type: ignore[attr-defined]
