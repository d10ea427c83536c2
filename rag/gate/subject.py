"""Whether what an answer says contradicts what is printed of a figure in its source.

It is held only to what tells two figures apart: 女生3040人 is taken for the other figure of 男生2058人、女生3040人 no
more than for itself, 男生3040人 is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rag.figures.context import REFERS, words_of
from rag.figures.extraction import TOTAL
from rag.gate.said import BECAME, LAST_YEAR, MASK, SCOPE, Said, clauses_before, saying, tokens
from rag.language.clauses import sentence_before
from rag.language.numbers import cell_number, find_numbers, unit_class
from rag.language.text import matching_key
from rag.records import Figure

_SENTENCE = re.compile(r"[。！？!?；;\n]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_TIME = re.compile(rf"(?:19|20)?\d\d(?:[-—](?:19|20)?\d\d)?(?:学年度?|年度?|届|级)|{LAST_YEAR.pattern}|[同环]比")
_RELATES = re.compile(rf"[、\s]*(?:其?约?各?占|[比较]|{BECAME})")
_COMPARES = re.compile(r"[、\s]*[比较]")
_WHOLE = re.compile(r"[全本][校院市省]|全部|全体|总[计数量额共]|[合共]计|[一总]共|共有")
"""Says that a figure is of all, as that of a row of totals is."""


def contradicts(said: Said, figure: Figure, others: Sequence[Figure], quote: tuple[int, int]) -> bool:
    """Whether an answer plainly means another figure than this one of the quote.

    So it does where what it says fits what sets another figure of the quote, of the table's other rows, or, where
    nothing of it fits the figure's own sentence, of the whole passage apart from this one, and nothing that sets
    this one apart.
    """
    rivals = [other for other in others if other is not figure]
    beside = [other for other in rivals if _is_beside(figure, other, quote)]
    if any(_fits_beside(said, other, figure) for other in beside):
        return True
    if figure.is_cell:
        if any(_fits_other_column(said, o, figure) for o in rivals if o.quote_start == figure.quote_start):
            return True
        headers = " ".join({other.before for other in others if other.quote_start == figure.quote_start})
        rows = [o for o in rivals if o.is_cell and o.quote_start != figure.quote_start and o.near != figure.near]
        if any(_fits_other_row(said, other, figure, headers) for other in rows):
            return True
    return _is_elsewhere(said, figure, others)


def _is_beside(figure: Figure, other: Figure, quote: tuple[int, int]) -> bool:
    """Whether another figure of the row, or of the quoted sentences, could be taken for this one."""
    if figure.is_cell:
        held = other.quote_start == figure.quote_start
    else:
        held = not other.is_cell and quote[0] <= other.start and other.end <= quote[1]
    classes = {unit_class(figure.number.unit), unit_class(other.number.unit)}
    alike = len(classes) == 1 or (figure.is_cell and "bare" in classes)
    return held and alike and (other.number.value, other.number.unit) != (figure.number.value, figure.number.unit)


def _fits_beside(said: Said, other: Figure, figure: Figure) -> bool:
    """Of two figures of one sentence or row: by the nearest clause; by more where the same words stand by both."""
    if _is_part(other, figure, said):
        return False
    (own, before), (rival, rival_before) = labels(figure), labels(other)
    words = said.words if figure.is_cell else [clause for each in said.words if tokens(clause := SCOPE.sub(" ", each))]
    gains = _gains(words[:1], own, rival)
    if figure.is_cell and other.is_cell and gains in ((False, False), (True, True)):
        same_column = figure.before == other.before
        rival_label, label = (other.near, figure.near) if same_column else (other.before, figure.before)
        return _names_only(said, [rival_label], [label])
    if own != rival:
        alien = rival if figure.is_cell else rival - borrowed(rival - own, own | (before - rival))
        return _gains(words[:1], own, alien) == (False, True) and not _alludes(words[:1], own, rival)
    decisive = (_gains(part, before, rival_before) for part in (words[:1], words[:2]))
    return next((found for found in decisive if any(found)), None) == (False, True)


def _fits_other_column(said: Said, other: Figure, figure: Figure) -> bool:
    """Whether its own clause names another column of the row, of whatever unit, and says nothing of the figure's own."""
    if _is_part(other, figure, said):
        return False
    own, rival = tokens(figure.before), tokens(other.before)
    gains = _gains(said.clauses[:1], own - rival, rival - own)
    return gains == (False, True) and _names_only(said, [other.before], [figure.before])


def _is_part(other: Figure, figure: Figure, said: Said) -> bool:
    """Whether of one row a figure is the total, and another one of its parts (男) that an answer does not speak of."""
    column, part = figure.before.rpartition("·")[2], matching_key(other.before.rpartition("·")[2])
    is_total = figure.is_cell and other.is_cell and TOTAL.fullmatch(column) is not None
    return is_total and "·" in other.before and part not in said.spoken


def borrowed(rival: frozenset[str], own: frozenset[str]) -> frozenset[str]:
    """Pairs of a rival's characters that the figure's own words have too, parted: 生就 of 男生就业率 in 毕业生就业率."""
    characters = set(_HAN.findall("".join(own)))
    return frozenset(token for token in rival if len(token) == 2 and set(token) <= characters)


def _alludes(words: Sequence[str], own: frozenset[str], rival: frozenset[str]) -> bool:
    """Whether a character that only the figure is said of is in an answer's words: 女 of 女生 in 女同学."""
    return any(character in saying(" ".join(words)) for character in set("".join(own)) - set("".join(rival)))


def _fits_other_row(said: Said, other: Figure, figure: Figure, headers: str) -> bool:
    """Of two rows of a table: by the nearest clause that names what sets them apart."""
    if _names_at_length(said, *_row_names(other, figure)):
        return True
    if figure.is_total and not other.is_total and is_of_whole(said):
        return False
    shared = tokens(f"{figure.about} {headers}")
    own, rival = tokens(figure.near) - shared, tokens(other.near) - shared
    decisive = (_gains(said.words[:depth], own, rival) for depth in range(1, len(said.words) + 1))
    gains = next((found for found in decisive if any(found)), (True, True))
    return _names_only(said, *_row_names(other, figure)) if all(gains) else gains == (False, True)


def is_of_whole(said: Said) -> bool:
    """Whether an answer's nearest words say that a figure is of all."""
    return any(_WHOLE.search(clause) for clause in said.words[:1])


def _row_names(other: Figure, figure: Figure) -> tuple[list[str], list[str]]:
    """The labels of two rows that are not those of both; a range may be one (61—90人)."""
    cells = [
        []
        if f.row is None
        else [cell for cell in f.row.filled if cell_number(cell) is None or (cell == f.near and not cell.isdigit())]
        for f in (other, figure)
    ]
    return [cell for cell in cells[0] if cell not in cells[1]], [cell for cell in cells[1] if cell not in cells[0]]


def _gains(words: Sequence[str], own: frozenset[str], rival: frozenset[str]) -> tuple[bool, bool]:
    """Whether an answer's words have something of what only the figure, and of what only the rival is said of."""
    key = saying(" ".join(words))
    return any(token in key for token in own - rival), any(token in key for token in rival - own)


def _names_only(said: Said, rival: Sequence[str], own: Sequence[str]) -> bool:
    """Whether an answer has a whole label of another row or column (合计, 会计) nearer than one of the figure's own."""
    rivals, owns = ([key for label in labels if (key := matching_key(label))] for labels in (rival, own))
    nearest = max((_last(said.spoken, label, owns) for label in rivals), default=-1)
    return nearest > max((_last(said.spoken, label, rivals) for label in owns), default=-1)


def _names_at_length(said: Said, rival: Sequence[str], own: Sequence[str]) -> bool:
    """Whether an answer has a whole label of another row that is longer than a sentence, and none of the figure's own."""
    long = [matching_key(label) for label in rival if _SENTENCE.search(label)]
    return any(key in said.whole for key in long) and not any(matching_key(label) in said.whole for label in own)


def _last(text: str, label: str, others: Sequence[str]) -> int:
    """Where a label stands last, but for places where it is only a part of another; -1 where it does not."""
    for other in others:
        if label in other:
            text = text.replace(other, MASK * len(other))
    return text.rfind(label)


def labels(figure: Figure) -> tuple[frozenset[str], frozenset[str]]:
    """What is printed of a figure: beside it, and that with what stands before it in its sentence."""
    if figure.is_cell:
        label = tokens(f"{figure.near} {figure.before}")
        return label, label
    said = _printed_clauses(_near(figure), figure.before)
    before = tokens(" ".join(said[:2]))
    is_compared = _COMPARES.match(_timeless(figure.near)) is not None
    return (before if is_compared else tokens(said[0] if said else "")), before


def is_relative(figure: Figure) -> bool:
    """Whether what stands beside a figure only relates it to the one before (占95.28%, 比2021届的96.08%, 上年为84个)."""
    near = _timeless(figure.near)
    return _RELATES.match(near) is not None or not tokens(near)


def _near(figure: Figure) -> str:
    """The words beside a figure; what stands behind a list mark is said of the next one."""
    after = figure.after.partition("、")[0]
    return _timeless(figure.near.removesuffix(figure.after) + after if figure.after else figure.near)


def _timeless(text: str) -> str:
    """Words of prose without its times and what points to one: they say when, not what."""
    return _TIME.sub(" ", text)


@lru_cache(maxsize=10_000)
def _printed_clauses(near: str, before: str) -> tuple[str, ...]:
    before = _timeless(before)
    spans = [(number.start, number.end) for number in find_numbers(before)]
    own, *earlier = clauses_before(before, len(before), len(before), spans)
    return tuple(piece for piece in (near if tokens(near) else own, *earlier) if piece)


def _is_elsewhere(said: Said, figure: Figure, others: Sequence[Figure]) -> bool:
    """Whether an answer's words have nothing of the figure's own sentence or row, and all of another's label.

    A clause of its own that has not one character in common with it is as bad.
    """
    clauses = [SCOPE.sub(" ", clause) for clause in said.clauses]
    telling = (found for found in map(tokens, clauses) if any(len(token) > 1 for token in found))
    wanted = next(telling, frozenset())
    own = figure.passage.text[figure.quote_start : figure.quote_end]
    meant = sentence_before(figure.passage.text, figure.start) if REFERS.search(figure.near) else ""
    key = matching_key(f"{meant} {own} {figure.about} {figure.before} {figure.near}")
    if not wanted or any(token in key for token in wanted):
        return False
    only_dates = bool(tokens(said.clauses[0])) and not tokens(clauses[0])
    own_clause = clauses[1] if only_dates and len(clauses) > 1 else clauses[0]
    characters = set(_HAN.findall("".join(words_of(own_clause))))
    if characters and not characters & set(key):
        return True
    return any(wanted <= labels(other)[0] for other in others if other.quote_start != figure.quote_start)
