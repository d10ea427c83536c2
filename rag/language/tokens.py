"""How many tokens a text takes: an estimate from above that needs no vocabulary, or tiktoken's count where it is there."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

_WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f“”‘’—…·]")
_WORD = re.compile(r"[A-Za-z]+|\d{1,3}|\s+|[^\sA-Za-z\d]")
TOKENS_PER_WIDE_CHARACTER = 1.3
"""Chinese in cl100k_base runs at 1.0–1.3 tokens a character."""
LETTERS_PER_TOKEN = 3


def estimate_tokens(text: str) -> int:
    """An estimate from above that needs no vocabulary: the same on every machine, so chunks are too."""
    wide = len(_WIDE.findall(text))
    narrow = sum(1 + (len(word) - 1) // LETTERS_PER_TOKEN for word in _WORD.findall(_WIDE.sub("", text)))
    return int(wide * TOKENS_PER_WIDE_CHARACTER + 0.999) + narrow


CountTokens = Callable[[str], int]
ESTIMATE = "estimate"
"""Name of the estimate."""
ENCODING = "o200k_base"
"""The vocabulary of OpenAI's present models; other models' take about as many or fewer tokens for Chinese."""
WAIT_SECONDS = 1.0


class Vocabulary:
    """A counter that has to be loaded, perhaps from the network: waited for a moment once, and never again."""

    def __init__(self, name: str, load: Callable[[], CountTokens], wait_seconds: float = WAIT_SECONDS) -> None:
        """`load` may fail or hang."""
        self._name, self._load, self._wait_seconds = name, load, wait_seconds
        self._loaded: CountTokens | None = None
        self._started = threading.Lock()

    def counter(self) -> tuple[CountTokens, str]:
        """The counter and its name; until it is loaded, the estimate."""
        if self._started.acquire(blocking=False):
            thread = threading.Thread(target=self._try_to_load, daemon=True)
            thread.start()
            thread.join(self._wait_seconds)
        loaded = self._loaded
        return (estimate_tokens, ESTIMATE) if loaded is None else (loaded, self._name)

    def _try_to_load(self) -> None:
        try:
            self._loaded = self._load()
        except Exception:  # no network, no room for the file, a proxy's page in its place: the estimate will do
            return


def token_counter() -> tuple[CountTokens, str]:
    """The counter for the context of a prompt and its name: tiktoken's, or the estimate while that is not there.

    tiktoken fetches its vocabulary once, without a time-out, and keeps it; here nobody waits longer than
    `WAIT_SECONDS` for it. Chunks are always measured by the estimate, so that they are the same everywhere.
    """
    return _TIKTOKEN.counter()


def _load_tiktoken() -> CountTokens:
    import tiktoken

    encoding = tiktoken.get_encoding(ENCODING)
    return lambda text: len(encoding.encode(text, disallowed_special=()))


_TIKTOKEN = Vocabulary(f"tiktoken:{ENCODING}", _load_tiktoken)
