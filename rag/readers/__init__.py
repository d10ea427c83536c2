"""Report files → `ReadFile`: PDF, DOCX, plain text and Markdown, parsed in a guarded child process."""

from rag.readers.guard import Limits, read_report
from rag.readers.sniff import SUPPORTED_ENDINGS

__all__ = ["SUPPORTED_ENDINGS", "Limits", "read_report"]
