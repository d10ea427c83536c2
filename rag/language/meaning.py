"""Words that mean much the same (工资, 月薪), by vectors of some 48,000 Chinese words that come with the program.

The vectors are those that multilingual-e5-small (Wang et al. 2024, arXiv:2402.05672; MIT licence) gives to single
words, less their mean, on their first 96 principal components, in one byte each (`evals/word_vectors.py` makes them).
Words that stand for rivals lie close, too (男生, 女生; 贵州, 广西): nearness is a hint, never a proof.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float32]

PATH = Path(__file__).with_name("word_vectors.npz")
LONGEST_WORD = 20
"""Characters: no word that is known has more."""


@cache
def _known() -> tuple[Mapping[str, int], NDArray[np.int8]]:
    import numpy as np

    with np.load(PATH) as stored:
        words = bytes(stored["words"]).decode("utf-8").split("\n")
        return {word: row for row, word in enumerate(words)}, stored["vectors"]


@lru_cache(maxsize=50_000)
def _vector(word: str) -> Array | None:
    """The unit vector of a word; of one that is not known the mean of its longest known pieces."""
    import numpy as np

    rows, vectors = _known()
    pieces = [word] if word in rows else _pieces(word, rows)
    if not pieces:
        return None
    total = np.sum([vectors[rows[piece]].astype(np.float32) / 127 * len(piece) for piece in pieces], axis=0)
    length = float(np.linalg.norm(total))
    return np.asarray(total / length, dtype=np.float32) if length else None


def _pieces(word: str, known: Mapping[str, int]) -> list[str]:
    """A word cut into the longest known words from its beginning; characters that are none are left out."""
    pieces, start = [], 0
    while start < len(word):
        end = next(
            (end for end in range(min(len(word), start + LONGEST_WORD), start, -1) if word[start:end] in known), start
        )
        pieces += [word[start:end]] if end > start else []
        start = max(end, start + 1)
    return pieces


def nearness(words: Sequence[str], others: Sequence[str]) -> Array:
    """How near each word is to each of the others: cosines, -1 to 1; 0 where a word is not known.

    Shape: words × others. 工资 and 月薪 are at 0.7, 工资 and 校园 near 0.
    """
    import numpy as np

    return np.asarray(_matrix(words) @ _matrix(others).T, dtype=np.float32)


def mean_vectors(texts: Sequence[Mapping[str, float]]) -> Array:
    """A unit vector for each text of weighted words; zeros where none is known. Shape: texts × 96."""
    import numpy as np

    ends = np.cumsum([0, *map(len, texts)])
    is_filled = np.diff(ends) > 0
    weights = np.fromiter((weight for text in texts for weight in text.values()), np.float32)
    places: dict[str, int] = {}
    rows = [places.setdefault(word, len(places)) for text in texts for word in text]
    weighted = _matrix(list(places))[rows] * weights[:, None]
    means = np.zeros((len(texts), weighted.shape[1]), np.float32)
    if is_filled.any():
        means[is_filled] = np.add.reduceat(weighted, ends[:-1][is_filled])
    lengths = np.linalg.norm(means, axis=1, keepdims=True)
    return np.asarray(means / np.maximum(lengths, 1e-9), dtype=np.float32)


def _matrix(words: Sequence[str]) -> Array:
    import numpy as np

    width = _known()[1].shape[1]
    rows = np.zeros((len(words), width), np.float32)
    for row, word in zip(rows, words, strict=True):
        if (vector := _vector(word)) is not None:
            row[:] = vector
    return rows
