"""What can be set of one model: data, as `[models.NAME]` and `[embedders.NAME]` of the configuration give it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

OPENAI = "openai"
"""The provider that is any OpenAI-compatible endpoint."""
STRUCTURED = ("none", "json_object", "json_schema")
"""How an endpoint can be held to JSON, from not at all to a schema."""


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """One embedding model."""

    model: str = ""
    base_url: str = ""
    api_key_env: str = ""
    """Name of the environment variable that holds the key; never the key."""
    timeout: float = 60.0
    """Seconds."""
    max_retries: int = 2
    kind: str = "openai"
    """`builtin`, `openai` or `fastembed`."""
    path: str = ""
    """fastembed only: folder of the downloaded model."""
    dimensions: int = 0
    """0 = what the model gives."""
    batch_size: int = 64


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """One chat model."""

    model: str = ""
    """Its name at the service."""
    about: str = ""
    """Chinese: whose it is and what it is for, as it is shown where one may choose."""
    provider: str = OPENAI
    """`openai`, or a provider that langchain's `init_chat_model` knows."""
    base_url: str = ""
    """As the vendor writes it, with or without /v1; empty = the provider's own."""
    api_key_env: str = ""
    """Name of the environment variable that holds the key, never the key; empty = none is needed."""
    timeout: float = 120.0
    """Seconds a reply may take in all, retries included."""
    first_token_timeout: float = 30.0
    """Seconds until something comes."""
    idle_timeout: float = 20.0
    """Seconds between two pieces."""
    max_retries: int = 2
    """Further tries, while nothing has been shown."""
    context_window: int = 32_768
    """Tokens of prompt and reply together."""
    max_output_tokens: int = 2_000
    temperature: float | None = None
    """None = not sent."""
    extra_body: Mapping[str, Any] = field(default_factory=dict)
    """Further keys of the request; for a provider other than `openai`, further arguments of its langchain class."""
    structured: str = STRUCTURED[0]
    input_price: Decimal | None = None
    """Yuan per million tokens; None = unknown."""
    output_price: Decimal | None = None
