from __future__ import annotations

import pytest

from rag.assembly import (
    build_assistant,
    build_embedder,
    build_ingest,
    check_choices,
    configured_models,
    for_folder,
    index_folder,
    open_index,
    probe_model,
)
from rag.embedders import HashingEmbedder, OpenAICompatibleEmbedder
from rag.errors import ModelError, SettingsError
from rag.settings import ModelSettings, Settings

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
        (with_embedder(ModelSettings(kind="magic")), "kind 应为 builtin、openai 或 fastembed"),
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


def test_models_are_listed_with_the_chosen_ones_marked():
    models = configured_models(with_embedder(SERVICE))
    assert [(model.alias, model.use, model.is_chosen) for model in models] == [
        ("extractive", "回答", True),
        ("builtin", "嵌入", False),
        ("x", "嵌入", True),
    ]
    assert "不用联网" in models[0].description
    assert models[2].description == "m，http://127.0.0.1:9/v1"


def test_a_model_is_tried_by_a_real_call():
    settings = with_embedder(SERVICE)
    answerer, builtin, service = configured_models(settings)
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
