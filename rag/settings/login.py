"""Edge: whether a login is asked for, told from the files that configure one; a file that is wrong never means none."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rag.errors import SettingsError
from rag.settings.settings import PROJECT

AUTO, REQUIRED, OFF = "auto", "required", "off"
"""Whether one logs in: where a file for it stands, always, never."""
LOGIN_FILES = tuple(folder / ".streamlit" / "secrets.toml" for folder in (Path.home(), PROJECT))
"""Where the page looks for a login, the later file before the earlier."""
_SHARED = ("redirect_uri", "cookie_secret")
_PROVIDER = ("client_id", "client_secret", "server_metadata_url")
_REMEDY = '修好之前网页不开放；确实不要登录，请在 config.toml 里写 login = "off"。'


def asks_for_login(files: Sequence[Path], wanted: str = AUTO) -> bool:
    """Whether visitors must log in, as the setting `login` and these files say.

    Raises SettingsError, in Chinese, where one of the files is there and does not configure a whole login, or where a
    login is `required` and no file is there: `[Auth]` for `[auth]` is an error, never an open page.
    """
    if wanted == OFF:
        return False
    found = [file for file in files if file.suffix == ".toml" and _stands(file)]
    if not found:
        if wanted == REQUIRED:
            raise SettingsError(f"要求登录，却找不到登录配置 {str(files[-1])!r}。{_REMEDY}")
        return False
    read: dict[str, Any] = {}
    for file in found:
        read |= _read(file)
    _check(read, found[-1])
    return True


def _stands(file: Path) -> bool:
    try:
        file.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise SettingsError(f"读不了登录配置 {str(file)!r}（{error.strerror}）。{_REMEDY}") from error
    return True


def _read(file: Path) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8")
        if text.startswith("\ufeff"):
            raise SettingsError(f"登录配置 {str(file)!r} 开头有 BOM：请另存为不带 BOM 的 UTF-8。{_REMEDY}")
        return tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise SettingsError(f"登录配置 {str(file)!r} 不是 UTF-8 编码：请另存为 UTF-8。{_REMEDY}") from error
    except OSError as error:
        raise SettingsError(f"读不了登录配置 {str(file)!r}（{error.strerror}）。{_REMEDY}") from error
    except tomllib.TOMLDecodeError:  # its words may show a secret
        raise SettingsError(f"登录配置 {str(file)!r} 不合 TOML 语法。{_REMEDY}") from None


def _check(read: Mapping[str, Any], file: Path) -> None:
    login = read.get("auth")
    if not isinstance(login, Mapping):
        raise SettingsError(f"登录配置 {str(file)!r} 里没有 [auth] 一节（区分大小写）。{_REMEDY}")
    providers = [value for value in login.values() if isinstance(value, Mapping)]
    missing = _missing(login, _SHARED) + min((_missing(one, _PROVIDER) for one in (login, *providers)), key=len)
    if missing:
        raise SettingsError(f"登录配置 {str(file)!r} 的 [auth] 缺少 {'、'.join(missing)}。{_REMEDY}")


def _missing(table: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    return [name for name in names if not (isinstance(table.get(name), str) and table[name].strip())]
