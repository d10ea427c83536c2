"""Pages → paragraphs, headings, sections, tables, chunks."""
