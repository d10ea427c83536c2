from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from evals.benchmarks.faults.data import (
    Damage,
    End,
    Seen,
    Try,
    after_damage,
    damage,
    in_child,
    kind_of,
    print_table,
    run_try,
    tries,
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("faults")
    in_child("fill", place / "work").check_returncode()
    return (place / "work").rename(place / "pristine")


def before_in(filled: Path) -> list[str]:
    return list(json.loads((filled / "before.json").read_text(encoding="utf-8")))


def test_the_questions_are_answered_before_anything_is_damaged(filled: Path) -> None:
    before = before_in(filled)
    assert ["96.12%" in before[0], "8123人" in before[1], "512人" in before[2]] == [True] * 3
    assert before[3] == before[0]


@pytest.mark.parametrize(
    ("file", "done", "end", "said"),
    [
        ("index/wenbao.sqlite3", Damage.DELETE, End.SAID, "不见了"),
        ("conversations.sqlite3", Damage.EMPTY, End.SAID, "不见了"),
        ("uploads/dong.md", Damage.CUT, End.SAME, "与在网页上添加时不同"),
        ("index/write.lock", Damage.DELETE, End.SAME, ""),
    ],
)
def test_a_damage_is_held(filled: Path, file: str, done: Damage, end: End, said: str) -> None:
    seen = run_try(Try(file, done, 0.5, 0), filled.with_name("work"), filled)
    assert (seen.end, said in seen.note) == (end, True)


def test_another_answer_and_a_crash_are_losses(filled: Path, tmp_path: Path) -> None:
    shutil.copytree(filled, tmp_path / "work")
    assert after_damage(tmp_path / "work", ["96.13%", *before_in(filled)[1:]]).end is End.LOST
    (tmp_path / "pristine" / "data").mkdir(parents=True)
    (tmp_path / "pristine" / "data" / "x").write_bytes(b"x")
    assert "before.json" in run_try(Try("x", Damage.CUT, 0, 0), tmp_path / "work", tmp_path / "pristine").note


def test_tries_are_drawn_by_the_seed_and_reach_every_file(filled: Path) -> None:
    data = filled / "data"
    drawn = list(tries(data, 80, 3))
    assert drawn == list(tries(data, 80, 3)) != list(tries(data, 80, 4))
    files = {file.relative_to(data).as_posix() for file in data.rglob("*") if file.is_file()}
    assert {one.file for one in drawn if one.damage is Damage.DELETE} == files


def test_what_each_damage_does(tmp_path: Path) -> None:
    def done(kind: Damage) -> bytes | None:
        file = tmp_path / "f"
        file.write_bytes(b"abcd")
        damage(file, Try("f", kind, 0.5, 1))
        return file.read_bytes() if file.exists() else None

    assert [done(kind) for kind in Damage] == [b"abad", b"ab", b"", None]


def test_the_table_counts_by_kind(capsys: pytest.CaptureFixture[str]) -> None:
    names = ("index/keywords-1-a/rows.json", "index/keywords-1-a/x.npy", "uploads/a.md", "index/wenbao.sqlite3")
    assert [kind_of(name) for name in names] == ["keywords", "keywords", "添加的报告", "wenbao.sqlite3"]
    print_table([(Try(name, Damage.CUT, 0, 0), Seen(End.SAME)) for name in names[:2]])
    assert "| keywords | 截断 | 2 | 2 | 0 | 0 |" in capsys.readouterr().out
