"""Records ↔ the sealed bytes of their rows (pure)."""

from __future__ import annotations

import zlib
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from rag import records
from rag.index.seals import sealed, unsealed

if TYPE_CHECKING:
    from pydantic import TypeAdapter

Value = TypeVar("Value")
_PACKED = "Page"
"""The kind of record that is large and seldom read."""


def record_to_row(kind: type[Value], value: Value) -> bytes:
    """The record as sealed JSON without its defaults; ValueError where it holds what JSON cannot."""
    data = _adapter(kind.__name__).dump_json(value, exclude_defaults=True)
    return sealed(zlib.compress(data, 1) if kind.__name__ == _PACKED else data)


def row_to_record(kind: type[Value], row: object) -> Value:
    """The record that became the row; ValueError where the row has changed since or is of other fields."""
    data = unsealed(row)
    value: Value = _adapter(kind.__name__).validate_json(zlib.decompress(data) if kind.__name__ == _PACKED else data)
    return value


@cache
def _adapter(record_name: str) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    return TypeAdapter(getattr(records, record_name))
