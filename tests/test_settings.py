from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from rag.errors import SettingsError
from rag.settings import PROJECT, ModelSettings, Settings, environment_for, load_settings, nearest, secret


@pytest.fixture
def config(tmp_path):
    def write(text: str) -> Path:
        path = tmp_path / "设置.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize(
    ("option", "variable", "in_file", "expected"),
    [
        pytest.param(4, "3", "2", 4, id="option first"),
        pytest.param(None, "3", "2", 3, id="then environment"),
        pytest.param(None, None, "2", 2, id="then file"),
        pytest.param(None, "", "2", 2, id="an empty variable is none"),
        pytest.param(None, None, None, Settings().retrieve_passages, id="then default"),
    ],
)
def test_precedence(config, option, variable, in_file, expected):
    path = config(f"retrieve_passages = {in_file}" if in_file else "")
    environment = {} if variable is None else {"WENBAO_RETRIEVE_PASSAGES": variable}
    assert load_settings({"retrieve_passages": option}, path, environment).retrieve_passages == expected


def test_the_file_is_named_by_option_then_variable_then_found(config, monkeypatch, tmp_path):
    path = config('model = "a"')
    assert load_settings(environment={"WENBAO_CONFIG": str(path)}).model == "a"
    (tmp_path / "config.toml").write_text('model = "b"', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert load_settings(environment={}).model == "b"
    assert load_settings(config=path, environment={"WENBAO_CONFIG": "none"}).model == "a"


def test_the_file_that_comes_with_the_program_says_what_the_defaults_are(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    loaded, default = load_settings(environment={}), Settings()
    for name in (field.name for field in fields(Settings) if field.name != "embedders"):
        assert getattr(loaded, name) == getattr(default, name), name
    assert loaded.embedders["builtin"].kind == "builtin"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("modle = 'x'", "不认识的设置 'modle'，是不是 model？"),
        ("zzzz = 1", "不认识的设置 'zzzz'。"),
        ("max_chunk_tokens = '多'", "max_chunk_tokens 的值 '多' 不对，应为整数"),
        ("max_chunk_tokens = 12.5", "应为整数"),
        ("max_chunk_tokens = -5", "从 50 到 8,000"),
        ("max_chunk_tokens = true", "应为整数"),
        ("lock_seconds = nan", "应为数字"),
        ("page_port = 70000", "从 1 到 65,535"),
        ("model = 3", "应为文字"),
        ("data = 3", "应为路径"),
        ("embedders = 3", "[embedders.名称]"),
        ("[embedders.x]\nmodle = 'y'", "[embedders.x] 中有不认识的设置 'modle'，是不是 model？"),
        ("[embedders.x]\nbatch_size = 0", "从 1 到 10,000"),
        ("model = ", "请按 TOML 语法修改"),
    ],
)
def test_what_is_wrong_is_named(config, text, expected):
    with pytest.raises(SettingsError) as caught:
        load_settings(config=config(text), environment={})
    assert expected in str(caught.value)
    assert "设置.toml" in str(caught.value)


def test_a_wrong_variable_or_file_is_named(tmp_path):
    with pytest.raises(SettingsError, match="环境变量中 lock_seconds 的值 'x' 不对"):
        load_settings(environment={"WENBAO_LOCK_SECONDS": "x"})
    with pytest.raises(SettingsError, match="找不到配置文件"):
        load_settings(config=tmp_path / "none.toml", environment={})
    with pytest.raises(SettingsError, match="读不了配置文件"):
        load_settings(config=tmp_path, environment={})
    (tmp_path / "gbk.toml").write_bytes("# 设置".encode("gbk"))
    with pytest.raises(SettingsError, match="读不了配置文件"):
        load_settings(config=tmp_path / "gbk.toml", environment={})


def test_embedders_add_to_the_built_in_one(config):
    path = config("[embedders.x]\nmodel = 'm'\nbase_url = 'u'\ntimeout = 5\n")
    embedders = load_settings(config=path, environment={}).embedders
    assert set(embedders) == {"builtin", "x"}
    assert embedders["x"] == ModelSettings(model="m", base_url="u", timeout=5.0)
    assert isinstance(embedders["x"].timeout, float)


def test_a_byte_order_mark_does_no_harm(tmp_path):
    (tmp_path / "c.toml").write_bytes(b"\xef\xbb\xbfmodel = 'x'")
    assert load_settings(config=tmp_path / "c.toml", environment={}).model == "x"


def test_a_child_loads_the_same_settings(config, tmp_path):
    path = config("max_chunk_tokens = 300\npage_port = 9000\n[embedders.x]\nmodel = 'm'\n")
    given = load_settings({"data": tmp_path / "数 据", "page_port": 9001}, path, {"WENBAO_LOCK_SECONDS": "1.5"})
    assert load_settings(environment=environment_for(given, path)) == given


def test_a_secret_is_read_only_when_it_is_set():
    assert secret("KEY", {"KEY": "s"}) == "s"
    for environment in ({}, {"KEY": ""}):
        with pytest.raises(SettingsError, match="没有设置环境变量 KEY"):
            secret("KEY", environment)


@pytest.mark.parametrize(("name", "expected"), [("bgee", "，是不是 bge？"), ("甲", "。"), ("", "。")])
def test_nearest(name, expected):
    assert nearest(name, ["bge", "builtin"]) == expected


def test_the_corpus_is_there():
    assert Settings().reports == PROJECT / "corpus"
    assert Settings().reports.is_dir()
