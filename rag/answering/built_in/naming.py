"""Answers that are names: the rows or the sentence that hold what is asked, as they stand, the names bold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rag.answering.built_in.name_features import (
    NEAR,
    NameAsk,
    Unit,
    named_cells,
    new_names,
    passage_to_units,
    units_to_sureness,
)
from rag.answering.built_in.refusing import not_found
from rag.answering.built_in.scope import speaks_of_subject
from rag.answering.built_in.things import Span, Wanted, enumerations, question_to_wanted
from rag.answering.built_in.wording import pieces
from rag.figures.citing import Citations, lead_of, plain, row_line, row_of
from rag.language.text import sentence_spans, text_key
from rag.records import AnswerStatus, Draft, Evidence, Report, Table, text_to_draft
from rag.retrieval.relevance import Relevance, subject_words
from rag.structure.tables.joining import header_labels

MIN_SURENESS = 0.47
ASKERS_OWN = 0.3
"""What a word counts that stands nowhere in the evidence."""
MAX_ROWS = 12
"""More rows than this are a table, not an answer."""


def name_draft(
    evidence: Evidence, relevance: Relevance, reports: Mapping[str, Report], tables: Mapping[str, Table]
) -> Draft:
    """A question that asks for names: the rows or the sentence that surely hold them, as they stand."""
    citations = Citations()
    lines = name_lines(evidence, relevance, reports, tables, citations)
    if not lines:
        return not_found(evidence, reports, relevance, tables)
    lead = lead_of(evidence, [citation.passage for citation in citations.items], reports)
    text = f"{lead}{lines[0]}" if len(lines) == 1 else lead + "\n\n" + "\n".join(f"- {line}" for line in lines)
    return text_to_draft(AnswerStatus.ANSWERED, text, tuple(citations.items))


def name_lines(
    evidence: Evidence,
    relevance: Relevance,
    reports: Mapping[str, Report],
    tables: Mapping[str, Table],
    citations: Citations,
) -> list[str]:
    """The rows or the sentence that surely hold the names asked for, cited; empty where none does."""
    ask = evidence_to_name_ask(evidence, relevance)
    units = evidence_to_units(evidence, ask, reports, tables)
    best = max(units, key=lambda unit: unit.score, default=None)
    if best is None or units_to_sureness(best, units) < MIN_SURENESS:
        return []
    lines = []
    for start, end in _alike_rows(best, ask) or _going_on(best, ask):
        text = best.passage.text[start:end].rstrip()
        n = citations.cite_span(best.passage, start, start + len(text))
        lines.append(f"{_line(text, best, evidence.query.focus, ask)} [{n}]")
    return lines


def evidence_to_name_ask(evidence: Evidence, relevance: Relevance) -> NameAsk:
    """What the question asks to be named; words that no passage has count little, they are the asker's own."""
    text = " ".join(" ".join([*passage.path, passage.text]) for passage in evidence.passages)
    known = relevance.shares(text)
    weights = {word: weight * (1.0 if word in known else ASKERS_OWN) for word, weight in relevance.weights.items()}
    query = evidence.query
    wanted = question_to_wanted(query.focus)
    if not wanted.things and not wanted.heads and query.carried:
        wanted = question_to_wanted(query.carried)
    return NameAsk(
        wanted,
        Relevance(weights, relevance.equivalents),
        text_key(f"{query.focus} {query.carried}"),
        subject_words(query.terms[0] if query.terms else query.standalone),
    )


def evidence_to_units(
    evidence: Evidence, ask: NameAsk, reports: Mapping[str, Report], tables: Mapping[str, Table]
) -> list[Unit]:
    """The sentences and rows that speak of those asked about."""
    return [
        unit
        for rank, passage in enumerate(evidence.passages)
        for unit in passage_to_units(passage, tables.get(passage.table_id or ""), rank, ask)
        if speaks_of_subject(evidence, reports.get(passage.report_id), unit.text) and ask.wanted.may_hold(unit.text)
    ]


def _alike_rows(best: Unit, ask: NameAsk) -> list[Span]:
    """The rows of a table that the question names as it names the best row, else those that hold as many of its words."""
    if best.table is None or best.row is None:
        return []
    labels = header_labels(best.table.rows, best.table.header_rows)
    named, held = named_cells(best.row, ask.asked, labels), _held(ask.relevance, best.text)
    alike = [
        (a, b)
        for a, b in sentence_spans(best.passage.text)
        if (row := row_of(best.passage.text[a:b].rstrip("\n"), best.table)) is not None
        and (
            named <= named_cells(row, ask.asked, labels)
            if named
            else held and held <= _held(ask.relevance, best.passage.text[a:b])
        )
    ]
    return alike if len(alike) <= MAX_ROWS else []


def _going_on(best: Unit, ask: NameAsk) -> list[Span]:
    """The best sentence, and where several names are asked and it holds one, the next ones that go on with them."""
    spans = [(best.start, best.end)]
    if not ask.wanted.several or best.row is not None:
        return spans
    text = best.passage.text
    for start, end in sentence_spans(text):
        held = sum(len(asked_spans(text[a:b], ask.wanted, ask.asked)) for a, b in spans)
        if start == spans[-1][1] and held == len(spans) and any(ask.wanted.found(text[start:end], ask.asked)):
            spans.append((start, end))
    return spans


def _held(relevance: Relevance, text: str) -> frozenset[str]:
    return frozenset(word for word, share in relevance.shares(text).items() if share == 1.0)


def _line(text: str, unit: Unit, question: str, ask: NameAsk) -> str:
    """A row as pairs, a sentence as it stands with the names that were asked for bold."""
    row = row_of(text, unit.table)
    if unit.table is not None and row is not None:
        return row_line(row, unit.table, question)
    return plain(_emboldened(text, asked_spans(text, ask.wanted, ask.asked)))


def asked_spans(text: str, wanted: Wanted, asked: str) -> list[Span]:
    """The names in a sentence that a question asks for: of the wanted sort, else the names it lists or quotes."""
    found = [spans for spans in wanted.found(text, asked) if spans]
    if things := [spans if wanted.several else [_nearest(text, spans, asked)] for spans in found]:
        return [span for spans in things for span in spans]
    quoted = [span for span in new_names(text, asked) if text[span[0]] in "“《"]
    listed = [span for items in enumerations(text) for span in items if text_key(text[slice(*span)]) not in asked]
    return (listed or quoted) if wanted.several else (quoted or listed)


def _nearest(text: str, spans: Sequence[Span], asked: str) -> Span:
    """The name with most of the question beside it, the first of equals."""
    return max(spans, key=lambda span: pieces(text_key(text[span[1] : span[1] + NEAR]), asked))


def _emboldened(text: str, spans: Sequence[Span]) -> str:
    """A text with these spans bold, a span inside another left out, list marks between them inside."""
    out, at = [], 0
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= at:
            out += [text[at:start], f"**{text[start:end]}**"]
            at = end
    return "".join([*out, text[at:]])
