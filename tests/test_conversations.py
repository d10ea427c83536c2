from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from conftest import ROOT, environment
from kept_samples import make_exchange

from rag.errors import KeepingError
from rag.keeping import conversations as module
from rag.keeping.conversations import MAX_TITLE_LENGTH, Conversations, Place, clean_title
from rag.keeping.database import _MIGRATIONS, FILE_NAME, Keeping
from rag.keeping.feedback_store import FeedbackBox
from rag.presentation.exchanges import Exchange, exchange_to_json
from rag.records import Filters

ME, OTHER = "甲", "乙"
FIRST, SECOND = make_exchange("第一问？"), make_exchange("第二问？", text="**96.12%** [1]")
WRITER = """
import sys
from pathlib import Path
from kept_samples import make_exchange
from rag.keeping.conversations import Conversations
from rag.keeping.database import Keeping
kept = Conversations(Keeping(Path(sys.argv[1])))
for number in range(int(sys.argv[3])):
    kept.append(sys.argv[2], "甲", make_exchange(f"{sys.argv[4]}-{number}"))
    print(f"{sys.argv[4]}-{number}", flush=True)
"""


@pytest.fixture
def kept(tmp_path: Path) -> Conversations:
    return Conversations(Keeping(tmp_path / "data" / FILE_NAME))


def questions(kept: Conversations, identity: str) -> list[str]:
    found = kept.open(identity, ME)
    assert found is not None
    return [exchange.question for exchange in found[1]]


def test_what_is_kept_comes_back(kept: Conversations) -> None:
    made = kept.create(ME, [FIRST])
    kept.append(made.id, ME, SECOND)
    again = Conversations(Keeping(kept.keeping.path)).open(made.id, ME)
    assert again is not None
    assert again[1] == (FIRST, SECOND)
    assert (again[0].title, again[0].owner, again[0].is_shared) == ("第一问？", ME, False)


def test_an_answer_made_anew_stands_beside_the_ones_before(kept: Conversations) -> None:
    made = kept.create(ME, [FIRST, SECOND])
    anew = make_exchange("第一问？", text="另答")
    assert kept.append_version(made.id, ME, 0, anew) == Place(0, 1)
    found = kept.open(made.id, ME)
    assert found is not None
    assert found[1][0].versions == (FIRST, anew)
    assert found[1][1] == SECOND
    copied = kept.open(kept.create(OTHER, found[1]).id, OTHER)
    assert copied is not None
    assert copied[1] == found[1]
    with pytest.raises(KeepingError):
        kept.append_version(made.id, OTHER, 0, anew)


def test_a_question_is_kept_before_its_answer(kept: Conversations) -> None:
    waiting = Exchange("第三问？", filters=Filters(years=(2023,)))
    made = kept.create(ME, [FIRST])
    place = kept.append(made.id, ME, waiting)
    found = kept.open(made.id, ME)
    assert found is not None
    assert (place, found[1]) == (Place(1, 0), (FIRST, waiting))
    assert found[1][1].is_waiting
    kept.append(made.id, ME, SECOND)
    kept.put(made.id, ME, place, make_exchange("第三问？"))
    assert questions(kept, made.id) == ["第一问？", "第三问？", "第二问？"]
    with pytest.raises(KeepingError):
        kept.put(made.id, OTHER, place, FIRST)


def test_a_file_of_the_first_layout_is_carried_over(kept: Conversations) -> None:
    kept.keeping.path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(kept.keeping.path)) as old:
        for statement in _MIGRATIONS[0].split(";"):
            old.execute(statement)
        old.execute("INSERT INTO conversations VALUES ('i', ?, 't', 1.0, 0)", (ME,))
        row = (FIRST.question, FIRST.record, exchange_to_json(FIRST))
        old.execute("INSERT INTO exchanges VALUES ('i', 0, ?, ?, ?)", row)
        old.execute("INSERT INTO feedback VALUES (1, ?, 'i', 0, 1.0, 1, '好', '问', '[]', '[]', '')", (ME,))
        old.execute("PRAGMA user_version = 1")
        old.commit()
    assert questions(kept, "i") == [FIRST.question]
    assert [(one.reason, one.version) for one in FeedbackBox(kept.keeping).all()] == [("好", 0)]


def test_the_list_is_ones_own_last_used_first(kept: Conversations) -> None:
    one, two = kept.create(ME, [FIRST]), kept.create(ME, [SECOND])
    kept.create(OTHER, [FIRST])
    assert [c.id for c in kept.of(ME)] == [two.id, one.id]
    kept.append(one.id, ME, SECOND)
    assert [c.id for c in kept.of(ME)] == [one.id, two.id]
    assert [c.id for c in kept.of(ME, among={two.id})] == [two.id]
    assert kept.of("丙") == ()


def test_others_neither_read_nor_change(kept: Conversations) -> None:
    made = kept.create(ME, [FIRST])
    assert kept.open(made.id, OTHER) is None
    kept.rename(made.id, OTHER, "改名")
    kept.delete(made.id, OTHER)
    kept.share(made.id, OTHER, True)
    with pytest.raises(KeepingError, match="没有保存"):
        kept.append(made.id, OTHER, SECOND)
    assert kept.of(ME) == (made,)
    assert questions(kept, made.id) == ["第一问？"]


def test_a_shared_one_is_read_until_it_is_shared_no_more(kept: Conversations) -> None:
    made = kept.create(ME, [FIRST])
    kept.share(made.id, ME, True)
    found = kept.open(made.id, OTHER)
    assert found is not None
    assert found[0].is_shared
    with pytest.raises(KeepingError):
        kept.append(made.id, OTHER, SECOND)
    kept.share(made.id, ME, False)
    assert kept.open(made.id, OTHER) is None


def test_rename_and_delete(kept: Conversations) -> None:
    made = kept.create(ME, [FIRST])
    kept.rename(made.id, ME, "  就业\n对比 ")
    assert kept.of(ME)[0].title == "就业 对比"
    kept.rename(made.id, ME, "   ")
    assert kept.of(ME)[0].title == "就业 对比"
    kept.delete(made.id, ME)
    assert kept.of(ME) == ()
    assert kept.open(made.id, ME) is None
    with closing(sqlite3.connect(kept.keeping.path)) as file:
        assert file.execute("SELECT count(*) FROM exchanges").fetchone() == (0,)
    with pytest.raises(KeepingError, match="已被删除"):
        kept.append(made.id, ME, SECOND)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("就业率？", "就业率？"),
        ("一\t二\n三\u202e四\x00", "一 二 三 四"),
        ("长" * 200, "长" * (MAX_TITLE_LENGTH - 1) + "…"),
        ("<b>**粗**</b>", "<b>**粗**</b>"),
    ],
)
def test_titles_are_one_short_line(text: str, title: str) -> None:
    assert clean_title(text) == title


def test_sizes_are_bounded(kept: Conversations, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_CONVERSATIONS", 3)
    monkeypatch.setattr(module, "MAX_EXCHANGES", 2)
    ids = [kept.create(ME, [FIRST], str(number)).id for number in range(5)]
    assert [c.id for c in kept.of(ME)] == ids[:1:-1]
    kept.append(ids[4], ME, SECOND)
    with pytest.raises(KeepingError, match="最多保存 2 次"):
        kept.append(ids[4], ME, SECOND)
    monkeypatch.setattr(module, "MAX_EXCHANGE_BYTES", 100)
    with pytest.raises(KeepingError, match="太长"):
        kept.create(ME, [FIRST])


def test_a_large_exchange_is_kept_without_its_tables(kept: Conversations, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sum(len(text.encode()) for text in module._row(FIRST))
    monkeypatch.setattr(module, "MAX_EXCHANGE_BYTES", whole - 1)
    made = kept.create(ME, [FIRST])
    found = kept.open(made.id, ME)
    assert found is not None
    assert found[1][0].tables == ()
    assert found[1][0].answer == FIRST.answer


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"not a database at all, only text" * 99, "已损坏"), (b"SQLite format 3\x00" + b"\xff" * 4000, "已损坏")],
)
def test_a_broken_file_is_explained(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(content)
    kept = Conversations(Keeping(path))
    for use in (lambda: kept.of(ME), lambda: kept.create(ME, [FIRST]), lambda: kept.open("x", ME)):
        with pytest.raises(KeepingError, match=message):
            use()
    assert path.read_bytes() == content


def test_a_file_of_a_newer_version_is_left_alone(kept: Conversations) -> None:
    kept.create(ME, [FIRST])
    with closing(sqlite3.connect(kept.keeping.path)) as file:
        file.execute("PRAGMA user_version = 99")
    with pytest.raises(KeepingError, match="更新版本"):
        kept.of(ME)


def test_a_folder_that_is_a_file_is_explained(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("x", encoding="utf-8")
    with pytest.raises(KeepingError, match="检查权限"):
        Conversations(Keeping(tmp_path / "data" / FILE_NAME)).of(ME)


def write(kept: Conversations, identity: str, count: int, name: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(kept.keeping.path), identity, str(count), name],
        env=environment(PYTHONPATH=os.pathsep.join([str(ROOT), str(ROOT / "tests")])),
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def test_two_processes_lose_nothing(kept: Conversations) -> None:
    made = kept.create(ME, [FIRST])
    writers = [write(kept, made.id, 15, name) for name in ("a", "b")]
    for writer in writers:
        writer.communicate(timeout=60)
        assert writer.returncode == 0
    expected = {f"{name}-{number}" for name in ("a", "b") for number in range(15)}
    assert set(questions(kept, made.id)[1:]) == expected


def test_what_was_acknowledged_survives_a_kill(kept: Conversations) -> None:
    made = kept.create(ME, [FIRST])
    writer = write(kept, made.id, 150, "k")
    assert writer.stdout is not None
    seen = [writer.stdout.readline().strip() for _ in range(5)]
    writer.kill()
    seen += writer.communicate()[0].split()
    assert questions(kept, made.id)[1 : len(seen) + 1] == seen


def test_threads_make_the_file_together(kept: Conversations) -> None:
    failures: list[BaseException] = []

    def make(owner: str) -> None:
        try:
            for _ in range(5):
                kept.create(owner, [FIRST])
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=make, args=(f"u{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [len(kept.of(f"u{number}")) for number in range(6)] == [5] * 6


def test_words_are_found_in_titles_questions_and_answers_but_not_in_passages(kept: Conversations) -> None:
    made = kept.create(ME, [FIRST, Exchange("失败的一问", failure="没有")], title="Title 一")
    kept.create(OTHER, [FIRST])
    assert kept.find(ME, "title 第一问 96.12%") == {made.id}
    assert kept.find(ME, "失败") == {made.id}
    assert kept.find(ME, "食堂三处") == frozenset()  # stands in a passage that was only retrieved
    assert kept.find(ME, "%") == {made.id}
    assert kept.find(ME, " ") == frozenset()


@pytest.mark.parametrize("is_emptied", [True, False])
def test_a_file_that_is_gone_is_said_and_begun_anew_only_when_told(kept: Conversations, is_emptied: bool) -> None:
    kept.create(ME, [FIRST])
    path = kept.keeping.path
    path.write_bytes(b"") if is_emptied else path.unlink()
    for _ in range(2):
        with pytest.raises(KeepingError, match="不见了"):
            kept.of(ME)
    path.with_name(f"{path.name}.kept").unlink()
    assert kept.of(ME) == ()
