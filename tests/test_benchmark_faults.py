from __future__ import annotations

import os
import time
from functools import partial
from pathlib import Path

import pytest

from evals.benchmarks.faults.data import Damage, Hurt, damage, hurt, hurts, kind_of
from evals.benchmarks.faults.kills import after_work, killed, measure
from evals.benchmarks.faults.known import KNOWN, known_faults, node_of
from evals.benchmarks.faults.sample import View, before_in, filled, judged
from evals.benchmarks.faults.tries import End, Seen, Tried, Try, has_failed, print_table, run_tries
from evals.benchmarks.faults.work import WORK

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="tries are copies of a process")
FRESH = "forkserver"
"""Tests before these may have used Chroma."""
BEFORE = ("**96.12%**", "8123人")


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(tmp_path_factory.mktemp("faults"), FRESH)


def tried(one: Try, place: Path) -> Tried:
    (seen,) = run_tries([one], place, start=FRESH)
    return seen


def test_the_questions_are_answered_before_anything_is_damaged(pristine: Path) -> None:
    before = before_in(pristine)
    assert ["96.12%" in before[0], "8123人" in before[1], "512人" in before[2]] == [True] * 3
    assert (before[3], before[4]) == (before[0], "1 条评价")


@pytest.mark.parametrize(
    ("file", "done", "end", "said"),
    [
        ("index/wenbao.sqlite3", Damage.DELETE, End.SAID, "不见了"),
        ("conversations.sqlite3", Damage.EMPTY, End.SAID, "不见了"),
        ("uploads/dong.md", Damage.CUT, End.SAME, "与在网页上添加时不同"),
        ("index/write.lock", Damage.DELETE, End.SAME, ""),
    ],
)
def test_a_damage_is_held(pristine: Path, tmp_path: Path, file: str, done: Damage, end: End, said: str) -> None:
    seen = tried(Try("", "", partial(hurt, Hurt(file, done, 0.5, 0), pristine)), tmp_path)
    assert (seen.end, said in seen.note) == (end, True)


def test_work_that_is_killed_is_done_in_the_end(pristine: Path, tmp_path: Path) -> None:
    measure(pristine, tmp_path, ("回答",), FRESH)
    assert after_work("回答", pristine)[0][4] == "2 条评价"
    assert tried(Try("", "", partial(killed, "回答", 0.5, pristine)), tmp_path / "killed").end is End.SAME
    assert {"入库", "升级", "上传", "回答", "重读", "重建"} == set(WORK)


@pytest.mark.parametrize(
    ("now", "notices", "end"),
    [
        (BEFORE, (), End.SAME),
        (BEFORE, ("重建",), End.SAME),
        (("!索引已损坏", "8123人"), (), End.SAID),
        (("没有找到", "8123人"), ("索引已损坏",), End.SAID),
        (("没有找到", "8123人"), (), End.LOST),
        (("**96.13%**", "8123人"), ("索引已损坏",), End.FALSE),
        (("**96.12%**", "431人"), ("索引已损坏",), End.FALSE),
    ],
)
def test_another_answer_is_false_and_a_silent_one_lost(
    now: tuple[str, ...], notices: tuple[str, ...], end: End
) -> None:
    assert judged([BEFORE], [View(now, notices)]).end is end


def _raise(folder: Path) -> Seen:
    raise KeyError("nobody's")


def _sleep(folder: Path) -> Seen:
    time.sleep(100)
    return Seen(End.SAME)


def _die(folder: Path) -> Seen:
    os._exit(9)


def test_what_crashes_or_never_ends_is_lost(tmp_path: Path) -> None:
    raised, died = (tried(Try("a", "b", run), tmp_path) for run in (_raise, _die))
    assert (raised.end, "nobody's" in raised.note) == (End.LOST, True)
    assert (died.end, "9" in died.note) == (End.LOST, True)
    endless = tried(Try("a", "b", _sleep, seconds=0.1), tmp_path)
    assert (endless.end, "没有结束" in endless.note) == (End.LOST, True)


def test_hurts_are_drawn_by_the_seed_and_reach_every_file(pristine: Path) -> None:
    data = pristine / "data"
    drawn = list(hurts(data, 80, 3))
    assert drawn == list(hurts(data, 80, 3)) != list(hurts(data, 80, 4))
    files = {file.relative_to(data).as_posix() for file in data.rglob("*") if file.is_file()}
    assert {one.file for one in drawn if one.damage is Damage.DELETE} == files


def test_what_each_damage_does(tmp_path: Path) -> None:
    def done(kind: Damage) -> bytes | None:
        file = tmp_path / "f"
        file.write_bytes(b"abcd")
        damage(file, Hurt("f", kind, 0.5, 1))
        return file.read_bytes() if file.exists() else None

    assert [done(kind) for kind in Damage] == [b"abad", b"ab", b"", None]


def test_the_table_counts_by_kind(capsys: pytest.CaptureFixture[str]) -> None:
    names = ("index/keywords-1-a/rows.json", "index/keywords-1-a/x.npy", "uploads/a.md", "index/wenbao.sqlite3")
    assert [kind_of(name) for name in names] == ["keywords", "keywords", "添加的报告", "wenbao.sqlite3"]
    results = [Tried("甲", "", end) for end in (End.SAME, End.SAME, End.SAID)]
    print_table([*results, Tried("乙", "", End.FALSE)])
    printed = capsys.readouterr().out
    assert "| 甲 | 3 | 3 | 2 | 1 | 0 | 0 |" in printed
    assert "| 合计 | 4 | 3 | 2 | 1 | 0 | 1 |" in printed
    assert [has_failed(results), has_failed([Tried("", "", End.LOST)])] == [False, True]


def test_every_known_fault_has_its_tests() -> None:
    nodes = [node_of(test).split("::") for tests in KNOWN.values() for test in tests]
    lacking = [
        (file, names)
        for file, *names in nodes
        if not Path(file).is_file() or any(f"def {name}(" not in Path(file).read_text("utf-8") for name in names)
    ]
    assert lacking == []


def test_a_known_fault_is_tried_by_the_cases_of_its_tests() -> None:
    known = {"口令": ("quota",), "一个": ("quota::test_not_everybody_is_remembered",)}
    assert [one.end for one in known_faults({"没有": ("quota::test_of_nothing",)})] == [End.LOST]
    ends = {name: [one for one in known_faults(known) if one.kind.endswith(name)] for name in known}
    assert (len(ends["一个"]), len(ends["口令"]) > 1) == (1, True)
    assert {one.end for tried in ends.values() for one in tried} == {End.SAME}
