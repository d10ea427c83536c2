"""An answer that is still being made, as the page shows it; and the thread that makes it."""

from __future__ import annotations

import threading

import pytest
from answer_samples import make_report
from generate_samples import JOBS, STAFF, make_evidence

from rag.app.ui.job import Job
from rag.presentation.exchanges import Exchange
from rag.presentation.html.streaming import MAX_FOUND, found_html, streaming_html

REPORTS = {"a.txt": make_report("a.txt", "东湖职业技术学院")}


@pytest.mark.parametrize(
    ("text", "unchecked"),
    [
        ("", 0),
        ("2023届毕业生", 0),
        ("2023届就业率为 96.12%，专任教师约800人。\n另有 3 项", 3),
        ("<b>1</b> 与 **5%**", 2),
    ],
)
def test_figures_that_come_in_are_marked_as_unchecked(text, unchecked):
    html = streaming_html(text)
    assert html.count('class="wb-unchecked"') == unchecked
    assert "<b>" not in html
    assert ("核对中" in html) == bool(unchecked)


def test_what_was_found_is_named_with_its_place():
    html = found_html(make_evidence((JOBS, STAFF, JOBS, JOBS)), REPORTS)
    assert "找到 4 段相关原文" in html
    assert html.count("<li>") == MAX_FOUND
    assert "《东湖职业技术学院2023年质量年报》 第 1 页" in html
    assert found_html(make_evidence(()), REPORTS) == ""


def test_a_job_tells_how_far_it_is_and_can_be_stopped():
    stopped = threading.Event()

    def ask(on_stage, on_evidence, on_text, should_stop):
        on_stage("检索")
        on_evidence(make_evidence())
        on_text("就业率")
        while not should_stop():
            stopped.wait(0.01)
        return Exchange("问", failure="已停止")

    job = Job("问", ask)
    for _ in range(500):
        if job.text:
            break
        job.wait(0.02)
    assert (job.stages, job.text, job.exchange, job.is_stopping) == (("检索",), "就业率", None, False)
    assert job.evidence == make_evidence()
    job.stop()
    for _ in range(500):
        if job.exchange:
            break
        job.wait(0.02)
    assert job.exchange == Exchange("问", failure="已停止")
    assert job.is_stopping
