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
from rag.settings.models import ChatSettings, ModelSettings
from rag.settings.values import converted_setting, usable_key

__all__ = ["ChatSettings", "ModelSettings", "Settings", "environment_for", "load_settings", "nearest", "secret"]

PROJECT = Path(__file__).resolve().parents[2]
SAMPLES = PROJECT / "corpus"
"""Folder of the sample reports."""
CONFIG_NAME = "config.toml"
EXTRACTIVE = "extractive"
"""Alias of the built-in answerer, which needs no model."""
AUTO = "auto"
"""As `model`: the first configured one whose key is set, else the built-in answerer."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set."""

    data: Path = Path(".wenbao")
    """Folder of the index."""
    reports: Path = SAMPLES
    """Folder of the reports."""
    index_name: str = ""
    """Folder of the index inside the data folder; empty = the main one."""
    model: str = EXTRACTIVE
    """Alias of the answerer."""
    embedder: str = "builtin"
    """Alias of the embedder; `auto` is the built-in one, and beside it one of meaning where that is installed."""
    judge: str = ""
    """Alias of the chat model that judges answers in evaluations; empty = none."""
    answer_cache: bool = True
    """Whether an answer a model gave is given again for the same question, evidence, prompt and model."""
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
    ocr: str = "auto"
    """Whether pictures of text are recognised: `auto` or `off`."""
    lock_seconds: float = 60.0
    """How long an ingest waits for another one to end."""
    page_address: str = "127.0.0.1"
    page_port: int = 8501
    login: str = "auto"
    """Whether visitors of the page log in: `auto` where a login is configured, `required`, or `off`."""
    page_metrics: bool = False
    """Whether the page's server tells its load at `/_stcore/metrics`, to anyone who asks."""
    uploads_per_visitor: int = 50
    """Files a visitor from another machine may add on the page within a day."""
    uploads_mb: int = 5000
    """Size of all reports added on the page together."""
    embedders: Mapping[str, ModelSettings] = field(default_factory=lambda: {"builtin": ModelSettings(kind="builtin")})
    models: Mapping[str, ChatSettings] = field(default_factory=dict)


_TABLES: Mapping[str, type] = {"embedders": ModelSettings, "models": ChatSettings}
"""Settings that are tables of models by alias, and what each table holds."""
_SCALARS = tuple(f.name for f in fields(Settings) if f.name not in _TABLES)


def load_settings(
    options: Mapping[str, Any] | None = None, config: Path | None = None, environment: Mapping[str, str] | None = None
) -> Settings:
    """Settings from their sources. Options that are None were not given.

    Raises SettingsError for an unknown key, a value of the wrong type or out of range, or a configuration file that is
    not there.
    """
    environment = os.environ if environment is None else environment
    path = config or _config_path(environment)
    settings = Settings(model=AUTO, embedder=AUTO)
    if path is not None:
        settings = _merge(settings, _read_toml(path), f"配置文件 {path}")
    settings = _merge(settings, _from_environment(environment), "环境变量")
    given = {key: value for key, value in (options or {}).items() if value is not None}
    return _with_answerer(_merge(settings, given, "命令行"), environment)


def _with_answerer(settings: Settings, environment: Mapping[str, str]) -> Settings:
    """The settings with an answerer in place of `auto`."""
    if settings.model != AUTO:
        return settings
    keyed = (alias for alias, chat in settings.models.items() if chat.api_key_env)
    with_key = (alias for alias in keyed if has_secret(settings.models[alias].api_key_env, environment))
    return replace(settings, model=next(with_key, EXTRACTIVE))


def secret(name: str, environment: Mapping[str, str] | None = None) -> str:
    """The value of the environment variable a model's settings name. Raises SettingsError where it is not set."""
    return usable_key(name, (os.environ if environment is None else environment).get(name, ""))


def has_secret(name: str, environment: Mapping[str, str] | None = None) -> bool:
    """Whether the environment variable is set, or none is named."""
    return not name or bool((os.environ if environment is None else environment).get(name, "").strip())


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
        if key in _TABLES:
            changes[key] = {**getattr(settings, key), **_models(key, value, source)}
        elif key in _SCALARS:
            changes[key] = converted_setting(key, value, hints[key], source)
        else:
            raise SettingsError(f"{source}中有不认识的设置 {key!r}{nearest(key, [*_SCALARS, *_TABLES])}")
    return replace(settings, **changes)


def _models(key: str, value: Any, source: str) -> dict[str, Any]:
    if not isinstance(value, Mapping) or not all(isinstance(item, Mapping) for item in value.values()):
        raise SettingsError(f"{source}中 {key} 应写成 [{key}.名称] 下的一组设置。")
    for reserved in (EXTRACTIVE, AUTO) if key == "models" else (AUTO,):
        if reserved in value:
            raise SettingsError(f"{source}的 [models.{reserved}] 与内置回答重名：请换一个名称。")
    return {alias: _model(_TABLES[key], table, f"{source}的 [{key}.{alias}] ") for alias, table in value.items()}


def _model(kind: type, table: Mapping[str, Any], source: str) -> Any:
    hints = get_type_hints(kind)
    for key in table:
        if key not in hints:
            raise SettingsError(f"{source}中有不认识的设置 {key!r}{nearest(key, hints)}")
    return kind(**{key: converted_setting(key, item, hints[key], source) for key, item in table.items()})
