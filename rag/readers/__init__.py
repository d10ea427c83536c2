"""Report files → `ReadFile`: PDF, DOCX, XLSX, plain text and Markdown. Runs in the guarded child (`rag.reading.files`)."""
