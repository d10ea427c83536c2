"""Which answerers one may pick, and how to get more."""

from __future__ import annotations

from rag.language.text import unique
from rag.settings.settings import EXTRACTIVE, Settings, has_secret

MODEL_NAMES = {EXTRACTIVE: "摘录式（内置，不联网）"}


def model_choices(settings: Settings) -> tuple[str, ...]:
    """Aliases of the answerers one may pick: the configured one, the built-in one, those whose key is set."""
    with_key = [alias for alias, chat in settings.models.items() if chat.api_key_env and has_secret(chat.api_key_env)]
    return unique([settings.model, *MODEL_NAMES, *with_key])


def model_hint(settings: Settings) -> str:
    """How to switch to a language model where none can be picked, as Markdown; else empty."""
    if len(model_choices(settings)) > 1 or not settings.models:
        return ""
    alias, chat = next(
        ((a, c) for a, c in settings.models.items() if c.api_key_env), next(iter(settings.models.items()))
    )
    key = f"设好环境变量 `{chat.api_key_env}`（密钥）" if chat.api_key_env else "在本机启动它"
    return (
        f'想让大模型来组织回答：{key}，在 `config.toml` 里写 `model = "{alias}"`，再重新启动。'
        "可用的模型见 `wenbao models`。数字仍逐个核对。"
    )
