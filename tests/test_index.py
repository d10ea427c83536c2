from __future__ import annotations

import shutil
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from chroma_server import chroma_server, free_port
from index_samples import SUBJECTS, sample_parts

from rag.errors import IndexBusyError, ModelError
from rag.index.index import Index
from rag.index.shards import Manifest
from rag.models.embedders import HashingEmbedder

ROOT = Path(__file__).parents[1]
# What a second process runs: `index` is open, `parts` makes a report.
_PROGRAM = """
import os, sys
sys.path[:0] = [{root!r}, {tests!r}]
from pathlib import Path
from index_samples import sample_parts as parts
from rag.models.embedders import HashingEmbedder
from rag.index.index import Index
def die_at(owner, name, count=1, after=False):
    real = getattr(owner, name)
    def stand_in(*arguments, **options):
        nonlocal count
        count -= 1
        result = real(*arguments, **options) if after or count else None
        if not count:
            os.kill(os.getpid(), 9) if hasattr(os, "getuid") else os._exit(9)
        return result
    setattr(owner, name, stand_in)
index = Index(Path({folder!r}), HashingEmbedder(64), lock_wait_seconds=30)
"""


@pytest.fixture
def messages() -> list[str]:
    return []


@pytest.fixture
def open_index(tmp_path, messages) -> Iterator[Callable[..., Index]]:
    opened: list[Index] = []

    def start(embedder: object = None, **options: object) -> Index:
        options = {"notify": messages.append, "lock_wait_seconds": 5.0} | options
        opened.append(Index(tmp_path, embedder or HashingEmbedder(64), **options))
        return opened[-1]

    yield start
    for index in opened:
        index.close()


def _program(folder: Path, code: str) -> list[str]:
    head = _PROGRAM.format(root=str(ROOT), tests=str(ROOT / "tests"), folder=str(folder))
    return [sys.executable, "-c", head + textwrap.dedent(code)]


def _found(index: Index, report_ids: Sequence[str] | None = None, k: int = 50) -> tuple[set[str], set[str]]:
    hits = index.search("报告说明图书馆", k, report_ids)
    return ({key.partition("/")[0] for key, _ in hits.lexical}, {key.partition("/")[0] for key, _ in hits.vector})


def _assert_answers(index: Index, *report_ids: str) -> None:
    """Exactly these reports are there, and every chunk of them is found by its words and, in Chroma, by its vector."""
    _found(index)
    index.finish()
    assert [report.id for report in index.store.reports()] == sorted(report_ids)
    for report_id in report_ids:
        for at, subject in enumerate(SUBJECTS):
            hits = index.search(f"{report_id}号报告说明{subject}共有{at}处", 3)
            assert hits.lexical[0][0] == hits.vector[0][0] == f"{report_id}/c{at}"
    assert _is_current(index)
    assert index._vectors.search(np.ones(64, np.float32), 5, index.store.versions(), index._vectors.manifest())[1]


def _alarms(messages: Sequence[str]) -> list[str]:
    """What was told, but that Chroma is following."""
    return [message for message in messages if "正在后台更新" not in message]


def _is_current(index: Index) -> bool:
    versions = index.store.versions()
    return index._are_words_current(versions) and index._vectors.is_current(versions)


def test_reports_are_found_replaced_and_forgotten(open_index, messages):
    index = open_index()
    assert index.search("图书馆", 5) == ((), ())
    index.replace(sample_parts("甲"), "1")
    index.replace(sample_parts("乙"), "1")
    _assert_answers(index, "甲", "乙")
    index.replace(sample_parts("甲", "游泳馆一座"), "2")
    assert index.search("游泳馆", 1).lexical[0][0] == "甲/c0"
    assert index.store.fingerprints() == {"甲": "2", "乙": "1"}
    assert index.delete("甲")
    assert not index.delete("甲")
    _assert_answers(index, "乙")
    index.delete("乙")
    assert index.search("图书馆", 5) == ((), ())
    assert _alarms(messages) == []


@pytest.mark.parametrize("count", [1, 2, 3, 6, 9])
def test_only_the_chosen_reports_are_searched(open_index, count):
    index = open_index()
    with index.writing():
        for n in range(10):
            index.replace(sample_parts(f"r{n}"))
    chosen = [f"r{n}" for n in range(count)]
    assert _found(index, chosen) == (set(chosen), set(chosen))
    assert _found(index, [*chosen, "none"], k=200) == (set(chosen), set(chosen))
    assert len(index.search("图书馆", 1000, chosen).vector) == 10 * count
    assert _found(index, []) == (set(), set())
    assert index.search("图书馆", 0) == ((), ())


def test_chroma_and_exact_comparison_agree(open_index):
    index = open_index()
    with index.writing():
        for n in range(4):
            index.replace(sample_parts(f"r{n}"))
    index.finish()
    by_chroma = index.search("r2号报告的食堂", 7).vector
    vector = index._vectors.query_vector("r2号报告的食堂")
    exact, by_chroma_alone = index._vectors.search(vector, 7, index.store.versions(), Manifest())
    assert not by_chroma_alone
    assert [round(score, 4) for _, score in exact] == [round(score, 4) for _, score in by_chroma]
    assert exact[0][0] == by_chroma[0][0]


def test_a_report_without_chunks_is_kept(open_index):
    index = open_index()
    parts = sample_parts("甲")
    index.replace(type(parts)(parts.report, parts.pages, parts.sections, parts.tables, ()))
    assert [report.id for report in index.store.reports()] == ["甲"]
    assert index.search("图书馆", 5) == ((), ())
    index.replace(sample_parts("乙"))
    assert _found(index) == ({"乙"}, {"乙"})


def test_reopening_finds_everything_published(open_index, messages, tmp_path):
    open_index().replace(sample_parts("甲"))
    before = {path: path.stat().st_mtime_ns for path in tmp_path.glob("*-*/*.npy")}
    _assert_answers(open_index(), "甲")
    _assert_answers(open_index(writable=False), "甲")
    assert {path: path.stat().st_mtime_ns for path in tmp_path.glob("*-*/*.npy")} == before
    assert _alarms(messages) == []


def _remove_all(folder: Path, pattern: str) -> None:
    for path in folder.glob(pattern):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda folder: _remove_all(folder, "chroma-*"), id="no chroma"),
        pytest.param(lambda folder: _remove_all(folder, "keywords-*"), id="no keywords"),
        pytest.param(lambda folder: _remove_all(folder, "chroma-*/*/*.bin"), id="no chroma vectors"),
        pytest.param(
            lambda folder: [path.write_bytes(b"x" * 5000) for path in folder.glob("chroma-*/chroma.sqlite3")],
            id="nonsense in chroma",
        ),
        pytest.param(
            lambda folder: [path.write_bytes(b"x" * 50) for path in folder.glob("keywords-*/*")],
            id="nonsense in keywords",
        ),
    ],
)
@pytest.mark.parametrize("writable", [True, False])
def test_damage_is_noticed_at_open(open_index, messages, tmp_path, damage, writable):
    first = open_index()
    for report_id in ("甲", "乙"):
        first.replace(sample_parts(report_id))
    first.close()
    damage(tmp_path)
    index = open_index(writable=writable)
    assert _found(index) == ({"甲", "乙"}, {"甲", "乙"})
    if writable:
        _assert_answers(index, "甲", "乙")
        assert any("重建" in message or "后台更新" in message for message in messages)
    else:
        assert not _is_current(index)


def test_damage_of_the_same_length_is_noticed_at_the_search(open_index, messages, tmp_path):
    first = open_index()
    first.replace(sample_parts("甲"))
    first.close()
    for path in tmp_path.glob("chroma-*/chroma.sqlite3"):
        path.write_bytes(b"x" * path.stat().st_size)
    index = open_index()
    assert _found(index) == ({"甲"}, {"甲"})
    _assert_answers(index, "甲")
    assert any("Chroma" in message for message in messages)


@pytest.mark.parametrize("pattern", ["keywords-*/*.npy", "keywords-*/rows.json"])
def test_a_byte_that_is_flipped_is_noticed_and_healed(open_index, messages, tmp_path, pattern):
    first = open_index()
    for report_id in ("甲", "乙"):
        first.replace(sample_parts(report_id))
    first.close()
    before = sorted(tmp_path.glob(pattern))
    for path in before:
        data = bytearray(path.read_bytes())
        if data:
            data[len(data) // 2] ^= 0x55
        path.write_bytes(data)
    index = open_index()
    _assert_answers(index, "甲", "乙")
    assert sorted(tmp_path.glob(pattern)) != before
    assert messages


def test_words_that_break_while_they_are_open_cost_no_question(open_index, messages):
    index = open_index()
    index.replace(sample_parts("甲"))
    index.refresh()
    model = index._state.keywords._model
    model.scores = {**model.scores, "indices": model.scores["indices"] + 10_000}
    assert _found(index) == ({"甲"}, {"甲"})
    _assert_answers(index, "甲")
    assert any("字词索引" in message for message in messages)


@pytest.mark.parametrize("note", ["x", "{}", "[1]", '{"place": "x"}'])
def test_notes_that_make_no_sense_are_written_again(open_index, note):
    index = open_index()
    index.replace(sample_parts("甲"))
    index.store.set_meta("keywords", note)
    index.store.set_meta("chroma", note)
    _assert_answers(open_index(), "甲")


class _Words:
    """An embedder of our own: each text by the subjects in it. Can be told to fail."""

    def __init__(self, name: str = "words", spare: int = 0) -> None:
        self.name, self.dimension, self.fails, self.texts = name, None, False, 0
        self._spare = spare

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        if self.fails:
            raise ModelError("嵌入模型连接不上。")
        self.texts += len(texts)
        rows = [[text.count(subject) * 3.0 for subject in SUBJECTS] + [1.0] * self._spare for text in texts]
        return np.array(rows, np.float32)

    def embed_query(self, text: str) -> np.ndarray:
        return self.embed_passages([text])[0]


def test_another_embedder_is_noticed_and_the_old_vectors_kept(open_index, messages):
    words = _Words()
    first = open_index()
    first.replace(sample_parts("甲"))
    second = open_index(words)
    second.finish()
    assert any("'words' 还没有 1 份报告的向量" in message for message in messages)
    assert second.search("操场在哪里", 1).vector[0][0] == "甲/c3"
    assert words.texts == 11
    # The first goes on with its own vectors, which Chroma keeps beside those of the second.
    assert first.search("甲号报告说明操场共有3处", 1).vector[0][0] == "甲/c3"
    assert _is_current(second)
    del messages[:]
    _assert_answers(first, "甲")
    _assert_answers(open_index(), "甲")
    assert messages == []
    first.replace(sample_parts("乙"))
    _assert_answers(first, "甲", "乙")
    assert second.search("操场在哪里", 2).vector
    second.finish()
    assert {key for key, _ in second.search("操场在哪里", 2).vector} == {"甲/c3", "乙/c3"}


def test_a_model_of_another_dimension_under_the_same_name(open_index):
    first = open_index(_Words())
    first.replace(sample_parts("甲"))
    first.close()
    wider = _Words(spare=3)
    index = open_index(wider)
    index.replace(sample_parts("乙"))
    index.finish()
    assert index.search("操场", 2).vector[0][1] == pytest.approx(index.search("操场", 2).vector[1][1])
    assert index.store.vector_dimensions("words") == {"甲": 13, "乙": 13}
    assert _is_current(index)


class _Slow(_Words):
    """Knows that a 泳池 is in the 体育馆; goes on only when it is let."""

    def __init__(self) -> None:
        super().__init__("meaning")
        self.may_go_on = threading.Event()

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        assert self.may_go_on.wait(60)
        return super().embed_passages([text.replace("泳池", "体育馆") for text in texts])


def test_vectors_of_meaning_follow_while_the_others_answer(open_index):
    slow = _Slow()
    index = open_index(meaning=slow)
    with index.writing():
        index.replace(sample_parts("甲"))
        index.replace(sample_parts("乙"))
    by_words = index.search("甲号报告说明操场共有3处", 3)
    assert by_words.vector[0][0] == "甲/c3"
    assert index.store.vector_dimensions("meaning") == {}
    slow.may_go_on.set()
    index.finish()
    assert index.search("泳池在哪里", 1, ["乙"]).vector[0][0] == "乙/c6"
    slow.may_go_on.clear()
    index.replace(sample_parts("丙"))
    assert index.search("甲号报告说明操场共有3处", 1).vector[0][0] == "甲/c3"
    slow.may_go_on.set()
    index.finish()
    assert index.search("泳池在哪里", 1, ["甲"]).vector[0][0] == "甲/c6"
    index.finish()
    assert index.store.vector_dimensions("meaning").keys() == {"甲", "乙", "丙"}


def test_an_embedder_that_fails_leaves_everything_as_it_was(open_index, messages):
    words = _Words()
    index = open_index(words)
    index.replace(sample_parts("甲"), "old")
    words.fails = True
    with pytest.raises(ModelError):
        index.replace(sample_parts("甲", "游泳馆"), "new")
    assert index.store.fingerprints() == {"甲": "old"}
    assert len(index.store.chunks()) == 10
    lexical, vector = index.search("图书馆", 5)
    assert (lexical[0][0], vector) == ("甲/c0", ())
    index.search("图书馆", 5)
    assert [("按字词检索" in message) for message in messages] == [True]


def test_an_embedder_that_fails_at_open_leaves_the_words(open_index, messages):
    open_index().replace(sample_parts("甲"))
    words = _Words()
    words.fails = True
    index = open_index(words)
    assert _found(index) == ({"甲"}, set())
    index.finish()
    assert any("稍后自动补齐" in message for message in messages)
    words.fails = False
    index._retry_at = 0.0
    _found(index)
    index.finish()
    assert _found(index) == ({"甲"}, {"甲"})
    assert _is_current(index)


def test_a_reader_sees_another_process_write(open_index, tmp_path):
    index = open_index()
    index.replace(sample_parts("甲"))
    assert _found(index) == ({"甲"}, {"甲"})
    code = "index.replace(parts('乙')); index.replace(parts('甲', '游泳馆')); index.delete('none')"
    subprocess.run(_program(tmp_path, code), check=True)
    assert _found(index) == ({"乙"}, {"甲", "乙"})
    assert index.search("游泳馆", 1).lexical[0][0] == "甲/c0"
    assert index.search("游泳馆", 1).vector[0][0] == "甲/c0"
    index.finish()
    assert _is_current(index)


def test_a_reader_is_served_all_the_while_another_process_writes(open_index, messages, tmp_path):
    index = open_index()
    index.replace(sample_parts("甲"))
    code = """
    for n in range(4):
        with index.writing():
            index.replace(parts(f"r{n}"))
            index.replace(parts(f"s{n}"))
            index.delete(f"s{n - 1}")
    """
    writer = subprocess.Popen(_program(tmp_path, code))
    seen: set[str] = set()
    while writer.poll() is None:
        lexical, vector = _found(index, k=100)
        assert "甲" in lexical
        assert "甲" in vector
        seen |= vector
    assert writer.returncode == 0
    _assert_answers(index, "甲", "r0", "r1", "r2", "r3", "s3")
    assert seen
    assert not any("Chroma（" in message for message in messages)


def test_a_search_in_chroma_does_without_its_slow_client(open_index, tmp_path):
    index = open_index()
    index.replace(sample_parts("甲"))
    index.finish()
    code = """
    assert index.search("图书馆", 3).vector
    assert index._vectors._opened
    assert "chromadb" not in sys.modules
    """
    subprocess.run(_program(tmp_path, code), check=True)


def test_two_processes_write_at_once(open_index, tmp_path):
    codes = [f"for n in range(3): index.replace(parts('{name}' + str(n)))" for name in "xy"]
    writers = [subprocess.Popen(_program(tmp_path, code)) for code in codes]
    assert [writer.wait() for writer in writers] == [0, 0]
    _assert_answers(open_index(), *(f"{name}{n}" for name in "xy" for n in range(3)))


def test_threads_write_and_search_at_once(open_index):
    index = open_index(lock_wait_seconds=30.0)
    failures: list[BaseException] = []

    def work(name: str) -> None:
        try:
            for n in range(3):
                index.replace(sample_parts(f"{name}{n}"))
                assert f"{name}{n}" in _found(index, k=200)[1]
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in "xyz"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    _assert_answers(index, *(f"{name}{n}" for name in "xyz" for n in range(3)))


def test_a_busy_index_says_so_and_is_still_searched(open_index, messages):
    writer, other = open_index(), open_index(lock_wait_seconds=0.2)
    writer.replace(sample_parts("甲"))
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with writer.writing():
            writer.store.save(sample_parts("乙"), None, "none")
            entered.set()
            leave.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    entered.wait(10)
    with pytest.raises(IndexBusyError, match="正在写入索引"):
        other.replace(sample_parts("丙"))
    assert "甲" in _found(other)[1]
    leave.set()
    thread.join()
    assert sum("最多等待 0.2 秒" in message for message in messages) == 1
    other.replace(sample_parts("丙"))
    _assert_answers(other, "甲", "乙", "丙")


def test_a_chroma_server_that_goes_and_comes_back(open_index, messages, tmp_path, tmp_path_factory):
    folder, port = tmp_path_factory.mktemp("server"), free_port()
    with chroma_server(folder, port) as location:
        index = open_index(chroma=location)
        index.replace(sample_parts("甲"))
        _assert_answers(index, "甲")
        assert _alarms(messages) == []
    assert _found(index) == ({"甲"}, {"甲"})
    index.replace(sample_parts("乙"))
    assert _found(index) == ({"甲", "乙"}, {"甲", "乙"})
    index.finish()
    assert any("逐条比较" in message for message in messages)
    assert not any("。。" in message for message in messages)
    assert any("稍后自动补齐" in message for message in messages)
    assert not list(tmp_path.glob("chroma-*"))
    with chroma_server(folder, port):
        index._retry_at = 0.0
        _assert_answers(index, "甲", "乙")
    with chroma_server(tmp_path_factory.mktemp("another"), port):
        _assert_answers(open_index(chroma=location), "甲", "乙")


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        pytest.param("import rag.index.store as s; die_at(s, '_insert', 3, True)", [], id="in a transaction"),
        pytest.param(
            "from rag.index.keywords import KeywordIndex as K; die_at(K, 'save')", ["乙"], id="before the keywords"
        ),
        pytest.param("from rag.index.store import ReportStore as S; die_at(S, 'set_meta')", ["乙"], id="before a mark"),
        pytest.param("import rag.index.chroma as c; die_at(c, '_grouped')", ["乙", "丙"], id="in Chroma"),
        pytest.param(
            "from rag.index.chroma_embedded import EmbeddedChroma as C; die_at(C, 'write', 1, True)",
            ["乙", "丙"],
            id="after Chroma",
        ),
        pytest.param("import shutil; die_at(shutil, 'rmtree', 2)", ["乙", "丙"], id="while tidying"),
    ],
)
def test_killed_at_any_moment(open_index, messages, tmp_path, where, kept):
    open_index().replace(sample_parts("甲"))
    code = f"{where}\nwith index.writing():\n    index.replace(parts('乙'))\n    index.replace(parts('丙'))\nindex.finish()"
    died = subprocess.run(_program(tmp_path, code), stderr=subprocess.PIPE, check=False)
    assert died.returncode in (-9, 9), died.stderr.decode()
    _assert_answers(open_index(), "甲", *kept)
    assert len(list(tmp_path.glob("chroma-*"))) <= 2
    assert len(list(tmp_path.glob("keywords-*"))) <= 2


def test_a_page_left_open_mends_what_a_killed_writer_left(open_index, tmp_path):
    index = open_index()
    index.replace(sample_parts("甲"))
    code = "from rag.index.store import ReportStore as S; die_at(S, 'set_meta'); index.replace(parts('乙'))"
    subprocess.run(_program(tmp_path, code), check=False)
    _assert_answers(index, "甲", "乙")
