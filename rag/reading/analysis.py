"""A file → everything that is kept of its report: what the guarded child does for `rag.reading.files`."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rag.domain.near_duplicates import text_sketch
from rag.errors import SettingsError, UnreadableFileError
from rag.figures.context import figures_to_contexts
from rag.figures.contradictions import contexts_to_contradictions
from rag.figures.entries import contradiction_to_entry, figures_to_entries, with_contexts
from rag.figures.extraction import passage_to_figures, section_to_passages
from rag.language.tokens import estimate_tokens
from rag.readers.files import read_file
from rag.readers.request import Request
from rag.reading.soundness import UNCHECKED, contained, passage_lost, readable_pages, sound_file
from rag.records import Figure, ReadFile, ReportParts
from rag.sandbox.values import json_to_value, value_to_json
from rag.structure.chunks import TokenCounter, sections_to_chunks
from rag.structure.identity.describing import describe_report
from rag.structure.running_heads import drop_running_heads
from rag.structure.sections import pages_to_sections

if TYPE_CHECKING:
    from rag.sandbox.worker import Teller

NOTHING_READ = "没有可用的文字：文件里没有读出任何内容。"


def answer(request: bytes, teller: Teller) -> bytes:
    """The parts of the file asked for, as JSON; raises UnreadableFileError with the reason why there are none."""
    asked = json_to_value(Request, request)
    try:
        read = read_file(asked, teller.pages)
        teller.note(b"read")
        parts = read_to_parts(read, asked)
    except SettingsError as error:
        raise UnreadableFileError(str(error)) from error
    if not parts.chunks and not parts.report.pending_pages:
        raise UnreadableFileError(NOTHING_READ)
    return value_to_json(ReportParts, parts)


def read_to_parts(read: ReadFile, request: Request, count_tokens: TokenCounter = estimate_tokens) -> ReportParts:
    """Everything that is kept of one report, from its file as read.

    What fails is left out and named among the report's warnings: a page, the figures of a passage, the contradictions.
    """
    read = sound_file(read)
    described = describe_report(read, request.report_id, request.corrections)
    pages, lost = readable_pages(drop_running_heads(read.pages), lambda pages: pages_to_sections(pages, "", ()))
    sections, tables = pages_to_sections(pages, request.report_id, read.outline)
    by_id = {table.id: table for table in tables}
    figures: list[Figure] = []
    for passage in (passage for section in sections for passage in section_to_passages(section)):
        found = contained(partial(passage_to_figures, passage, by_id.get(passage.table_id or "")))
        figures += found or ()
        lost += () if found is not None else (passage_lost(passage, by_id),)
    report = replace(
        described,
        warnings=(*described.warnings, *lost),
        path=str(Path(request.path).resolve()),
        figure_count=len(figures),
        sketch=text_sketch(section.text for section in sections),
        pending_pages=read.pending,
    )
    chunks = sections_to_chunks(report, sections, tables, count_tokens, request.max_chunk_tokens)
    contexts = contained(lambda: figures_to_contexts(figures, max(report.years, default=None), report.names))
    contradictions = contained(lambda: contexts_to_contradictions(report.id, sections, contexts or (), report.years))
    if contexts is None or contradictions is None:
        report = replace(report, warnings=(*report.warnings, UNCHECKED))
    kept = tuple(map(contradiction_to_entry, contradictions or ()))
    entries = figures_to_entries(with_contexts(contexts) if contexts is not None else figures)
    return ReportParts(report, pages, sections, tables, chunks, kept, entries)
