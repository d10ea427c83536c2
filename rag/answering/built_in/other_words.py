"""The printed words that may stand for a word of a question: of like meaning, what it is short for, a set's own name."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from rag.answering.built_in.opposites import says
from rag.language.meaning import nearness
from rag.language.text import specificity, tagged_words
from rag.records import Query
from rag.retrieval.relevance import content_words

NEAR, SAME = 0.45, 0.85
"""Cosines from which on another word may mean the same, and means it."""
RELATED = 0.7
"""What a word counts, at most, that means the same as one of the question."""
LONGEST_SHORTENED, RARE = 4, 0.9
"""Characters of the longest word, and least specificity of a word, that is taken for others' first characters."""
_PROPER = frozenset("ns nr nrt nz nt m eng t".split())
"""Parts of speech (ICTCLAS tags) for which no other word stands: names, numbers, times."""
Related = tuple[tuple[str, str, float], ...]


def _related(query: Query, texts: Sequence[str]) -> Related:
    """Printed words that may mean the same as a word of the question which itself is not printed near by."""
    tags = dict(tagged_words(query.terms[0] if query.terms else query.standalone))
    words = [word for word in tags if len(word) > 1 and tags[word] not in _PROPER]
    printed = sorted(frozenset[str]().union(*map(_printed_words, texts)))
    if not words or not printed:
        return ()
    near = nearness(words, printed)
    return tuple(
        (words[row], printed[column], RELATED * min(1.0, float(near[row, column] - NEAR) / (SAME - NEAR)))
        for row, column in zip(*(near > NEAR).nonzero(), strict=True)
        if words[row] != printed[column]
    )


def _shortened(query: Query, texts: Sequence[str]) -> Related:
    """Printed words, side by side, whose first characters a rare word of the question is made of: 普高 of 普通高中."""
    words = content_words(query.terms[0] if query.terms else query.standalone)
    rare = [w for w in words if 1 < len(w) <= LONGEST_SHORTENED and specificity(w) >= RARE and "一" <= w[0] <= "鿿"]
    found: set[tuple[str, str, float]] = set()
    for text in texts if rare else ():
        runs, heads = _runs(text), initials(text)
        for short in rare:
            at = heads.find(short)
            if at >= 0 and all(len(word) > 1 for word in runs[at : at + len(short)]):
                found.add((short, "".join(runs[at : at + len(short)]), RELATED))
    return tuple(sorted(found))


def _one_word_members(asked: str, members: Sequence[tuple[int, int]]) -> Related:
    """What a table calls the members of a set that a question calls by a person's name: 女 for 女生, 本科 for 本科生."""
    words = [word for word in content_words(asked) if len(word) > 1 and word[-1] in "生员"]
    return tuple((word, word[:-1], RELATED) for word in words if any(says(one, word[:-1]) for one in members))


@lru_cache(maxsize=10_000)
def _runs(text: str) -> tuple[str, ...]:
    """The words of a text in order, those of four characters as their halves."""
    words = (word for word, _ in tagged_words(text))
    return tuple(half for word in words for half in ((word[:2], word[2:]) if len(word) == 4 else (word,)))


@lru_cache(maxsize=10_000)
def _printed_words(text: str) -> frozenset[str]:
    """The words of a text of two characters or more that are no names."""
    return frozenset(word for word, tag in tagged_words(text) if len(word) > 1 and tag not in _PROPER)


@lru_cache(maxsize=10_000)
def initials(text: str) -> str:
    """The first characters of the words of a text: 高职 stands in those of 高等职业学校."""
    return "".join(word[0] for word in _runs(text))


def other_words(query: Query, asked: str, texts: Sequence[str], members: Sequence[tuple[int, int]]) -> Related:
    """(word of the question, printed word, what that counts) of all of them; `members` are what it names of sets."""
    return (*_related(query, texts), *_shortened(query, texts), *_one_word_members(asked, members))
