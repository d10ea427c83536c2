"""Exact comparison with the vectors the store keeps: what answers while Chroma is being brought up to date."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rag.ports import Hits, Vectors

CACHE_BYTES = 128 * 2**20


class ExactVectors:
    """Cosine similarity with every vector of the chosen reports, none left out."""

    def __init__(
        self, load: Callable[[str], tuple[Sequence[str], Vectors] | None], cache_bytes: int = CACHE_BYTES
    ) -> None:
        """`load` gives a report's chunk ids and unit vectors; the last used stay in memory up to `cache_bytes`."""
        self._load = load
        self._cache_bytes = cache_bytes
        self._cache: OrderedDict[tuple[str, int], tuple[Sequence[str], Vectors]] = OrderedDict()
        self._guard = threading.Lock()

    def search(self, vector: Vectors, k: int, revisions: Mapping[str, int]) -> Hits:
        """At most `k` chunks of these reports (id → revision), best first; equals in the order given."""
        import numpy as np

        ids: list[str] = []
        scores: list[NDArray[np.float32]] = []
        for report_id, revision in revisions.items():
            found = self._vectors(report_id, revision)
            if found is not None and found[1].shape[1] == len(vector):
                ids.extend(found[0])
                scores.append(found[1] @ vector)
        if not ids or k < 1:
            return ()
        every = np.concatenate(scores)
        rows = np.flatnonzero(every >= np.partition(every, -k)[-k]) if len(every) > k else np.arange(len(every))
        best = rows[np.lexsort((rows, -every[rows]))][:k]
        return tuple((ids[row], float(every[row])) for row in best)

    def _vectors(self, report_id: str, revision: int) -> tuple[Sequence[str], Vectors] | None:
        key = (report_id, revision)
        with self._guard:
            if key in self._cache:
                self._cache.move_to_end(key)
                return self._cache[key]
        found = self._load(report_id)
        if found is not None:
            with self._guard:
                self._cache[key] = found
                while len(self._cache) > 1 and sum(rows.nbytes for _, rows in self._cache.values()) > self._cache_bytes:
                    self._cache.popitem(last=False)
        return found
