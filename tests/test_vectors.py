from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from chroma_server import chroma_server
from index_samples import sample_parts

from rag.errors import BrokenIndexError
from rag.index.mirror import ChromaMirror, Manifest, Target
from rag.index.vectors import EMBEDDED, ChromaIndex, ChromaLocation, ExactVectors


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[ChromaLocation]:
    with chroma_server(tmp_path_factory.mktemp("server")) as location:
        yield location


@pytest.fixture(params=["embedded", "server"])
def index(request, tmp_path) -> Iterator[ChromaIndex]:
    if request.param == "embedded":
        opened = ChromaIndex.embedded(tmp_path)
    else:
        opened = ChromaIndex.server(request.getfixturevalue("server"), f"test-{tmp_path.name}"[:60].strip("_-"))
    yield opened
    opened.close()


def _rows(count: int, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).standard_normal((count, 8)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _fill(index: ChromaIndex, *report_ids: str) -> dict[str, np.ndarray]:
    rows = {report_id: _rows(10, seed) for seed, report_id in enumerate(report_ids)}
    for report_id in report_ids:
        index.upsert(sample_parts(report_id).chunks, rows[report_id])
    return rows


def test_chroma_finds_the_nearest(index):
    rows = _fill(index, "a", "b")
    assert index.count() == 20
    hits = index.search(rows["b"][3], 5)
    assert (hits[0][0], round(hits[0][1], 4), len(hits)) == ("b/c3", 1.0, 5)
    assert [score for _, score in hits] == sorted((score for _, score in hits), reverse=True)
    assert {chunk_id for chunk_id, _ in index.search(rows["b"][3], 50, ["a"])} == {f"a/c{n}" for n in range(10)}
    assert index.search(rows["b"][3], 5, []) == ()
    assert index.search(rows["b"][3], 0) == ()


def test_chroma_replaces_and_forgets(index):
    rows = _fill(index, "a", "b")
    index.upsert(sample_parts("a").chunks, rows["a"][::-1].copy())
    assert index.count() == 20
    assert index.search(rows["a"][0], 1)[0][0] == "a/c9"
    index.delete_report("a")
    index.delete_report("none")
    assert index.ids() == {f"b/c{n}" for n in range(10)}
    index.clear()
    assert (index.count(), index.search(rows["a"][0], 3)) == (0, ())
    index.upsert(sample_parts("a", "一").chunks, np.ones((1, 3), np.float32))
    assert index.count() == 1


def test_chroma_takes_more_than_one_batch(tmp_path):
    parts = sample_parts("a", *map(str, range(6000)))
    index = ChromaIndex.embedded(tmp_path)
    index.upsert(parts.chunks, _rows(6000))
    assert index.count() == 6000
    index.close()


@pytest.mark.parametrize("call", [lambda i: i.count(), lambda i: i.search(_rows(1)[0], 1), lambda i: i.ids()])
def test_chroma_failures_are_one_kind(tmp_path, call):
    index = ChromaIndex.embedded(tmp_path)
    index.close()
    with pytest.raises(BrokenIndexError, match="Chroma"):
        call(index)


def test_chroma_of_another_dimension_says_so(tmp_path):
    index = ChromaIndex.embedded(tmp_path)
    _fill(index, "a")
    with pytest.raises(BrokenIndexError, match="dimension"):
        index.search(np.ones(3, np.float32), 1)
    index.close()


def test_chroma_server_that_is_not_there():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        location = ChromaLocation("127.0.0.1", free.getsockname()[1])
    with pytest.raises(BrokenIndexError, match=r"127\.0\.0\.1"):
        ChromaIndex.server(location, "test")


@pytest.mark.parametrize("answers", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"], ids=["never", "once"])
def test_a_server_that_accepts_and_says_no_more_is_not_waited_for(monkeypatch, answers):
    monkeypatch.setattr("rag.index.vectors.CONNECT_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:

        def accept() -> None:
            first, _ = silent.accept()
            with first:
                first.sendall(answers)
                closed.wait(30)

        closed = threading.Event()
        thread = threading.Thread(target=accept)
        thread.start()
        with pytest.raises(BrokenIndexError, match=r"0\.5 秒没有回应"):
            ChromaIndex.server(ChromaLocation("127.0.0.1", silent.getsockname()[1]), "test")
        closed.set()
        thread.join()


def test_exact_search_agrees_with_numpy():
    rows = {key: _rows(50, seed) for seed, key in enumerate("abc")}
    exact = ExactVectors(lambda key: ([f"{key}{n}" for n in range(50)], rows[key]))
    for seed in range(5):
        vector = _rows(1, 100 + seed)[0]
        wanted = sorted(
            ((f"{key}{n}", float(rows[key][n] @ vector)) for key in "ac" for n in range(50)), key=lambda h: -h[1]
        )
        hits = exact.search(vector, 7, {"a": 1, "c": 1})
        assert [chunk_id for chunk_id, _ in hits] == [chunk_id for chunk_id, _ in wanted[:7]]


def test_exact_search_reads_a_revision_once_within_its_cache():
    loaded: list[str] = []

    def load(report_id: str) -> tuple[list[str], np.ndarray] | None:
        loaded.append(report_id)
        return None if report_id == "none" else ([report_id], np.ones((1, 4), np.float32))

    exact = ExactVectors(load, cache_bytes=32)
    vector = np.ones(4, np.float32)
    assert exact.search(vector, 5, {"a": 1, "b": 1, "none": 1}) == (("a", 4.0), ("b", 4.0))
    assert exact.search(vector, 1, {"a": 1, "b": 1}) == (("a", 4.0),)
    assert loaded == ["a", "b", "none"]
    exact.search(vector, 5, {"a": 2})
    exact.search(vector, 5, {"b": 1, "a": 2})
    assert loaded == ["a", "b", "none", "a"]
    exact.search(vector, 5, {"a": 1})
    assert loaded == ["a", "b", "none", "a", "a"]
    assert exact.search(vector, 0, {"a": 2}) == ()
    assert exact.search(vector, 5, {}) == ()
    assert exact.search(np.ones(3, np.float32), 5, {"a": 2}) == ()


def _target(**revisions: int) -> Target:
    def load(report_id: str):
        return sample_parts(report_id).chunks, _rows(10, ord(report_id) * 1000 + revisions[report_id])

    return Target("e", 8, 10 * len(revisions), revisions, load)


@pytest.fixture(params=["embedded", "server"])
def mirror(request, tmp_path) -> ChromaMirror:
    location = EMBEDDED if request.param == "embedded" else request.getfixturevalue("server")
    return ChromaMirror(tmp_path, location, f"m{abs(hash(tmp_path))}")


def _ids(mirror: ChromaMirror, manifest: Manifest) -> set[str]:
    index = mirror.open(manifest)
    try:
        return {chunk_id.partition("/")[0] for chunk_id in index.ids()}
    finally:
        index.close()


def test_mirror_follows_the_target(mirror):
    held = None
    for at, revisions in enumerate(
        [{}, {"a": 1}, {"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 4, "c": 3}, {"c": 3, "b": 4}, {"d": 5}, {}]
    ):
        target = _target(**revisions)
        held = mirror.publish(held, target, f"chroma-{at}")
        assert _ids(mirror, held) == set(revisions)
        assert target.is_held(held)
        assert mirror.is_intact(held)
        index = mirror.open(held)
        for report_id in revisions:
            assert index.search(target.load(report_id)[1][4], 1)[0][0] == f"{report_id}/c4"
        index.close()
        held = Manifest.from_json(held.to_json())


def test_mirror_publishes_beside_a_reader_and_leaves_what_it_reads(tmp_path):
    mirror = ChromaMirror(tmp_path, EMBEDDED, "x")
    held = mirror.publish(None, _target(a=1, b=2, c=3), "chroma-1")
    reader = mirror.open(held)
    newer = mirror.publish(held, _target(a=1, b=2, c=4), "chroma-2")
    assert reader.search(_target(c=3).load("c")[1][4], 1)[0][1] > 0.999
    assert _ids(mirror, held) == _ids(mirror, newer) == {"a", "b", "c"}
    assert mirror.is_intact(held)
    reader.close()


@pytest.mark.parametrize("damage", ["gone", "database", "vectors", "missing file"])
def test_mirror_notices_damage(tmp_path, damage):
    mirror = ChromaMirror(tmp_path, EMBEDDED, "x")
    held = mirror.publish(None, _target(a=1), "chroma-1")
    folder = tmp_path / "chroma-1"
    if damage == "gone":
        shutil.rmtree(folder)
    elif damage == "database":
        (folder / "chroma.sqlite3").write_bytes(b"nonsense")
    elif damage == "vectors":
        next(folder.glob("*/*.bin")).write_bytes(b"nonsense")
    else:
        next(folder.glob("*/*.bin")).unlink()
    assert not mirror.is_intact(held)


def test_mirror_refuses_a_collection_of_another_size(server):
    mirror = ChromaMirror(Path(), server, "size")
    held = mirror.publish(None, _target(a=1), "unused")
    assert mirror.answers(held)
    index = mirror.open(held)
    index.delete_report("a")
    index.close()
    assert not mirror.answers(held)
    with pytest.raises(BrokenIndexError, match="与实际不符"):
        mirror.open(held)
    with pytest.raises(BrokenIndexError, match="条数不符"):
        mirror.publish(held, _target(a=1, b=2), "unused")
    assert _ids(mirror, mirror.publish(None, _target(a=1, b=2), "unused")) == {"a", "b"}
