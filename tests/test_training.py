"""`evals.training`: what is fitted, and how it is measured on what was left out."""

from decimal import Decimal

import numpy as np
import pytest
from answer_samples import make_report

from evals.cases import GoldFigure
from evals.training import SIGNS, Example, _is_gold, fit_rank, fit_sure, measure, named_report, weights_to_toml
from rag.answering.built_in.weighing import FEATURES
from rag.language.numbers import find_numbers

OWN, RANK = FEATURES.index("own"), FEATURES.index("rank")


def example(number: int) -> Example:
    """The gold figure says more of what is asked, and stands further down."""
    rows = np.zeros((3, len(FEATURES)))
    rows[:, OWN], rows[:, RANK] = (0.2, 0.9, 0.1), (0.0, 0.5, 0.1)
    order = np.roll(np.arange(3), number)
    return Example(
        str(number), rows[order], np.array([False, True, False])[order], tuple(find_numbers("10人、20人、30人"))
    )


EXAMPLES = [example(number) for number in range(6)]
UNANSWERABLE = [Example("none", one.rows * 0.1, np.zeros(3, dtype=np.bool_), one.values) for one in EXAMPLES]


def test_what_tells_the_gold_figure_is_weighed_and_no_sign_turns() -> None:
    rank = fit_rank(EXAMPLES)
    assert rank[OWN] > 1
    assert (rank * SIGNS >= 0).all()


def test_a_first_choice_that_fits_is_surer_than_one_where_nothing_is() -> None:
    rank = fit_rank(EXAMPLES)
    found = measure([*EXAMPLES, *UNANSWERABLE], rank, fit_sure([*EXAMPLES, *UNANSWERABLE], rank))
    assert (found.questions, found.printed, found.first, found.among_three) == (12, 6, 6, 6)
    assert found.given_at(0.5) == (6, 6)
    assert found.given_at(0.0) == (12, 6)
    assert found.given_at(1.0) == (0, 0)


def test_the_file_of_weights_names_every_feature() -> None:
    rank = fit_rank(EXAMPLES)
    text = weights_to_toml(rank, fit_sure(EXAMPLES, rank))
    assert all(f"\n{name} = " in text for name in FEATURES)


def test_a_report_is_named_by_a_part_of_its_file_name() -> None:
    reports = [make_report(name, "东湖职业技术学院") for name in ("text/东湖2023.txt", "东湖2023.pdf", "东湖2022.pdf")]
    assert named_report("东湖2023", reports).id == "东湖2023.pdf"
    with pytest.raises(ValueError, match="西山"):
        named_report("西山", reports)


def test_questions_whose_figures_were_taken_away_make_less_sure_and_are_not_measured() -> None:
    rank = fit_rank(EXAMPLES)
    taken = [
        Example(one.question, one.rows, np.zeros(3, dtype=np.bool_), one.values, is_counterfactual=True)
        for one in EXAMPLES
    ]
    alone, beside = fit_sure(EXAMPLES, rank), fit_sure([*EXAMPLES, *taken], rank)
    before, after = measure(EXAMPLES, rank, alone), measure([*EXAMPLES, *taken], rank, beside)
    assert before.questions == after.questions == 6
    assert max(chance for chance, _ in after.chances) < min(chance for chance, _ in before.chances)


@pytest.mark.parametrize(
    ("unit", "printed", "is_gold"),
    [("", "377分", True), ("分", "377分", True), ("人", "377分", False), ("", "−377分", True)],
)
def test_a_gold_figure_may_be_told_without_its_unit_or_its_sign(unit: str, printed: str, is_gold: bool) -> None:
    (number,) = find_numbers(printed)
    assert _is_gold(GoldFigure(Decimal(377), unit, ""), number) == is_gold
