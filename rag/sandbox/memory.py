"""A limit on the memory of this process: by the system where it has one, by watching where it has not."""

from __future__ import annotations

import ctypes
import os
import sys
import threading
import time
from typing import Any

OUT_OF_MEMORY_EXIT = 77
"""Exit code of a process that ended itself for having used too much."""
WATCH_SECONDS = 0.05


def limit_memory(limit_bytes: int) -> None:
    """From now on this process fails to allocate, or ends with OUT_OF_MEMORY_EXIT, once it uses more."""
    if not _limit_by_system(limit_bytes):
        threading.Thread(target=_watch, args=(limit_bytes,), daemon=True).start()


def _limit_by_system(limit_bytes: int) -> bool:
    # Only Linux enforces the address space limit; macOS takes the number and ignores it.
    if sys.platform != "linux":
        return False
    import resource

    try:
        resource.setrlimit(resource.RLIMIT_AS, (limit_bytes, limit_bytes))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (OSError, ValueError):
        return False
    return True


def _watch(limit_bytes: int) -> None:
    while peak_bytes() <= limit_bytes:
        time.sleep(WATCH_SECONDS)
    os._exit(OUT_OF_MEMORY_EXIT)


def peak_bytes() -> int:
    """Most memory this process has held so far."""
    if sys.platform == "win32":
        return _windows_peak_bytes()
    if sys.platform == "linux":  # where the peak that getrusage gives is that of the parent, if it was higher
        with open("/proc/self/status", encoding="ascii", errors="replace") as status:
            for line in status:
                if line.startswith("VmHWM"):
                    return int(line.split()[1]) * 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


class _Counters(ctypes.Structure):
    """PROCESS_MEMORY_COUNTERS of Windows, the sizes of memory as an array."""

    _fields_ = (("size", ctypes.c_uint32), ("faults", ctypes.c_uint32), ("bytes", ctypes.c_size_t * 8))


def _windows_peak_bytes(kernel: Any = None) -> int:
    """The larger of the peaks of memory held and promised. `kernel` stands in for kernel32 in tests."""
    kernel = kernel or ctypes.WinDLL("kernel32")  # type: ignore[attr-defined]
    kernel.GetCurrentProcess.restype = ctypes.c_void_p
    kernel.K32GetProcessMemoryInfo.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint32)
    counters = _Counters(size=ctypes.sizeof(_Counters))
    kernel.K32GetProcessMemoryInfo(kernel.GetCurrentProcess(), ctypes.byref(counters), counters.size)
    return int(max(counters.bytes[0], counters.bytes[7]))
