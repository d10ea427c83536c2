"""What Windows is asked for the memory of a process: a limit by a job object, and the peak so far."""

from __future__ import annotations

import ctypes
from ctypes import wintypes
from typing import Any

DWORD = ctypes.c_uint32  # wintypes' own is longer elsewhere
LIMIT_PROCESS_MEMORY = 0x100
EXTENDED_LIMIT_INFORMATION = 9


class BasicLimits(ctypes.Structure):
    """JOBOBJECT_BASIC_LIMIT_INFORMATION."""

    _fields_ = (
        ("process_time", ctypes.c_int64),
        ("job_time", ctypes.c_int64),
        ("flags", DWORD),
        ("least_working_set", ctypes.c_size_t),
        ("most_working_set", ctypes.c_size_t),
        ("most_processes", DWORD),
        ("affinity", ctypes.c_size_t),
        ("priority", DWORD),
        ("scheduling", DWORD),
    )


class JobLimits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION."""

    _fields_ = (
        ("basic", BasicLimits),
        ("io", ctypes.c_uint64 * 6),
        ("process_memory", ctypes.c_size_t),
        ("job_memory", ctypes.c_size_t),
        ("peak_process_memory", ctypes.c_size_t),
        ("peak_job_memory", ctypes.c_size_t),
    )


class MemoryCounters(ctypes.Structure):
    """PROCESS_MEMORY_COUNTERS."""

    _fields_ = (
        ("size", DWORD),
        ("page_faults", DWORD),
        *((name, ctypes.c_size_t) for name in ("peak", "working", "q1", "q2", "q3", "q4", "pagefile", "peak_pagefile")),
    )


def limit_by_job(limit_bytes: int, kernel: Any = None) -> bool:
    """Whether Windows now refuses this process memory beyond the limit. `kernel` stands in for kernel32 in tests."""
    try:
        kernel = kernel or _kernel()
        job = kernel.CreateJobObjectW(None, None)
        limits = JobLimits()
        limits.basic.flags = LIMIT_PROCESS_MEMORY
        limits.process_memory = limit_bytes
        size = ctypes.sizeof(limits)
        return bool(
            job
            and kernel.SetInformationJobObject(job, EXTENDED_LIMIT_INFORMATION, ctypes.byref(limits), size)
            and kernel.AssignProcessToJobObject(job, kernel.GetCurrentProcess())
        )
    except (OSError, AttributeError):
        return False


def windows_peak_bytes(kernel: Any = None) -> int:
    """Most memory this process has held so far."""
    kernel = kernel or _kernel()
    counters = MemoryCounters(size=ctypes.sizeof(MemoryCounters))
    kernel.K32GetProcessMemoryInfo(kernel.GetCurrentProcess(), ctypes.byref(counters), counters.size)
    return int(max(counters.peak, counters.peak_pagefile))


def _kernel() -> Any:
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined]
    kernel.CreateJobObjectW.restype = kernel.GetCurrentProcess.restype = wintypes.HANDLE
    kernel.CreateJobObjectW.argtypes = (ctypes.c_void_p, wintypes.LPCWSTR)
    kernel.SetInformationJobObject.argtypes = (wintypes.HANDLE, ctypes.c_int, ctypes.c_void_p, wintypes.DWORD)
    kernel.AssignProcessToJobObject.argtypes = (wintypes.HANDLE, wintypes.HANDLE)
    kernel.K32GetProcessMemoryInfo.argtypes = (wintypes.HANDLE, ctypes.c_void_p, wintypes.DWORD)
    return kernel
