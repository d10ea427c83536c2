"""Ids in a model's words → references to figures, results and citations, all written by code.

`{F12}` becomes a reference to the figure with its citation, `{C1}` one to the result with its operands' citations, `[P3]`
the citation of the sentences of that passage that the words before it rest on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rag.answering.with_model.computing import Computed, request_to_computed
from rag.answering.with_model.plaintext import as_characters
from rag.answering.with_model.prompting import AnswerPrompt
from rag.answering.with_model.replies import FIGURE_ID, Request
from rag.arithmetic.quantities import ComputeError
from rag.figures.citing import Citations
from rag.figures.entries import figures_of
from rag.gate.typed import ASKED, UNVERIFIED
from rag.language.numbers import find_numbers, same_bound, same_value
from rag.language.text import matching_key, sentence_spans
from rag.records import Cite, ComputedRef, Figure, FigureRef, Number, Passage, Segment, Text, figure_text, segment_text

MAX_UNIT = 8
"""Characters of a unit."""
MAX_CITED_AT_ONCE = 6
"""Sentences one `[P3]` may stand for."""

_ID = rf"(?:{FIGURE_ID}|[PpCcQq]\d{{1,3}})"
TOKEN = re.compile(
    rf"[{{｛]+\s*(?P<value>{_ID})\s*(?:[＝=：:][^{{}}｛｝\n]{{0,80}})?[}}｝]+"
    rf"|[\[［【〔]\s*(?P<cited>{_ID}(?:\s*[,，、;；]?\s*{_ID}){{0,9}})\s*[\]］】〕]"
)
_EACH_ID = re.compile(_ID)
_BOLD_ID = re.compile(rf"(?P<id>[{{｛]\s*{FIGURE_ID}\s*[}}｝])\*\*(?P<behind>[^*\n]{{1,8}})")
_BOUND_BEFORE = re.compile(r"(?:大约|(?<![集节条合签预])约|将近|(?<![最附接靠邻])近)[ ]?$")
_FELL = re.compile(r"(?:下降|降低|减少|下跌|回落|缩小|[少低降跌掉减])(?:了|约|为|幅为)?[ *]*$")
_CLAUSE_END = re.compile(r"[。！？!?；;]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line as it will be written, and the citations that follow it."""

    segment: Segment
    cited: tuple[int, ...] = ()
    is_askers: bool = False
    """A number of the question, which is no answer however it is written."""


@dataclass(slots=True)
class Expander:
    """Turns the ids of one answer into references; remembers what it cited, computed and could not place."""

    prompt: AnswerPrompt
    requests: Mapping[str, Request]
    citations: Citations = field(default_factory=Citations)
    computed: dict[str, Computed] = field(default_factory=dict)
    figures: dict[str, Figure] = field(default_factory=dict)
    """The figures that are placed, by their own ids."""
    shown: set[str] = field(default_factory=set)
    """Ids in the prompt of the figures that stand in the answer."""
    operands: set[str] = field(default_factory=set)
    """Ids in the prompt of the figures that the model named in computations."""
    used: set[str] = field(default_factory=set)
    """Ids in the prompt of all figures that were computed with."""
    problems: list[str] = field(default_factory=list)
    _said: str = ""
    _names: list[str] = field(default_factory=list)
    _last: str = ""
    """What was written for the id straight before."""

    def line(self, text: str) -> list[Segment]:
        """One line of the answer, its bold kept, the marks of what is bold behind it."""
        self._said, self._names, self._last = "", [], ""
        text = _BOLD_ID.sub(self._with_unit, text)
        parts: list[Segment] = []
        at = 0
        for match in re.finditer(r"\*\*(?!\*)(.+?)\*\*", text):
            before = text[at : match.start()]
            opening = TOKEN.match(match[1])
            if opening and (figure := self.prompt.figures.get((opening["value"] or "").upper())):
                before = _without_bound(before, figure_text(figure))
            parts += [*self._plain(before), *self._bold(match[1])]
            at = match.end()
        return _tidy([*parts, *self._plain(text[at:])])

    def place(self, figure: Figure, *, is_answer: bool = False) -> list[Segment]:
        """A reference to a figure with the mark of its citation."""
        self.figures[figure.id] = figure
        return [FigureRef(figure.id, is_answer), *marks([self.citations.cite(figure)])]

    def _with_unit(self, match: re.Match[str]) -> str:
        """A bold id of a figure without a unit, with the unit behind it in bold too."""
        figure = self.prompt.figures.get(match["id"].strip("{｛｝} ").upper())
        size = _unit_behind(figure, match["behind"])
        return f"{match['id']}{match['behind'][:size]}**{match['behind'][size:]}"

    def _plain(self, text: str) -> list[Segment]:
        pieces = self._pieces(text.replace("**", ""))
        return [segment for piece in pieces for segment in (piece.segment, *marks(piece.cited))]

    def _bold(self, text: str) -> list[Segment]:
        pieces = list(self._pieces(text.strip()))
        self._names.append("".join(self._written(piece.segment) for piece in pieces))
        cited = tuple(dict.fromkeys(n for piece in pieces for n in piece.cited))
        bold = [replace(p.segment, is_answer=not p.is_askers) for p in pieces if not isinstance(p.segment, Cite)]
        return [*bold, *marks(cited)]

    def _written(self, segment: Segment) -> str:
        results = [done.computation for done in self.computed.values()]
        return segment_text(segment, self.figures, results)

    def _pieces(self, text: str) -> Iterator[Piece]:
        at = 0
        for match in TOKEN.finditer(text):
            between = as_characters(text[at : match.start()])
            at = match.end()
            self._say(between)
            if match["value"]:
                piece = self._value(match["value"].upper())
                between = _without_bound(between, self._written(piece.segment))
            else:
                piece = Piece(Text(""), self._sources(match["cited"].upper()))
            yield self._behind(between)
            figure = self.figures.get(getattr(piece.segment, "figure_id", ""))
            if size := _unit_behind(figure, text[at : at + MAX_UNIT]):
                yield replace(piece, cited=())
                piece = Piece(Text(text[at : at + size]), piece.cited)
                at += size
            yield piece
            self._last = self._written(piece.segment)
        rest = as_characters(text[at:])
        self._say(rest)
        yield self._behind(rest)

    def _behind(self, text: str) -> Piece:
        """Words as they stand behind what was written last."""
        last, self._last = self._last, "" if text.strip() else self._last
        return Piece(Text(_without_unit(text, last)))

    def _say(self, text: str) -> None:
        """Remember what the next `[P3]` stands for."""
        ends = [match.end() for match in _CLAUSE_END.finditer(text)]
        self._said = text[ends[-1] :] if ends else self._said + text
        if ends:
            self._names = []

    def _value(self, identity: str) -> Piece:
        if identity in self.prompt.figures:
            figure = self.prompt.figures[identity]
            self.shown.add(identity)
            self.figures[figure.id] = figure
            self._said += " "
            return Piece(FigureRef(figure.id), (self.citations.cite(figure),))
        if identity in self.requests:
            return self._computed(identity)
        if identity in self.prompt.constants:
            return Piece(Text(f"{self.prompt.constants[identity].text.strip()}{ASKED}"), is_askers=True)
        self.problems.append(f"{{{identity}}} 不是给出的编号。")
        return Piece(Text(UNVERIFIED))

    def _computed(self, identity: str) -> Piece:
        request = self.requests[identity]
        try:
            done = self.computed.get(identity) or request_to_computed(request, self.prompt, self.citations)
        except ComputeError as error:
            self.problems.append(f"算式 {identity}（{request.expression[:80]}）算不出：{error}。")
            return Piece(Text(UNVERIFIED))
        if _FELL.search(self._said):  # 下降了0.57, not 下降了-0.57
            done = replace(done, computation=replace(done.computation, text=done.computation.text.lstrip("-−")))
        self.computed[identity] = done
        self.operands.update(done.operands)
        self.used.update(done.figures)
        return Piece(ComputedRef(list(self.computed).index(identity)), done.markers)

    def _sources(self, written_ids: str) -> tuple[int, ...]:
        numbers: list[int] = []
        for identity in _EACH_ID.findall(written_ids):
            if identity in self.prompt.passages:
                numbers += self._passage_sources(self.prompt.passages[identity])
            elif identity in self.prompt.figures:
                numbers.append(self.citations.cite(self.prompt.figures[identity]))
            else:
                self.problems.append(f"[{identity}] 不是给出的编号。")
        self._said, self._names = "", []
        return tuple(dict.fromkeys(numbers))

    def _passage_sources(self, passage: Passage) -> list[int]:
        """Citations of the sentences that hold what was said since the last citation; of what was cited already, none.

        Where nothing of it is found in the passage, its best sentence is cited.
        """
        spans = spans_of(passage, self._said, self._names, self.prompt)
        if not spans and any(citation.passage is passage for citation in self.citations.items[-1:]):
            return []
        chosen = spans or [_likest(passage, self._said)]
        return [self.citations.cite_span(passage, start, end) for start, end in chosen]


def spans_of(passage: Passage, said: str, names: Sequence[str], prompt: AnswerPrompt) -> list[tuple[int, int]]:
    """The fewest sentences or rows that hold the figures and names said; those that stand nowhere are left out."""
    figures = figures_of(passage, prompt.tables.get(passage.table_id or ""), prompt.evidence.figures)
    wanted: list[Number | str] = [*find_numbers(" ".join([said, *names])), *(n for n in names if not find_numbers(n))]
    units = [(a, a + len(passage.text[a:b].rstrip())) for a, b in sentence_spans(passage.text)]
    held = {unit: {i for i, thing in enumerate(wanted) if _holds(passage, unit, figures, thing)} for unit in units}
    missing = set().union(*held.values())
    spans: list[tuple[int, int]] = []
    while missing and len(spans) < MAX_CITED_AT_ONCE:
        best = max(units, key=lambda unit: (len(held[unit] & missing), _overlap(passage, unit, said), -unit[0]))
        spans.append(best)
        missing -= held[best]
    return spans


def _holds(passage: Passage, unit: tuple[int, int], figures: Sequence[Figure], thing: Number | str) -> bool:
    if isinstance(thing, str):
        return bool(key := matching_key(thing)) and key in matching_key(passage.text[slice(*unit)])
    inside = (f.number for f in figures if unit[0] <= f.start and f.end <= unit[1])
    return any(same_value(thing, number) and same_bound(thing, number) for number in inside)


def _overlap(passage: Passage, unit: tuple[int, int], said: str) -> float:
    """Share of the pairs of characters said that stand in a sentence."""
    key, own = matching_key(said), matching_key(passage.text[slice(*unit)])
    pairs = {key[i : i + 2] for i in range(len(key) - 1)}
    return sum(pair in own for pair in pairs) / len(pairs) if pairs else 0.0


def _likest(passage: Passage, said: str) -> tuple[int, int]:
    units = [(a, a + len(passage.text[a:b].rstrip())) for a, b in sentence_spans(passage.text)]
    best = max(units, key=lambda unit: (_overlap(passage, unit, said), -unit[0]), default=(0, len(passage.text)))
    return best if _overlap(passage, best, said) else (passage.focus_start, passage.focus_end)


def _unit_behind(figure: Figure | None, text: str) -> int:
    """Characters of the unit that a text begins with where the figure before it is printed without one."""
    if figure is None or figure.number.unit:
        return 0
    number = next(iter(find_numbers(f"1{text}")[:1]), None)
    is_unit = number and number.start == 0 and number.unit and number.value == 1 and not number.bound
    return number.end - 1 if number and is_unit else 0


def _without_unit(text: str, before: str) -> str:
    """The text without a unit that the figure before it already ends with."""
    number = next(iter(find_numbers(before)[-1:]), None)
    rest = text.lstrip(" ")
    repeated = next(iter(find_numbers(f"1{rest}")[:1]), None)
    is_repeated = number and number.unit and repeated and repeated.unit == number.unit and not repeated.bound
    return rest[repeated.end - 1 :] if repeated and is_repeated and repeated.start == 0 else text


def _without_bound(text: str, following: str) -> str:
    """The text without a bound word (约) before a figure: what its report prints of one is written with it."""
    number = next(iter(find_numbers(following)[:1]), None)
    for word in number.bound.split() if number else ():
        if following.startswith(word) and text.endswith(word):
            return text.removesuffix(word)
    return _BOUND_BEFORE.sub("", text) if number else text


def marks(cited: Sequence[int]) -> list[Segment]:
    """The marks of citations as they stand behind words."""
    return [Text(" "), *map(Cite, cited)] if cited else []


def _tidy(segments: Sequence[Segment]) -> list[Segment]:
    """A line without marks that stand twice in a row, and without white space at its ends."""
    found: list[Segment] = []
    run: set[int] = set()
    for segment in segments:
        if isinstance(segment, Cite):
            if segment.n in run:
                continue
            run.add(segment.n)
        elif not isinstance(segment, Text) or segment.text.strip():
            run = set()
        elif not segment.text:
            continue
        found.append(segment)
    for at, strip in ((0, str.lstrip), (-1, str.rstrip)):
        while found and isinstance(end := found[at], Text):
            found[at] = replace(end, text=strip(end.text))
            if strip(end.text):
                break
            del found[at]
    return found
