"""The gate: every figure of a draft is a printed one, or computed from printed ones, or taken out.

A figure in the words becomes a reference to the one that its citation's quote prints, or goes. A figure that is placed
by its id is printed by construction: it goes only on a hard fact, and keeps a caution where its context may not fit
what is said of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from rag.domain.colleges import placed_names
from rag.gate.claims import Claim, layout_to_claims, years_of
from rag.gate.computed import computation_to_doubt, is_difference, is_void
from rag.gate.fitting import OF_NOTHING, fit, is_change_of_nothing
from rag.gate.layout import Layout, segments_to_layout
from rag.gate.markup import Span
from rag.gate.rivals import Setting, context_key
from rag.gate.saying import figure_to_quote, figure_to_scope
from rag.gate.sources import Source, citation_to_source, source_of
from rag.gate.typed import UNVERIFIED, Typed, Unproved, is_bold, printed_numbers, typed_to_changes, unprinted_dates
from rag.language.numbers import find_numbers, find_scopes
from rag.language.text import matching_key, unique
from rag.records import (
    AnswerFigure,
    AnswerStatus,
    Citation,
    Computation,
    ComputedRef,
    Draft,
    Figure,
    FigureRef,
    Number,
    Passage,
    Report,
    Segment,
    Table,
    Text,
    figure_text,
    segments_to_markdown,
)

__all__ = ["UNVERIFIED", "Gated", "draft_to_gated"]


@dataclass(frozen=True, slots=True)
class Gated:
    """A draft after the gate, its figures in order, and what was taken out."""

    text: str
    figures: tuple[AnswerFigure, ...]
    unsupported: tuple[str, ...]
    is_maimed: bool = False
    """Whether one of those taken out was bold, so that what was asked is no longer wholly answered."""
    segments: tuple[Segment, ...] = ()
    candidates: tuple[AnswerFigure, ...] = ()
    printed: tuple[Figure, ...] = ()
    """The figures that segments and candidates refer to."""


def draft_to_gated(
    draft: Draft,
    tables: Mapping[str, Table],
    reports: Mapping[str, Report] | None = None,
    *,
    stored: Sequence[Figure] = (),
    rivals: Sequence[Figure] = (),
    question: str = "",
    passages: Sequence[Passage] = (),
    is_typed: bool = False,
) -> Gated:
    """The draft with every unproved figure removed.

    `tables` by id are those its passages were taken from; with `reports` by id, a figure of one college's or one
    year's report is no longer let through as another's. `stored` are the figures of its passages; `rivals` those the
    answerer chose among, `passages` those it read: numbers of their tables, and their dates, may be named. `is_typed`
    says that the words are a model's: whatever a reader takes for a figure in them counts.
    """
    return _Gate(draft, tables, reports or {}, stored, rivals, question, passages, is_typed).run()


@dataclass(slots=True)
class _Gate:
    draft: Draft
    tables: Mapping[str, Table]
    reports: Mapping[str, Report]
    stored: Sequence[Figure]
    rivals: Sequence[Figure]
    question: str
    passages: Sequence[Passage]
    is_typed: bool

    def run(self) -> Gated:
        names = _names(self.draft.citations, self.reports)
        sources = {
            c.n: citation_to_source(c, self.tables, self.reports, names, self.stored) for c in self.draft.citations
        }
        figures = {figure.id: figure for figure in self.draft.figures}
        typed = self._typed(figures, sources, names)
        figures |= {figure.id: figure for figure in typed.figures}
        layout = self._layout(self.draft.segments, figures)
        segments = layout.replaced(typed.changes)
        settled, removed, maimed = self._placed(segments, figures, sources, names)
        settled = tuple(Text(UNVERIFIED) if isinstance(piece, Unproved) else piece for piece in settled)
        settled, undated = self._dated(settled, figures, sources)
        text = segments_to_markdown(settled, figures, self.draft.computations)
        printed = [
            self._figure(FigureRef(identity), figures[identity], sources)
            for identity in self.draft.candidates
            if identity in figures
        ]
        results = [self._result(piece) for piece in settled if isinstance(piece, ComputedRef) and printed]
        candidates = (*printed, *results)
        return Gated(
            text,
            tuple(self._given(settled, figures, sources, names)),
            (*typed.removed, *removed, *undated),
            typed.is_maimed or maimed,
            settled,
            candidates,
            tuple(figures.values()),
        )

    def _layout(self, segments: Sequence[Segment], figures: Mapping[str, Figure]) -> Layout:
        return segments_to_layout(segments, figures, self.draft.computations)

    def _typed(self, figures: Mapping[str, Figure], sources: Mapping[int, Source], names: Sequence[str]) -> Typed:
        layout = self._layout(self.draft.segments, figures)
        claims = layout_to_claims(layout, self._shown(layout, figures), names)
        return typed_to_changes(
            layout,
            claims,
            sources,
            in_any_dress=self.is_typed,
            titles=self._titles(),
            texts=self._texts(),
            asked=self.question,
            echoed=self._echoed(),
        )

    def _texts(self) -> list[str]:
        """What was read, with headings and captions."""
        passages = [*self.passages, *(citation.passage for citation in self.draft.citations)]
        captions = (table.caption for table in self.tables.values())
        return [*(" ".join([*passage.path, passage.text]) for passage in passages), *captions]

    def _titles(self) -> list[str]:
        return [report.title for report in self.reports.values() if report.title]

    def _echoed(self) -> str:
        """Key of the question where a model refuses it: its figures and dates may be said again."""
        is_refusal = self.draft.status is AnswerStatus.NOT_FOUND
        return matching_key(self.question) if is_refusal and self.is_typed else ""

    def _dated(
        self, segments: tuple[Segment, ...], figures: Mapping[str, Figure], sources: Mapping[int, Source]
    ) -> tuple[tuple[Segment, ...], tuple[str, ...]]:
        """The segments without the years and dates in a model's words that are printed nowhere."""
        if not self.is_typed:
            return segments, ()
        layout = self._layout(segments, figures)
        texts = [*self._texts(), *(source.words for source in sources.values())]
        spans = unprinted_dates(layout, texts, self._years(sources), self._echoed(), self._titles())
        changes: dict[Span, Segment] = {span: Text(UNVERIFIED) for span in spans}
        return layout.replaced(changes), tuple(layout.markup.plain[slice(*span)] for span in spans)

    def _years(self, sources: Mapping[int, Source]) -> frozenset[int]:
        """Years an answer may speak of: those of the question, of the cited passages and of the reports."""
        known = set(years_of(find_scopes(self.question)))
        for source in sources.values():
            known |= source.years | years_of(find_scopes(source.citation.passage.text))
        for report in self.reports.values():
            known |= report.years
        return frozenset(known)

    def _shown(self, layout: Layout, figures: Mapping[str, Figure]) -> dict[Span, Number]:
        """The figures and results that are placed, each as a number at its place."""
        found: dict[Span, Number] = {}
        for start, end, ref in layout.refs:
            if isinstance(ref, FigureRef):
                found[start, end] = replace(figures[ref.figure_id].number, text=layout.markup.plain[start:end])
            else:
                text = self.draft.computations[ref.index].text
                read = find_numbers(text)
                found[start, end] = replace(read[0], text=text) if read else Number(text, Decimal(0), "", start, end)
        return found

    def _placed(
        self,
        segments: Sequence[Segment],
        figures: Mapping[str, Figure],
        sources: Mapping[int, Source],
        names: Sequence[str],
    ) -> tuple[tuple[Segment, ...], tuple[str, ...], bool]:
        """The segments with each placed figure judged: what goes, and what keeps a caution."""
        layout = self._layout(segments, figures)
        claims = {
            (c.number.start, c.number.end): c for c in layout_to_claims(layout, self._shown(layout, figures), names)
        }
        shown = frozenset(ref.figure_id for *_, ref in layout.refs if isinstance(ref, FigureRef))
        setting = Setting(self.reports, self.rivals, self.question, shown)
        changes: dict[Span, Segment] = {}
        removed: list[tuple[Span, str]] = []
        gone: set[str] = set()
        for start, end, ref in layout.refs:
            if isinstance(ref, ComputedRef):
                continue
            figure, claim = figures[ref.figure_id], claims[start, end]
            source = source_of(figure, claim.cited, sources)
            verdict = fit(claim, figure, source, setting) if source else None
            if verdict is None or verdict.hard:
                gone.add(figure.id)
                removed.append(((start, end), layout.markup.plain[start:end]))
                changes[start, end] = Text(UNVERIFIED)
            elif verdict.caution or ref.caution:
                changes[start, end] = replace(ref, caution=ref.caution or verdict.caution)
        for start, end, ref in layout.refs:
            if not isinstance(ref, ComputedRef):
                continue
            computation = self.draft.computations[ref.index]
            if is_void(computation, gone, sources):
                removed.append(((start, end), layout.markup.plain[start:end]))
                changes[start, end] = Text(UNVERIFIED)
            elif doubt := ref.caution or self._doubt(claims[start, end], computation, figures):
                changes[start, end] = replace(ref, caution=doubt)
        removed.sort()
        maimed = any(is_bold(layout, span) for span, _ in removed)
        return layout.replaced(changes), tuple(text for _, text in removed), maimed

    def _doubt(self, claim: Claim, computation: Computation, figures: Mapping[str, Figure]) -> str | None:
        """Why a result may not be what the answer says it is."""
        doubt = computation_to_doubt(computation, figures, self.question)
        printed = "".join(context_key(figures[name]) for name in computation.operands if name in figures)
        is_unsaid = is_difference(computation) and is_change_of_nothing(claim, printed, self.question)
        return doubt or (OF_NOTHING if is_unsaid else None)

    def _given(
        self,
        segments: Sequence[Segment],
        figures: Mapping[str, Figure],
        sources: Mapping[int, Source],
        names: Sequence[str],
    ) -> list[AnswerFigure]:
        """The figures of the answer, in order."""
        layout = self._layout(segments, figures)
        found: dict[int, AnswerFigure] = {}
        for start, _, ref in layout.refs:
            if isinstance(ref, FigureRef):
                found[start] = self._figure(ref, figures[ref.figure_id], sources)
            else:
                found[start] = self._result(ref)
        claims = layout_to_claims(layout, self._shown(layout, figures), names)
        for claim, cited in printed_numbers(layout, claims, sources):
            number = claim.number
            found[number.start] = AnswerFigure(number.text, number.value, number.unit, "context", "quoted", cited)
        return [found[start] for start in sorted(found)]

    def _result(self, ref: ComputedRef) -> AnswerFigure:
        computation = self.draft.computations[ref.index]
        number = next(iter(find_numbers(computation.text)), None)
        return AnswerFigure(
            computation.text,
            number.value if number else computation.value,
            number.unit if number else computation.unit,
            self._role(ref),
            "computed",
            computation.citations,
            computation.formula,
            caution=ref.caution,
            operands=computation.operands,
        )

    def _figure(self, ref: FigureRef, figure: Figure, sources: Mapping[int, Source]) -> AnswerFigure:
        cited = tuple(n for n, source in sources.items() if source.holds(figure))
        return AnswerFigure(
            figure_text(figure),
            figure.number.value,
            figure.number.unit,
            self._role(ref),
            "quoted",
            cited,
            None,
            figure_to_scope(figure),
            figure_to_quote(figure),
            ref.caution,
            figure.id,
        )

    def _role(self, ref: FigureRef | ComputedRef) -> str:
        return "answer" if ref.is_answer and self.draft.status is AnswerStatus.ANSWERED else "context"


def _names(citations: Sequence[Citation], reports: Mapping[str, Report]) -> tuple[str, ...]:
    """Names of the cited reports and of whose they are, and of the colleges that the quotes name."""
    cited = [report for citation in citations if (report := reports.get(citation.passage.report_id)) is not None]
    printed = (name for citation in citations for name, _ in placed_names(citation.quote))
    owners = (name for report in cited for name in (report.title, report.college, *report.short_names) if name)
    return unique((*owners, *printed))
