"""Contradictions kept with a report, as an answer shows them: every figure cited, and what it should be computed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from rag.answering.built_in.findings import Findings
from rag.answering.built_in.scope import speaks_of_subject
from rag.arithmetic.expressions import ComputeError, difference, growth, quotient, ratio, share, total
from rag.arithmetic.quantities import Operand
from rag.figures.citing import Citations, label_of, lead_of, markers, written
from rag.figures.heads import EMPTY
from rag.gate.claims import without_names
from rag.language.numbers import agree, find_scopes, unit_class
from rag.language.text import matching_key
from rag.question.slots import question_to_slots
from rag.records import (
    AnswerStatus,
    Computation,
    Conflict,
    Contradiction,
    ContradictionKind,
    Draft,
    Figure,
    Query,
    Report,
    text_to_draft,
)
from rag.retrieval.relevance import Relevance, content_words

MIN_FIT = 0.45
"""Share of a doubting question's weight that must stand by a contradiction it asks about."""
MIN_PLAIN_FIT = 0.7
"""The same of a question that doubts nothing."""
MIN_KIND_FIT = 0.35
"""The same where it says which kind of misfit it means (加起来)."""
MIN_SAID, MIN_PLAIN_SAID = 0.25, 0.75
"""Share of what is printed of a figure that a doubting question, and one that doubts nothing, must say."""
ALSO = 0.85
"""Share of the best one's fit from which on further contradictions are meant too."""
IN_HEADINGS = 0.85
"""What a word counts that stands in the headings or the caption above the figures."""
_DOUBTS = re.compile(
    "对不上|对得上|不一样|一样[吗么不]|不一致|一致[吗么不]|是否一致|矛盾|打架|[两几]套|[两几]种(?:说法|数|口径)|前后|经得起|核[算对实]|"
    "加起来|相加|之和|等于|出入|不对|不符|相符|哪个[是才]?[对准]|不同|算错|写错|有误|自相"
)
"""How a question doubts that figures fit together."""
_NEGATED = re.compile("[未非待][\u4e00-\u9fff]{2}")
_INSISTS = re.compile("到底|究竟|准确[说地]")
"""How a question asks for the one figure that holds."""
_ABOUT_KIND = {
    ContradictionKind.UNIT: re.compile("单位"),
    ContradictionKind.TOTAL: re.compile("加起来|相加|之和|合计|各项|总和"),
}
"""Words that say which kind of misfit a question is about."""
_CLAUSE = re.compile("[，。？！；,?!;]")
_ARITHMETIC = frozenset(
    {ContradictionKind.TOTAL, ContradictionKind.SHARE, ContradictionKind.CHANGE, ContradictionKind.QUOTIENT}
)


def stored_rivals(figure: Figure, findings: Findings, citations: Citations) -> tuple[Conflict, str] | None:
    """The contradiction a chosen figure is part of, and its other figures in words, bold and cited."""
    at = (figure.passage.section_id, figure.passage.start + figure.start)
    for item in findings.contradictions:
        if item.kind is not ContradictionKind.DIFFERENT or at not in {_place(ref) for ref in item.figures}:
            continue
        values = [(written(figure), citations.cite(figure))]
        said = []
        for ref in _distinct([ref for ref in item.figures if not agree(ref.number, figure.number)]):
            values.append((written(ref), citations.cite(ref)))
            said.append(f"；另一处{_label(ref)}**{values[-1][0]}** [{values[-1][1]}]")
        return Conflict(item.indicator, tuple(values), item.note), "".join(said)
    return None


def _label(figure: Figure) -> str:
    """What a figure is said of, in the report's words."""
    return label_of(figure) if label_of(figure).strip() else f"{figure.label} "


def _place(ref: Figure) -> tuple[str, int]:
    return ref.passage.section_id, ref.passage.start + ref.start


def _distinct(refs: Sequence[Figure]) -> list[Figure]:
    """The first mention of each value."""
    found: list[Figure] = []
    for ref in refs:
        if not any(agree(ref.number, other.number) for other in found):
            found.append(ref)
    return found


def disputed_draft(findings: Findings) -> Draft | None:
    """The answer to a question about figures that do not fit; None for any other."""
    meant = _meant(findings)
    telling = _Telling(Citations())
    parts = [part for item in meant if (part := telling.tell(item))]
    if not parts:
        return None
    items = telling.citations.items
    lead = lead_of(findings.evidence, [citation.passage for citation in items], findings.reports)
    text = f"{lead}{'；'.join(part for part, _ in parts)}。"
    conflicts = tuple(conflict for _, conflict in parts)
    return text_to_draft(AnswerStatus.ANSWERED, text, tuple(items), conflicts, tuple(telling.computations))


def _meant(findings: Findings) -> list[Contradiction]:
    """The contradictions a question is about: those it fits best, of the kind it speaks of, under the name it uses."""
    query = findings.evidence.query
    doubts, insists = _DOUBTS.search(query.focus), _INSISTS.search(query.focus)
    plain = not (doubts or insists)
    if plain and (query.carried or len(question_to_slots(query.focus)) != 1):
        return []
    kinds = set(ContradictionKind) if doubts else set(ContradictionKind) - _ARITHMETIC
    kinds -= {ContradictionKind.SCOPE, ContradictionKind.UNIT} if plain else set()
    asked = _asked(findings)
    fits = [
        (fit, item)
        for item in findings.contradictions
        if item.kind in kinds and _says(item, findings) >= (MIN_PLAIN_SAID if plain else MIN_SAID)
        for fit in [_fit(item, asked, findings)]
        if fit >= (MIN_PLAIN_FIT if plain else MIN_KIND_FIT if _is_of_kind(item, query.focus) else MIN_FIT)
    ]
    for narrows in (_is_of_kind, _is_named):
        fits = [found for found in fits if narrows(found[1], query.focus)] or fits
    best = max((fit for fit, _ in fits), default=0.0)
    return [item for fit, item in fits if fit >= ALSO * best]


def _says(item: Contradiction, findings: Findings) -> float:
    """Share of what is printed of a disputed figure, or of its name, that the question says, colleges' names aside."""
    query = findings.evidence.query
    question = without_names(f"{query.focus} {query.carried}", names_of(findings))
    printed = " ".join(name for _, names in findings.relevance.equivalents for name in names)
    refs = (*item.figures, *item.operands) if _is_of_kind(item, query.focus) else item.figures
    return max(_said(label, f"{question} {printed}") for label in (item.indicator, *(ref.label for ref in refs)))


def _said(label: str, question: str) -> float:
    words = {word: w for word, w in content_words(label).items() if len(word) > 1 and word not in EMPTY}
    words |= dict.fromkeys(_NEGATED.findall(label), 1.0)
    return Relevance(words, ()).coverage(question)


def names_of(findings: Findings) -> list[str]:
    """Full and short names of the colleges whose reports these are."""
    return [name for report in findings.reports.values() for name in (report.college, *report.short_names) if name]


def _is_of_kind(item: Contradiction, question: str) -> bool:
    return item.kind in _ABOUT_KIND and _ABOUT_KIND[item.kind].search(question) is not None


def _is_named(item: Contradiction, question: str) -> bool:
    return matching_key(item.indicator) in matching_key(question)


def _asked(findings: Findings) -> Relevance:
    """The question's words with their weights, without the clauses that only doubt."""
    focus = findings.evidence.query.focus
    plain = "，".join(clause for clause in _CLAUSE.split(focus) if not _DOUBTS.search(clause))
    for text in (plain, focus):
        words = content_words(_DOUBTS.sub("", text))
        weights = {word: weight for word, weight in findings.relevance.weights.items() if word in words}
        if weights:
            return Relevance(weights, findings.relevance.equivalents)
    return findings.relevance


def _fit(item: Contradiction, asked: Relevance, findings: Findings) -> float:
    """Share of the question's weight that stands by the figures, where something they count is asked for."""
    evidence, report = findings.evidence, findings.reports.get(item.report_id)
    refs = (*item.figures, *item.operands)
    quotes = [ref.passage.text[ref.quote_start : ref.quote_end] for ref in refs]
    if not any(speaks_of_subject(evidence, report, quote) for quote in quotes):
        return 0.0
    if not _is_of_years(item, evidence.query, report):
        return 0.0
    labels = " ".join([item.indicator, *(ref.label for ref in refs)])
    above = " ".join({ref.about for ref in refs})
    return asked.coverage(f"{labels} {' '.join(quotes)}", above, IN_HEADINGS)


def _is_of_years(item: Contradiction, query: Query, report: Report | None) -> bool:
    """Whether figures are of a year asked about: one they name, else one their report speaks of unsaid."""
    texts = [f"{ref.passage.text[ref.quote_start : ref.quote_end]} {ref.about}" for ref in item.figures]
    named = {year for text in texts for scope in find_scopes(text) if scope.kind != "enrolment" for year in scope.years}
    unsaid = {report.year, report.year - 1, report.cohort or report.year} if report and report.year else set()
    return not query.years or bool(set(query.years) & (named or unsaid))


@dataclass(slots=True)
class _Telling:
    """Contradictions put in words, with the citations and computations these rest on."""

    citations: Citations
    computations: list[Computation] = field(default_factory=list)

    def tell(self, item: Contradiction) -> tuple[str, Conflict] | None:
        """A contradiction in words; None where what it should be cannot be computed."""
        if item.kind in _ARITHMETIC:
            return self._misfit(item)
        figures = _distinct(item.figures) if item.kind is not ContradictionKind.UNIT else list(item.figures)
        cited = [(written(figure), self.citations.cite(figure)) for figure in figures]
        said = [
            f"{_label(figure)}**{text}**{figure.after if figure.is_cell else ''} [{n}]"
            for figure, (text, n) in zip(figures, cited, strict=True)
        ]
        close = "（口径不同，不是同一个数）" if item.kind is ContradictionKind.SCOPE else "（报告前后不一致）"
        return "；另一处".join(said) + close, Conflict(item.indicator, tuple(cited), item.note)

    def _misfit(self, item: Contradiction) -> tuple[str, Conflict] | None:
        printed = item.figures[0]
        figures = list(item.operands)
        n = self.citations.cite(printed)
        operands = [Operand(figure.number, self.citations.cite(figure)) for figure in figures]
        if item.figures[0] in item.operands:  # shares of one whole that do not make 100 %
            more = sum(operand.number.value for operand in operands) > 100
            said = f"{_labelled(figures, operands)}，相加{'超过' if more else '不足'}总体"
            return said, Conflict(
                item.indicator,
                tuple((written(f), o.citation) for f, o in zip(figures, operands, strict=True)),
                item.note,
            )
        try:
            computed = _computed(item, operands, printed)
        except ComputeError:
            return None
        self.computations.append(computed)
        values = ((written(printed), n), (computed.text, computed.citations[0]))
        marks = markers(computed.citations)
        bold = f"**{computed.text}** {marks}"
        if item.kind is ContradictionKind.TOTAL:
            said = f"{label_of(printed)}**{written(printed)}** [{n}]，而各项相加为 {bold}，两者不等"
        elif item.kind is ContradictionKind.SHARE:
            said = f"{label_of(printed)}**{written(printed)}** [{n}]，而按{_named(figures, operands)}计算为 {bold}"
        elif unit_class(printed.number.unit) not in ("points", "percent"):
            verb = "相除" if item.kind is ContradictionKind.QUOTIENT else "相减"
            said = f"报告写作{label_of(printed)}**{written(printed)}** [{n}]，而{_labelled(figures, operands)}，{verb}为 {bold}"
        else:
            verb = "相减为" if unit_class(printed.number.unit) == "points" else "计算为"
            said = (
                f"报告写作{label_of(printed)}**{written(printed)}** [{n}]，而按{_named(figures, operands)}{verb} {bold}"
            )
        return said, Conflict(item.indicator, values, item.note)


def _labelled(figures: Sequence[Figure], operands: Sequence[Operand]) -> str:
    """Figures with what the report calls each."""
    pairs = zip(figures, operands, strict=True)
    return "，".join(f"{label_of(figure)}**{written(figure)}** [{operand.citation}]" for figure, operand in pairs)


def _named(figures: Sequence[Figure], operands: Sequence[Operand]) -> str:
    return "与".join(f"**{written(f)}** [{o.citation}]" for f, o in zip(figures, operands, strict=True))


def _computed(item: Contradiction, operands: Sequence[Operand], printed: Figure) -> Computation:
    """What the printed figure should be."""
    if item.kind is ContradictionKind.TOTAL:
        return total(operands)
    first, second = operands
    if item.kind is ContradictionKind.SHARE:
        return share(first, second)
    if item.kind is ContradictionKind.QUOTIENT:
        kinds = {unit_class(operand.number.unit) for operand in operands}
        return ratio(first, second) if len(kinds) == 1 else quotient(first, second)
    if unit_class(printed.number.unit) == "percent":
        return growth(first, second)
    return difference(max(operands, key=_value), min(operands, key=_value))


def _value(operand: Operand) -> Decimal:
    return operand.number.value
