"""Edge: the files of a published index, by which damage shows."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path


def file_sizes(folder: Path) -> dict[str, int]:
    """Size of every file, without those SQLite keeps only while the database is open; a folder that goes has none."""
    sizes: dict[str, int] = {}
    for directory, _, names in os.walk(folder):
        for name in names:
            path = Path(directory, name)
            # The next writer may be removing the folder at this very moment.
            with suppress(FileNotFoundError):
                sizes[path.relative_to(folder).as_posix()] = path.stat().st_size
    return {name: size for name, size in sizes.items() if "sqlite3-" not in name}


def file_digests(folder: Path) -> dict[str, str]:
    """Digest of every file that `file_sizes` lists; a file that cannot be read has none."""
    digests: dict[str, str] = {}
    for name in file_sizes(folder):
        with suppress(OSError), (folder / name).open("rb") as stream:
            digests[name] = hashlib.file_digest(stream, "sha256").hexdigest()
    return digests
