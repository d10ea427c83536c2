from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from page_samples import REPORT, build_index, write_reports
from streamlit.testing.v1 import AppTest

from rag.errors import SettingsError
from rag.settings.login import OFF, REQUIRED, asks_for_login

APP = Path(__file__).parents[1] / "app.py"
SOUND = """[auth]
redirect_uri = "http://127.0.0.1/oauth2callback"
cookie_secret = "secret-of-forty-characters-secret-of-for"
client_id = "c"
client_secret = "s"
server_metadata_url = "http://127.0.0.1/.well-known/openid-configuration"
"""
BROKEN = {
    "another case": (SOUND.replace("[auth]", "[Auth]").encode(), "没有 [auth] 一节"),
    "byte order mark": (b"\xef\xbb\xbf" + SOUND.encode(), "BOM"),
    "no TOML": (SOUND.replace("[auth]", "[auth").encode(), "不合 TOML 语法"),
    "empty": (b"", "没有 [auth] 一节"),
    "other things": (b'[database]\nname = "x"\n', "没有 [auth] 一节"),
    "no section": (b'auth = "x"\n', "没有 [auth] 一节"),
    "no secret": (SOUND.replace("cookie_secret", "cookie").encode(), "缺少 cookie_secret"),
    "an empty id": (SOUND.replace('client_id = "c"', 'client_id = ""').encode(), "缺少 client_id"),
    "UTF-16": (SOUND.encode("utf-16"), "不是 UTF-8"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_is_wrong_is_told_of_and_never_means_no_login(tmp_path: Path, name: str) -> None:
    content, said = BROKEN[name]
    file = tmp_path / "secrets.toml"
    file.write_bytes(content)
    with pytest.raises(SettingsError) as raised:
        asks_for_login([tmp_path / "none.toml", file])
    assert said in str(raised.value)
    assert "secret-of" not in str(raised.value)
    assert not asks_for_login([file], OFF)


def test_a_sound_file_asks_for_a_login_and_none_does_not(tmp_path: Path) -> None:
    file = tmp_path / "secrets.toml"
    assert not asks_for_login([file])
    file.write_text(SOUND, encoding="utf-8")
    assert asks_for_login([file])
    named = SOUND.replace('client_id = "c"', '[auth.campus]\nclient_id = "c"')
    file.write_text(named, encoding="utf-8")
    assert asks_for_login([file])


def test_where_it_is_required_a_file_that_is_gone_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="找不到登录配置"):
        asks_for_login([tmp_path / "secrets.toml"], REQUIRED)


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need a right there")
def test_a_link_to_nowhere_and_a_folder_are_no_absent_files(tmp_path: Path) -> None:
    link, folder = tmp_path / "a.toml", tmp_path / "b.toml"
    os.symlink(tmp_path / "gone", link)
    folder.mkdir()
    for file in (link, folder):
        with pytest.raises(SettingsError, match="读不了登录配置"):
            asks_for_login([file])


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """What the page of one report says; its login file is `secrets.toml`."""
    from streamlit import config

    build_index(tmp_path / "data", write_reports(tmp_path / "reports", a=REPORT))
    monkeypatch.setenv("WENBAO_DATA", str(tmp_path / "data"))
    real = config.get_option
    files = [str(tmp_path / "secrets.toml")]
    monkeypatch.setattr("streamlit.get_option", lambda key: files if key == "secrets.files" else real(key))

    def page() -> str:
        shown = AppTest.from_file(str(APP), default_timeout=60).run()
        assert not shown.exception
        return "".join(element.proto.body for element in shown.get("html"))

    return page


def test_the_page_stays_closed_while_its_login_is_wrong_or_gone(tmp_path: Path, opened: Callable[[], str]) -> None:
    file = tmp_path / "secrets.toml"
    for content, said in BROKEN.values():
        file.write_bytes(content)
        shown = opened()
        assert said in shown
        assert "青石" not in shown
    file.write_text(SOUND, encoding="utf-8")
    assert "请先登录" in opened()
    file.unlink()
    shown = opened()
    assert "找不到登录配置" in shown
    assert "青石" not in shown


def test_without_a_login_file_the_page_is_open(opened: Callable[[], str]) -> None:
    assert "已收录 1 份报告" in opened()
