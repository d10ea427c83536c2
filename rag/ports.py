"""The seams other programs may fill: a chat model, an embedder, a vector index."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, runtime_checkable

from rag.records import Message, ModelReply

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors: TypeAlias = NDArray[np.float32]
    """One row a text (passages), or one vector (a query)."""

Hits: TypeAlias = tuple[tuple[str, float], ...]
"""(chunk id, score), best first; a higher score is better."""


Schema: TypeAlias = Mapping[str, Any]
"""JSON schema of the reply wanted, with a `title` that names it."""


class Embedder(Protocol):
    """Turns texts into vectors; texts that mean the same lie close by cosine."""

    @property
    def name(self) -> str:
        """Identifies model and settings: vectors of two embedders are comparable only where their names are equal."""
        ...

    @property
    def dimension(self) -> int | None:
        """Length of a vector, None while unknown."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """A vector for each text, in order; `ModelError` when that fails."""
        ...

    def embed_query(self, text: str) -> Vectors:
        """The vector of a question."""
        ...


@runtime_checkable
class ChatModel(Protocol):
    """Answers messages; failures are `ModelError` with a Chinese message."""

    @property
    def alias(self) -> str:
        """The name it has in the settings."""
        ...

    @property
    def model(self) -> str:
        """The model asked for."""
        ...

    @property
    def context_window(self) -> int:
        """Tokens of messages and reply together."""
        ...

    @property
    def max_output_tokens(self) -> int:
        """Tokens a reply may have."""
        ...

    def request_body(self, messages: Sequence[Message], schema: Schema | None = None) -> Mapping[str, Any]:
        """The body of a chat completions request, not streamed: what a batch sends."""
        ...

    def reply(
        self,
        messages: Sequence[Message],
        on_text: Callable[[str], None] = lambda piece: None,
        should_stop: Callable[[], bool] = lambda: False,
        schema: Schema | None = None,
    ) -> ModelReply:
        """The whole reply; each piece goes to `on_text` as it comes, and it ends early once `should_stop` says so.

        With a `schema` the endpoint is asked for JSON in the strictest way its settings say it can; the reply may
        still be anything. A reply that was stopped has the finish reason `stopped`.
        """
        ...
