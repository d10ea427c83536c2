"""A report's figures → its board."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from rag.boards.labels import figure_keys, is_of_school, label_of
from rag.boards.wanted import Wanted, wanted_indicators
from rag.figures.citing import label_of as said_label
from rag.figures.citing import written
from rag.figures.contradictions.notes import Places
from rag.gate.rivals import BETTER
from rag.gate.verify import draft_to_gated
from rag.language.numbers import agree, unit_class
from rag.language.numbers.units import canonical, in_base
from rag.language.text import matching_key
from rag.records import (
    AnswerStatus,
    Citation,
    Cite,
    Contradiction,
    Draft,
    Figure,
    FigureRef,
    FigureTime,
    Number,
    Report,
    Section,
    Table,
    Text,
)

_LINK = re.compile("(?:分别)?(?:达到|[为达是])$")
_RATIO = {"ratio", "bare"}
DIFFERS = "报告前后不一致"
DIFFERS_PERHAPS = "同名数字不同，时点或口径请看原文"


@dataclass(frozen=True, slots=True)
class BoardFigure:
    """One figure of a board."""

    definition: str
    """The name its kind goes by: figures of one definition can be compared."""
    label: str
    """What the report prints of it."""
    text: str
    """As printed, with its unit."""
    number: Number
    when: FigureTime
    citation: Citation
    figure: Figure
    """The printed figure, as it is kept with its report."""
    mentions: int = 1
    """How often the report prints it so."""
    note: str = ""
    """Chinese: what was found when the report was read that does not fit with it."""
    rivals: str = ""
    """Chinese: that the report prints another figure under the same name for what may be the same time."""

    @property
    def base(self) -> str:
        """What its unit is measured in."""
        return canonical(self.number.unit)[1].base

    @property
    def amount(self) -> Decimal:
        """Its value in the base of its unit: 元 of 万元, 平方米 of 万平方米."""
        return in_base(self.number.value, self.number.unit)


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One indicator with the figures found; none where the report does not state it as a whole."""

    wanted: Wanted
    figures: tuple[BoardFigure, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """The indicators of one report."""

    report: Report
    lines: tuple[BoardLine, ...]
    partly: frozenset[str] = frozenset()
    """Names of the indicators that figures are printed of, though none of the whole school by itself."""

    @property
    def stated(self) -> tuple[BoardLine, ...]:
        """The lines that have figures."""
        return tuple(line for line in self.lines if line.figures)

    @property
    def unstated(self) -> tuple[str, ...]:
        """Names of the indicators nothing was found for."""
        return tuple(line.wanted.name for line in self.lines if not line.figures)


@dataclass(frozen=True, slots=True)
class _Mention:
    """A figure where it stands."""

    figure: Figure
    ref: Figure
    when: FigureTime

    @property
    def rank(self) -> tuple[bool, ...]:
        """Which of several mentions is shown: an exact one, then one that says most of when it is of."""
        return bool(self.figure.number.bound), *(not said for said in self.when.fullness())


@dataclass(slots=True)
class _Found:
    """The mentions of one figure, the one to show first."""

    definition: str
    mentions: list[_Mention]

    def takes(self, definition: str, mention: _Mention) -> bool:
        """Whether a mention is of this figure; if so it is kept with the others."""
        first = self.mentions[0]
        same = self.definition == definition and first.when.may_be(mention.when)
        if not same or not _says_the_same(first.figure.number, mention.figure.number):
            return False
        self.mentions.append(mention)
        self.mentions.sort(key=lambda item: item.rank)
        return True


def report_to_board(
    report: Report,
    sections: Sequence[Section],
    figures: Sequence[Figure],
    contradictions: Sequence[Contradiction] = (),
) -> Board:
    """The board of a report; `figures` and `contradictions` are those kept with it."""
    tables = {figure.table.id: figure.table for figure in figures if figure.table}
    kept: dict[str, list[Figure]] = defaultdict(list)
    for figure in figures:
        kept[figure.passage.section_id].append(figure)
    places = Places(report.id, {section.id: section for section in sections})
    own = own_names(report)
    found: dict[str, list[_Found]] = {}
    for figure in figures:
        for wanted, definition in _named(figure, report, own):
            mention = _Mention(figure, places.in_line(figure), figure.context.time)
            known = found.setdefault(wanted.name, [])
            if not any(other.takes(definition, mention) for other in known):
                known.append(_Found(definition, [mention]))

    def shown(item: _Found) -> BoardFigure | None:
        return _board_figure(item, report, tables, kept[item.mentions[0].ref.passage.section_id], contradictions)

    lines = tuple(BoardLine(w, _shown(w, found.get(w.name, []), shown)) for w in wanted_indicators())
    lacking = [line.wanted for line in lines if not line.figures]
    return Board(report, lines, frozenset(wanted.name for wanted in lacking if any(map(wanted.is_said_of, figures))))


def own_names(report: Report) -> tuple[str, ...]:
    """Keys of the names of a report's college, the longest first."""
    return tuple(sorted(map(matching_key, filter(None, (report.college, *report.short_names))), key=len, reverse=True))


def _named(figure: Figure, report: Report, own: Sequence[str]) -> Iterator[tuple[Wanted, str]]:
    keys = figure_keys(figure, own)
    for wanted in wanted_indicators() if keys else ():
        definition = next((d for key in keys if (d := wanted.definition(key, figure.number.unit))), None)
        if definition is not None and wanted.fits(*_context(figure)) and is_of_school(figure, report, own):
            yield wanted, definition


def _context(figure: Figure) -> tuple[str, str]:
    """What stands before a figure in its sentence, or beside it in its row; and in its paragraph and above."""
    text = figure.passage.text
    paragraph = "" if figure.is_cell else text[text.rfind("\n", 0, figure.start) + 1 : figure.start]
    return f"{figure.near} {figure.before}", " ".join([paragraph, figure.about, *figure.passage.path])


def _says_the_same(one: Number, other: Number) -> bool:
    """Whether two figures of one definition agree; a ratio may be printed without its 1."""
    return agree(one, other) or (one.value == other.value and {unit_class(one.unit), unit_class(other.unit)} == _RATIO)


def _without_parts(wanted: Wanted, figures: Sequence[BoardFigure]) -> Iterator[BoardFigure]:
    for figure in figures:
        like = [
            other.amount
            for other in figures
            if other.definition == figure.definition and other.base == figure.base and other.when.may_be(figure.when)
        ]
        if not wanted.is_part(figure.amount, max(like)):
            yield figure


def _shown(
    wanted: Wanted, found: Sequence[_Found], shown: Callable[[_Found], BoardFigure | None]
) -> tuple[BoardFigure, ...]:
    order = [name for name, _ in wanted.printed]
    figures = [*filter(None, map(shown, sorted(found, key=lambda item: order.index(item.definition))))]
    whole = list(_without_parts(wanted, figures))
    return tuple(_with_rivals(figure, whole) for figure in whole)


def _board_figure(
    item: _Found,
    report: Report,
    tables: Mapping[str, Table],
    kept: Sequence[Figure],
    contradictions: Sequence[Contradiction],
) -> BoardFigure | None:
    """A figure as the board shows it; None where the gate does not let it through. `kept` are those of its section."""
    figure, ref, when = item.mentions[0].figure, item.mentions[0].ref, item.mentions[0].when
    passage = ref.passage
    citation = Citation(1, passage, ref.quote_start, ref.quote_end, passage.page, passage.page_label)
    said = (Text(said_label(figure)), FigureRef(ref.id, is_answer=True), Text(" "), Cite(1), Text("。"))
    draft = Draft(AnswerStatus.ANSWERED, said, (citation,), figures=(ref,))
    gated = draft_to_gated(draft, tables, {report.id: report}, stored=kept)
    if gated.unsupported or any(shown.caution == BETTER for shown in gated.figures):
        return None
    ids = {mention.ref.id for mention in item.mentions}
    notes = [c.note for c in contradictions if not ids.isdisjoint(r.id for r in c.figures)]
    label = _LINK.sub("", label_of(figure))
    return BoardFigure(
        item.definition,
        label,
        written(figure),
        figure.number,
        when,
        citation,
        figure,
        len(item.mentions),
        "；".join(dict.fromkeys(notes)),
    )


def _with_rivals(figure: BoardFigure, others: Sequence[BoardFigure]) -> BoardFigure:
    """The figure, marked where the report prints another one under the same name for what may be the same time."""
    rivals = [
        other
        for other in others
        if other is not figure and other.definition == figure.definition and other.when.may_be(figure.when)
        if other.base == figure.base
    ]
    if not rivals:
        return figure
    same = any(other.when.text == figure.when.text for other in rivals)
    return replace(figure, rivals=DIFFERS if same else DIFFERS_PERHAPS)
