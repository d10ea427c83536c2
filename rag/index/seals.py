"""Kept bytes that tell whether they are still what was saved (pure)."""

from __future__ import annotations

import hashlib

SEAL_BYTES = 8


def sealed(data: bytes) -> bytes:
    """The data behind a digest of it: `unsealed(sealed(b"x")) == b"x"`."""
    return _digest(data) + data


def unsealed(kept: object) -> bytes:
    """The data that was sealed; ValueError where a byte of it has changed since, or it is no bytes any more."""
    if not isinstance(kept, bytes):
        raise ValueError("no bytes")
    data = kept[SEAL_BYTES:]
    if _digest(data) != kept[:SEAL_BYTES]:
        raise ValueError("changed since it was saved")
    return data


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=SEAL_BYTES).digest()
