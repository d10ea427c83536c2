from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from index_samples import sample_report

from rag.presentation.json_and_text import answer_to_json, answer_to_text, place_of, report_to_json, report_to_text
from rag.records import (
    AnswerFigure,
    AnswerStatus,
    Citation,
    Conflict,
    Evidence,
    Passage,
    Query,
    RecognisedSpan,
    ReportStats,
    VerifiedAnswer,
)

TEXT = "一、概况\n在校生\n8000人。"
PASSAGE = Passage("p", "甲", "s", ("一、概况", "（一）规模"), 0, len(TEXT), TEXT, 5, 15, 7, "3", 0.1234567, "甲/t1")
CITATION = Citation(1, PASSAGE, 5, len(TEXT), 7, "3")
QUERY = Query(question="多少人？", standalone="甲院多少人？", focus="多少人？", report_ids=("甲",))
ANSWER = VerifiedAnswer(
    query=QUERY,
    evidence=Evidence(QUERY, (PASSAGE,)),
    status=AnswerStatus.ANSWERED,
    text="在校生**8000人** [1]。",
    figures=(AnswerFigure("8000人", Decimal("8E+3"), "人", "answer", "quoted", (1,)),),
    citations=(CITATION,),
    conflicts=(Conflict("在校生", (("8000人", 1), ("8001人", 1)), "报告中两处不同。"),),
    unsupported=("9%",),
    model="extractive",
    model_returned=None,
    input_tokens=0,
    output_tokens=0,
    timings_ms=(("retrieve", 1.26), ("total", 2.0)),
    chance=0.73456,
)


def test_a_source_that_was_recognised_says_so() -> None:
    for score, note in ((0.97, "图片识别"), (0.62, "图片识别，把握不大，请对照原图")):
        spans = (RecognisedSpan(0, len(TEXT), score),)
        citation = replace(CITATION, passage=replace(PASSAGE, recognised=spans))
        answer = replace(ANSWER, citations=(citation,))
        shown = answer_to_json(answer, {}, {})["citations"][0]
        assert (shown["origin"], shown["recognition_score"]) == ("recognised", score)
        assert place_of(citation, None).endswith(f"，{note}")
        assert f"第 7 页（印刷页码 3），{note}\n" in answer_to_text(answer, {})


def test_the_object_has_every_key_of_the_contract():
    shown = answer_to_json(ANSWER, {"甲": sample_report("甲")}, {"甲/t1": "表1 设施"})
    assert json.loads(json.dumps(shown, ensure_ascii=False)) == {
        "question": "多少人？",
        "standalone_question": "甲院多少人？",
        "status": "answered",
        "purpose": "figures",
        "answer": "在校生**8000人** [1]。",
        "figures": [
            {
                "text": "8000人",
                "value": "8000",
                "unit": "人",
                "role": "answer",
                "kind": "quoted",
                "citations": [1],
                "formula": None,
                "scope": "",
                "said": "",
                "caution": None,
            }
        ],
        "citations": [
            {
                "n": 1,
                "report": "甲",
                "title": "甲年报",
                "college": "某某学院",
                "year": 2023,
                "section": ["一、概况", "（一）规模"],
                "page": 7,
                "page_label": "3",
                "table": "表1 设施",
                "quote": "在校生\n8000人。",
                "text": TEXT,
                "origin": "printed",
                "recognition_score": None,
            }
        ],
        "conflicts": [
            {
                "indicator": "在校生",
                "values": [{"text": "8000人", "citation": 1}, {"text": "8001人", "citation": 1}],
                "note": "报告中两处不同。",
            }
        ],
        "unsupported": ["9%"],
        "certainty": "sure",
        "chance": 0.7346,
        "candidates": [],
        "retrieved": [
            {
                "report": "甲",
                "section": ["一、概况", "（一）规模"],
                "page": 7,
                "page_label": "3",
                "score": 0.123457,
                "text": TEXT,
            }
        ],
        "model": "extractive",
        "model_returned": None,
        "timings_ms": {"retrieve": 1.3, "total": 2.0},
        "usage": {"input_tokens": 0, "output_tokens": 0, "cost": None, "first_token_ms": None},
        "notice": "",
    }


def test_a_report_that_has_gone_meanwhile_is_named_by_its_id():
    shown = answer_to_json(ANSWER, {}, {})["citations"][0]
    assert (shown["title"], shown["college"], shown["year"], shown["table"]) == ("甲", "", None, None)
    assert place_of(CITATION, None).startswith("甲，")


@pytest.mark.parametrize(
    ("page", "label", "expected"),
    [
        (7, "3", "第 7 页（印刷页码 3）"),
        (7, "7", "第 7 页"),
        (7, None, "第 7 页"),
        (None, None, "一、概况 › （一）规模"),
    ],
)
def test_a_place_names_both_page_numbers_where_they_differ(page, label, expected):
    place = place_of(replace(CITATION, page=page, page_label=label), sample_report("甲"))
    assert place.startswith("《甲年报》，一、概况 › （一）规模")
    assert place.endswith(expected)


def test_the_text_gives_the_answer_then_its_sources():
    text = answer_to_text(ANSWER, {"甲": sample_report("甲")})
    assert text.splitlines() == [
        "在校生**8000人** [1]。",
        "",
        "[1] 《甲年报》，一、概况 › （一）规模，第 7 页（印刷页码 3）",
        "    在校生 8000人。",
    ]


def test_what_a_model_took_and_what_happened_to_it_are_told():
    told = replace(ANSWER, cost=Decimal("1.8E-3"), first_token_ms=812.345, notice="模型没有答完。")
    shown = answer_to_json(told, {}, {})
    assert shown["usage"] == {"input_tokens": 0, "output_tokens": 0, "cost": "0.0018", "first_token_ms": 812.3}
    assert shown["notice"] == "模型没有答完。"
    assert "在校生**8000人** [1]。\n\n注意：模型没有答完。\n\n[1]" in answer_to_text(told, {})


def test_a_report_is_listed_with_what_is_known_of_it():
    stats = ReportStats(2, 3, 1, 9)
    report = replace(sample_report("甲"), warnings=("第 2 页是图片。",), figure_count=12)
    assert report_to_text(report, stats).splitlines() == [
        "甲",
        "  《甲年报》",
        "  某某学院 · 质量年报 · 2023 年 · 2 页 · 1 张表 · 9 个文本块 · 12 个数字",
        "  注意：第 2 页是图片。",
    ]
    dated = replace(sample_report("甲"), cohort=2023, academic_year="2022-2023")
    assert "质量年报 · 2023 年 · 2023 届 · 2022-2023 学年 · " in report_to_text(dated, stats)
    unknown = replace(sample_report("甲"), college="", year=None, page_count=0)
    assert report_to_text(unknown, ReportStats(1, 1, 0, 1)).splitlines()[-1] == "  质量年报 · 1 个文本块"
    assert report_to_json(report, stats) == {
        "id": "甲",
        "title": "甲年报",
        "college": "某某学院",
        "kind": "质量年报",
        "year": 2023,
        "cohort": None,
        "academic_year": None,
        "short_names": ["某院"],
        "pages": 2,
        "tables": 1,
        "chunks": 9,
        "figures": 12,
        "warnings": ["第 2 页是图片。"],
    }
