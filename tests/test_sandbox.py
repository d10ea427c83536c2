"""The sandbox with tasks of its own: what is answered, told and refused, and what becomes of the child."""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rag.sandbox import Failure, Limits, Sandbox, SandboxError, memory, windows

TASKS = """
import ctypes, os, sys, time
from rag.errors import UnreadableFileError

served = 0


def work(request, teller):
    global served
    served += 1
    name, _, value = request.decode().partition(" ")
    return globals()[name](value, teller)


def echo(value, teller):
    return f"{value} {served}".encode()


def whoami(value, teller):
    return str(os.getpid()).encode()


def tell(value, teller):
    teller.pages(1)
    for word in value.split():
        teller.note(word.encode())
    return b"told"


def chatter(value, teller):
    print("ANSWER 3", flush=True)
    os.write(1, b"answer 1000000")
    return b"sound"


def refuse(value, teller):
    raise UnreadableFileError(value)


def fail(value, teller):
    raise ZeroDivisionError(value)


def vanish(value, teller):
    if served > 1 or value == "always":
        os._exit(3)
    return b"alone"


def hoard(value, teller):
    return str(len(bytearray(int(value)))).encode()


def sleep(value, teller):
    if value:
        teller.pages(int(value))
    time.sleep(1.5)
    return b"awake"


def flood(value, teller):
    while True:
        teller.note(b"x" * 100_000)
"""
MEGABYTE = 2**20
LIMITS = Limits(memory_bytes=600 * MEGABYTE, seconds=20.0, max_answer_bytes=MEGABYTE)


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Sandbox]]:
    (tmp_path / "sandbox_tasks.py").write_text(TASKS, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    opened: list[Sandbox] = []

    def make(limits: Limits = LIMITS) -> Sandbox:
        opened.append(Sandbox("sandbox_tasks:work", limits))
        return opened[-1]

    yield make
    for sandbox in opened:
        sandbox.close()


def failure(sandbox: Sandbox, request: bytes, **options: object) -> tuple[Failure, str]:
    with pytest.raises(SandboxError) as caught:
        sandbox.run(request, **options)
    return caught.value.failure, caught.value.detail


def test_one_child_serves_one_request_after_the_other(start) -> None:
    sandbox = start()
    assert [sandbox.run(b"echo x") for _ in range(3)] == [b"x 1", b"x 2", b"x 3"]


def test_a_child_is_not_taken_for_grown_because_its_parent_is_large(start) -> None:
    hoard = bytearray(300 * MEGABYTE)
    hoard[::4096] = b"x" * len(hoard[::4096])
    sandbox = start()
    assert [sandbox.run(b"echo x") for _ in range(2)] == [b"x 1", b"x 2"]


def test_two_at_a_time_have_a_child_each(start) -> None:
    sandbox = start()
    pids: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: pids.append(sandbox.run(b"sleep") + sandbox.run(b"whoami"))) for _ in "ab"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(pids)) == 2


def test_a_child_is_replaced_once_it_has_served_many(start, monkeypatch) -> None:
    monkeypatch.setattr("rag.sandbox.pool.MAX_SERVED", 2)
    sandbox = start()
    assert [sandbox.run(b"echo x") for _ in range(3)] == [b"x 1", b"x 2", b"x 1"]


def test_a_child_is_replaced_once_it_has_grown(start) -> None:
    sandbox = start()
    sandbox.run(b"hoard %d" % (300 * MEGABYTE))
    assert sandbox.run(b"echo x") == b"x 1"


def test_what_a_task_tells_comes_in_order_before_its_answer(start) -> None:
    told: list[bytes] = []
    assert start().run("tell 正在识别 第2页".encode(), on_note=told.append) == b"told"
    assert [body.decode() for body in told] == ["正在识别", "第2页"]


def test_what_libraries_print_is_no_answer(start) -> None:
    assert start().run(b"chatter") == b"sound"


def test_a_refusal_and_an_error_name_their_reason_and_spare_the_child(start) -> None:
    sandbox = start()
    assert failure(sandbox, "refuse 没有文字".encode()) == (Failure.REFUSED, "没有文字")
    kind, detail = failure(sandbox, b"fail")
    assert (kind, detail.partition("\n")[0]) == (Failure.UNFORESEEN, "ZeroDivisionError")
    assert sandbox.run(b"echo x") == b"x 3"


def test_a_crash_is_an_earlier_files_fault_until_a_new_child_crashes_too(start) -> None:
    sandbox = start()
    assert sandbox.run(b"vanish") == b"alone"
    assert sandbox.run(b"vanish") == b"alone"
    assert failure(sandbox, b"vanish always")[0] is Failure.CRASHED
    assert sandbox.run(b"echo x") == b"x 1"


def test_memory_is_limited(start) -> None:
    sandbox = start()
    assert failure(sandbox, b"hoard %d" % (700 * MEGABYTE))[0] is Failure.OUT_OF_MEMORY
    assert sandbox.run(b"echo x") == b"x 1"


def test_time_is_limited_and_pages_grant_more_up_to_their_limit(start) -> None:
    quick = Limits(memory_bytes=LIMITS.memory_bytes, seconds=0.6, seconds_per_page=60.0, max_pages=10)
    kind, seconds = failure(start(quick), b"sleep")
    assert (kind, seconds) == (Failure.OUT_OF_TIME, "1")
    assert start(quick).run(b"sleep 1") == b"awake"
    none = Limits(memory_bytes=LIMITS.memory_bytes, seconds=0.6, seconds_per_page=0.001, max_pages=10)
    assert failure(start(none), b"sleep 999999")[0] is Failure.OUT_OF_TIME


def test_a_child_that_says_too_much_is_not_listened_to(start) -> None:
    assert failure(start(), b"flood")[0] is Failure.TOO_LARGE
    assert failure(start(), b"echo " + b"x" * 2 * MEGABYTE)[0] is Failure.TOO_LARGE


def test_it_stops_when_told_to(start) -> None:
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()
    assert failure(start(), b"sleep", stop=stop)[0] is Failure.STOPPED


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_a_closed_sandbox_leaves_no_child(start) -> None:
    sandbox = start()
    pid = int(sandbox.run(b"whoami"))
    os.kill(pid, 0)
    sandbox.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


class Kernel:
    """kernel32 of Windows: notes what it is told, and refuses one call."""

    def __init__(self, refuses: str = "") -> None:
        self.told: list[tuple[Any, ...]] = []
        self.CreateJobObjectW = self._call("create", refuses, 7)
        self.SetInformationJobObject = self._call("set", refuses)
        self.AssignProcessToJobObject = self._call("assign", refuses)
        self.GetCurrentProcess = self._call("current", refuses, -1)

    def _call(self, name: str, refuses: str, answer: int = 1) -> Any:
        def call(*given: Any) -> int:
            self.told.append((name, *given))
            return 0 if name == refuses else answer

        return call


def test_windows_tells_the_larger_of_two_peaks() -> None:
    def told(process: int, counters: Any, size: int) -> int:
        assert counters._obj.size == size
        counters._obj.bytes[0], counters._obj.bytes[7] = 5, 9
        return 1

    kernel = SimpleNamespace(GetCurrentProcess=lambda: -1, K32GetProcessMemoryInfo=told)
    assert windows.windows_peak_bytes(kernel) == 9


def test_windows_limits_the_process_by_a_job_of_its_own() -> None:
    kernel = Kernel()
    assert windows.limit_by_job(2**31, kernel)
    created, (_, job, kind, limits, size), current, assigned = kernel.told
    assert (created, current, assigned) == (("create", None, None), ("current",), ("assign", 7, -1))
    assert (job, kind, size, limits._obj.process_bytes) == (7, 9, ctypes.sizeof(windows.Limits), 2**31)
    assert limits._obj.flags & 0x100


@pytest.mark.skipif(ctypes.sizeof(ctypes.c_size_t) != 8, reason="sizes of 64-bit Windows")
def test_what_windows_is_handed_has_the_size_and_places_it_reads() -> None:
    assert (ctypes.sizeof(windows.Limits), ctypes.sizeof(windows.Counters)) == (144, 72)
    assert (windows.Limits.flags.offset, windows.Limits.process_bytes.offset) == (16, 112)


@pytest.mark.parametrize("refuses", ["create", "set", "assign"])
def test_where_windows_refuses_the_process_watches_itself(refuses: str, monkeypatch: pytest.MonkeyPatch) -> None:
    watched = threading.Event()
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(windows, "_kernel", lambda: Kernel(refuses))
    monkeypatch.setattr(memory, "_watch", lambda limit: watched.set())
    memory.limit_memory(2**31)
    assert watched.wait(10)
