"""Prompts of `prompts/*.toml`: loaded, checked, rendered.

A prompt declares its version and its variables; `$name` in its texts stands for one, `$$` for a dollar. Values are put
in once and never read again, so a `$name` in a report's text stays the characters it is.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template

from rag.errors import SettingsError
from rag.records import Message
from rag.settings.settings import PROJECT, nearest

FOLDER = PROJECT / "prompts"
ANSWER, REWRITE, REPAIR, JUDGE = "answer", "rewrite", "repair", "judge"
NAMES = (ANSWER, REWRITE, REPAIR, JUDGE)
_KEYS = ("version", "description", "variables", "system", "user")
_HASH_LENGTH = 8


class _Template(Template):
    idpattern = "[a-z][a-z_]*"
    flags = re.NOFLAG


@dataclass(frozen=True, slots=True)
class Prompt:
    """A system and a user message with `$name` for each of their variables."""

    name: str
    version: str
    """As declared, with a hash of the texts: an edit shows even where the version was forgotten."""
    description: str
    variables: tuple[str, ...]
    system: str
    user: str


@cache
def load_prompt(name: str, folder: Path = FOLDER) -> Prompt:
    """The prompt `name.toml` of a folder. Raises SettingsError where it is missing, damaged, or not as declared."""
    path = folder / f"{name}.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SettingsError(f"读不了提示词文件 {path}：请从发布包里恢复它。") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"提示词文件 {path} 的格式不对（{error}），请按 TOML 语法修改。") from error
    _check_keys(table, path)
    variables, system, user = tuple(table["variables"]), table["system"].strip(), table["user"].strip()
    _check_variables(variables, system, user, path)
    digest = hashlib.sha256(f"{system}\0{user}".encode()).hexdigest()[:_HASH_LENGTH]
    return Prompt(name, f"{table['version']}+{digest}", table["description"], variables, system, user)


def render_prompt(prompt: Prompt, values: Mapping[str, str]) -> tuple[Message, Message]:
    """The system and the user message. Raises SettingsError for a value that is missing or not declared."""
    missing = [name for name in prompt.variables if name not in values]
    if missing:
        raise SettingsError(f"提示词 {prompt.name} 缺少变量 {'、'.join(missing)} 的值。")
    unknown = [name for name in values if name not in prompt.variables]
    if unknown:
        raise SettingsError(f"提示词 {prompt.name} 没有变量 {unknown[0]!r}{nearest(unknown[0], prompt.variables)}")
    system, user = (_Template(text).substitute(values) for text in (prompt.system, prompt.user))
    return Message("system", system), Message("user", user)


def prompt_versions(folder: Path = FOLDER) -> dict[str, str]:
    """The version of every prompt by name."""
    return {name: load_prompt(name, folder).version for name in NAMES}


def _check_keys(table: Mapping[str, object], path: Path) -> None:
    for key in table:
        if key not in _KEYS:
            raise SettingsError(f"提示词文件 {path} 中有不认识的设置 {key!r}{nearest(key, _KEYS)}")
    for key in _KEYS:
        value = table.get(key)
        if key == "variables":
            is_right = isinstance(value, list) and all(isinstance(item, str) for item in value)
        else:
            is_right = isinstance(value, str) and bool(value.strip())
        if not is_right:
            raise SettingsError(
                f"提示词文件 {path} 中 {key} 缺失或不对，应为{'名称列表' if key == 'variables' else '文字'}。"
            )


def _check_variables(variables: tuple[str, ...], system: str, user: str, path: Path) -> None:
    """Every `$name` is declared, and every declared variable is used, once declared only."""
    templates = (_Template(system), _Template(user))
    if not all(template.is_valid() for template in templates):
        raise SettingsError(f"提示词文件 {path} 中有单独的 $：变量写作 $名称，美元符号写作 $$。")
    used = {name for template in templates for name in template.get_identifiers()}
    for name in sorted(used - set(variables)):
        raise SettingsError(f"提示词文件 {path} 用了没有声明的变量 {name!r}{nearest(name, variables)}")
    for name in variables:
        if name not in used or variables.count(name) > 1:
            raise SettingsError(f"提示词文件 {path} 声明的变量 {name!r} 没有用到，或声明了两次。")
