"""Weighs the features of a figure: how well it answers beside others, and how sure it is that it answers at all.

Two linear models; their weights are in `ranking.toml`, fitted by `python -m evals.training`.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from rag.extractive.features import FEATURES

SURE_FEATURES = (*FEATURES, "margin", "score", "constant")
"""What sureness is made of: the figure's features, how far it leads the next figure, its own score."""
MAX_MARGIN = 3.0
SCORE_SCALE = 10.0


@cache
def _weights() -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Both rows of weights; a feature that has none yet counts nothing."""
    found = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return (
        tuple(found["rank"].get(name, 0.0) for name in FEATURES),
        tuple(found["sure"].get(name, 0.0) for name in SURE_FEATURES),
    )


def features_to_score(features: Sequence[float]) -> float:
    """The higher, the better a figure answers beside the others; differences are logits."""
    return _dot(_weights()[0], features)


def features_to_sureness(features: Sequence[float], score: float, margin: float) -> float:
    """How sure it is, 0 to 1, that a figure answers; `margin` is how far its score leads that of another figure."""
    logit = _dot(_weights()[1], sure_features(features, score, margin))
    return 1 / (1 + math.exp(-logit))


def sure_features(features: Sequence[float], score: float, margin: float) -> tuple[float, ...]:
    """The features in the order of SURE_FEATURES."""
    return (*features, max(min(margin, MAX_MARGIN), -MAX_MARGIN) / MAX_MARGIN, score / SCORE_SCALE, 1.0)


def _dot(weights: Sequence[float], values: Sequence[float]) -> float:
    return sum(weight * value for weight, value in zip(weights, values, strict=True))
