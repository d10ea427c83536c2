"""Chinese text: cleaning, clauses, terms, tokens, lines that are headings or captions, numbers and units."""
