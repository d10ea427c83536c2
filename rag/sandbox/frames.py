"""What a parent and its guarded child say to each other: a line that names kind and length, then as many bytes."""

from __future__ import annotations

from enum import StrEnum
from typing import IO, NamedTuple

_MAX_HEADER_BYTES = 64


class Kind(StrEnum):
    """What a frame holds."""

    REQUEST = "request"
    PAGES = "pages"
    """Number of pages ahead, each of which grants time."""
    NOTE = "note"
    """What the task tells while it works: progress, or a part of what it found."""
    GROWN = "grown"
    """The child has grown: it is not to be asked again."""
    ANSWER = "answer"
    REFUSAL = "refusal"
    """Why the file cannot be used, in Chinese, for a reader."""
    OUT_OF_MEMORY = "memory"
    FAILURE = "failure"
    """An error the task did not foresee: the name of its class, then its traceback."""


FINAL = frozenset({Kind.ANSWER, Kind.REFUSAL, Kind.OUT_OF_MEMORY, Kind.FAILURE})
"""After one of these the child waits for the next request."""


class Frame(NamedTuple):
    """One message."""

    kind: Kind
    body: bytes = b""


def write_frame(stream: IO[bytes], frame: Frame) -> None:
    """Send a frame."""
    stream.write(b"%s %d\n" % (frame.kind.encode(), len(frame.body)))
    stream.write(frame.body)
    stream.flush()


def read_frame(stream: IO[bytes], max_bytes: int) -> Frame | None:
    """The next frame; None where the stream has ended. OverflowError for a body over `max_bytes`, ValueError for what
    is no frame.
    """
    header = stream.readline(_MAX_HEADER_BYTES)
    if not header:
        return None
    kind, _, length = header.decode("ascii").partition(" ")
    size = int(length)
    if size > max_bytes:
        raise OverflowError(f"a frame of {size} bytes")
    body = stream.read(size)
    return Frame(Kind(kind), body) if len(body) == size else None
