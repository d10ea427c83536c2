"""The keyword index as it stands published beside the store, and how it is made again from it.

A mark in the store says what it was made from; it is written last. Where mark, files and store do not agree, because
a writer was killed or files were damaged, the index counts for nothing. Whoever publishes must hold the writer's lock.
"""

from __future__ import annotations

import json
import shutil
import time
import uuid
from pathlib import Path
from typing import Any

from rag.index.files import file_digests, file_sizes
from rag.index.keywords import KeywordIndex, ReportTerms, chunks_to_terms, terms_version, unpack_terms
from rag.index.store import ReportStore

MARK = "keywords"
_NOTED = {"folder", "generation", "terms", "files", "digests"}
_SHARE = 20
"""While many reports are written, publishing may take one part in so many of the time."""


class PublishedWords:
    """The published keyword index of a store."""

    def __init__(self, store: ReportStore) -> None:
        self._store = store
        self._damaged: set[str] = set()
        self._sound: set[str] = set()
        self._due = 0.0

    def is_current(self) -> bool:
        """Whether it is whole and holds just what the store holds."""
        return self._folder(outdated=False) is not None

    def publish_when_due(self) -> None:
        """Makes the keyword index current, unless that was done, at some cost, a short while ago."""
        if time.monotonic() >= self._due:
            started = time.monotonic()
            self.publish()
            self._due = time.monotonic() + _SHARE * (time.monotonic() - started)

    def index(self, *, outdated: bool) -> KeywordIndex:
        """The published keyword index, or, where there is no sound one, one made in memory.

        `outdated` takes one of an earlier generation too: good enough while somebody is writing the next.
        """
        while (folder := self._folder(outdated=outdated)) is not None:
            try:
                self._check(folder)
                return KeywordIndex.load(folder)
            except Exception:  # whatever a damaged file makes json, numpy or bm25s say
                if self._folder(outdated=outdated) == folder:
                    self._damaged.add(folder.name)
        return self._built(remember=False)

    def distrust(self) -> None:
        """The published keyword index failed at a search: it is not used again."""
        self._damaged.add(str(self._noted()[1].get("folder")))

    def publish(self) -> None:
        """Makes it current; OSError leaves what was published before."""
        if self._folder(outdated=False) is not None:
            return
        generation = self._store.generation()
        folder = self._store.folder / f"keywords-{generation}-{uuid.uuid4().hex[:8]}"
        self._built(remember=True).save(folder)
        made = {
            "folder": folder.name,
            "generation": generation,
            "terms": terms_version(),
            "files": file_sizes(folder),
            "digests": file_digests(folder),
        }
        self._store.set_meta(MARK, json.dumps(made))
        # What another process still has open cannot be removed on Windows; the next writer will.
        for path in self._store.folder.glob("keywords-*"):
            if path != folder:
                shutil.rmtree(path, ignore_errors=True)

    def _folder(self, *, outdated: bool) -> Path | None:
        """The published keyword index, where it is whole and, unless `outdated` will do, made from the present store."""
        generation, made = self._noted()
        if made.get("terms") != terms_version() or made["folder"] in self._damaged:
            return None
        folder = self._store.folder / made["folder"]
        current = outdated or str(made["generation"]) == generation
        return folder if current and file_sizes(folder) == made["files"] else None

    def _noted(self) -> tuple[str | None, dict[str, Any]]:
        """The generation, and what was noted of the published keyword index: nothing where that is no whole note."""
        generation, mark = self._store.marks("generation", MARK)
        try:
            made = json.loads(mark or "{}")
        except ValueError:
            made = {}
        return generation, made if isinstance(made, dict) and made.keys() >= _NOTED else {}

    def _check(self, folder: Path) -> None:
        """Raises ValueError where a file of the published keyword index has changed since; each is read once."""
        if folder.name not in self._sound:
            if file_digests(folder) != self._noted()[1].get("digests"):
                raise ValueError("changed since it was published")
            self._sound.add(folder.name)

    def _built(self, *, remember: bool) -> KeywordIndex:
        versions = self._store.versions().items()
        return KeywordIndex.build(self._terms(report_id, version.revision, remember) for report_id, version in versions)

    def _terms(self, report_id: str, revision: int, remember: bool) -> ReportTerms:
        packed = self._store.terms(report_id, terms_version())
        if packed is not None:
            return unpack_terms(report_id, self._store.chunk_ids(report_id), packed)
        terms = chunks_to_terms(report_id, self._store.chunks([report_id]))
        if remember:
            self._store.save_terms(report_id, revision, terms_version(), terms.packed())
        return terms
