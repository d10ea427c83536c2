"""Answers and their figures as files to keep."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from rag.presentation import document as exports
from rag.presentation import spreadsheet as figure_rows
from rag.presentation import word
from rag.presentation.exchanges import Exchange
from rag.readers.uploads import safe_name


def draw_downloads(key: str, title: str, exchanges: Sequence[Exchange]) -> None:
    """Buttons that save the exchanges as Word and Markdown, and their figures as Excel and CSV."""

    def document() -> exports.Document:
        return exports.exchanges_to_document(title, exchanges)

    kinds: list[tuple[str, str, str, Callable[[], bytes]]] = [
        ("Word", "docx", word.MIME_TYPE, lambda: word.document_to_word(document())),
        ("Markdown", "md", "text/markdown", lambda: exports.document_to_markdown(document()).encode()),
    ]
    if any(map(figure_rows.has_figures, exchanges)):
        kinds += [
            ("Excel（数字）", "xlsx", figure_rows.XLSX_TYPE, lambda: figure_rows.figures_to_xlsx(exchanges)),
            ("CSV（数字）", "csv", "text/csv", lambda: figure_rows.figures_to_csv(exchanges)),
        ]
    with st.container(horizontal=True):
        for label, ending, mime, content in kinds:
            name = safe_name(f"问报-{title}.{ending}")
            # made when it is asked for, and without drawing the page again
            st.download_button(label, content, name, mime, key=f"{ending}-{key}", on_click="ignore")
