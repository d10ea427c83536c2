"""Edge: files given to the page → files in the upload folder, under names no one can misuse."""

from __future__ import annotations

import hashlib
import os
import re
import threading
import unicodedata
from contextlib import suppress
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path, PurePosixPath

from rag.errors import UnreadableFileError
from rag.replacing import replace_file

MAX_NAME_LENGTH = 80
"""Characters of a kept file name's stem."""
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069]+')
_SUFFIX = re.compile(r"\.\w{1,10}")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
"""Names Windows keeps for devices."""


def safe_name(name: str) -> str:
    """The file's own name without folders, control characters, or anything a file system gives a meaning to."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    path = PurePosixPath(_UNSAFE.sub("_", last).strip(" .") or "_")
    suffix = path.suffix if _SUFFIX.fullmatch(path.suffix) else ""
    stem = path.name.removesuffix(suffix).strip(" ._~")[:MAX_NAME_LENGTH].rstrip(" .") or "报告"
    return f"{'_' if _RESERVED.fullmatch(stem.split('.')[0]) else ''}{stem}{suffix}"


def save_upload(folder: Path, name: str, content: bytes, max_bytes: int) -> tuple[Path, bool]:
    """Where the content now stands in `folder`, and whether it was put there just now.

    A file of other content is never overwritten; the same content under the same name is kept once. Raises
    UnreadableFileError for an empty file, one of more than `max_bytes`, and where it cannot be written.
    """
    if not content:
        raise UnreadableFileError("文件是空的：请检查后重新上传。")
    if len(content) > max_bytes:
        raise UnreadableFileError(f"文件超过 {max_bytes >> 20} MB：请压缩或拆分后再上传。")
    unfinished = folder / f".{os.getpid()}-{threading.get_ident()}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(content)
        return _placed(unfinished, folder, name)
    except OSError as error:
        raise UnreadableFileError(f"文件存不下来（{error.strerror}）：请检查磁盘空间和权限。") from error
    finally:
        with suppress(OSError):
            unfinished.unlink()


def added_at(path: Path) -> datetime | None:
    """When a file was put into the upload folder, None where it is gone."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return None


def is_upload(path: Path, folder: Path) -> bool:
    """Whether the file stands directly in the upload folder."""
    return path.resolve().parent == folder.resolve()


def _placed(whole: Path, folder: Path, name: str) -> tuple[Path, bool]:
    """Gives a whole file its name, or finds it there already: a name never stands for half a file."""
    wanted = Path(safe_name(name))
    names = chain([wanted.name], (f"{wanted.stem}-{n}{wanted.suffix}" for n in count(2)))
    for candidate in (folder / name for name in names):
        try:
            _take_name(whole, candidate)
            return candidate, True
        except FileExistsError:
            if _digest(candidate) == _digest(whole):
                return candidate, False
    raise AssertionError("unreachable: names never end")


def _take_name(whole: Path, candidate: Path) -> None:
    try:
        os.link(whole, candidate)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        candidate.open("xb").close()
        replace_file(whole, candidate)


def _digest(path: Path) -> bytes:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").digest()
