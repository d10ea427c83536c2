from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from pathlib import Path

import pytest

from rag.errors import SettingsError
from rag.settings.settings import (
    PROJECT,
    ChatSettings,
    ModelSettings,
    Settings,
    environment_for,
    has_secret,
    load_settings,
    nearest,
    secret,
)


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
    loaded, default = load_settings(environment={}), Settings(embedder="auto")
    for name in (field.name for field in fields(Settings) if field.name not in ("embedders", "models")):
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
        ("models = 3", "[models.名称]"),
        ("[models.extractive]\nmodel = 'm'", "与内置回答重名"),
        ("[models.x]\nbase_ulr = 'u'", "[models.x] 中有不认识的设置 'base_ulr'，是不是 base_url？"),
        ("[models.x]\nstructured = 'json'", "应为 none、json_object、json_schema 之一"),
        ("[models.x]\nextra_body = 'a'", "应为一组设置"),
        ("[models.x]\ntemperature = 3", "从 0 到 2"),
        ("[models.x]\ninput_price = nan", "应为数字"),
        ("[models.x]\ninput_price = '两元'", "应为数字"),
        ("[models.x]\ncontext_window = 1.5", "应为整数"),
        ("answer_cache = 1", "应为true 或 false"),
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


def test_a_chat_model_is_what_its_table_says(config):
    path = config(
        "answer_cache = false\njudge = 'x'\n"
        "[models.x]\nmodel = 'm'\nbase_url = 'u'\napi_key_env = 'X_KEY'\ntemperature = 0\ninput_price = 0.1\n"
        "output_price = 8\nstructured = 'json_object'\nextra_body = {thinking = {type = 'disabled'}}\n"
    )
    settings = load_settings(config=path, environment={})
    assert (settings.judge, settings.answer_cache) == ("x", False)
    assert settings.models["x"] == ChatSettings(
        model="m",
        base_url="u",
        api_key_env="X_KEY",
        temperature=0.0,
        input_price=Decimal("0.1"),
        output_price=Decimal(8),
        structured="json_object",
        extra_body={"thinking": {"type": "disabled"}},
    )
    assert ChatSettings().temperature is None
    assert ChatSettings().input_price is None


@pytest.mark.parametrize(("word", "expected"), [("true", True), ("False", False), ("0", False), ("1", True)])
def test_a_switch_is_read_from_a_variable(word, expected):
    assert load_settings(environment={"WENBAO_ANSWER_CACHE": word}).answer_cache is expected


@pytest.mark.parametrize("table", ["models", "embedders"])
def test_a_key_put_in_the_file_is_refused_and_not_repeated(config, table):
    for line in ("api_key_env = 'sk-5f-9c'", "api_key_env = 5", "api_key = 'sk-5f-9c'"):
        with pytest.raises(SettingsError, match="api_key_env") as caught:
            load_settings(config=config(f"[{table}.x]\n{line}"), environment={})
        assert "5f" not in str(caught.value)


def test_every_ready_entry_can_be_chosen():
    loaded = load_settings(environment={"WENBAO_CONFIG": str(PROJECT / "config.toml")})
    assert len(loaded.models) >= 9
    for alias, model in loaded.models.items():
        assert model.model, alias
        assert model.base_url, alias
        assert model.max_output_tokens < model.context_window / 2, alias


def test_a_byte_order_mark_does_no_harm(tmp_path):
    (tmp_path / "c.toml").write_bytes(b"\xef\xbb\xbfmodel = 'x'")
    assert load_settings(config=tmp_path / "c.toml", environment={}).model == "x"


def test_a_child_loads_the_same_settings(config, tmp_path):
    path = config("max_chunk_tokens = 300\npage_port = 9000\n[embedders.x]\nmodel = 'm'\n")
    given = load_settings({"data": tmp_path / "数 据", "page_port": 9001}, path, {"WENBAO_LOCK_SECONDS": "1.5"})
    assert load_settings(environment=environment_for(given, path)) == given


def test_a_secret_is_read_only_when_it_is_set():
    assert secret("KEY", {"KEY": " s\n"}) == "s"
    assert has_secret("KEY", {"KEY": "s"})
    assert has_secret("", {})
    for environment in ({}, {"KEY": ""}, {"KEY": " "}):
        assert not has_secret("KEY", environment)
        with pytest.raises(SettingsError, match="没有设置环境变量 KEY"):
            secret("KEY", environment)


@pytest.mark.parametrize("key", ["sk-甲5f", "sk 5f", "sk\n5f", "sk-5f\x00"])
def test_a_secret_no_header_can_carry_is_refused_and_not_repeated(key):
    with pytest.raises(SettingsError, match="不是完整的密钥") as caught:
        secret("KEY", {"KEY": key})
    assert "5f" not in str(caught.value)


@pytest.mark.parametrize(("name", "expected"), [("bgee", "，是不是 bge？"), ("甲", "。"), ("", "。")])
def test_nearest(name, expected):
    assert nearest(name, ["bge", "builtin"]) == expected


def test_the_corpus_is_there():
    assert Settings().reports == PROJECT / "corpus"
    assert Settings().reports.is_dir()
