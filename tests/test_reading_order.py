"""The weights of the close reading: fitted with their signs kept, written and read back."""

from __future__ import annotations

import tomllib

import numpy as np

from evals.reading_order import SIGNS, Search, first_eight, fit, weights_to_toml
from rag.retrieval.rereading import AGAINST, FEATURES, weights

SENTENCE, HEADING = FEATURES.index("sentence"), FEATURES.index("heading")


def search(gold: int) -> Search:
    """Twelve candidates of which one holds the evidence: it covers most of the question, and one is a heading that does."""
    rows = np.zeros((12, len(FEATURES)))
    rows[:, SENTENCE] = [0.9 if at == gold else 0.5 + at / 100 for at in range(12)]
    rows[11, [SENTENCE, HEADING]] = 0.95, 1.0
    held = np.arange(12) == gold
    return Search(rows, (held,), tuple(map(str, range(12))))


def test_what_tells_gold_apart_gains_weight_on_its_side_of_zero() -> None:
    found = fit([search(gold) for gold in range(6)])
    assert found[SENTENCE] > 0.5
    assert found[HEADING] < -0.5
    assert (found * SIGNS >= 0).all()


def test_first_eight_counts_units_not_chunks() -> None:
    one = search(3)
    found = np.zeros(len(FEATURES))
    found[SENTENCE] = 1.0
    assert first_eight([one], found) == 1
    assert first_eight([one], -found) == 0
    assert first_eight([Search(one.rows, one.gold, ("table",) * 12)], -found) == 1


def test_weights_are_read_as_they_are_written() -> None:
    table = tomllib.loads(weights_to_toml(SIGNS / 4))
    assert [table[name] for name in FEATURES] == list(SIGNS / 4)
    assert all(
        (weight <= 0) if name in AGAINST else (weight >= 0) for name, weight in zip(FEATURES, weights(), strict=True)
    )
