"""Chroma embedded and as a real server, by the same tests."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator

import numpy as np
import pytest
from chroma_server import chroma_server

from rag.errors import BrokenIndexError
from rag.index.chroma import Batch, Chroma, ChromaLocation
from rag.index.chroma_embedded import EmbeddedChroma
from rag.index.chroma_server import ServerChroma
from rag.index.files import file_sizes


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[ChromaLocation]:
    with chroma_server(tmp_path_factory.mktemp("server")) as location:
        yield location


@pytest.fixture(params=["embedded", "server"])
def chroma(request, tmp_path) -> Iterator[Chroma]:
    if request.param == "embedded":
        opened: Chroma = EmbeddedChroma(tmp_path)
    else:
        opened = ServerChroma(request.getfixturevalue("server"), f"t{abs(hash(tmp_path))}")
    yield opened
    opened.close()


def _rows(count: int, seed: int = 0, size: int = 8) -> np.ndarray:
    rows = np.random.default_rng(seed).standard_normal((count, size)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _batch(revision: int, count: int = 10, size: int = 8) -> Batch:
    return revision, [f"r{revision}/c{n}" for n in range(count)], _rows(count, revision, size)


def test_a_shard_finds_the_nearest(chroma):
    chroma.write("chroma-1", [_batch(1), _batch(2)])
    shard = chroma.open("chroma-1")
    assert shard.rows == 20
    hits = shard.search(_batch(2)[2][3], 5)
    assert (hits[0][:2], round(hits[0][2], 4), len(hits)) == ((2, "r2/c3"), 1.0, 5)
    assert [score for *_, score in hits] == sorted((score for *_, score in hits), reverse=True)
    assert {hit[:2] for hit in shard.search(_batch(2)[2][3], 50, [1])} == {(1, f"r1/c{n}") for n in range(10)}
    shard.close()
    with pytest.raises(BrokenIndexError, match="已关闭"):
        shard.search(_batch(2)[2][3], 5)


@pytest.mark.parametrize("count", [1, 5462])
def test_a_shard_takes_a_report_of_any_length(chroma, count):
    chroma.write("chroma-1", [_batch(1, count), _batch(2)])
    shard = chroma.open("chroma-1")
    assert shard.rows == count + 10
    shard.close()


def test_a_shard_written_again_holds_only_the_second(chroma):
    chroma.write("chroma-1", [_batch(1)])
    if isinstance(chroma, ServerChroma):  # a folder is never written twice
        chroma.write("chroma-1", [_batch(2)])
        assert {revision for revision, *_ in chroma.open("chroma-1").search(_rows(1)[0], 50)} == {2}


def test_shards_that_are_not_used_are_removed(chroma):
    for number in (1, 2, 3):
        chroma.write(f"chroma-{number}", [_batch(number)])
    chroma.remove_others({"chroma-2"})
    assert chroma.open("chroma-2").rows == 10
    for place in ("chroma-1", "chroma-3"):
        with pytest.raises(BrokenIndexError, match="Chroma"):
            chroma.open(place)


def test_several_read_a_folder_at_once_and_its_files_stay_as_long(tmp_path):
    chroma = EmbeddedChroma(tmp_path)
    written = chroma.write("chroma-1", [_batch(1)])
    readers = [chroma.open("chroma-1") for _ in range(3)]
    assert {reader.search(_batch(1)[2][4], 1)[0][1] for reader in readers} == {"r1/c4"}
    for reader in readers:
        reader.close()
    assert file_sizes(tmp_path / "chroma-1") == written


def test_what_another_dimension_is_asked_says_so(chroma):
    chroma.write("chroma-1", [_batch(1)])
    with pytest.raises(BrokenIndexError, match="dimension"):
        chroma.open("chroma-1").search(np.ones(3, np.float32), 1)


@pytest.mark.parametrize("damage", ["gone", "database"])
def test_a_damaged_folder_is_one_kind_of_error(tmp_path, damage):
    chroma = EmbeddedChroma(tmp_path)
    chroma.write("chroma-1", [_batch(1)])
    if damage == "gone":
        shutil.rmtree(tmp_path / "chroma-1")
    else:
        (tmp_path / "chroma-1" / "chroma.sqlite3").write_bytes(b"nonsense")
    with pytest.raises(BrokenIndexError, match="Chroma"):
        chroma.open("chroma-1").search(_rows(1)[0], 1)
    assert (tmp_path / "chroma-1").exists() == (damage != "gone")


def test_two_stores_on_a_server_leave_each_other_alone(server):
    one, two = ServerChroma(server, "one"), ServerChroma(server, "two")
    one.write("chroma-1", [_batch(1)])
    two.write("chroma-1", [_batch(2)])
    one.remove_others(())
    assert two.open("chroma-1").rows == 10
    one.close()
    two.close()


def test_chroma_server_that_is_not_there():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        location = ChromaLocation("127.0.0.1", free.getsockname()[1])
    with pytest.raises(BrokenIndexError, match=r"127\.0\.0\.1"):
        ServerChroma(location, "x").open("test")


@pytest.mark.parametrize("answers", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"], ids=["never", "once"])
def test_a_server_that_accepts_and_says_no_more_is_not_waited_for(monkeypatch, answers):
    monkeypatch.setattr("rag.index.chroma_server.CONNECT_SECONDS", 0.5)
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
            ServerChroma(ChromaLocation("127.0.0.1", silent.getsockname()[1]), "x").open("test")
        closed.set()
        thread.join()
