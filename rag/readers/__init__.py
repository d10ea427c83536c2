"""Report files → `ReadFile`: PDF, DOCX, plain text and Markdown. Runs in the guarded child (`rag.reading`)."""
