"""One value as it stands in a file, a variable or an option → the value of a setting, or what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin

from rag.errors import SettingsError
from rag.settings.models import STRUCTURED

_RANGES: Mapping[str, tuple[float, float]] = {
    "chroma_port": (1, 65_535),
    "max_chunk_tokens": (50, 8_000),
    "retrieve_passages": (1, 100),
    "max_passage_tokens": (100, 100_000),
    "read_memory_mb": (64, 1 << 20),
    "read_seconds": (1, 86_400),
    "read_max_pages": (1, 100_000),
    "read_max_file_mb": (1, 10_000),
    "lock_seconds": (0, 86_400),
    "page_port": (1, 65_535),
    "uploads_per_visitor": (0, 1_000_000),
    "uploads_mb": (0, 100_000_000),
    "timeout": (1, 86_400),
    "max_retries": (0, 20),
    "dimensions": (0, 100_000),
    "batch_size": (1, 10_000),
    "first_token_timeout": (1, 86_400),
    "idle_timeout": (1, 86_400),
    "context_window": (512, 100_000_000),
    "max_output_tokens": (1, 10_000_000),
    "temperature": (0, 2),
    "input_price": (0, 1_000_000),
    "output_price": (0, 1_000_000),
}
"""Least and greatest value of each number."""
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "structured": STRUCTURED,
    "ocr": ("auto", "off"),
    "login": ("auto", "required", "off"),
}
"""The words each of these settings may be."""
_WANTED: Mapping[type, str] = {
    bool: "true 或 false",
    int: "整数",
    float: "数字",
    Decimal: "数字",
    str: "文字",
    Path: "路径",
    Mapping: "一组设置",
}
_TRUTHS = {"true": True, "1": True, "false": False, "0": False}
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def converted_setting(key: str, value: Any, hint: Any, source: str) -> Any:
    """The value as the type the setting is annotated with. Raises SettingsError where it is none or out of range."""
    if key == "api_key_env":
        return _variable_name(value, source)
    kind = _kind_of(hint)
    wanted = _WANTED[kind]
    if key in _RANGES:
        low, high = _RANGES[key]
        wanted += f"，从 {low:,} 到 {high:,}"
    try:
        converted = _converted(value, kind)
        if key in _RANGES and not low <= converted <= high:
            raise ValueError
    except (TypeError, ValueError, RuntimeError, InvalidOperation):
        raise SettingsError(f"{source}中 {key} 的值 {value!r} 不对，应为{wanted}。") from None
    if converted not in _CHOICES.get(key, (converted,)):
        raise SettingsError(f"{source}中 {key} 的值 {value!r} 不对，应为 {'、'.join(_CHOICES[key])} 之一。")
    return converted


def usable_key(name: str, value: str) -> str:
    """A key without the white space around it. Raises SettingsError, which never shows it, where there is none."""
    if not value.strip():
        raise SettingsError(f"没有设置环境变量 {name}：请把该服务的密钥放进这个变量后再试。")
    return _whole_key(value.strip(), f"环境变量 {name} 里")


def pasted_key(text: str) -> str:
    """A key that somebody pasted. Raises SettingsError, which never shows it, where it is none."""
    if not text.strip():
        raise SettingsError("还没有粘贴密钥。")
    return _whole_key(text.strip(), "粘贴")


def _whole_key(key: str, place: str) -> str:
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise SettingsError(f"{place}的密钥含有空格、换行或中文等字符，不是完整的密钥：请重新复制。")
    return key


def _variable_name(value: Any, source: str) -> str:
    # What stands here by mistake is most likely the key itself: it is not repeated.
    if not isinstance(value, str) or (value and not _VARIABLE.fullmatch(value)):
        raise SettingsError(f"{source}中 api_key_env 应为存放密钥的环境变量的名字，不是密钥本身。")
    return value


def _kind_of(hint: Any) -> type:
    """The type behind `X | None` and `Mapping[…]`."""
    kinds = [part for part in get_args(hint) if part is not NoneType]
    kind: type = get_origin(hint) or hint
    return _kind_of(kinds[0]) if NoneType in get_args(hint) else kind


def _converted(value: Any, kind: type) -> Any:
    """The value as that type; ValueError, TypeError, RuntimeError or InvalidOperation where it is none."""
    if kind is bool:
        return _truth(value)
    if isinstance(value, bool) or (kind in (str, Mapping) and not isinstance(value, kind)):
        raise ValueError
    if kind is int and isinstance(value, float):
        raise ValueError
    if kind is Decimal:
        return Decimal(str(value))
    if kind is Mapping:
        return value
    return Path(value).expanduser() if kind is Path else kind(value)


def _truth(value: Any) -> bool:
    word = str(value).lower()
    if not isinstance(value, bool | str) or word not in _TRUTHS:
        raise ValueError
    return _TRUTHS[word]
