"""Settings: option > `WENBAO_*` environment > `config.toml` > built-in default. The only reader of the environment.

Data only: nothing is built here. `assembly.py` turns settings into parts.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, get_type_hints

from rapidfuzz import process

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


_SCALARS = {f.name for f in fields(Settings)} - {"embedders"}


def load_settings(
    options: Mapping[str, Any] | None = None, config: Path | None = None, environment: Mapping[str, str] | None = None
) -> Settings:
    """Settings from their sources. Options that are None were not given.

    Raises SettingsError for an unknown key, a value of the wrong type, or a configuration file that is not there.
    """
    environment = os.environ if environment is None else environment
    path = config or _config_path(environment)
    settings = Settings()
    if path is not None:
        settings = _merge(settings, _read_toml(path), f"{path.name}")
    settings = _merge(settings, _from_environment(environment), "环境变量")
    given = {key: value for key, value in (options or {}).items() if value is not None}
    return _merge(settings, given, "命令行")


def secret(name: str, environment: Mapping[str, str] | None = None) -> str:
    """The value of the environment variable a model's settings name. Raises SettingsError where it is not set."""
    value = (os.environ if environment is None else environment).get(name, "")
    if not value:
        raise SettingsError(f"没有设置环境变量 {name}：请把该服务的密钥放进这个变量后再试。")
    return value


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


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    found = {}
    for name in _SCALARS:
        if (value := environment.get(f"WENBAO_{name.upper()}")) not in (None, ""):
            found[name] = value
    return found


def _merge(settings: Settings, given: Mapping[str, Any], source: str) -> Settings:
    changes: dict[str, Any] = {}
    hints = get_type_hints(Settings)
    for key, value in given.items():
        if key == "embedders":
            changes[key] = {**settings.embedders, **_models(value, source)}
        elif key in _SCALARS:
            changes[key] = _convert(key, value, hints[key], source)
        else:
            raise SettingsError(f"{source} 中有不认识的设置 {key!r}{_nearest(key, [*_SCALARS, 'embedders'])}。")
    return replace(settings, **changes)


def _models(value: Any, source: str) -> dict[str, ModelSettings]:
    if not isinstance(value, Mapping) or not all(isinstance(item, Mapping) for item in value.values()):
        raise SettingsError(f"{source} 中 [embedders.名称] 应是一组设置。")
    hints = get_type_hints(ModelSettings)
    models = {}
    for alias, table in value.items():
        for key in table:
            if key not in hints:
                raise SettingsError(
                    f"{source} 的 [embedders.{alias}] 中有不认识的设置 {key!r}{_nearest(key, list(hints))}。"
                )
        models[alias] = ModelSettings(**{key: _convert(key, item, hints[key], source) for key, item in table.items()})
    return models


def _convert(key: str, value: Any, kind: type, source: str) -> Any:
    try:
        if kind is Path:
            return Path(value).expanduser()
        if isinstance(value, bool) or (kind is str and not isinstance(value, str)):
            raise ValueError
        return kind(value)
    except (TypeError, ValueError):
        wanted = {int: "整数", float: "数字", str: "文字", Path: "路径"}[kind]
        raise SettingsError(f"{source} 中 {key} 的值 {value!r} 不对，应为{wanted}。") from None


def _nearest(key: str, known: list[str]) -> str:
    match = process.extractOne(key, known, score_cutoff=60)
    return f"，是不是 {match[0]}" if match else ""
