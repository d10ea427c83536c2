from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from index_samples import sample_parts, sample_report

from rag import records
from rag.errors import BrokenIndexError, UnreadableFileError
from rag.index.database import Database
from rag.index.queries import ReportVersion
from rag.index.rows import record_to_row, row_to_record
from rag.index.schema import CREATE, DATABASE_NAME, LAYOUT, SEALED
from rag.index.seals import unsealed
from rag.index.store import ReportStore
from rag.records import (
    Cell,
    Chunk,
    ContradictionEntry,
    FigureEntry,
    Grid,
    Line,
    Number,
    Page,
    Passage,
    RecognisedSpan,
    Report,
    ReportParts,
    ReportStats,
    Section,
    Table,
    TableRow,
)

_number = st.floats(allow_nan=False, allow_infinity=False)


def _built(kind: type, **given: st.SearchStrategy) -> st.SearchStrategy:
    """Any value of the record: every field drawn, those with a default too."""
    hints = get_type_hints(kind)
    numbers = {float: _number, tuple[float, ...]: st.lists(_number, max_size=3).map(tuple)}
    drawn = {
        name: numbers[hint] if hint in numbers else st.from_type(hint)
        for name, hint in hints.items()
        if name not in given
    }
    return st.builds(kind, **drawn, **given)


def _few(strategy: st.SearchStrategy, most: int = 1) -> st.SearchStrategy:
    return st.lists(strategy, max_size=most).map(tuple)


_line, _grid = _built(Line), _built(Grid, cells=_few(_built(Cell), 3))
_page = _built(Page, items=_few(_line | _grid, 4))
_recognised = _few(_built(RecognisedSpan))
_passage = _built(Passage, pages=st.just(()), recognised=_recognised)
_decimal = st.decimals(allow_nan=False, allow_infinity=False)
_found = _built(Number, value=_decimal, high=st.none() | _decimal)
_parts = st.builds(
    ReportParts,
    _built(Report, id=st.just("r"), sketch=_few(st.integers(0, 2**32 - 1), 3)),
    _few(_page, 3),
    _few(_built(Section, report_id=st.just("r"), recognised=_recognised)),
    _few(_built(Table, report_id=st.just("r"), rows=_few(_built(TableRow)))),
    _few(_built(Chunk, report_id=st.just("r"))),
    _few(_built(ContradictionEntry, report_id=st.just("r"), figures=st.just(()), operands=st.just(()))),
    _few(_built(FigureEntry, number=_found, start=st.integers(0, 2**40))),
)


@pytest.fixture
def store(tmp_path):
    opened = ReportStore(tmp_path)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def shared_store(tmp_path_factory):
    opened = ReportStore(tmp_path_factory.mktemp("store"))
    yield opened
    opened.close()


@settings(max_examples=60, deadline=None)
@given(parts=_parts)
def test_parts_come_back_as_they_were_saved(shared_store, parts):
    shared_store.save(parts, None, "none")
    assert shared_store.report("r") == parts.report
    assert shared_store.pages("r") == parts.pages
    assert shared_store.sections("r") == parts.sections
    assert shared_store.tables("r") == parts.tables
    assert shared_store.chunks() == parts.chunks
    assert shared_store.figures("r") == parts.figures
    found = shared_store.contradictions(["r", "none"])
    assert [(item.id, item.kind, item.note) for item in found] == [(c.id, c.kind, c.note) for c in parts.contradictions]
    assert shared_store.contradictions([]) == ()


def test_saving_again_replaces_everything(store):
    store.save(sample_parts("a", "一", "二", "三"), np.ones((3, 4), np.float32), "e", "old")
    store.save(sample_parts("b"), None, "e")
    store.save(sample_parts("a", "四"), np.zeros((1, 2), np.float32), "e", "new")
    assert [chunk.text for chunk in store.chunks(["a"])] == ["四"]
    assert store.report_stats()["a"] == ReportStats(pages=2, sections=1, tables=1, chunks=1)
    assert store.fingerprints() == {"a": "new", "b": ""}
    assert store.versions() == {"a": ReportVersion(3, 1), "b": ReportVersion(2, 10)}
    ids, rows = store.vectors("a", "e")
    assert (ids, rows.shape) == (("a/c0",), (1, 2))


def test_lookups(store):
    parts = sample_parts("a")
    store.save(parts, None, "e")
    section, table, chunk = parts.sections[0], parts.tables[0], parts.chunks[3]
    assert store.tables_by_id([table.id, "none"]) == {table.id: table}
    assert store.sections_by_id([section.id, "none"]) == {section.id: section}
    assert list(store.chunks_by_id(["a/c3", "none", "a/c1"])) == ["a/c3", "a/c1"]
    assert store.chunks_by_id(["a/c3"])["a/c3"] == chunk
    assert store.chunks_by_id([]) == {}
    assert store.known_chunks(["a/c3", "x"]) == {"a/c3": "a"}
    assert store.chunks(["none"]) == ()
    assert (store.report("none"), store.pages("none")) == (None, ())
    assert len(store.chunks_by_id([f"a/c{n}" for n in range(100_000)])) == 10


def test_chunks_keep_the_order_of_the_report(store):
    parts = sample_parts("a")
    shuffled = replace(parts, chunks=parts.chunks[::-1])
    store.save(shuffled, None, "e")
    assert store.chunks() == shuffled.chunks


def test_delete(store):
    for report_id in "abc":
        store.save(sample_parts(report_id), np.ones((10, 2), np.float32), "e")
    assert store.delete("a")
    assert not store.delete("a")
    assert [report.id for report in store.reports()] == ["b", "c"]
    assert store.vectors("a", "e") is None
    assert store.generation() == 4


def test_vectors_belong_to_an_embedder(store):
    store.save(sample_parts("a", "一", "二"), np.array([[1, 2], [3, 4]], np.float32), "e")
    store.save_vectors("a", 1, "f", np.ones((2, 7), np.float32))
    assert store.vectors("a", "e")[1].tolist() == [[1, 2], [3, 4]]
    assert store.vector_dimensions("f") == {"a": 7}
    assert store.vectors("a", "g") is None


def test_what_was_made_for_an_older_revision_is_not_kept(store):
    store.save(sample_parts("a"), None, "e")
    store.save(sample_parts("a"), None, "e")
    store.save_vectors("a", 1, "e", np.ones((10, 7), np.float32))
    store.save_terms("a", 1, "v", b"old")
    assert store.vectors("a", "e") is None
    assert store.terms("a", "v") is None
    store.save_terms("a", 2, "v", b"new")
    assert (store.terms("a", "v"), store.terms("a", "w")) == (b"new", None)


def test_a_report_that_cannot_be_saved_leaves_the_old_one(store):
    parts = sample_parts("a", "一")
    store.save(parts, None, "e", "old")
    with pytest.raises(UnreadableFileError, match="字符"):
        store.save(sample_parts("a", "二", "\ud800"), None, "e", "new")
    with pytest.raises(BrokenIndexError, match="已损坏"):
        store.save(replace(parts, chunks=parts.chunks * 2), None, "e", "new")
    assert store.chunks() == parts.chunks
    assert (store.fingerprints(), store.generation()) == ({"a": "old"}, 1)


def test_meta(store):
    assert store.get_meta("x") is None
    store.set_meta("x", "1")
    store.set_meta("x", "二")
    assert store.marks("x", "y", "generation") == ("二", None, None)
    assert store.generation() == 0


def _older(folder: Path, layout: str | None) -> None:
    """Leaves a store of two reports as an older version would."""
    store = ReportStore(folder)
    for report_id in ("a", "b"):
        parts = sample_parts(report_id)
        store.save(replace(parts, report=replace(parts.report, path=f"/{report_id}.pdf")), None, "e")
    store.close()
    with closing(sqlite3.connect(folder / DATABASE_NAME)) as connection, connection:
        rows = connection.execute("SELECT id, data FROM reports").fetchall()
        connection.executemany("UPDATE reports SET data = ? WHERE id = ?", [(unsealed(row), i) for i, row in rows])
        connection.execute("DELETE FROM meta WHERE key = 'layout'")
        connection.execute("DROP TABLE carried")
        connection.execute("DROP TABLE figures")
        if layout:
            connection.execute("INSERT INTO meta VALUES ('layout', ?)", (layout,))


@pytest.mark.parametrize("layout", [None, "1"])
def test_of_an_older_layout_a_copy_is_kept_and_the_files_carried(tmp_path, layout):
    _older(tmp_path, layout)
    messages: list[str] = []
    store = ReportStore(tmp_path, messages.append)
    assert (store.reports(), store.carried()) == ((), {"a": "/a.pdf", "b": "/b.pdf"})
    assert ["从原文件重新读入" in message for message in messages] == [True]
    with closing(sqlite3.connect(tmp_path / f"wenbao.layout-{layout or 0}.sqlite3")) as copy:
        assert copy.execute("SELECT count(*) FROM chunks").fetchone() == (20,)
    store.save(sample_parts("a"), None, "e")
    store.drop_copies()
    assert (store.carried(), len(list(tmp_path.glob("*.layout-*")))) == ({"b": "/b.pdf"}, 1)
    store.close()
    store = ReportStore(tmp_path, messages.append)
    assert store.reports() == (sample_report("a"),)
    store.delete("b")
    store.drop_copies()
    assert (store.carried(), list(tmp_path.glob("*.layout-*"))) == ({}, [])
    store.close()
    assert len(messages) == 1


def test_an_upgrade_that_is_killed_loses_nothing(tmp_path, monkeypatch):
    _older(tmp_path, None)
    monkeypatch.setattr("rag.index.database._create", lambda *arguments: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        ReportStore(tmp_path)
    monkeypatch.undo()
    store = ReportStore(tmp_path)
    assert store.carried() == {"a": "/a.pdf", "b": "/b.pdf"}
    store.close()


def test_a_copy_is_of_the_older_layout_whoever_was_faster(tmp_path, monkeypatch):
    _older(tmp_path, None)
    copied = Database._copied

    def slow(database: Database, found: int) -> Path:
        monkeypatch.undo()
        ReportStore(tmp_path).close()  # another process makes the file anew at this moment
        return copied(database, found)

    monkeypatch.setattr(Database, "_copied", slow)
    store = ReportStore(tmp_path)
    assert store.carried() == {"a": "/a.pdf", "b": "/b.pdf"}
    store.close()
    assert [path.name for path in tmp_path.glob("*.layout-*")] == ["wenbao.layout-0.sqlite3"]
    with closing(sqlite3.connect(tmp_path / "wenbao.layout-0.sqlite3")) as copy:
        assert copy.execute("SELECT count(*) FROM chunks").fetchone() == (20,)


def test_a_newer_layout_and_another_program_are_left_alone(tmp_path):
    store = ReportStore(tmp_path / "newer")
    store.save(sample_parts("a"), None, "e")
    store.set_meta("layout", str(LAYOUT + 1))
    store.close()
    (tmp_path / "other").mkdir()
    with closing(sqlite3.connect(tmp_path / "other" / DATABASE_NAME)) as connection, connection:
        connection.execute("CREATE TABLE things (name TEXT)")
    for name, said in (("newer", "更新版本"), ("other", "不是问报的索引")):
        file = tmp_path / name / DATABASE_NAME
        before = file.read_bytes()
        with pytest.raises(BrokenIndexError, match=said):
            ReportStore(tmp_path / name)
        assert file.read_bytes() == before


@pytest.mark.parametrize("empty", [True, False])
def test_a_store_that_is_gone_is_not_made_anew(tmp_path, empty):
    store = ReportStore(tmp_path)
    store.save(sample_parts("a"), None, "e")
    store.close()
    (tmp_path / "keywords-1-x").mkdir()
    (tmp_path / DATABASE_NAME).write_bytes(b"") if empty else (tmp_path / DATABASE_NAME).unlink()
    for _ in range(2):
        with pytest.raises(BrokenIndexError, match="不见了") as caught:
            ReportStore(tmp_path)
        assert repr(str(tmp_path)) in str(caught.value)


LAYOUT_FIELDS = Path(__file__).parent / "data" / "layout.json"


def test_the_layout_is_the_one_its_number_stands_for():
    """Where this fails, raise LAYOUT and run `python tests/test_store.py`, which notes the new one."""
    noted, now = json.loads(LAYOUT_FIELDS.read_text(encoding="utf-8")), _layout_now()
    assert (now["layout"], now["tables"]) == (noted["layout"], noted["tables"])
    assert {key: now["fields"].get(key) for key in noted["fields"]} == noted["fields"]
    new = now["fields"].keys() - noted["fields"].keys()
    assert [key for key in new if not now["fields"][key][1]] == []


def _layout_now() -> dict[str, Any]:
    kinds, fields = [Report, *SEALED.values()], {}
    while kinds:
        kind = kinds.pop()
        for field in dataclasses.fields(kind):
            has_default = field.default is not dataclasses.MISSING
            if fields.setdefault(f"{kind.__name__}.{field.name}", [str(field.type), has_default]):
                inner = [getattr(records, name, None) for name in re.findall(r"\w+", str(field.type))]
                kinds += [k for k in inner if dataclasses.is_dataclass(k) and k is not kind]
    tables = hashlib.sha256(CREATE.encode()).hexdigest()
    return {"layout": LAYOUT, "tables": tables, "fields": dict(sorted(fields.items()))}


@pytest.mark.parametrize(
    ("table", "read"),
    [
        ("chunks", lambda store: store.chunks(["a"])),
        ("sections", lambda store: store.sections("a")),
        ("tables_", lambda store: store.tables("a")),
        ("pages", lambda store: store.pages("a")),
        ("reports", lambda store: store.report("a")),
    ],
)
def test_what_was_changed_behind_our_back_is_named_and_read_again(tmp_path, table, read):
    store = ReportStore(tmp_path)
    for report_id in "ab":
        store.save(sample_parts(report_id), None, "e", "read")
    with store._database.writing() as connection:
        identity = "id" if table == "reports" else "report_id"
        row = connection.execute(f"SELECT rowid, data FROM {table} WHERE {identity} = 'a'").fetchone()
        connection.execute(f"UPDATE {table} SET data = ? WHERE rowid = ?", (row[1][:-5] + b"9" + row[1][-4:], row[0]))
    with pytest.raises(BrokenIndexError, match="a：存下的内容被改动"):
        read(store)
    assert (store.is_sound("a"), store.is_sound("b")) == (False, True)
    assert store.fingerprints() == {"a": "", "b": "read"}
    assert [report.id for report in store.reports()] == (["b"] if table == "reports" else ["a", "b"])
    store.save(sample_parts("a"), None, "e", "again")
    assert [chunk.report_id for chunk in store.chunks(["a"])] == ["a"] * 10
    store.close()


@pytest.mark.parametrize("kind", [Report, Page])
def test_a_row_read_before_is_the_same_record_and_a_changed_one_is_refused(kind: type) -> None:
    value = sample_report("r") if kind is Report else Page(1, ())
    row = record_to_row(kind, value)
    assert row_to_record(kind, row) == row_to_record(kind, bytes(bytearray(row))) == value
    with pytest.raises(ValueError, match="changed"):
        row_to_record(kind, row[:-1] + bytes([row[-1] ^ 1]))


def test_vectors_and_terms_that_were_damaged_are_made_again(store):
    store.save(sample_parts("a"), np.ones((10, 2), np.float32), "e")
    store.save_terms("a", 1, "v", b"terms")
    with store._database.writing() as connection:
        for table in ("vectors", "terms"):
            data = connection.execute(f"SELECT data FROM {table}").fetchone()[0]
            connection.execute(f"UPDATE {table} SET data = ?", (data[:-1] + b"!",))
    assert (store.vectors("a", "e"), store.terms("a", "v")) == (None, None)
    assert store.vector_dimensions("e") == {}


@pytest.mark.parametrize("start", [0, 4096, 20_000], ids=["header", "second page", "middle"])
def test_a_corrupt_file_is_named(tmp_path, start):
    store = ReportStore(tmp_path)
    for report_id in "abcdef":
        store.save(sample_parts(report_id), np.ones((10, 64), np.float32), "e")
    store.close()
    path = tmp_path / DATABASE_NAME
    data = bytearray(path.read_bytes())
    data[start : start + 60_000] = b"\x5a" * min(60_000, len(data) - start)
    path.write_bytes(data)
    with pytest.raises(BrokenIndexError, match="已损坏") as caught:
        _read_everything(tmp_path)
    assert repr(str(tmp_path)) in str(caught.value)


def _read_everything(folder: Path) -> None:
    store = ReportStore(folder)
    try:
        for report in store.reports():
            store.pages(report.id), store.sections(report.id), store.tables(report.id), store.vectors(report.id, "e")
        store.chunks()
    finally:
        store.close()


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(BrokenIndexError, match="无法读写"):
        ReportStore(tmp_path / "file" / "index")


def test_a_reader_sees_the_old_state_until_a_writer_has_finished(store):
    store.save(sample_parts("a", "旧"), None, "e")
    with store._database.writing() as connection:
        connection.execute("DELETE FROM chunks")
        assert [chunk.text for chunk in store.chunks()] == ["旧"]
    assert store.chunks() == ()


def test_threads_share_a_store(store):
    failures: list[BaseException] = []

    def work(name: str) -> None:
        try:
            for at in range(8):
                store.save(sample_parts(name, *(f"{name}{at}" for _ in range(at + 1))), None, "e")
                for report in store.reports():
                    texts = {chunk.text for chunk in store.chunks([report.id])}
                    assert len(texts) == 1
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(f"r{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert store.generation() == 32


_MAKE_MANY = """
import sys, time
from pathlib import Path
from rag.index.store import ReportStore
folder, start = Path(sys.argv[1]), float(sys.argv[2])
for n in range(25):
    while time.time() < start + n * 0.04:
        pass
    ReportStore(folder / str(n)).close()
"""


def test_a_store_may_be_made_by_several_processes_at_once(tmp_path):
    start = str(time.time() + 1.5)
    command = [sys.executable, "-c", _MAKE_MANY, str(tmp_path), start]
    makers = [subprocess.Popen(command, cwd=Path(__file__).parents[1], stderr=subprocess.PIPE) for _ in range(3)]
    complaints = [maker.communicate()[1].decode().splitlines()[-1:] for maker in makers]
    assert complaints == [[], [], []]


def test_near_duplicates_are_noted_when_a_report_is_saved(store):
    def saved(report_id: str, sketch: tuple[int, ...]) -> None:
        parts = sample_parts(report_id)
        store.save(replace(parts, report=replace(parts.report, sketch=sketch)), None, "e")

    def noted() -> dict[str, tuple[str, ...]]:
        return {report.id: report.near_duplicates for report in store.reports()}

    saved("a", tuple(range(10)))
    saved("b", tuple(range(9)))
    saved("c", tuple(range(100, 110)))
    assert noted() == {"a": ("b",), "b": ("a",), "c": ()}
    saved("b", tuple(range(100, 110)))
    assert noted() == {"a": (), "b": ("c",), "c": ("b",)}
    store.delete("c")
    assert noted() == {"a": (), "b": ()}


if __name__ == "__main__":
    LAYOUT_FIELDS.write_text(json.dumps(_layout_now(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
