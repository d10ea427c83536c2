"""Answers as JSON, text, charts, Word, Excel."""
