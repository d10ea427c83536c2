"""Settings: option > `WENBAO_*` environment > `config.toml` > built-in default. The only reader of the environment.

Data only: nothing is built here. `assembly.py` turns settings into parts.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_type_hints

from rag.errors import SettingsError

PROJECT = Path(__file__).resolve().parent.parent
CONFIG_NAME = "config.toml"
EXTRACTIVE = "extractive"
"""Alias of the built-in answerer, which needs no model."""


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """One chat or embedding model over an OpenAI-compatible interface."""

    model: str = ""
    base_url: str = ""
    api_key_env: str = ""
    """Name of the environment variable that holds the key; never the key."""
    timeout: float = 60.0
    """Seconds."""
    max_retries: int = 2
    kind: str = "openai"
    """Embedding models only: `builtin`, `openai` or `fastembed`."""
    path: str = ""
    """fastembed only: folder of the downloaded model."""
    dimensions: int = 0
    """0 = what the model gives."""
    batch_size: int = 64


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set."""

    data: Path = Path(".wenbao")
    """Folder of the index."""
    reports: Path = PROJECT / "corpus"
    """Folder of the reports."""
    index_name: str = ""
    """Folder of the index inside the data folder; empty = the main one."""
    model: str = EXTRACTIVE
    """Alias of the answerer."""
    embedder: str = "builtin"
    """Alias of the embedder."""
    chroma_host: str = ""
    """Host of a `chroma run` server; empty = embedded."""
    chroma_port: int = 8000
    max_chunk_tokens: int = 400
    retrieve_passages: int = 8
    """Passages handed to the answerer."""
    max_passage_tokens: int = 1500
    """Largest piece a passage may grow to with its neighbours."""
    read_memory_mb: int = 2048
    read_seconds: int = 180
    read_max_pages: int = 1000
    read_max_file_mb: int = 200
    lock_seconds: float = 60.0
    """How long an ingest waits for another one to end."""
    page_address: str = "127.0.0.1"
    page_port: int = 8501
    embedders: Mapping[str, ModelSettings] = field(default_factory=lambda: {"builtin": ModelSettings(kind="builtin")})


_SCALARS = tuple(f.name for f in fields(Settings) if f.name != "embedders")
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
    "timeout": (1, 86_400),
    "max_retries": (0, 20),
    "dimensions": (0, 100_000),
    "batch_size": (1, 10_000),
}
"""Least and greatest value of each number."""


def load_settings(
    options: Mapping[str, Any] | None = None, config: Path | None = None, environment: Mapping[str, str] | None = None
) -> Settings:
    """Settings from their sources. Options that are None were not given.

    Raises SettingsError for an unknown key, a value of the wrong type or out of range, or a configuration file that is
    not there.
    """
    environment = os.environ if environment is None else environment
    path = config or _config_path(environment)
    settings = Settings()
    if path is not None:
        settings = _merge(settings, _read_toml(path), f"配置文件 {path}")
    settings = _merge(settings, _from_environment(environment), "环境变量")
    given = {key: value for key, value in (options or {}).items() if value is not None}
    return _merge(settings, given, "命令行")


def secret(name: str, environment: Mapping[str, str] | None = None) -> str:
    """The value of the environment variable a model's settings name. Raises SettingsError where it is not set."""
    value = (os.environ if environment is None else environment).get(name, "")
    if not value:
        raise SettingsError(f"没有设置环境变量 {name}：请把该服务的密钥放进这个变量后再试。")
    return value


def environment_for(settings: Settings, config: Path | None = None) -> dict[str, str]:
    """The environment in which a child process that is given no options loads just these settings."""
    path = config or _config_path(os.environ)
    values = {name: getattr(settings, name) for name in _SCALARS}
    set_here = {
        f"WENBAO_{name.upper()}": str(value.resolve() if isinstance(value, Path) else value)
        for name, value in values.items()
    }
    return {**os.environ, **set_here} | ({"WENBAO_CONFIG": str(path.resolve())} if path else {})


def nearest(name: str, known: Iterable[str]) -> str:
    """“，是不是 x？” for the known name most like a misspelt one, `` where none is like it."""
    match = get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"，是不是 {match[0]}？" if match else "。"


def _config_path(environment: Mapping[str, str]) -> Path | None:
    if named := environment.get("WENBAO_CONFIG"):
        return Path(named)
    for folder in (Path.cwd(), PROJECT):
        if (folder / CONFIG_NAME).is_file():
            return folder / CONFIG_NAME
    return None


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise SettingsError(f"找不到配置文件 {path}：请检查 --config 的路径。") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"读不了配置文件 {path}：{error}") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"配置文件 {path} 的格式不对（{error}），请按 TOML 语法修改。") from error


def _from_environment(environment: Mapping[str, str]) -> dict[str, str]:
    names = {name: f"WENBAO_{name.upper()}" for name in _SCALARS}
    return {name: environment[variable] for name, variable in names.items() if environment.get(variable)}


def _merge(settings: Settings, given: Mapping[str, Any], source: str) -> Settings:
    changes: dict[str, Any] = {}
    hints = get_type_hints(Settings)
    for key, value in given.items():
        if key == "embedders":
            changes[key] = {**settings.embedders, **_models(value, source)}
        elif key in _SCALARS:
            changes[key] = _convert(key, value, hints[key], source)
        else:
            raise SettingsError(f"{source}中有不认识的设置 {key!r}{nearest(key, [*_SCALARS, 'embedders'])}")
    return replace(settings, **changes)


def _models(value: Any, source: str) -> dict[str, ModelSettings]:
    if not isinstance(value, Mapping) or not all(isinstance(item, Mapping) for item in value.values()):
        raise SettingsError(f"{source}中 embedders 应写成 [embedders.名称] 下的一组设置。")
    return {alias: _model(table, f"{source}的 [embedders.{alias}] ") for alias, table in value.items()}


def _model(table: Mapping[str, Any], source: str) -> ModelSettings:
    hints = get_type_hints(ModelSettings)
    for key in table:
        if key not in hints:
            raise SettingsError(f"{source}中有不认识的设置 {key!r}{nearest(key, hints)}")
    return ModelSettings(**{key: _convert(key, item, hints[key], source) for key, item in table.items()})


def _convert(key: str, value: Any, kind: type, source: str) -> Any:
    wanted = {int: "整数", float: "数字", str: "文字", Path: "路径"}[kind]
    low, high = _RANGES.get(key, (float("-inf"), float("inf")))
    if key in _RANGES:
        wanted += f"，从 {low:,} 到 {high:,}"
    try:
        converted = _converted(value, kind)
        if isinstance(converted, int | float) and not low <= converted <= high:
            raise ValueError
    except (TypeError, ValueError, RuntimeError):
        raise SettingsError(f"{source}中 {key} 的值 {value!r} 不对，应为{wanted}。") from None
    return converted


def _converted(value: Any, kind: type) -> Any:
    """The value as that type; ValueError, TypeError or RuntimeError where it is none."""
    if isinstance(value, bool) or (kind is str and not isinstance(value, str)):
        raise ValueError
    if kind is int and isinstance(value, float):
        raise ValueError
    return Path(value).expanduser() if kind is Path else kind(value)
