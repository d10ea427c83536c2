"""How much of a question stands in a text."""

from __future__ import annotations

import pytest

from rag.records import Query
from rag.retrieval.relevance import CONTEXT, EQUIVALENT, Relevance, content_words, query_to_relevance


def query(question: str, carried: str = "") -> Query:
    return Query(question, question, question, (), terms=(f"{question} {carried}".strip(),), carried=carried)


RELEVANCE = Relevance({"就业率": 2.0, "专任教师": 1.0, "图书": 1.0}, ((frozenset({"就业率"}), ("毕业去向落实率",)),))


@pytest.mark.parametrize(
    ("text", "context", "expected"),
    [
        ("就业率与专任教师、图书", "", 1.0),
        ("就业率", "", 0.5),
        ("待就业率", "", 0.0),
        ("待就业率与就业率", "", 0.5),
        ("就业率，非就业率", "", 0.5),
        ("待就业率，未就业率", "", 0.0),
        ("毕业去向落实率", "", 0.5 * EQUIVALENT),
        ("无关", "图书", 0.25 * CONTEXT),
        ("图书", "图书", 0.25),
        ("就 业 率", "", 0.5),
        ("", "", 0.0),
    ],
)
def test_coverage_is_the_share_of_weight_that_stands_there(text: str, context: str, expected: float) -> None:
    assert RELEVANCE.coverage(text, context) == pytest.approx(expected)


def test_a_text_looked_at_again_covers_the_same() -> None:
    relevance = Relevance(dict(RELEVANCE.weights), RELEVANCE.equivalents)
    first = dict(relevance.shares("专任 教师"))
    assert relevance.coverage("专任教师", "图书") == RELEVANCE.coverage("专任教师", "图书")
    assert relevance.shares("专任教师") == first == {"专任教师": 1.0}


def test_pieces_of_a_long_word_count_less_than_the_word() -> None:
    assert 0 < RELEVANCE.coverage("专任老师与教师") < RELEVANCE.coverage("专任教师")


def test_nouns_weigh_more_than_the_words_around_them() -> None:
    words = content_words("学校有多少专任教师呢")
    assert words["专任教师"] > words.get("学校", 0.0)
    assert "呢" not in words


def test_rare_words_weigh_more_and_carried_ones_less() -> None:
    texts = ["毕业生就业率", "毕业生升学率", "毕业生人数", "图书"]
    weights = query_to_relevance(query("毕业生图书"), texts).weights
    assert weights["图书"] > weights["毕业生"]
    carried = query_to_relevance(query("图书", "助学金"), texts).weights
    alone = query_to_relevance(query("图书助学金"), texts).weights
    assert carried["助学金"] < alone["助学金"]


def test_nothing_is_covered_of_no_words() -> None:
    assert Relevance({}, ()).coverage("任何文字", "上文") == 0.0


def test_a_name_of_one_character_is_asked_only_as_a_word_of_its_own() -> None:
    assert "书" not in content_words("党委书记是谁")
    assert "书" in content_words("学校有多少书")
