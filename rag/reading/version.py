"""Edge: the version of all that reads and analyses a report, told from its own source."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path

import rag

ROOT = "rag.reading.analysis"
"""The module from which everything that reads is reached."""
LIBRARIES = {
    "PIL": "pillow",
    "cv2": "opencv-python-headless",
    "docx": "python-docx",
    "lxml": "lxml",
    "markdown_it": "markdown-it-py",
    "openpyxl": "openpyxl",
    "pdfplumber": "pdfplumber",
    "pypdf": "pypdf",
    "pypdfium2": "pypdfium2",
    "rapidfuzz": "rapidfuzz",
    "rjieba": "rjieba",
}
"""Package → distribution of what files are read and analysed with: another version of one may read otherwise."""
MAX_HASHED_BYTES = 2**20
"""Data files larger than this (models) are told by their size."""

_IMPORT = re.compile(r"^[ \t]*(?:from|import)[ \t]+(rag[\w.]*)(?:[ \t]+import[ \t]+(\([^)]*\)|[^\n(]*))?", re.MULTILINE)
_NAME = re.compile(r"\w+")
_CODE = frozenset({".py", ".pyc"})


@cache
def reading_version() -> str:
    """A digest that changes with any module, data file or library a report is read with.

    What is indexed is then read again.
    """
    code = source_digest(Path(rag.__file__).parent, ROOT)
    libraries = [f"{name} {version(name)}" for name in LIBRARIES.values()]
    return hashlib.sha256("\n".join((code, *libraries)).encode()).hexdigest()[:16]


def stamped(digest: str) -> str:
    """The fingerprint of a report whose file and settings have this digest, read by the present code; `` for ``."""
    return f"{digest}:{reading_version()}" if digest else ""


def digest_in(fingerprint: str) -> str:
    """The digest a fingerprint was made of."""
    return fingerprint.partition(":")[0]


def is_outdated(fingerprint: str) -> bool:
    """Whether a report of this fingerprint was read by other code."""
    return fingerprint.partition(":")[2] != reading_version()


def source_digest(package: Path, root: str) -> str:
    """Digest of a module of the package in this folder, of all modules of it that it needs, and of their data files."""
    modules = needed_modules(package, root)
    digest = hashlib.sha256()
    for file, source in sorted(modules.items()):
        digest.update(f"{_place(file, package)} {source}\n".encode())
    for file in sorted(_data_files(package, modules)):
        size = file.stat().st_size
        content = file.read_bytes() if size <= MAX_HASHED_BYTES else b""
        digest.update(f"{_place(file, package)} {size}\n".encode() + content)
    return digest.hexdigest()[:16]


def _place(file: Path, package: Path) -> str:
    return file.relative_to(package).as_posix()


def needed_modules(package: Path, root: str) -> dict[Path, str]:
    """File → source of the modules that are reached from one of them."""
    sources: dict[Path, str] = {}
    waiting, seen = [root], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        file = _file_of(package, name)
        if file is not None:
            sources[file] = file.read_text(encoding="utf-8")
            waiting += [name.rpartition(".")[0], *_imported(sources[file])]
    return sources


def _file_of(package: Path, name: str) -> Path | None:
    base = package.parent.joinpath(*name.split("."))
    return next((file for file in (base.with_suffix(".py"), base / "__init__.py") if file.is_file()), None)


def _imported(source: str) -> Iterator[str]:
    for module, names in _IMPORT.findall(source):
        yield module
        yield from (f"{module}.{name}" for name in _NAME.findall(names))


def _data_files(package: Path, modules: Mapping[Path, str]) -> Iterator[Path]:
    """The files of the package that one of the modules names, or that is named like it."""
    for folder, _, names in os.walk(package):
        for name in names:
            file = Path(folder, name)
            if file.suffix in _CODE:
                continue
            if file.with_suffix(".py") in modules or any(name in source for source in modules.values()):
                yield file
