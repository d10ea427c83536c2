from __future__ import annotations

import socket

import pytest

from evals.benchmarks.model_server import ModelServer, Reply
from rag.app.answerers import PastedKey, answerer_line, answerers, try_key
from rag.errors import ModelError, SettingsError
from rag.settings.settings import ChatSettings, Settings, load_settings

KEY = "sk-5f-9c-nobody"
CONFIG = """
[models.near]
model = "n"
base_url = "http://127.0.0.1:9/v1"
[models.one]
model = "m"
api_key_env = "WENBAO_TEST_ONE"
[models.two]
model = "m"
api_key_env = "WENBAO_TEST_TWO"
"""


@pytest.mark.parametrize(
    ("environment", "in_file", "expected"),
    [
        ({}, "", "extractive"),
        ({"WENBAO_TEST_TWO": "k"}, "", "two"),
        ({"WENBAO_TEST_TWO": "k", "WENBAO_TEST_ONE": "k"}, "model = 'auto'", "one"),
        ({"WENBAO_TEST_TWO": "k"}, "model = 'extractive'", "extractive"),
        ({"WENBAO_TEST_TWO": "k", "WENBAO_MODEL": "near"}, "model = 'one'", "near"),
        ({"WENBAO_TEST_TWO": "k", "WENBAO_MODEL": "auto"}, "model = 'one'", "two"),
    ],
)
def test_auto_is_the_first_model_whose_key_is_set(tmp_path, environment, in_file, expected):
    path = tmp_path / "c.toml"
    path.write_text(f"{in_file}\n{CONFIG}", encoding="utf-8")
    assert load_settings(config=path, environment=environment).model == expected


def test_no_model_may_be_named_auto(tmp_path):
    (tmp_path / "c.toml").write_text("[models.auto]\nmodel = 'm'", encoding="utf-8")
    with pytest.raises(SettingsError, match="重名"):
        load_settings(config=tmp_path / "c.toml", environment={})


def settings_of(**models: ChatSettings) -> Settings:
    return Settings(models=models)


def test_what_a_choice_lacks_is_said(monkeypatch):
    monkeypatch.setenv("WENBAO_TEST_TWO", "k")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    with ModelServer() as server:
        found = answerers(
            settings_of(
                up=ChatSettings(model="a", base_url=server.url),
                down=ChatSettings(model="b", base_url=closed),
                one=ChatSettings(model="m", about="云端", api_key_env="WENBAO_TEST_ONE"),
                two=ChatSettings(model="m", api_key_env="WENBAO_TEST_TWO"),
            )
        )
    assert [(a.alias, bool(a.missing), a.takes_key) for a in found] == [
        ("extractive", False, False),
        ("up", False, False),
        ("down", True, False),
        ("one", True, True),
        ("two", False, True),
    ]
    assert "没有回应" in found[2].missing
    assert "WENBAO_TEST_ONE" in found[3].missing
    assert found[3].about == "云端，m"
    one = settings_of(one=ChatSettings(model="m", api_key_env="WENBAO_TEST_ONE"))
    assert not answerers(one, PastedKey("one", KEY))[1].missing


def test_one_line_says_that_no_key_is_set(monkeypatch):
    keyed = settings_of(one=ChatSettings(model="m", api_key_env="WENBAO_TEST_ONE"))
    assert "WENBAO_TEST_ONE" in answerer_line(keyed)
    assert answerer_line(settings_of()) == ""
    monkeypatch.setenv("WENBAO_TEST_ONE", "k")
    assert answerer_line(keyed) == ""


def test_a_pasted_key_is_tried_and_never_shown(tmp_path):
    with ModelServer() as server:
        settings = settings_of(one=ChatSettings(model="m", base_url=server.url, api_key_env="X", max_retries=0))
        server.queue.extend([Reply("好"), Reply(status=401, body=f'{{"error": "bad key {KEY}"}}'.encode())])
        pasted, words = try_key(settings, "one", f" {KEY}\n")
        assert "可以使用" in words
        assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
        with pytest.raises(ModelError) as refused:
            try_key(settings, "one", KEY)
    for said in (repr(pasted), words, str(refused.value), repr(settings)):
        assert KEY not in said
    for text, words in (("", "还没有粘贴"), ("密钥", "重新复制")):
        with pytest.raises(SettingsError, match=words):
            try_key(settings, "one", text)
