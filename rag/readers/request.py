"""What the guarded child is asked for, and why a file cannot be read, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

OUT_OF_MEMORY = "解析时占用的内存超过上限，已停止（文件过大、已损坏或含恶意内容）；请拆分或重新导出后再添加。"
UNEXPECTED = "文件内容异常，无法解析；请用原软件打开后另存（或重新导出为 PDF）再添加。"


@dataclass(frozen=True, slots=True)
class Request:
    """A file, what its report is to be called, and how much of it may be read."""

    path: str
    report_id: str
    corrections: Mapping[str, Any]
    """What `reports.toml` says of it."""
    max_chunk_tokens: int
    max_pages: int
    max_file_bytes: int
    password: str | None = None
    recognises: bool = False
    """Whether pictures of text are recognised later; else a file of nothing else is refused."""
    recognised: str = ""
    """Folder of the pages of this file that have been recognised, `` for none."""


@dataclass(frozen=True, slots=True)
class PictureRequest:
    """Pages of a file whose pictures are to be recognised."""

    path: str
    sha256: str
    """Of the file as it was read; another one is refused."""
    numbers: tuple[int, ...]
    whole: tuple[int, ...]
    """Those of them that have no text of their own: they are one picture each."""
    max_file_bytes: int


def too_large(size: int, limit: int) -> str:
    """Why a file of this size is refused."""
    return f"文件太大（{size / 2**20:.0f} MB，上限 {limit / 2**20:.0f} MB）；请拆分或压缩图片后再添加。"


def os_error_reason(error: OSError) -> str:
    """Why the system would not let a file be read."""
    if isinstance(error, FileNotFoundError):
        return "文件不存在（可能已被移动或删除）。"
    if isinstance(error, PermissionError):
        return "没有权限读取这个文件；请检查文件权限，或确认它没有被别的程序独占。"
    if isinstance(error, IsADirectoryError):
        return "这是一个文件夹，不是文件。"
    return f"读取文件时系统报错：{error.strerror or type(error).__name__}。"
