"""A limit on the memory of this process: by the system where it has one, by watching where it has not."""

from __future__ import annotations

import os
import sys
import threading
import time

from rag.sandbox.windows import limit_by_job, windows_peak_bytes

OUT_OF_MEMORY_EXIT = 77
"""Exit code of a process that ended itself for having used too much."""
WATCH_SECONDS = 0.05


def limit_memory(limit_bytes: int) -> None:
    """From now on this process fails to allocate, or ends with OUT_OF_MEMORY_EXIT, once it uses more."""
    if not _limit_by_system(limit_bytes):
        threading.Thread(target=_watch, args=(limit_bytes,), daemon=True).start()


def _limit_by_system(limit_bytes: int) -> bool:
    # Only Linux enforces the address space limit; macOS takes the number and ignores it.
    if sys.platform == "win32":
        return limit_by_job(limit_bytes)
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
        return windows_peak_bytes()
    if sys.platform == "linux":  # where the peak that getrusage gives is that of the parent, if it was higher
        with open("/proc/self/status", encoding="ascii", errors="replace") as status:
            for line in status:
                if line.startswith("VmHWM"):
                    return int(line.split()[1]) * 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
