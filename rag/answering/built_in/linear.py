"""Two linear models read from a file: how well a thing answers beside others, and how sure it is that it answers at all."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SURE_EXTRAS = ("margin", "score", "constant")
"""What sureness is made of beside the features: how far the thing leads the next one, its own score."""
MAX_MARGIN = 3.0
SCORE_SCALE = 10.0


@dataclass(frozen=True, slots=True)
class Weights:
    """A row of weights for each model, in the order of the features."""

    rank: tuple[float, ...]
    sure: tuple[float, ...]

    def score(self, features: Sequence[float]) -> float:
        """The higher, the better a thing answers beside the others; differences are logits."""
        return _dot(self.rank, features)

    def sureness(self, features: Sequence[float], score: float, margin: float) -> float:
        """How sure it is, 0 to 1, that a thing answers; `margin` is how far its score leads that of another."""
        return 1 / (1 + math.exp(-_dot(self.sure, sure_features(features, score, margin))))


@cache
def load_weights(path: Path, names: tuple[str, ...]) -> Weights:
    """The weights of features from a TOML file with the tables `rank` and `sure`; a missing one counts nothing."""
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    return Weights(
        tuple(found["rank"].get(name, 0.0) for name in names),
        tuple(found["sure"].get(name, 0.0) for name in (*names, *SURE_EXTRAS)),
    )


def sure_features(features: Sequence[float], score: float, margin: float) -> tuple[float, ...]:
    """The features, then SURE_EXTRAS."""
    return (*features, max(min(margin, MAX_MARGIN), -MAX_MARGIN) / MAX_MARGIN, score / SCORE_SCALE, 1.0)


def _dot(weights: Sequence[float], values: Sequence[float]) -> float:
    return sum(weight * value for weight, value in zip(weights, values, strict=True))
