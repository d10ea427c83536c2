"""The lexical index: BM25 over words, whole numbers and character bigrams, rebuilt whenever the reports change.

Finding the terms of a text costs far more than weighing them, so each report's terms are kept packed
(`ReportTerms.packed`) and only a new report's text is read again.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import version
from importlib.resources import files
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from rag.language.text import search_terms
from rag.records import Chunk

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rag.ports import Hits

Occurrences: TypeAlias = "tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]"
_ROWS_NAME = "rows.json"


@dataclass(frozen=True, slots=True)
class ReportTerms:
    """The search terms of one report's chunks, in order."""

    report_id: str
    chunk_ids: tuple[str, ...]
    vocabulary: tuple[str, ...]
    numbers: tuple[NDArray[np.int32], ...]
    """For each chunk its terms, as places in `vocabulary`."""

    def packed(self) -> bytes:
        """The terms as bytes, without the ids."""
        import numpy as np

        head = json.dumps([self.vocabulary, [len(row) for row in self.numbers]]).encode()
        flat = np.concatenate(self.numbers).astype("<i4") if self.numbers else np.zeros(0, "<i4")
        return zlib.compress(len(head).to_bytes(8, "little") + head + flat.tobytes(), 1)


@cache
def terms_version() -> str:
    """Names the way texts are cut into terms: differs wherever the code that does it differs."""
    source = files("rag.language").joinpath("text.py").read_bytes()
    return f"{hashlib.blake2b(source, digest_size=8).hexdigest()}-{version('rjieba')}"


def chunks_to_terms(report_id: str, chunks: Sequence[Chunk]) -> ReportTerms:
    """The terms of a report's chunks, context included."""
    import numpy as np

    places: defaultdict[str, int] = defaultdict(count().__next__)
    numbers = tuple(
        np.array([places[term] for term in search_terms(chunk.embedded_text)], np.int32) for chunk in chunks
    )
    return ReportTerms(report_id, tuple(chunk.id for chunk in chunks), tuple(places), numbers)


def unpack_terms(report_id: str, chunk_ids: Sequence[str], packed: bytes) -> ReportTerms:
    """The terms `packed()` came from; ValueError where they belong to another number of chunks."""
    import numpy as np

    data = zlib.decompress(packed)
    start = 8 + int.from_bytes(data[:8], "little")
    vocabulary, lengths = json.loads(data[8:start])
    flat = np.frombuffer(data[start:], "<i4").astype(np.int32)
    numbers = tuple(np.split(flat, np.cumsum(lengths)[:-1])) if lengths else ()
    if len(numbers) != len(chunk_ids):
        raise ValueError(f"terms of {len(numbers)} chunks for {len(chunk_ids)}")
    return ReportTerms(report_id, tuple(chunk_ids), tuple(vocabulary), numbers)


class KeywordIndex:
    """BM25 scores of chunks for the terms of a text. Never changes once built."""

    def __init__(self, model: Any, chunk_ids: Sequence[str], spans: dict[str, tuple[int, int]]) -> None:
        """`model` is a bm25s index whose documents are the chunks, None where there is no term to be found."""
        self._model = model
        self._chunk_ids = tuple(chunk_ids)
        self._spans = spans

    @classmethod
    def build(cls, reports: Iterable[ReportTerms]) -> KeywordIndex:
        """An index of these reports; chunks that score alike keep their order."""

        import numpy as np

        places: dict[str, int] = {}
        occurrences: list[Occurrences] = []
        lengths: list[int] = []
        chunk_ids: list[str] = []
        spans: dict[str, tuple[int, int]] = {}
        for terms in reports:
            shared = np.array([places.setdefault(term, len(places)) for term in terms.vocabulary], np.int64)
            occurrences.append(_occurrences(terms.numbers, shared, len(chunk_ids)))
            lengths += map(len, terms.numbers)
            spans[terms.report_id] = (len(chunk_ids), len(chunk_ids) + len(terms.chunk_ids))
            chunk_ids.extend(terms.chunk_ids)
        return cls(_bm25(occurrences, places, lengths) if places else None, chunk_ids, spans)

    def save(self, folder: Path) -> None:
        """Writes the index into `folder`, for `load`."""
        folder.mkdir(parents=True, exist_ok=True)
        if self._model is not None:
            self._model.save(folder, show_progress=False)
        rows = {"chunk_ids": self._chunk_ids, "spans": self._spans, "terms": self._model is not None}
        (folder / _ROWS_NAME).write_text(json.dumps(rows), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> KeywordIndex:
        """The index saved there, its scores left on disk until needed; any error there is means a broken one."""
        rows = json.loads((folder / _ROWS_NAME).read_text(encoding="utf-8"))
        model = _library().BM25.load(folder, mmap=True) if rows["terms"] else None
        if model is not None and model.scores["num_docs"] != len(rows["chunk_ids"]):
            raise ValueError(f"{model.scores['num_docs']} documents for {len(rows['chunk_ids'])} chunks")
        return cls(
            model, rows["chunk_ids"], {report_id: (span[0], span[1]) for report_id, span in rows["spans"].items()}
        )

    def __len__(self) -> int:
        """Number of chunks."""
        return len(self._chunk_ids)

    def search(self, terms_text: str, k: int, report_ids: Collection[str] | None = None) -> Hits:
        """At most `k` chunks that share a term with the text, best first, of these reports only (None: of all).

        The reports are chosen before the ranking: a chunk elsewhere never takes a place, though how rare a
        term is counts over all reports.
        """
        import numpy as np

        places = self._model.get_tokens_ids(search_terms(terms_text)) if self._model is not None else []
        if not places or k < 1:
            return ()
        scores = self._model.get_scores_from_ids(places)
        if report_ids is not None:
            chosen = np.zeros(len(scores), bool)
            for report_id in report_ids:
                chosen[slice(*self._spans.get(report_id, (0, 0)))] = True
            scores = np.where(chosen, scores, 0)
        rows = np.flatnonzero(scores > 0)
        if len(rows) > k:
            rows = rows[scores[rows] >= np.partition(scores[rows], -k)[-k]]
        best = rows[np.lexsort((rows, -scores[rows]))][:k]
        return tuple((self._chunk_ids[row], float(scores[row])) for row in best)

    def holds(self, text: str) -> bool:
        """Whether every term of a text stands in some chunk: a name of which one does not is in none of them."""
        terms = set(search_terms(text))
        known = self._model.get_tokens_ids(sorted(terms)) if self._model is not None else []
        return len(known) == len(terms)


def _library() -> Any:
    return import_module("bm25s")


def _occurrences(numbers: Sequence[NDArray[np.int32]], shared: NDArray[np.int64], first: int) -> Occurrences:
    """(term, row, how often) of every term of every chunk of a report, whose first chunk is row `first`."""
    import numpy as np

    if not numbers or not len(shared):
        return np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.int32)
    rows = np.repeat(np.arange(len(numbers)), [len(row) for row in numbers])
    keys, counts = np.unique(rows * len(shared) + np.concatenate(numbers), return_counts=True)
    row, term = np.divmod(keys, len(shared))
    return shared[term].astype(np.int32), (row + first).astype(np.int32), counts.astype(np.int32)


def _bm25(occurrences: Sequence[Occurrences], places: Mapping[str, int], lengths: Sequence[int]) -> Any:
    """A bm25s index as bm25s itself would make it, whose own way takes a step of Python for every word of every chunk."""
    import numpy as np

    model = _library().BM25(backend="numpy")
    terms, rows, counts = (np.concatenate(parts) for parts in zip(*occurrences, strict=True))
    chunks_with = np.bincount(terms, minlength=len(places))
    rarity = np.log1p((len(lengths) - chunks_with + 0.5) / (chunks_with + 0.5))
    shares = np.array(lengths) / max(float(np.mean(lengths)), 1e-9)
    penalty = model.k1 * (1 - model.b + model.b * shares)
    by_term = np.argsort(terms, kind="stable")
    scores = rarity[terms] * counts / (counts + penalty[rows])
    model.scores = {
        "data": scores[by_term].astype(np.float32),
        "indices": rows[by_term],
        "indptr": np.concatenate([[0], np.cumsum(chunks_with)]),
        "num_docs": len(lengths),
    }
    model.nonoccurrence_array = None
    model.vocab_dict = dict(places)
    model.unique_token_ids_set = set(places.values())
    return model
