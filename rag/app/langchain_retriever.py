"""Edge: retrieval as a langchain retriever, for anyone's chain."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from rag.assistant import Assistant
from rag.records import Filters, Passage, Report


class WenbaoRetriever(BaseRetriever):
    """Gives the passages that bear on a question, best first, each knowing its report, section and page.

    `page_content` is the passage, verbatim. Metadata: `report`, `title`, `college`, `year`, `section` (headings from
    the top down), `page` (physical, from 1), `page_label` (as printed), `score`, and `quote`, the sentence or table
    row in it that bears on the question most. What is not known is None.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    assistant: Assistant
    filters: Filters = Filters()
    """Reports, colleges and years to keep to; empty means all."""

    @classmethod
    def open(cls, data: Path, *, filters: Filters = Filters(), config: Path | None = None) -> WenbaoRetriever:
        """A retriever over the index in the data folder, as `wenbao ingest --data` filled it."""
        from rag.app.assembly import build_assistant, open_index
        from rag.settings.settings import load_settings

        settings = load_settings({"data": data}, config)
        return cls(assistant=build_assistant(settings, open_index(settings)), filters=filters)

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        reports = {report.id: report for report in self.assistant.reports()}
        evidence = self.assistant.retrieve(self.assistant.understand(query, filters=self.filters))
        return [passage_to_document(passage, reports.get(passage.report_id)) for passage in evidence.passages]


def passage_to_document(passage: Passage, report: Report | None) -> Document:
    """A passage as langchain's document."""
    metadata: dict[str, Any] = {
        "report": passage.report_id,
        "title": report.title if report else passage.report_id,
        "college": report.college if report else "",
        "year": report.year if report else None,
        "section": list(passage.path),
        "page": passage.page,
        "page_label": passage.page_label,
        "score": passage.score,
        "quote": passage.text[passage.focus_start : passage.focus_end],
    }
    return Document(id=passage.id, page_content=passage.text, metadata=metadata)
