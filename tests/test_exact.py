from __future__ import annotations

import numpy as np

from rag.index.exact import ExactVectors


def _rows(count: int, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).standard_normal((count, 8)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_exact_search_agrees_with_numpy():
    rows = {key: _rows(50, seed) for seed, key in enumerate("abc")}
    exact = ExactVectors(lambda key: ([f"{key}{n}" for n in range(50)], rows[key]))
    for seed in range(5):
        vector = _rows(1, 100 + seed)[0]
        wanted = sorted(
            ((f"{key}{n}", float(rows[key][n] @ vector)) for key in "ac" for n in range(50)), key=lambda h: -h[1]
        )
        hits = exact.search(vector, 7, {"a": 1, "c": 1})
        assert [chunk_id for chunk_id, _ in hits] == [chunk_id for chunk_id, _ in wanted[:7]]


def test_exact_search_reads_a_revision_once_within_its_cache():
    loaded: list[str] = []

    def load(report_id: str) -> tuple[list[str], np.ndarray] | None:
        loaded.append(report_id)
        return None if report_id == "none" else ([report_id], np.ones((1, 4), np.float32))

    exact = ExactVectors(load, cache_bytes=32)
    vector = np.ones(4, np.float32)
    assert exact.search(vector, 5, {"a": 1, "b": 1, "none": 1}) == (("a", 4.0), ("b", 4.0))
    assert exact.search(vector, 1, {"a": 1, "b": 1}) == (("a", 4.0),)
    assert loaded == ["a", "b", "none"]
    exact.search(vector, 5, {"a": 2})
    exact.search(vector, 5, {"b": 1, "a": 2})
    assert loaded == ["a", "b", "none", "a"]
    exact.search(vector, 5, {"a": 1})
    assert loaded == ["a", "b", "none", "a", "a"]
    assert exact.search(vector, 0, {"a": 2}) == ()
    assert exact.search(vector, 5, {}) == ()
    assert exact.search(np.ones(3, np.float32), 5, {"a": 2}) == ()
