"""Our own values as JSON across the border, and back: a child that has parsed hostile bytes is believed nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from pydantic import TypeAdapter

Value = TypeVar("Value")
_ADAPTERS: dict[type, TypeAdapter[Any]] = {}


def value_to_json(kind: type[Value], value: Value) -> bytes:
    """The value, what is as it is by default left out."""
    return _adapter(kind).dump_json(value, exclude_defaults=True)


def json_to_value(kind: type[Value], data: bytes) -> Value:
    """The value `value_to_json` wrote; ValueError for anything that is none."""
    return _adapter(kind).validate_json(data, strict=True)


def _adapter(kind: type[Value]) -> TypeAdapter[Value]:
    from pydantic import TypeAdapter

    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]
