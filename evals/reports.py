"""Report files as an ingest has them, read anew for a measurement."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from rag.readers.recognised import RecognisedPages
from rag.readers.sources import Source, find_sources
from rag.reading.files import Reading
from rag.reading.recognition import Recognition
from rag.records import PageStatus, ReportParts
from rag.sandbox import Limits
from rag.settings.settings import Settings


def read_folder(folder: Path) -> list[ReportParts]:
    """The reports of a folder."""
    return read_sources(find_sources([folder]).sources)


def read_sources(sources: Iterable[Source]) -> list[ReportParts]:
    """The reports of these files, in their order; pages without text of their own are recognised, pictures in pages not."""
    limits = Limits()
    with TemporaryDirectory() as folder:
        kept = RecognisedPages(Path(folder))
        with (
            closing(Reading(limits, Settings().max_chunk_tokens, kept)) as reading,
            closing(Recognition(kept, limits.max_file_bytes)) as recognition,
        ):
            return [_read(source, reading, recognition) for source in sources]


def _read(source: Source, reading: Reading, recognition: Recognition) -> ReportParts:
    parts = reading.parts(source)
    whole = [page.number for page in parts.pages if page.status is PageStatus.PENDING and page.number is not None]
    if not whole:
        return parts
    digest = parts.report.sha256
    recognition.recognise(source.path, digest, whole, whole)
    return reading.parts(source, content=digest)
