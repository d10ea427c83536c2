"""Who may answer: what each one is for, what it lacks, and a key that is pasted for one session."""

from __future__ import annotations

from dataclasses import dataclass, field

from rag.app.assembly import probe_chat
from rag.errors import SettingsError
from rag.models.listening import is_answering
from rag.settings.addresses import shown_address
from rag.settings.choices import MODEL_NAMES
from rag.settings.models import ChatSettings
from rag.settings.settings import EXTRACTIVE, Settings, has_secret
from rag.settings.values import pasted_key


@dataclass(frozen=True, slots=True)
class PastedKey:
    """A key of this session: held in memory, shown nowhere."""

    alias: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answerer:
    """One that may be chosen to answer."""

    alias: str
    about: str
    """Chinese: what it is for."""
    missing: str = ""
    """Chinese: what it lacks; `` where it can be used."""
    takes_key: bool = False
    """Whether a key may be pasted for it."""


def answerers(settings: Settings, pasted: PastedKey | None = None) -> tuple[Answerer, ...]:
    """The built-in one, then every configured model in its order; a local server is usable where one answers."""
    models = (_answerer(alias, chat, pasted) for alias, chat in settings.models.items())
    return (Answerer(EXTRACTIVE, MODEL_NAMES[EXTRACTIVE]), *models)


def answerer_line(settings: Settings) -> str:
    """One line where the built-in answerer answers only because no key is set; else empty.

    `没有设置大模型的密钥，由内置程序摘录报告原文回答；设好 DEEPSEEK_API_KEY 就改由模型回答。`
    """
    if not needs_key(settings):
        return ""
    variable = next(chat.api_key_env for chat in settings.models.values() if chat.api_key_env)
    return f"没有设置大模型的密钥，由内置程序摘录报告原文回答；设好 {variable} 就改由模型回答。"


def needs_key(settings: Settings, pasted: PastedKey | None = None) -> bool:
    """Whether the built-in answerer answers only because there is no key for any model that takes one."""
    keyed = [answerer for answerer in answerers(settings, pasted) if answerer.takes_key]
    return settings.model == EXTRACTIVE and bool(keyed) and all(answerer.missing for answerer in keyed)


def try_key(settings: Settings, alias: str, text: str) -> tuple[PastedKey, str]:
    """A pasted key that works, and what trying it gave; SettingsError or ModelError, which never show it, say what failed."""
    if alias not in settings.models:
        raise SettingsError(f"没有名为 {alias!r} 的模型。")
    pasted = PastedKey(alias, pasted_key(text))
    return pasted, probe_chat(settings, alias, pasted.value)


def _answerer(alias: str, chat: ChatSettings, pasted: PastedKey | None) -> Answerer:
    about = "，".join(filter(None, [chat.about or alias, chat.model]))
    if not chat.api_key_env:
        missing = "" if is_answering(chat.base_url) else f"{shown_address(chat.base_url) or '它'} 没有回应：请先启动它"
        return Answerer(alias, about, missing)
    has_key = has_secret(chat.api_key_env) or (pasted is not None and pasted.alias == alias)
    return Answerer(alias, about, "" if has_key else f"缺密钥（{chat.api_key_env}）", takes_key=True)
