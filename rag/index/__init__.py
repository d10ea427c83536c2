"""What is kept of the reports: SQLite, vectors, words."""
