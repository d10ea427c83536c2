from __future__ import annotations

import json
from dataclasses import replace

from answer_samples import make_report
from kept_samples import REPORT, TABLE, TEXT, make_answer, make_exchange

from rag.presentation.exchanges import Exchange, exchange_from_json, exchange_to_json
from rag.presentation.html import page
from rag.presentation.json_and_text import answer_to_json
from rag.records import AnswerStatus


def test_it_gives_both_turns() -> None:
    turns = make_exchange("问").turns
    assert [(turn.role, turn.content) for turn in turns] == [("user", "问"), ("assistant", TEXT)]
    assert Exchange("问", failure="模型没有应答").turns[1].content == ""


def test_it_keeps_what_is_cited_and_the_whole_record() -> None:
    exchange = make_exchange()
    assert exchange.reports == (REPORT,)
    assert exchange.tables == (TABLE,)
    assert exchange.answer is not None
    assert exchange.answer.citations == make_answer().citations
    assert exchange.answer.evidence.passages == ()
    assert json.loads(exchange.record) == answer_to_json(make_answer(), {REPORT.id: REPORT}, {TABLE.id: TABLE.caption})
    assert "食堂三处。" in exchange.record


def test_it_reads_back_as_it_was() -> None:
    for exchange in (make_exchange(), Exchange("问", failure="没有应答")):
        assert exchange_from_json(exchange.question, exchange_to_json(exchange), exchange.record) == exchange


def test_another_layout_leaves_the_record() -> None:
    exchange = make_exchange()
    for text in ('{"question": "问", "answer": {"status": "answered"}}', "{", '{"question": 1}'):
        old = exchange_from_json("问", text, exchange.record)
        assert (old.answer, old.text) == (None, TEXT)
        assert "96.12%" in page.exchange_to_html(old, "a")[0]
        assert "另一版本" in page.exchange_to_html(exchange_from_json("问", text, ""), "a")[0]


def test_what_was_changed_is_not_shown() -> None:
    exchange = make_exchange()
    text = exchange_to_json(exchange)
    for changed in (text.replace("96.12", "98.12", 1), text[:20], text[1:]):
        found = exchange_from_json(exchange.question, changed, exchange.record)
        assert (found.answer, found.record) == (None, "")
        assert "已损坏" in found.failure
    assert exchange_from_json(exchange.question, text, exchange.record + " ").failure
    assert exchange_from_json(exchange.question, text[text.index("{") :], exchange.record) == exchange


def test_several_colleges_can_be_compared_where_the_answer_is_sure_or_the_question_names_them() -> None:
    kept = replace(make_exchange(), reports=(REPORT, make_report("b.txt", "白河职业技术学院")))
    assert kept.answer is not None
    second = kept.answer.citations[1]
    cited = (kept.answer.citations[0], replace(second, passage=replace(second.passage, report_id="b.txt")))
    sure = replace(kept.answer, citations=cited)
    unsure = replace(sure, status=AnswerStatus.NOT_FOUND)
    asked = replace(unsure, query=replace(unsure.query, colleges=("青石职业技术学院", "白河职业技术学院")))
    offered = [page.compared_reports(replace(kept, answer=answer)) for answer in (kept.answer, sure, unsure, asked)]
    assert offered == [(), ("a.txt", "b.txt"), (), ("a.txt", "b.txt")]
