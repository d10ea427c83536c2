"""Word files → pages."""
