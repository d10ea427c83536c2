"""What the tables of the store are, and which of them hold records of a report."""

from __future__ import annotations

from rag.records import Chunk, ContradictionEntry, FigureEntry, Page, Section, Table

DATABASE_NAME = "wenbao.sqlite3"
LAYOUT = 2
"""Number of the layout below, raised with every change to it, and with every change to a stored record that keeps an
older row from being read. A new field with a default is no such change.
"""
CREATE = """
CREATE TABLE reports (id TEXT PRIMARY KEY, revision INTEGER NOT NULL, fingerprint TEXT NOT NULL, data BLOB NOT NULL);
CREATE TABLE pages (report_id TEXT, position INTEGER, data BLOB NOT NULL, PRIMARY KEY (report_id, position));
CREATE TABLE sections (id TEXT PRIMARY KEY, report_id TEXT NOT NULL, position INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE tables_ (id TEXT PRIMARY KEY, report_id TEXT NOT NULL, position INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE chunks (id TEXT PRIMARY KEY, report_id TEXT NOT NULL, position INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE contradictions (id TEXT PRIMARY KEY, report_id TEXT NOT NULL, position INTEGER NOT NULL,
                             data BLOB NOT NULL);
CREATE TABLE figures (section_id TEXT, start INTEGER, report_id TEXT NOT NULL, position INTEGER NOT NULL,
                      head TEXT NOT NULL, kin TEXT NOT NULL, data BLOB NOT NULL, PRIMARY KEY (section_id, start));
CREATE TABLE vectors (report_id TEXT, embedder TEXT, dimension INTEGER NOT NULL, data BLOB NOT NULL,
                      PRIMARY KEY (report_id, embedder));
CREATE TABLE sketches (value INTEGER, report_id TEXT, PRIMARY KEY (value, report_id)) WITHOUT ROWID;
CREATE TABLE near_duplicates (report_id TEXT, other_id TEXT, PRIMARY KEY (report_id, other_id)) WITHOUT ROWID;
CREATE TABLE terms (report_id TEXT PRIMARY KEY, version TEXT NOT NULL, data BLOB NOT NULL);
CREATE TABLE carried (id TEXT PRIMARY KEY, path TEXT NOT NULL);
CREATE INDEX sketches_of ON sketches (report_id);
CREATE INDEX sections_of ON sections (report_id, position);
CREATE INDEX tables_of ON tables_ (report_id, position);
CREATE INDEX chunks_of ON chunks (report_id, position);
CREATE INDEX contradictions_of ON contradictions (report_id, position);
CREATE INDEX figures_of ON figures (report_id, position);
CREATE INDEX figures_named ON figures (head);
"""
CONTENT_TABLES = (
    "pages",
    "sections",
    "tables_",
    "chunks",
    "contradictions",
    "figures",
    "vectors",
    "terms",
    "sketches",
    "near_duplicates",
)
SEALED = {
    "pages": Page,
    "sections": Section,
    "tables_": Table,
    "chunks": Chunk,
    "contradictions": ContradictionEntry,
    "figures": FigureEntry,
}
"""Tables whose rows are records of a report, and of which kind."""
