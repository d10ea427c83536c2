"""Retrieval: fusion, and passages grown to what a reader needs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.app.assembly import build_ingest, open_index
from rag.index.index import Index
from rag.language.tokens import estimate_tokens
from rag.question.understand import question_to_query
from rag.records import Filters, Passage, Query
from rag.retrieval.candidates import RRF_CONSTANT, reciprocal_rank_fusion
from rag.retrieval.growing import RetrievalLimits
from rag.retrieval.retrieve import query_to_evidence
from rag.settings.settings import Settings

TOPICS = "图书馆藏书 食堂就餐 宿舍床位 操场跑道 实训工位 校医院药房 体育馆看台 机房电脑 礼堂座位 车队校车".split()
ROWS = ["护理\t949人\t96.1%", "会计\t125人\t88.0%", "药学\t140人\t80.5%"]
LIMITS = RetrievalLimits()


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder: Path = tmp_path_factory.mktemp("retrieve")
    (folder / "reports").mkdir()
    for college, offset in (("东湖职业技术学院", 0), ("西山职业技术学院", 1000)):
        lines = [f"{college}高等职业教育质量年度报告（2023年度）"]
        for at, topic in enumerate(TOPICS):
            lines += [
                f"{'一二三四五六七八九十'[at]}、{topic}",
                f"学校重视{topic}的管理工作。全校{topic}共有{offset + at * 7 + 5}个，运行平稳。",
            ]
        lines += ["十一、就业", "表1 各专业毕业生", "专业\t人数\t就业率", *ROWS]
        (folder / "reports" / f"{college[:2]}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    settings = Settings(data=folder / "data")
    opened = open_index(settings)
    assert len(build_ingest(settings, opened).run([folder / "reports"]).added) == 2
    yield opened
    opened.close()


def query(question: str, index: Index, filters: Filters = Filters()) -> Query:
    return question_to_query(question, (), filters, index.store.reports())


def passages(question: str, index: Index, limits: RetrievalLimits = LIMITS) -> tuple[Passage, ...]:
    return query_to_evidence(query(question, index), index, limits, estimate_tokens).passages


def test_fusion_adds_weighted_reciprocal_ranks() -> None:
    first, second = [("a", 9.0), ("b", 5.0)], [("b", 0.9), ("c", 0.1)]
    fused = reciprocal_rank_fusion([(first, 0.7), (second, 0.3)])
    assert dict(fused) == pytest.approx(
        {
            "a": 0.7 / (RRF_CONSTANT + 1),
            "b": 0.7 / (RRF_CONSTANT + 2) + 0.3 / (RRF_CONSTANT + 1),
            "c": 0.3 / (RRF_CONSTANT + 2),
        }
    )
    assert [identity for identity, _ in fused] == ["b", "a", "c"]


def test_equals_go_by_id() -> None:
    assert [identity for identity, _ in reciprocal_rank_fusion([([("z", 1.0)], 1.0), ([("a", 1.0)], 1.0)])] == [
        "a",
        "z",
    ]


@pytest.mark.parametrize("topic", TOPICS)
def test_the_sentence_that_answers_is_the_focus_of_the_first_passage(topic: str, index: Index) -> None:
    best = passages(f"东湖职业技术学院{topic}共有多少个？", index)[0]
    focus = best.text[best.focus_start : best.focus_end]
    assert best.report_id == "东湖.txt"
    assert focus.startswith(f"全校{topic}共有")


def test_only_the_reports_of_the_query_are_searched(index: Index) -> None:
    assert {p.report_id for p in passages("西山职业技术学院宿舍床位有多少个", index)} == {"西山.txt"}
    assert {p.report_id for p in passages("宿舍床位有多少个", index)} == {"东湖.txt", "西山.txt"}
    nothing = query("宿舍床位", index, Filters(reports=("none",)))
    assert query_to_evidence(nothing, index, LIMITS, estimate_tokens).passages == ()


def test_a_row_brings_its_whole_table(index: Index) -> None:
    best = passages("东湖职业技术学院会计专业就业率是多少", index)[0]
    assert best.table_id is not None
    assert all(row in best.text for row in ROWS)
    assert best.text[best.focus_start : best.focus_end] == ROWS[1]


def test_passages_are_verbatim_best_first_and_none_twice(index: Index) -> None:
    found = passages("机房电脑和礼堂座位的管理", index)
    assert 1 < len(found) <= LIMITS.passages
    assert [p.score for p in found] == sorted((p.score for p in found), reverse=True)
    assert len({(p.section_id, p.start) for p in found}) == len(found)
    sections = index.store.sections_by_id([p.section_id for p in found])
    assert all(sections[p.section_id].text[p.start : p.end] == p.text for p in found)


def test_no_more_passages_than_asked_for(index: Index) -> None:
    assert len(passages("学校管理", index, RetrievalLimits(passages=2))) == 2


def test_the_same_question_finds_the_same(index: Index) -> None:
    assert passages("校车有几个", index) == passages("校车有几个", index)


def test_the_words_of_the_question_are_weighed(index: Index) -> None:
    evidence = query_to_evidence(query("宿舍床位的管理", index), index, LIMITS, estimate_tokens)
    weights = dict(evidence.word_weights)
    assert weights["床位"] > weights["管理"]


@pytest.mark.parametrize(
    ("question", "unknown"), [("武职就业率是多少", ("武职",)), ("护理就业率是多少", ()), ("东湖的就业率", ())]
)
def test_a_name_that_no_report_has_is_unknown(question: str, unknown: tuple[str, ...], index: Index) -> None:
    found = query_to_evidence(query(question, index), index, LIMITS, estimate_tokens)
    assert found.query.unknown_colleges == unknown


@pytest.fixture(scope="module")
def yearly(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """Reports of one college of four years, each with its own figures; one looks back."""
    folder: Path = tmp_path_factory.mktemp("yearly")
    (folder / "reports").mkdir()
    for year in (2019, 2020, 2022, 2023):
        lines = [f"东湖职业技术学院高等职业教育质量年度报告（{year}年度）", "一、师资"]
        lines += [f"学校有专任教师{year - 1500}人，生师比为1{year - 2015}.5:1。", "二、条件", "各专业设备"]
        lines += [
            "专业\t台数\t总值（万元）",
            f"护理\t{year - 2000}\t{year - 1900}",
            f"会计\t{year - 2010}\t{year - 1950}",
        ]
        lines += ["三、回顾", "2018年学校有专任教师488人。"] if year == 2023 else []
        (folder / "reports" / f"东湖{year}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    opened = open_index(Settings(data=folder / "data"))
    assert len(build_ingest(Settings(data=folder / "data"), opened).run([folder / "reports"]).added) == 4
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("东湖职院2020年专任教师有多少人", "东湖2020.txt"),
        ("20年专任教师有多少人", "东湖2020.txt"),
        ("2023年护理的设备总值", "东湖2023.txt"),
        ("专任教师有多少人", "东湖2023.txt"),
    ],
)
def test_the_report_of_the_asked_year_comes_first(question: str, first: str, yearly: Index) -> None:
    assert passages(question, yearly)[0].report_id == first


def test_a_report_of_another_year_helps_where_it_prints_the_asked_one(yearly: Index) -> None:
    found = passages("东湖职院2018年专任教师有多少人", yearly)
    assert any("488人" in passage.text for passage in found)
    assert {passage.report_id for passage in found} <= {"东湖2019.txt", "东湖2020.txt", "东湖2023.txt"}


def test_a_table_brings_the_line_that_titles_it(yearly: Index) -> None:
    found = next(p for p in passages("2023年护理的设备有几台", yearly) if p.table_id)
    assert found.text.startswith("各专业设备\n")
    assert found.text[found.focus_start : found.focus_end].startswith("护理\t")
