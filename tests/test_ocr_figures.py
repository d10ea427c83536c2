"""Figures among what was read."""

from __future__ import annotations

import pytest
from ocr_samples import reading

from rag.readers.ocr.figures import agreed, has_odd_shape, is_doubtful, tidied


@pytest.mark.parametrize(
    ("read", "expected"),
    [
        ("12, 345.67", "12,345.67"),
        ("12，345", "12,345"),
        ("3。5%", "3.5%"),
        ("95，96", "95，96"),
        ("15.8: 1", "15.8:1"),
        ("2022一2023学年", "2022-2023学年"),
        ("一、总则", "一、总则"),
        ("达到98。2023年", "达到98。2023年"),
        ("12 345", "12 345"),
    ],
)
def test_marks_inside_figures_are_ascii(read: str, expected: str) -> None:
    assert tidied(reading(read)).text == expected


def test_a_look_alike_among_digits_is_the_digit_it_may_be() -> None:
    assert tidied(reading("1O5", O=(0.6, "0", 0.3))).text == "105"
    assert tidied(reading("O", O=(0.5, "0", 0.4))).text == "0"


def test_a_letter_that_is_surely_none_stays() -> None:
    assert tidied(reading("B", B=(0.99, "8", 0.001))).text == "B"


def test_letters_of_words_stay_however_like_digits() -> None:
    assert tidied(reading("ISO 9001", O=(0.6, "0", 0.3), S=(0.6, "5", 0.3), I=(0.6, "1", 0.3))).text == "ISO 9001"


def test_what_was_changed_is_less_sure() -> None:
    assert tidied(reading("1O5", O=(0.6, "0", 0.3))).score < 0.9


@pytest.mark.parametrize("text", ["88.621.54", "1,23", "12.345,6", "394 83"])
def test_shapes_that_no_figure_has(text: str) -> None:
    assert has_odd_shape(text)


@pytest.mark.parametrize(
    "text", ["1,234.56", "88621.54", "1 087", "2023 2024", "2023.9.1", "4.1.2", "97%", "无", "2019—2023"]
)
def test_shapes_of_figures_dates_and_sections(text: str) -> None:
    assert not has_odd_shape(text)


def test_only_figures_are_looked_at_again() -> None:
    assert is_doubtful(reading("45.6", probability=0.7))
    assert is_doubtful(reading("88.621.54"))
    assert not is_doubtful(reading("45.6"))
    assert not is_doubtful(reading("合计", probability=0.7))


def test_most_looks_decide_and_dissent_lowers_the_score() -> None:
    alike = agreed([reading("85"), reading("85"), reading("86")])
    assert alike.text == "85"
    assert alike.score == pytest.approx(2 / 3)
    assert agreed([reading("85", 0.8), reading("85", 0.95), reading("85", 0.7)]).score == pytest.approx(0.95)


def test_a_figure_of_possible_shape_is_believed_before_an_impossible_one() -> None:
    assert agreed([reading("88.621.54"), reading("88.621.54"), reading("88,621.54", 0.6)]).text == "88,621.54"
