"""PDF files → pages."""
