from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from fixture_files import PdfBuilder, picture, text

from rag.app.pending import BackgroundRecognition, PendingPages, pages_waiting
from rag.index.index import Index
from rag.ingest import Ingest, Outcome, Progress, with_recognised
from rag.models.embedders import HashingEmbedder
from rag.readers.recognised import RecognisedPages, load_page
from rag.reading.recognition import Recognition
from rag.records import Origin, PageStatus
from rag.sandbox import Limits

TASK = """
import os, signal
from pathlib import Path
from rag.readers.page_runs import Box, Run
from rag.readers.request import PictureRequest
from rag.readers.recognised import RecognisedPage
from rag.records import Line, Origin
from rag.sandbox.values import json_to_value, value_to_json

SAID = {said}

def answer(request, teller):
    asked = json_to_value(PictureRequest, request)
    for number in asked.numbers:
        words = SAID[number]
        tries = Path(__file__).with_name(f"tries-{number}")
        tries.write_text(tries.read_text() + "x" if tries.exists() else "x")
        if words == "crash" or (words == "once" and len(tries.read_text()) == 1):
            os.kill(os.getpid(), signal.SIGSEGV)
        words = ["图中专任教师300人"] if words == "once" else words
        lines = tuple(Line(word, 72, 80 + 20 * at, 300, 92 + 20 * at, 12, origin=Origin.RECOGNISED, score=0.8)
                      for at, word in enumerate(words))
        page = RecognisedPage(number, lines, is_whole=number in asked.whole)
        teller.note(value_to_json(RecognisedPage, page))
    return b""
"""
LIMITS = Limits()
WHOLE = picture(0, 0, 595, 842)
INSIDE = text(72, 780, "甲城职业学院2023年质量年报，在校生5000人。") + picture(72, 300, 400, 300)


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., tuple[Ingest, PendingPages]]]:
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    opened: list[Index | Recognition] = []

    def make(said: dict[int, object]) -> tuple[Ingest, PendingPages]:
        (tmp_path / "fake_recognition.py").write_text(TASK.replace("{said}", repr(said)), "utf-8")
        index = Index(tmp_path / "index", HashingEmbedder(), lock_wait_seconds=20)
        kept = RecognisedPages(tmp_path / "recognised")
        recognition = Recognition(kept, LIMITS.max_file_bytes, "fake_recognition:answer")
        opened.extend([index, recognition])
        return Ingest(index, LIMITS, 400, kept), PendingPages(index, recognition, LIMITS, 400)

    yield make
    for part in opened:
        part.close()


def file_of(tmp_path: Path, *pages: str) -> Path:
    document = PdfBuilder()
    for page in pages:
        document.page(page)
    return document.write(tmp_path / "甲.pdf")


def test_text_pages_answer_until_the_pictures_are_recognised(start, tmp_path: Path) -> None:
    ingest, pending = start({1: ["图中专任教师300人"], 2: ["全年培训4000人次，到账12.5万元。"]})
    outcome = ingest.run([file_of(tmp_path, INSIDE, WHOLE)])
    assert outcome.added == ("甲.pdf",)
    store = ingest.index.store
    before = store.report("甲.pdf")
    assert before is not None
    assert before.pending_pages == (1, 2)
    assert [page.status for page in store.pages("甲.pdf")] == [PageStatus.TEXT, PageStatus.PENDING]
    assert "5000人" in "".join(section.text for section in store.sections("甲.pdf"))

    told: list[Progress] = []
    assert pending.run(told.append).updated == ("甲.pdf",)
    assert [(one.done, one.total) for one in told] == [(0, 2), (1, 2), (2, 2)]
    assert "第 1、2 页" in told[0].name
    after = store.report("甲.pdf")
    assert after is not None
    assert after.pending_pages == ()
    sections = store.sections("甲.pdf")
    read = "".join(section.text for section in sections)
    assert "5000人" in read
    assert "300人" in read
    assert "12.5万元" in read
    recognised = [section.text[span.start : span.end] for section in sections for span in section.recognised]
    assert recognised == ["图中专任教师300人", "全年培训4000人次，到账12.5万元。"]
    assert any("第 2 页的文字是从图片识别的" in warning for warning in after.warnings)
    # nothing is left to do, and an ingest that changes nothing reads nothing again
    assert pending.run() == Outcome()
    assert ingest.run([tmp_path / "甲.pdf"]).skipped == ("甲.pdf",)


def test_a_page_that_breaks_the_recogniser_costs_that_page(start, tmp_path: Path) -> None:
    ingest, pending = start({1: "crash", 2: ["到账12.5万元。"]})
    ingest.run([file_of(tmp_path, INSIDE, WHOLE)])
    assert pending.run().updated == ("甲.pdf",)
    report = ingest.index.store.report("甲.pdf")
    assert report is not None
    assert report.pending_pages == ()
    assert any(warning.startswith("第 1 页图中的文字没能识别") for warning in report.warnings)
    assert "12.5万元" in "".join(section.text for section in ingest.index.store.sections("甲.pdf"))
    assert [(tmp_path / f"tries-{number}").read_text() for number in (1, 2)] == ["xx", "x"]


def test_a_process_that_dies_by_chance_costs_nothing(start, tmp_path: Path) -> None:
    ingest, pending = start({1: "once", 2: ["到账12.5万元。"]})
    ingest.run([file_of(tmp_path, INSIDE, WHOLE)])
    assert pending.run().updated == ("甲.pdf",)
    read = "".join(section.text for section in ingest.index.store.sections("甲.pdf"))
    assert "300人" in read
    assert "12.5万元" in read
    assert [(tmp_path / f"tries-{number}").read_text() for number in (1, 2)] == ["xx", "x"]


def test_a_file_of_pictures_without_any_text_is_dropped_and_named(start, tmp_path: Path) -> None:
    ingest, pending = start({1: [], 2: []})
    path = file_of(tmp_path, WHOLE, WHOLE)
    # a first page that is a picture is one whole page too
    outcome = ingest.run([path])
    assert outcome.added == ("甲.pdf",)
    whole = with_recognised(outcome, pending.run())
    assert whole.added == ()
    assert "没有认出可用的文字" in whole.failed[0][1]
    assert ingest.index.store.reports() == ()


def test_what_was_said_of_pages_that_waited_is_not_said_again(start, tmp_path: Path) -> None:
    ingest, pending = start({1: ["图中专任教师300人"], 2: ["到账12.5万元。"]})
    outcome = ingest.run([file_of(tmp_path, INSIDE, WHOLE)])
    assert any("正在等待文字识别" in warning for _, warning in outcome.warnings)
    whole = with_recognised(outcome, pending.run())
    assert not any("正在等待" in warning for _, warning in whole.warnings)
    report = ingest.index.store.report("甲.pdf")
    assert report is not None
    assert [warning for _, warning in whole.warnings] == sorted(report.warnings)


def test_what_was_recognised_is_kept_when_it_is_stopped(start, tmp_path: Path) -> None:
    ingest, pending = start({1: ["图中专任教师300人"], 2: "crash"})
    ingest.run([file_of(tmp_path, INSIDE, WHOLE)])
    report = ingest.index.store.report("甲.pdf")
    assert report is not None
    stop = threading.Event()
    assert pending.run(lambda progress: stop.set() if progress.done else None, stop) == Outcome()
    kept = pending.recognition.kept
    assert 1 not in kept.missing(report.sha256, (1, 2))


def test_a_file_that_has_changed_meanwhile_is_left_alone(start, tmp_path: Path) -> None:
    ingest, pending = start({1: ["图中专任教师300人"], 2: ["到账12.5万元。"]})
    path = file_of(tmp_path, INSIDE, WHOLE)
    ingest.run([path])
    file_of(tmp_path, text(72, 780, "甲城职业学院2023年质量年报，在校生6000人。") + picture(72, 300, 400, 300), WHOLE)
    assert pending.run().updated == ()
    assert ingest.run([path]).updated == ("甲.pdf",)
    assert pending.run().updated == ("甲.pdf",)


def test_a_damaged_page_is_recognised_again(tmp_path: Path) -> None:
    file = tmp_path / "3.json"
    file.write_bytes(b"{")
    assert load_page(file) is None
    assert not file.exists()
    assert load_page(file) is None


def test_it_works_in_the_background(start, tmp_path: Path) -> None:
    ingest, pending = start({1: ["图中专任教师300人"], 2: ["到账12.5万元。"]})
    ingest.run([file_of(tmp_path, INSIDE, WHOLE)])
    notices: list[str] = []
    background = BackgroundRecognition(pending, notices.append)
    with closing(background):
        background.wake()
        for _ in range(600):
            report = ingest.index.store.report("甲.pdf")
            if report is not None and not report.pending_pages:
                break
            threading.Event().wait(0.05)
    assert report is not None
    assert report.pending_pages == ()
    assert notices == []
    assert background.progress is None


def test_a_broken_run_is_told_of_and_the_thread_lives(start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, pending = start({})
    notices: list[str] = []
    heard = threading.Event()
    broken = replace(pending, limits=LIMITS)
    monkeypatch.setattr(PendingPages, "run", lambda *given: 1 / 0)
    background = BackgroundRecognition(broken, lambda notice: (notices.append(notice), heard.set())[0])
    with closing(background):
        background.wake()
        assert heard.wait(20)
    assert "文字识别没能继续" in notices[0]


def test_pages_are_named_in_ranges() -> None:
    assert pages_waiting((92, 93, 94, 97)) == "第 92–94、97 页"


def test_recognised_lines_keep_their_origin(start, tmp_path: Path) -> None:
    ingest, pending = start({1: ["图中专任教师300人"], 2: ["到账12.5万元。"]})
    ingest.run([file_of(tmp_path, INSIDE, WHOLE)])
    pending.run()
    first, second = ingest.index.store.pages("甲.pdf")
    assert [item.origin for item in first.items] == [Origin.PRINTED, Origin.RECOGNISED]
    assert [item.origin for item in second.items] == [Origin.RECOGNISED]
