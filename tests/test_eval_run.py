"""Running a question set: order, crashes, kills, and what a resumed run may keep."""

from __future__ import annotations

import json
import queue
import threading
import time

import pytest
from eval_samples import case, line

from evals.run import (
    ANSWERS,
    Pace,
    answer_case,
    answer_cases,
    earlier_lines,
    lines_to_keep,
    read_answers,
    write_manifest,
    write_text,
)
from evals.scoring import Bucket, score_line
from rag.errors import ModelError, UsageError

CASES = tuple(case(id=f"q{n}", question=f"第{n}个问题？", answerable=False) for n in range(12))
MANIFEST = {
    "version": "1",
    "code": "c",
    "settings_hash": "s",
    "model": "m",
    "prompt_versions": {},
    "reports": {"a": "1"},
}


class Answerer:
    """Answers after a while, keeps what it was asked, and fails where it is told to."""

    def __init__(self, *, fails=(), seconds=None):
        self.asked = []
        self._fails, self._seconds = fails, seconds or {}
        self._guard = threading.Lock()
        self.busy = self.most_busy = 0

    def __call__(self, asked_case, should_stop):
        with self._guard:
            self.asked.append(asked_case.id)
            self.busy += 1
            self.most_busy = max(self.most_busy, self.busy)
        time.sleep(self._seconds.get(asked_case.id, 0.002))
        with self._guard:
            self.busy -= 1
        if asked_case.id in self._fails:
            raise self._fails[asked_case.id]
        return line(f"{asked_case.id}的回答", question=asked_case.question)


@pytest.fixture
def folder(tmp_path):
    return tmp_path


def kept(folder):
    return [json.loads(text) for text in (folder / ANSWERS).read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("concurrency", [1, 4])
def test_the_order_is_that_of_the_questions_however_many_are_asked_at_once(folder, concurrency):
    ask = Answerer(seconds={"q0": 0.05, "q3": 0.03})
    lines = answer_cases(CASES, ask, folder, pace=Pace(concurrency))
    assert list(lines) == [c.id for c in CASES] == [found["id"] for found in kept(folder)]
    assert kept(folder)[5] == {"id": "q5", "asked": CASES[5].asked, **line("q5的回答", question="第5个问题？")}
    assert ask.most_busy <= concurrency
    assert (ask.most_busy > 1) == (concurrency > 1)


def test_a_crashed_question_is_a_line_and_the_run_goes_on(folder):
    fails = {"q1": ModelError("模型没有回答。"), "q2": ZeroDivisionError("division"), "q3": TimeoutError("60 s")}
    lines = answer_cases(CASES[:5], Answerer(fails=fails), folder)
    assert [found["status"] for found in lines.values()] == ["answered", "error", "error", "error", "answered"]
    assert lines["q1"]["error"] == "模型没有回答。"
    assert lines["q2"]["error"] == "ZeroDivisionError：division"
    assert lines["q0"].keys() <= {*lines["q2"], "error"}


@pytest.mark.parametrize("concurrency", [1, 4])
def test_a_question_that_takes_too_long_is_a_failed_line_and_the_run_goes_on(folder, concurrency):
    hang = threading.Event()

    def ask(asked_case, should_stop):
        if asked_case.id == "q1":
            hang.wait()
        return line("回答", question=asked_case.question)

    try:
        lines = answer_cases(CASES[:4], ask, folder, pace=Pace(concurrency, timeout=0.3))
    finally:
        hang.set()
    assert [found["status"] for found in kept(folder)] == ["answered", "error", "answered", "answered"]
    assert lines["q1"]["error"] == "超时：0.3 秒内没有答完。"
    assert score_line(CASES[1], lines["q1"]).bucket is Bucket.FAILED


def test_what_nobody_waits_for_any_more_is_told_to_stop(folder):
    begun, told = threading.Event(), queue.Queue()

    def work_until_stopped(asked_case, should_stop):
        begun.set()
        while not should_stop():
            time.sleep(0.005)
        told.put(asked_case.id)
        return line("没有说完")

    def ask(asked_case, should_stop):
        if asked_case.id == "q1":
            assert begun.wait(30)
            return line("说完了")
        return work_until_stopped(asked_case, should_stop)

    def interrupt(asked_case, found):
        raise KeyboardInterrupt

    answer_cases(CASES[:1], ask, folder, pace=Pace(timeout=0.1))
    assert told.get(timeout=30) == "q0"
    begun.clear()
    with pytest.raises(KeyboardInterrupt):
        answer_cases(CASES[1:3], ask, folder, pace=Pace(2), on_answer=interrupt)
    assert told.get(timeout=30) == "q2"


def test_every_answer_is_on_disk_as_soon_as_it_is_there(folder):
    on_disk = []
    answer_cases(CASES[:4], Answerer(), folder, on_answer=lambda c, found: on_disk.append(len(kept(folder))))
    assert on_disk == [1, 2, 3, 4]


@pytest.mark.parametrize("concurrency", [1, 3])
def test_an_interrupted_run_is_taken_up_without_asking_again(folder, concurrency):
    def stop_after_five(asked_case, found):
        if len(kept(folder)) >= 5:
            raise KeyboardInterrupt

    first, second = Answerer(fails={"q1": ModelError("忙")}), Answerer()
    write_manifest(folder, MANIFEST)
    with pytest.raises(KeyboardInterrupt):
        answer_cases(CASES, first, folder, pace=Pace(concurrency), on_answer=stop_after_five)
    with (folder / ANSWERS).open("a", encoding="utf-8") as file:
        file.write('{"id": "q9", "asked"')
    answered = {found["id"] for found in kept_whole(folder) if found["status"] != "error"}
    assert len(answered) >= 4
    done = earlier_lines(folder, CASES, MANIFEST)
    assert set(done) == answered
    lines = answer_cases(CASES, second, folder, pace=Pace(concurrency), done=done)
    assert set(second.asked) == {c.id for c in CASES} - answered
    assert [found["id"] for found in kept(folder)] == list(lines) == [c.id for c in CASES]


def kept_whole(folder):
    return read_answers(folder / ANSWERS).values()


def test_only_answers_to_the_same_question_are_kept():
    lines = {c.id: answer_case(Answerer(), c) for c in CASES[:3]}
    other = (case(id="q0", question="换了的问题？"), case(id="q1", question="第1个问题？", reports=("a",)), CASES[2])
    assert set(lines_to_keep(other, lines)) == {"q2"}
    assert lines_to_keep(CASES, {"q2": {**lines["q2"], "status": "error"}}) == {}


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"version": "2"}, "程序版本"),
        ({"code": "d"}, "程序代码"),
        ({"settings_hash": "t"}, "设置"),
        ({"model": "n"}, "模型"),
        ({"prompt_versions": {"answer": 2}}, "提示词"),
        ({"reports": {"a": "2"}}, "报告"),
    ],
)
def test_a_run_of_something_else_is_not_taken_up(folder, change, name):
    write_manifest(folder, MANIFEST)
    assert earlier_lines(folder, CASES, MANIFEST) == {}
    with pytest.raises(UsageError, match=f"{name}已与那次不同"):
        earlier_lines(folder, CASES, {**MANIFEST, **change})


def test_a_folder_without_a_run_cannot_be_resumed(folder):
    with pytest.raises(UsageError, match="没有可以接着做的评测"):
        earlier_lines(folder, CASES, MANIFEST)
    (folder / "run.json").write_text("{", encoding="utf-8")
    with pytest.raises(UsageError, match="无法接着做"):
        earlier_lines(folder, CASES, MANIFEST)


def test_a_line_stays_one_line_whatever_stands_in_it(folder):
    odd = "一\n二\u2028三\u2029四\x85五\r六"
    answer_cases(CASES[:2], lambda c, should_stop: line(odd), folder)
    assert [found["answer"] for found in kept(folder)] == [odd, odd]


def test_a_file_is_written_whole_or_not_at_all(folder):
    path = folder / "x.json"
    write_text(path, "一")
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "二\ud800")
    assert path.read_text(encoding="utf-8") == "一"
