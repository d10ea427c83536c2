"""Edge: paths a person names → the files to index, each with its id and the corrections made for it."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import chain, count
from pathlib import Path
from typing import Any

from rag.errors import SettingsError
from rag.readers.sniff import CONVERTIBLE, HOW_TO_CONVERT, READABLE
from rag.replacing import replace_file

CORRECTIONS = "reports.toml"


@dataclass(frozen=True, slots=True)
class Source:
    """A file to index: its id is its path below the folder it was found in."""

    path: Path
    report_id: str
    corrections: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """What was found; `failed` and `warnings` hold (file, Chinese)."""

    sources: tuple[Source, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()
    warnings: tuple[tuple[str, str], ...] = ()
    is_complete: bool = True
    """False where a place that was named is missing or closed: what was not found may still be there."""


def find_sources(paths: Sequence[Path], indexed: Mapping[str, str] | None = None) -> Found:
    """Files to index, each once and in order of id.

    `indexed` gives the path of each report already indexed: its file keeps its id, another file of the same name
    gets another id. Raises SettingsError for corrections that cannot be read.
    """
    parts = [_found_at(path) for path in paths]
    distinct = {_resolved(source.path): source for part in reversed(parts) for source in reversed(part.sources)}
    sources = sorted(distinct.values(), key=lambda source: (source.report_id, str(source.path)))
    return Found(
        _with_unique_ids(sources, indexed or {}),
        tuple(item for part in parts for item in part.failed),
        tuple(item for part in parts for item in part.warnings),
        all(part.is_complete for part in parts),
    )


def corrections_of(path: Path) -> Mapping[str, Any]:
    """What `reports.toml` beside a file says of it; raises SettingsError where that cannot be read."""
    return _corrections(path.parent).get(path.name, {})


def keep_corrections(path: Path, corrections: Mapping[str, Any]) -> None:
    """Have `reports.toml` beside a file say this of it, nothing where it is empty; what it says of others stays as it is.

    Raises SettingsError where it cannot be read, OSError where it cannot be written.
    """
    place, tables = path.parent / CORRECTIONS, _corrections(path.parent)
    lines = place.read_text(encoding="utf-8-sig").splitlines() if tables else []
    kept, is_own = [], False
    for line in lines:
        if (name := _header(line)) in tables:
            is_own = name == path.name
        kept += [] if is_own else [line]
    if corrections:
        values = (f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in corrections.items())
        kept += ["", f"[{json.dumps(path.name, ensure_ascii=False)}]", *values]
    if kept or place.exists():
        unfinished = place.with_suffix(".part")
        unfinished.write_text("\n".join(kept).strip() + "\n", encoding="utf-8")
        replace_file(unfinished, place)


def _header(line: str) -> str:
    """The file that a line of `reports.toml` begins the corrections of, `` for any other line."""
    try:
        return next(iter(tomllib.loads(line)), "") if line.lstrip().startswith("[") else ""
    except tomllib.TOMLDecodeError:
        return ""


def is_gone(path: Path) -> bool:
    """Whether there is certainly no such file; a place that cannot be looked at may still hold it."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def file_digests(path: Path, settings: str, max_bytes: int) -> tuple[str, str]:
    """SHA-256 of settings and content, and of the content alone; both `` for a file that cannot be read as it is."""
    with_settings, content = hashlib.sha256(settings.encode()), hashlib.sha256()
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > max_bytes:
            return "", ""
        with path.open("rb") as stream:
            while block := stream.read(1 << 20):
                with_settings.update(block)
                content.update(block)
    except OSError:
        return "", ""
    return with_settings.hexdigest(), content.hexdigest()


def _found_at(path: Path) -> Found:
    try:
        is_folder = path.is_dir()
        is_there = is_folder or path.exists()
    except OSError:
        is_folder = is_there = False
    if is_folder:
        return _found_in(path)
    if not is_there:
        return Found(failed=((str(path), "找不到这个文件或文件夹：请检查路径。"),), is_complete=False)
    return Found((Source(path, path.name, corrections_of(path)),))


def _found_in(folder: Path) -> Found:
    corrections, beside = _corrections(folder), cache(_corrections)
    closed: list[tuple[str, str]] = []
    files = {file.relative_to(folder).as_posix(): file for file in _files(folder, folder, closed, set())}
    sources = [
        Source(file, name, corrections.get(name) or beside(file.parent).get(file.name, {}))
        for name, file in files.items()
        if file.suffix.lower() in READABLE
    ]
    unsupported = [
        (name, HOW_TO_CONVERT[file.suffix.lower()])
        for name, file in files.items()
        if file.suffix.lower() in CONVERTIBLE
    ]
    unmatched = [(CORRECTIONS, f"{name!r} 没有对应的文件：请检查文件名。") for name in corrections if name not in files]
    return Found(tuple(sources), (*closed, *unsupported), tuple(unmatched), is_complete=not closed)


def _files(folder: Path, base: Path, closed: list[tuple[str, str]], seen: set[Path]) -> Iterator[Path]:
    """Documents below a folder; hidden ones, README files, and folders that begin with an underscore are not reports.

    Folders that cannot be looked into are added to `closed`. A folder linked into itself is entered once.
    """
    place = _resolved(folder)
    if place in seen:
        return
    seen.add(place)
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        name = folder.relative_to(base).as_posix() if folder != base else str(folder)
        closed.append((name, f"打不开这个文件夹（{error.strerror or error}）：请检查权限。"))
        return
    for entry in entries:
        if entry.name.startswith((".", "_", "~$")) or entry.stem.lower() == "readme":
            continue
        if os.path.isdir(entry):
            yield from _files(entry, base, closed, seen)
        elif entry.suffix.lower() in READABLE | CONVERTIBLE:
            yield entry


def _with_unique_ids(sources: Sequence[Source], indexed: Mapping[str, str]) -> tuple[Source, ...]:
    by_path = {path: identity for identity, path in indexed.items()}
    places = [str(_resolved(source.path)) for source in sources]
    taken = {by_path[place] for place in places if place in by_path}
    named = []
    for source, place in zip(sources, places, strict=True):
        identity = by_path.get(place) or next(name for name in _names(source) if _is_free(name, taken, indexed))
        taken.add(identity)
        named.append(replace(source, report_id=identity))
    return tuple(sorted(named, key=lambda source: source.report_id))


def _names(source: Source) -> Iterator[str]:
    path = _resolved(source.path)
    numbered = (f"{source.report_id}~{n}" for n in count(2))
    return chain((source.report_id, f"{path.parent.name}/{path.name}"), numbered)


def _is_free(name: str, taken: Collection[str], indexed: Mapping[str, str]) -> bool:
    return name not in taken and (name not in indexed or is_gone(Path(indexed[name])))


def _resolved(path: Path) -> Path:
    # Path.resolve raises RuntimeError for a link that leads to itself.
    return Path(os.path.realpath(path))


def _corrections(folder: Path) -> dict[str, dict[str, Any]]:
    path = folder / CORRECTIONS
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingsError(f"读不了 {path}（{error.strerror or error}）：请检查权限。") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path} 的格式不对（{error}），请按 TOML 语法修改。") from error
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise SettingsError(f'{path} 中的 {name!r} 应是一组设置，例如 ["文件名.pdf"]。')
    return tables
