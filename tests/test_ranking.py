"""The weights that choose a figure, and their fit."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest

from evals.training import Example, chosen_right, cross_validated, fit_rank, fit_sure, weights_to_toml
from rag.answering.built_in import name_features, ranking
from rag.answering.built_in.features import FEATURES
from rag.answering.built_in.linear import SURE_EXTRAS, sure_features


def examples(count: int, seed: int = 0) -> list[Example]:
    """Questions whose gold figure has the greatest first feature and the least second one; some have none."""
    random = np.random.default_rng(seed)
    made = []
    for number in range(count):
        rows = random.uniform(0, 1, (12, len(FEATURES)))
        best = int(np.argmax(rows[:, 0] - rows[:, 1]))
        is_answerable = number % 4 > 0
        if not is_answerable:
            rows[:, 0] *= 0.2
        gold = np.array([is_answerable and place == best for place in range(12)])
        made.append(Example(f"q{number}", rows, gold, gold, tuple(map(str, range(12))), is_answerable))
    return made


@pytest.mark.parametrize(("path", "features"), [(ranking.PATH, FEATURES), (name_features.PATH, name_features.FEATURES)])
def test_every_feature_has_a_weight_and_nothing_else(path: Path, features: tuple[str, ...]) -> None:
    written = tomllib.loads(path.read_text(encoding="utf-8"))
    assert list(written) == ["rank", "sure"]
    assert list(written["rank"]) == list(features)
    assert list(written["sure"]) == [*features, *SURE_EXTRAS]


def test_the_fit_finds_what_tells_gold_figures_apart() -> None:
    rank = fit_rank(examples(200))
    assert rank[0] > 1, rank[:2]
    assert rank[1] < -1, rank[:2]
    assert max(abs(rank[2:])) < min(abs(rank[:2]))
    right = chosen_right(examples(100, seed=1), rank)
    assert sum(right) > 0.6 * len(right) > 0
    unseen = cross_validated(examples(200))
    assert sum(unseen) > 0.6 * len(unseen) > 0


def test_sureness_is_higher_for_questions_that_have_an_answer() -> None:
    rank = fit_rank(examples(200))
    sure = fit_sure(examples(200), rank)
    means = {True: [0.0], False: [0.0]}
    for example in examples(100, seed=2):
        scores = example.rows @ rank
        best = int(np.argmax(scores))
        margin = float(scores[best]) - float(np.sort(scores)[-2])
        row = sure_features(list(example.rows[best]), float(scores[best]), margin)
        means[example.answerable].append(float(np.dot(sure, row)))
    assert np.mean(means[True]) > np.mean(means[False]) + 0.5


def test_weights_are_written_as_they_are_read() -> None:
    rank = np.linspace(-1, 1, len(FEATURES))
    sure = np.linspace(-2, 2, len(FEATURES) + len(SURE_EXTRAS))
    read = tomllib.loads(weights_to_toml(FEATURES, rank, sure))
    assert list(read["rank"].values()) == pytest.approx(rank.round(3))
    assert list(read["sure"].values()) == pytest.approx(sure.round(3))


@pytest.mark.parametrize(("margin", "score"), [(0.0, 0.0), (1e9, 1e3), (float("inf"), -50.0), (-5.0, 12.0)])
def test_sureness_is_a_chance_whatever_the_margin(margin: float, score: float) -> None:
    assert 0.0 <= ranking.features_to_sureness([0.5] * len(FEATURES), score, margin) <= 1.0
