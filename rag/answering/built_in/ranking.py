"""Weighs the features of a figure, with the weights of `ranking.toml`, fitted by `python -m evals.training`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rag.answering.built_in.features import FEATURES
from rag.answering.built_in.linear import Weights, load_weights

PATH = Path(__file__).with_suffix(".toml")


def _weights() -> Weights:
    return load_weights(PATH, FEATURES)


def features_to_score(features: Sequence[float]) -> float:
    """The higher, the better a figure answers beside the others; differences are logits."""
    return _weights().score(features)


def features_to_sureness(features: Sequence[float], score: float, margin: float) -> float:
    """How sure it is, 0 to 1, that a figure answers; `margin` is how far its score leads that of another figure."""
    return _weights().sureness(features, score, margin)
