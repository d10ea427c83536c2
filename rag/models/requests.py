"""A chat model's settings → the body of a request and the langchain client that sends it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rag.errors import SettingsError
from rag.models.http import MAX_LINE_BYTES, bounded_client
from rag.records import Message
from rag.settings.models import OPENAI, ChatSettings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from rag.ports import Schema

OPENAI_URL = "https://api.openai.com/v1"
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_-]+")
_OUTPUT_LIMITS = ("max_tokens", "max_completion_tokens")


def settings_to_body(settings: ChatSettings, messages: Sequence[Message], schema: Schema | None) -> dict[str, Any]:
    """The body of a chat completions request without the flags of streaming."""
    said = [{"content": encodable(message.content), "role": message.role} for message in messages]
    return {"model": settings.model, "messages": said, **request_options(settings, schema)}


def request_options(settings: ChatSettings, schema: Schema | None) -> dict[str, Any]:
    """Everything in a body but model and messages; `extra_body` has the last word."""
    options: dict[str, Any] = {}
    if settings.temperature is not None:
        options["temperature"] = settings.temperature
    if not any(name in settings.extra_body for name in _OUTPUT_LIMITS):
        # OpenAI's newer models know only the one name, most other services only the other.
        options[_OUTPUT_LIMITS[(settings.base_url or OPENAI_URL) == OPENAI_URL]] = settings.max_output_tokens
    if schema is not None and settings.structured != "none":
        options["response_format"] = _response_format(settings.structured, schema)
    return {**options, **settings.extra_body}


def _response_format(structured: str, schema: Schema) -> dict[str, Any]:
    if structured == "json_object":
        return {"type": "json_object"}
    name = _NOT_IN_A_NAME.sub("", str(schema.get("title", ""))) or "reply"
    return {"type": "json_schema", "json_schema": {"name": name, "schema": dict(schema), "strict": True}}


def encodable(text: str) -> str:
    """The text with what UTF-8 cannot carry (halves of surrogate pairs) replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")


def build_client(settings: ChatSettings, api_key: str) -> BaseChatModel:
    """The langchain model; SettingsError where its package is missing or it refuses the settings."""
    seconds = max(settings.first_token_timeout, settings.idle_timeout) + 1
    if settings.provider == OPENAI:
        return _openai_client(settings, api_key, seconds)
    given = {"base_url": settings.base_url, "api_key": api_key, "temperature": settings.temperature}
    kept = {name: value for name, value in given.items() if value not in ("", None)}
    limits = {"max_tokens": settings.max_output_tokens, "timeout": seconds, "max_retries": 0}
    from langchain.chat_models import init_chat_model

    try:
        client: BaseChatModel = init_chat_model(
            settings.model, model_provider=settings.provider, **{**limits, **kept, **settings.extra_body}
        )
    except ImportError as error:
        raise SettingsError(
            f"provider {settings.provider!r} 还没有安装：请先运行 pip install langchain-{settings.provider}。"
        ) from error
    except ValueError as error:
        raise SettingsError(
            f"provider {settings.provider!r} 用不了：名称写错，或 model、extra_body 等设置不合它的要求；"
            f"OpenAI 兼容的服务请写 openai。"
        ) from error
    return client


def _openai_client(settings: ChatSettings, api_key: str, seconds: float) -> BaseChatModel:
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    # Retries are ours; without the first switch some model names would be sent to another interface.
    return ChatOpenAI(
        model=settings.model,
        base_url=settings.base_url or OPENAI_URL,
        api_key=SecretStr(api_key or "none"),
        use_responses_api=False,
        stream_usage=True,
        max_retries=0,
        timeout=seconds,
        http_client=bounded_client(seconds, MAX_LINE_BYTES),
        http_socket_options=(),  # else it warns of a client that is never used where there is a proxy
    )
