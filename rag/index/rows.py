"""Records ↔ the sealed bytes of their rows (pure)."""

from __future__ import annotations

import zlib
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from rag import records
from rag.index.seals import sealed, unsealed

if TYPE_CHECKING:
    from pydantic import TypeAdapter

Value = TypeVar("Value")
REMEMBERED = 10_000
"""Rows whose records are kept in memory, the last ones read."""
_PACKED = "Page"
"""The kind of record that is large and seldom read."""


def record_to_row(kind: type[Value], value: Value) -> bytes:
    """The record as sealed JSON without its defaults; ValueError where it holds what JSON cannot."""
    data = _adapter(kind.__name__).dump_json(value, exclude_defaults=True)
    return sealed(zlib.compress(data, 1) if kind.__name__ == _PACKED else data)


def row_to_record(kind: type[Value], row: object) -> Value:
    """The record that became the row; ValueError where the row has changed since or is of other fields."""
    read = _read if kind.__name__ == _PACKED else _remembered
    value: Value = read(kind.__name__, row)
    return value


def _read(record_name: str, row: object) -> Any:
    data = unsealed(row)
    return _adapter(record_name).validate_json(zlib.decompress(data) if record_name == _PACKED else data)


_remembered = lru_cache(maxsize=REMEMBERED)(_read)
"""One question reads much of what the one before it read; the same bytes are the same record."""


@cache
def _adapter(record_name: str) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    return TypeAdapter(getattr(records, record_name))
