"""`wenbao models` and `wenbao models test`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from rag.app.options import Config, Debug, Json
from rag.app.terminal import FAILED, Command, Group, complain, print_json, say
from rag.errors import ModelError, SettingsError, UsageError
from rag.settings.settings import load_settings, nearest

models_app = typer.Typer(
    cls=Group, help="列出配置好的模型，或实际调用一次。", invoke_without_command=True, rich_markup_mode=None
)


@models_app.callback()
def list_models(context: typer.Context, as_json: Json = False, config: Config = None, debug: Debug = False) -> None:
    """列出配置好的模型；wenbao models test 实际调用一次。"""
    from rag.app.assembly import configured_models

    if context.invoked_subcommand is not None:
        return
    models = configured_models(load_settings(config=config))
    if as_json:
        print_json([asdict(model) for model in models])
    else:
        for model in models:
            say(f"{'*' if model.is_chosen else ' '} {model.alias}（{model.use}，{model.state}）：{model.description}")


@models_app.command("test", cls=Command)
def probe_models(
    alias: Annotated[str | None, typer.Argument(metavar="名称", help="默认当前选用的模型")] = None,
    config: Config = None,
    debug: Debug = False,
) -> None:
    """实际调用一次模型，看能不能用。"""
    from rag.app.assembly import check_choices, configured_models, probe_model

    settings = load_settings(config=config)
    check_choices(settings)
    models = configured_models(settings)
    chosen = [model for model in models if (model.is_chosen if alias is None else model.alias == alias)]
    if not chosen:
        raise UsageError(
            f"没有名为 {alias!r} 的模型{nearest(alias or '', [model.alias for model in models])}用 wenbao models 列出全部。"
        )
    failed = False
    for model in chosen:
        try:
            say(f"{model.alias}（{model.use}）：{probe_model(settings, model)}")
        except (ModelError, SettingsError) as error:
            if debug:
                raise
            failed = True
            complain(f"{model.alias}（{model.use}）：{error}")
    if failed:
        raise typer.Exit(FAILED)
