from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import write_report
from fixture_files import PdfBuilder, picture, text

import rag.ingest
import rag.reading.files
from rag.app.assembly import build_ingest, open_index
from rag.app.rereading import Rereading
from rag.errors import BrokenIndexError, IndexBusyError, SettingsError
from rag.index.index import Index
from rag.ingest import PHASES, Ingest, Outcome, Progress
from rag.settings.settings import Settings

SHARED = Path(__file__).parents[2] / "shared" / "reports"


FAILING_TASK = """
from rag.reading import analysis

def answer(request, teller):
    return 1 / 0 if "甲".encode() in request else analysis.answer(request, teller)
"""


@pytest.fixture
def start(tmp_path) -> Callable[..., Ingest]:
    opened: list[Index] = []

    def make(**changes: object) -> Ingest:
        settings = Settings(
            data=tmp_path / "data", **{"lock_seconds": 20.0, "read_max_pages": 5, "ocr": "off", **changes}
        )
        opened.append(open_index(settings))
        return build_ingest(settings, opened[-1])

    yield make
    for index in opened:
        index.close()


def texts(ingest: Ingest, report_id: str) -> str:
    return "".join(section.text for section in ingest.index.store.sections(report_id))


def counts(outcome: Outcome) -> tuple[int, ...]:
    return tuple(map(len, (outcome.added, outcome.updated, outcome.skipped, outcome.failed, outcome.removed)))


def test_new_files_are_read_unchanged_skipped_changed_replaced_lost_pruned(start, tmp_path):
    ingest, folder = start(), tmp_path / "报告"
    for name, students in (("甲.txt", 100), ("乙.txt", 200)):
        write_report(folder / name, f"{name[0]}城职业学院", students)
    seen: list[Progress] = []
    first = ingest.run([folder], on_progress=seen.append)
    assert counts(first) == (2, 0, 0, 0, 0)
    assert [(p.done, p.total) for p in seen if not p.phase] == [(1, 2), (2, 2)]
    for name in ("甲.txt", "乙.txt"):
        assert [p.phase for p in seen if p.name == name] == [*PHASES, ""]
    assert counts(ingest.run([folder])) == (0, 0, 2, 0, 0)
    write_report(folder / "甲.txt", "甲城职业学院", 101)
    second = ingest.run([folder])
    assert (second.updated, second.skipped) == (("甲.txt",), ("乙.txt",))
    assert "101人" in texts(ingest, "甲.txt")
    assert "100人" not in texts(ingest, "甲.txt")
    (folder / "乙.txt").unlink()
    assert counts(ingest.run([folder])) == (0, 0, 1, 0, 0)
    third = ingest.run([folder], prune=True)
    assert third.removed == ("乙.txt",)
    assert third.summary == "新增 0 / 更新 0 / 跳过 1 / 失败 0 / 移除 1"


def test_a_vanished_folder_loses_no_reports(start, tmp_path):
    ingest, folder = start(), tmp_path / "移动硬盘"
    write_report(folder / "甲.txt", "甲城职业学院", 100)
    ingest.run([folder])
    shutil.rmtree(folder)
    outcome = ingest.run([folder], prune=True)
    assert counts(outcome) == (0, 0, 0, 1, 0)
    assert texts(ingest, "甲.txt")


def test_other_folders_are_not_pruned(start, tmp_path):
    ingest = start()
    first, second = tmp_path / "一", tmp_path / "二"
    write_report(first / "甲.txt", "甲城职业学院", 100)
    write_report(second / "乙.txt", "乙城职业学院", 200)
    ingest.run([first, second])
    assert counts(ingest.run([first], prune=True)) == (0, 0, 1, 0, 0)
    assert len(ingest.index.store.reports()) == 2


def test_the_same_bytes_under_another_name_are_not_indexed_again(start, tmp_path):
    ingest, folder = start(), tmp_path / "报告"
    first = write_report(folder / "甲.txt", "甲城职业学院", 100)
    shutil.copy(first, folder / "甲-副本.txt")
    outcome = ingest.run([folder])
    assert counts(outcome) == (1, 0, 0, 0, 0)
    assert outcome.summary.endswith(" / 重复 1")
    ((name, note),) = outcome.duplicates
    (report,) = ingest.index.store.reports()
    assert {name, report.id} == {"甲.txt", "甲-副本.txt"}
    assert note == f"与已收录的《{report.title}》（{report.id}）内容完全相同，未重复添加。"
    assert counts(ingest.run([folder])) == (0, 0, 1, 0, 0)
    elsewhere = tmp_path / "别处" / "甲.txt"
    elsewhere.parent.mkdir()
    shutil.copy(first, elsewhere)
    assert [name for name, _ in ingest.run([elsewhere]).duplicates] == ["甲.txt"]
    assert len(ingest.index.store.reports()) == 1


def test_a_report_that_has_moved_is_read_where_it_is_now(start, tmp_path):
    ingest, folder = start(), tmp_path / "报告"
    write_report(folder / "甲.txt", "甲城职业学院", 100).rename(folder / "乙.txt")
    write_report(folder / "丙.txt", "丙城职业学院", 100)
    ingest.run([folder])
    (folder / "乙.txt").rename(folder / "丁.txt")
    outcome = ingest.run([folder], prune=True)
    assert (outcome.added, outcome.removed, outcome.duplicates) == (("丁.txt",), ("乙.txt",), ())


def test_copies_of_a_file_that_cannot_be_read_are_all_named(start, tmp_path):
    for name in ("一.pdf", "二.pdf"):
        (tmp_path / name).write_bytes(b"%PDF-1.7 x")
    outcome = start().run([tmp_path / "一.pdf", tmp_path / "二.pdf"])
    assert [name for name, _ in outcome.failed] == ["一.pdf", "二.pdf"]
    assert len({reason for _, reason in outcome.failed}) == 1
    assert outcome.duplicates == ()


BROKEN = {
    "空.pdf": (b"", "空的"),
    "假.pdf": (bytes(range(1, 256)) * 20, "内容却不是 PDF"),
    "半截.pdf": (b"%PDF-1.7\n1 0 obj\n<< /Type", "不完整"),
    "多页.pdf": (None, "上限 5 页"),
    "扫描.pdf": (PdfBuilder().page(picture(0, 0, 595, 842)).render(), "扫描件"),
    "乱.txt": (bytes(range(256)) * 200, "不是文本文件"),
    "旧.doc": (b"x", "另存为"),
    "图.docx": (b"\x89PNG\r\n\x1a\n", "图片"),
}


def test_every_broken_file_is_named_with_its_reason_and_the_others_are_read(start, tmp_path):
    folder = tmp_path / "报告"
    write_report(folder / "好.txt", "甲城职业学院", 100)
    many = PdfBuilder()
    for _ in range(6):
        many.page(text(100, 700, "正文"))
    for name, (content, _) in BROKEN.items():
        (folder / name).write_bytes(many.render() if content is None else content)
    outcome = start().run([folder])
    assert outcome.added == ("好.txt",)
    reasons = dict(outcome.failed)
    assert set(reasons) == set(BROKEN)
    for name, (_, expected) in BROKEN.items():
        assert expected in reasons[name], name
    assert outcome.summary.startswith("新增 1 / 更新 0 / 跳过 0 / 失败 8（")


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the shared reports")
def test_the_broken_samples_are_named_each_with_its_own_reason(start):
    outcome = start(read_max_pages=1000).run([SHARED / "broken"])
    assert counts(outcome) == (0, 0, 0, 6, 0)
    assert len({reason for _, reason in outcome.failed}) == 6


def test_a_file_that_no_longer_can_be_read_keeps_what_was_read(start, tmp_path):
    ingest, path = start(), write_report(tmp_path / "报告" / "甲.txt", "甲城职业学院", 100)
    ingest.run([path.parent])
    path.write_bytes(b"")
    outcome = ingest.run([path.parent])
    assert outcome.failed[0][1].endswith("以前读入的内容仍保留。")
    assert "100人" in texts(ingest, "甲.txt")
    write_report(path, "甲城职业学院", 102)
    assert ingest.run([path.parent]).updated == ("甲.txt",)


def test_an_unforeseen_failure_of_ours_keeps_the_others(start, tmp_path, monkeypatch):
    for name in ("甲", "乙"):
        write_report(tmp_path / "报告" / f"{name}.txt", f"{name}城职业学院", 100)
    (tmp_path / "failing_task.py").write_text(FAILING_TASK, "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(rag.reading.files, "TASK", "failing_task:answer")
    outcome = start().run([tmp_path / "报告"])
    assert outcome.added == ("乙.txt",)
    assert "ZeroDivisionError" in outcome.failed[0][1]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda folder, settings: settings.update(max_chunk_tokens=300), id="chunk size"),
        pytest.param(lambda folder, settings: settings.update(version="2"), id="the program"),
        pytest.param(
            lambda folder, settings: (folder / "reports.toml").write_text('["甲.txt"]\nyear = 2021\n', "utf-8"),
            id="corrections",
        ),
    ],
)
def test_what_changes_the_result_makes_it_read_again(start, tmp_path, monkeypatch, change):
    folder = write_report(tmp_path / "报告" / "甲.txt", "甲城职业学院", 100).parent
    start().run([folder])
    settings: dict[str, object] = {}
    change(folder, settings)
    if version := settings.pop("version", None):
        monkeypatch.setattr("rag.reading.version.reading_version", lambda: version)
    assert start(**settings).run([folder]).updated == ("甲.txt",)


def test_what_only_the_code_has_changed_for_may_wait_and_is_read_one_by_one(start, tmp_path, monkeypatch):
    ingest, folder = start(), tmp_path / "报告"
    for name, students in (("甲.txt", 100), ("乙.txt", 200), ("丙.txt", 300)):
        write_report(folder / name, f"{name[0]}城职业学院", students)
    ingest.run([folder])
    rereading = Rereading(ingest.index, ingest)
    assert rereading.waiting() == []
    monkeypatch.setattr("rag.reading.version.reading_version", lambda: "2")
    write_report(folder / "甲.txt", "甲城职业学院", 101)
    outcome = ingest.run([folder], keep_outdated=True)
    assert (outcome.updated, len(outcome.skipped)) == (("甲.txt",), 2)
    (folder / "乙.txt").unlink()
    assert [path.name for path in rereading.waiting()] == ["丙.txt"]
    said: list[str] = []
    rereading.start(said.append, lambda: said.append("done")).join()
    assert (rereading.waiting(), said) == ([], ["done"])
    assert "300人" in texts(ingest, "丙.txt")
    assert "200人" in texts(ingest, "乙.txt")


def test_files_of_a_folder_that_was_moved_are_known_at_their_new_place(start, tmp_path):
    ingest = start()
    folder = write_report(tmp_path / "一" / "甲.txt", "甲城职业学院", 100).parent
    ingest.run([folder])
    folder.rename(tmp_path / "二")
    assert ingest.run([tmp_path / "二"]).updated == ("甲.txt",)
    assert [Path(report.path) for report in ingest.index.store.reports()] == [tmp_path / "二" / "甲.txt"]


def test_what_was_carried_over_is_read_under_its_id(start, tmp_path):
    ingest = start()
    file = write_report(tmp_path / "甲.txt", "甲城职业学院", 100)
    with ingest.index.store._database.writing() as connection:
        rows = [("其他/甲.txt", str(file)), ("乙.txt", str(tmp_path / "乙.txt"))]
        connection.executemany("INSERT INTO carried VALUES (?, ?)", rows)
    assert ingest.run([file]).added == ("其他/甲.txt",)
    assert list(ingest.index.store.carried()) == ["乙.txt"]
    ingest.run([file], prune=True)
    assert ingest.index.store.carried() == {}


def test_what_was_damaged_is_read_again(start, tmp_path):
    ingest = start()
    folder = write_report(tmp_path / "报告" / "甲.txt", "甲城职业学院", 100).parent
    ingest.run([folder])
    with ingest.index.store._database.writing() as connection:
        connection.execute("UPDATE sections SET data = replace(data, '100人', '900人')")
    with pytest.raises(BrokenIndexError, match="被改动"):
        texts(ingest, "甲.txt")
    assert ingest.run([folder]).updated == ("甲.txt",)
    assert "100人" in texts(ingest, "甲.txt")


def test_an_upload_that_was_changed_is_not_read_again(start, tmp_path):
    ingest = start()
    file = write_report(tmp_path / "data" / "uploads" / "甲.txt", "甲城职业学院", 100)
    ingest.run([file])
    file.write_bytes(file.read_bytes().replace(b"100", b"900"))
    outcome = ingest.run([file])
    assert [name for name, _ in outcome.failed] == ["甲.txt"]
    assert "被改动" in outcome.failed[0][1]
    assert "100人" in texts(ingest, "甲.txt")


def test_wrong_corrections_stop_the_run_or_the_file(start, tmp_path):
    folder = write_report(tmp_path / "报告" / "甲.txt", "甲城职业学院", 100).parent
    (folder / "reports.toml").write_text("[甲", "utf-8")
    with pytest.raises(SettingsError):
        start().run([folder])
    (folder / "reports.toml").write_text('["甲.txt"]\nyaer = 2021\n', "utf-8")
    assert "yaer" in start().run([folder]).failed[0][1]


def test_one_name_in_two_folders_gives_two_reports(start, tmp_path):
    ingest = start()
    for n, name in enumerate(("一", "二"), 1):
        write_report(tmp_path / name / "年报.txt", f"{name}城职业学院", n * 1111)
        ingest.run([tmp_path / name])
    reports = ingest.index.store.reports()
    assert len(reports) == 2
    assert "1111人" in texts(ingest, "年报.txt")
    assert "2222人" in texts(ingest, "二/年报.txt")
    assert counts(ingest.run([tmp_path / "一", tmp_path / "二"])) == (0, 0, 2, 0, 0)


def test_a_second_ingest_waits_and_then_finds_the_work_done(start, tmp_path):
    folder = write_report(tmp_path / "报告" / "甲.txt", "甲城职业学院", 100).parent
    first, second = start(), start()
    results: list[Outcome] = []
    waiting = threading.Thread(target=lambda: results.append(second.run([folder])))
    with first.index.writing():
        waiting.start()
        time.sleep(0.5)
        assert counts(first.run([folder])) == (1, 0, 0, 0, 0)
    waiting.join(30)
    assert counts(results[0]) == (0, 0, 1, 0, 0)


def test_a_second_ingest_that_waits_too_long_says_so(start, tmp_path):
    folder = write_report(tmp_path / "报告" / "甲.txt", "甲城职业学院", 100).parent
    first, second = start(), start(lock_seconds=0.2)
    failures: list[BaseException] = []

    def run() -> None:
        try:
            second.run([folder])
        except IndexBusyError as error:
            failures.append(error)

    with first.index.writing():
        thread = threading.Thread(target=run)
        thread.start()
        thread.join(20)
    assert "正在写入索引" in str(failures[0])


def test_ending_early_ends_what_is_being_read(start, tmp_path):
    folder = write_report(tmp_path / "报告" / "甲.txt", "甲城职业学院", 100).parent
    PdfBuilder(compress=True).page("0 0 m 1 1 l S " * 3_000_000).write(folder / "慢.pdf")
    ingest = start(read_seconds=60)

    def interrupt(progress: Progress) -> None:
        if progress.done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest.run([folder], on_progress=interrupt)
    assert [report.id for report in ingest.index.store.reports()] == ["甲.txt"]
