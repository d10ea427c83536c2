"""The segments of a draft laid out as one text, so that what stands around a figure can be read; and put back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rag.gate.markup import BLANK, Markup, Span
from rag.records import Cite, Computation, ComputedRef, Figure, FigureRef, Segment, Text, segment_text

Ref = FigureRef | ComputedRef


@dataclass(frozen=True, slots=True)
class Layout:
    """An answer's words with the segments they come from; offsets are offsets in `markup.plain`."""

    markup: Markup
    pieces: tuple[tuple[int, int, Segment], ...]

    @property
    def refs(self) -> Iterator[tuple[int, int, Ref]]:
        """The figures and results with their places."""
        return ((start, end, piece) for start, end, piece in self.pieces if isinstance(piece, FigureRef | ComputedRef))

    def is_free(self, start: int, end: int) -> bool:
        """Whether a span holds nothing but words."""
        return all(end <= a or b <= start for a, b, _ in self.refs)

    def replaced(self, changes: Mapping[Span, Segment]) -> tuple[Segment, ...]:
        """The segments with what stands at these spans replaced; one may begin in plain words and end in bold ones.

        Bold words that lose a piece to other words are bold no more.
        """
        found: list[Segment] = []
        plain, spans = self.markup.plain, sorted(changes)
        for start, end, piece in self.pieces:
            own = [span for span in spans if span[0] < end and start < span[1]]
            if not own:
                found.append(piece)
                continue
            words = isinstance(piece, Text)
            is_answer = (
                isinstance(piece, Text) and piece.is_answer and not any(isinstance(changes[s], Text) for s in own)
            )
            at = start
            for low, high in own:
                if words and low > at:
                    found.append(Text(plain[at:low], is_answer))
                if low >= start:
                    found.append(changes[low, high])
                at = max(at, min(high, end))
            if words:
                found.append(Text(plain[at:end], is_answer))
        return tuple(piece for piece in found if not isinstance(piece, Text) or piece.text)


def segments_to_layout(
    segments: Sequence[Segment], figures: Mapping[str, Figure], computations: Sequence[Computation]
) -> Layout:
    """The segments laid out; a citation's mark is one blank."""
    plain: list[str] = []
    bold: list[Span] = []
    markers: list[tuple[int, int]] = []
    pieces: list[tuple[int, int, Segment]] = []
    at = 0
    for segment in segments:
        if isinstance(segment, Cite):
            text = BLANK
            markers.append((at, segment.n))
        else:
            text = segment_text(segment, figures, computations).replace(BLANK, "")
        end = at + len(text)
        if getattr(segment, "is_answer", False):
            if bold and bold[-1][1] == at:
                bold[-1] = (bold[-1][0], end)
            else:
                bold.append((at, end))
        plain.append(text)
        pieces.append((at, end, segment))
        at = end
    return Layout(Markup("".join(plain), tuple(bold), tuple(markers)), tuple(pieces))
