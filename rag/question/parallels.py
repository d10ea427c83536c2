"""A phrase put in the place of the one in an earlier question that it is built like."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import pairwise

from rag.language.text import tagged_words

MIN_PARALLEL = 0.6
"""How alike two phrases must be built for one to stand in for the other in a follow-up."""
AS_ALIKE = 0.02
MAX_REPLACEMENT = 14
"""Characters of what may take a phrase's place."""
_IN_CONTEXT = 0.09
"""What a phrase loses that only says within what the question asks (毕业生里)."""
_CONTEXT_END = re.compile(r"里面?(?!程)|当中|之中|其中")
_CODE = re.compile(r"[A-Za-z0-9]+[\u4e00-\u9fff]")


def put_in_place(previous: str, new: str, names: Collection[tuple[int, int]]) -> str | None:
    """`previous` with the piece that is built like `new` replaced by it; None where no piece plainly is.

    Nothing is replaced inside the `names` of colleges; of pieces as much alike the longer one is.
    """
    if not 1 <= len(new) <= MAX_REPLACEMENT:
        return None
    best: tuple[float, int, int] = (0.0, 0, 0)
    context = max((match.end() for match in _CONTEXT_END.finditer(previous)), default=0)
    for start, end in _phrases(previous):
        score = _parallel(previous[start:end].removesuffix("的"), new.removesuffix("的")) - _IN_CONTEXT * (
            end <= context
        )
        while start and previous[start - 1].isdigit():
            start -= 1
        least = best[0] + (-AS_ALIKE if end - start > best[2] - best[1] else AS_ALIKE)
        whole = previous[end - 1] != "的" or new[-1] == "的"
        if whole and score > least and not _overlaps(start, end, names):
            best = (max(score, best[0]), start, end)
    return previous[: best[1]] + new + previous[best[2] :] if best[0] >= MIN_PARALLEL else None


def _overlaps(start: int, end: int, spans: Collection[tuple[int, int]]) -> bool:
    return any(start < b and a < end for a, b in spans)


def _phrases(text: str) -> Iterator[tuple[int, int]]:
    """Spans of one to four words that stand together, and of codes with the word they mark (A类)."""
    spans: list[tuple[int, int]] = []
    lower, at = text.lower(), 0
    for match in _CODE.finditer(text):
        yield match.span()
    for word, _ in tagged_words(text):
        start = lower.find(word, at)
        if start >= 0:
            at = start + len(word)
            spans.append((start, at))
    for first in range(len(spans)):
        for last in range(first, min(first + 4, len(spans))):
            if all(a[1] == b[0] for a, b in pairwise(spans[first : last + 1])):
                yield spans[first][0], spans[last][1]


def _parallel(piece: str, new: str) -> float:
    """How far two phrases are built alike: common end, common start, like length."""
    end = next(
        (i for i, (a, b) in enumerate(zip(reversed(piece), reversed(new), strict=False)) if a != b),
        min(len(piece), len(new)),
    )
    start = next((i for i, (a, b) in enumerate(zip(piece, new, strict=False)) if a != b), min(len(piece), len(new)))
    if piece == new or end + start == 0:
        return 0.0
    return (end + start) / max(len(piece), len(new)) + (0.3 if end else 0.0) - 0.1 * abs(len(piece) - len(new))
