"""Years and classes in questions."""

from __future__ import annotations

import pytest

from rag.question.years import academic_years, question_years, year_spans


@pytest.mark.parametrize(
    ("question", "years"),
    [
        ("2023届就业率", (2023,)),
        ("22年的生师比", (2022,)),
        ("2023咸宁职院就业率", (2023,)),
        ("2022年和2023年差多少", (2022, 2023)),
        ("2021-2023年通过率", (2021, 2022, 2023)),
        ("2022-2023学年", (2022, 2023)),
        ("2021级新生", (2021,)),
        ("2023年比2023届", (2023,)),
        ("截至2023年12月31日", (2023,)),
        ("培训2000人以上的", ()),
        ("投入2022万元", ()),
        ("近20年来", ()),
        ("20年历史", ()),
        ("“51020”产业、2+3培养", ()),
        ("电话2023-1234567", ()),
        ("", ()),
    ],
)
def test_years_of_a_question(question: str, years: tuple[int, ...]) -> None:
    assert question_years(question) == years


def test_each_place_has_its_span_and_word() -> None:
    question = "2022届和23年，2021级"
    assert [(question[s.start : s.end], s.word) for s in year_spans(question)] == [
        ("2022届", "届"),
        ("23年", "年"),
        ("2021级", "级"),
    ]


@pytest.mark.parametrize(
    ("question", "academic"),
    [
        ("22-23学年生师比", {"2022-2023"}),
        ("20—21学年度和2022-2023学年", {"2020-2021", "2022-2023"}),
        ("20-21、21-22、22-23三个学年", {"2020-2021", "2021-2022", "2022-2023"}),
        ("15-20人的小班", set()),
        ("20-22学年", set()),
        ("23年", set()),
    ],
)
def test_academic_years_are_known_by_two_digits_each(question: str, academic: set[str]) -> None:
    assert academic_years(year_spans(question)) == academic
