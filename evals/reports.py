"""Report files as an ingest has them, read anew for a measurement."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from rag.readers.sources import Source, find_sources
from rag.reading.files import Reading
from rag.records import ReportParts
from rag.sandbox import Limits
from rag.settings.settings import Settings


def read_folder(folder: Path) -> list[ReportParts]:
    """The reports of a folder."""
    return read_sources(find_sources([folder]).sources)


def read_sources(sources: Iterable[Source]) -> list[ReportParts]:
    """The reports of these files, in their order."""
    with closing(Reading(Limits(), Settings().max_chunk_tokens)) as reading:
        return [reading.parts(source) for source in sources]
