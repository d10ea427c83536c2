from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import pytest
from page_samples import OTHER_REPORT, REPORT, build_index, write_reports

from rag.app.assembly import build_assistant, open_index
from rag.assistant import Assistant
from rag.records import AnswerStatus, Report
from rag.settings.settings import Settings
from rag.suggestions.first import Suggestion, figures_to_suggestions
from rag.suggestions.next import answer_to_next

WANTED = 3


def assistant_over(data: Path) -> Iterator[Assistant]:
    index = open_index(Settings(data=data))
    yield build_assistant(Settings(data=data), index)
    index.close()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("small")
    build_index(folder / "data", write_reports(folder / "r", a=REPORT, b=OTHER_REPORT))
    yield from assistant_over(folder / "data")


@pytest.fixture(scope="module")
def corpus(corpus_index: Path) -> Iterator[Assistant]:
    yield from assistant_over(corpus_index)


def next_questions(assistant: Assistant, question: str, asked: Sequence[str] = ()) -> tuple[str, ...]:
    def drawn(report: Report) -> Sequence[Suggestion]:
        return figures_to_suggestions(report, assistant.index.store.report_figures(report.id))

    found = answer_to_next(assistant.ask(question), assistant.reports(), drawn, (question, *asked))
    return tuple(one.question for one in islice(found, WANTED))


def test_what_stands_beside_and_what_others_state_of_the_same(small: Assistant) -> None:
    beside, elsewhere, *_ = next_questions(small, "青石职业技术学院2023届毕业生就业率是多少？")
    assert beside.startswith("青石职院2023")
    assert elsewhere == "白河职院2022届毕业生就业率是多少？"


def test_nothing_is_suggested_twice(small: Assistant) -> None:
    first = next_questions(small, "青石职业技术学院2023届毕业生就业率是多少？")
    again = next_questions(small, "青石职业技术学院2023届毕业生就业率是多少？", asked=first)
    assert not set(first) & set(again)


QUESTIONS = (
    "咸职2023届就业率是多少",
    "咸职的生师比是多少",
    "湖职2020届毕业生有多少人",
    "湖职2020届护理学院有多少毕业生",
    "咸职的校训是什么",
    "咸职的教职工食堂有几个窗口",
)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_answer_is_followed_by_questions_a_name_and_a_refusal_too(corpus: Assistant, question: str) -> None:
    found = next_questions(corpus, question)
    assert len(found) == WANTED
    assert all(one.endswith("？") and "职院" in one for one in found)


def test_most_of_what_is_suggested_over_the_sample_reports_is_answered(corpus: Assistant) -> None:
    suggested = {one for question in QUESTIONS for one in next_questions(corpus, question)}
    answered = [one for one in suggested if corpus.ask(one).status is AnswerStatus.ANSWERED]
    assert len(answered) >= 0.7 * len(suggested), suggested - set(answered)


def test_a_refusal_is_followed_by_what_the_reports_of_the_asked_college_state(corpus: Assistant) -> None:
    answer = corpus.ask("砚溪职院的食堂有几个窗口？")
    assert answer.status is AnswerStatus.NOT_FOUND
    assert next_questions(corpus, "砚溪职院的食堂有几个窗口？")[0].startswith("砚溪职院")
