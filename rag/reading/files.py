"""Edge: a file → the parts of its report, read and analysed by a guarded child that it can spoil without harm."""

from __future__ import annotations

import logging
import stat
import threading
from collections.abc import Callable
from pathlib import Path

from rag.errors import UnreadableFileError
from rag.readers.recognised import RecognisedPages
from rag.readers.request import OUT_OF_MEMORY, Request, os_error_reason, too_large
from rag.readers.sources import Source
from rag.records import ReportParts
from rag.sandbox import Failure, Limits, Sandbox, SandboxError
from rag.sandbox.values import json_to_value, value_to_json

TASK = "rag.reading.analysis:answer"
UNUSABLE = "解析结果不完整，无法使用；请重试，或重新导出文件后再添加。"
BADLY_NAMED = "文件名或所在文件夹的名称不是 UTF-8 编码（多半是 GBK），无法读取；请改名后再添加。"
_MESSAGES = {
    Failure.OUT_OF_MEMORY: OUT_OF_MEMORY,
    Failure.OUT_OF_TIME: "解析超过 {detail} 秒仍未完成，已停止（文件过于复杂、已损坏或含恶意内容）；请拆分或重新导出后再添加。",
    Failure.TOO_LARGE: "读出的内容过大，已拒绝；请拆分文件后再添加。",
    Failure.CRASHED: "解析程序中途崩溃（文件已损坏、内存不足或含恶意内容）；请重新导出后再添加。",
    Failure.UNFORESEEN: "程序处理这份文件时出错（{detail}）；请把文件发给问报的维护者。",
    Failure.STOPPED: "读取已中断。",
}

log = logging.getLogger(__name__)


class Reading:
    """Reads files within limits; usable from several threads at once. To be closed."""

    def __init__(self, limits: Limits, max_chunk_tokens: int, recognised: RecognisedPages | None = None) -> None:
        """No process is started before a file is read. `recognised` is where recognised pages are kept, None where none
        are made.
        """
        self._limits, self._max_chunk_tokens, self._recognised = limits, max_chunk_tokens, recognised
        self._sandbox = Sandbox(TASK, limits)

    def close(self) -> None:
        """Ends the processes that read."""
        self._sandbox.close()

    def parts(
        self,
        source: Source,
        *,
        content: str = "",
        password: str | None = None,
        on_note: Callable[[bytes], None] = lambda body: None,
        stop: threading.Event | None = None,
    ) -> ReportParts:
        """Everything that is kept of a report; raises UnreadableFileError with the reason, in Chinese.

        `content` is the digest of the file, by which what was recognised in it is found. Setting `stop` from another
        thread ends it early.
        """
        path = source.path.absolute()
        _check_before_reading(path, self._limits.max_file_bytes)
        request = Request(
            path=str(path),
            report_id=source.report_id,
            corrections=source.corrections,
            max_chunk_tokens=self._max_chunk_tokens,
            max_pages=self._limits.max_pages,
            max_file_bytes=self._limits.max_file_bytes,
            password=password,
            recognises=self._recognised is not None,
            recognised=str(self._recognised.folder_of(content).absolute()) if self._recognised and content else "",
        )
        try:
            answer = self._sandbox.run(value_to_json(Request, request), on_note=on_note, stop=stop)
        except SandboxError as error:
            log.debug("reading %r failed: %s", source.report_id, error)
            raise UnreadableFileError(_reason(error)) from error
        return _checked(answer, source.report_id)


def _check_before_reading(path: Path, max_bytes: int) -> None:
    try:
        str(path).encode()
        status = path.stat()
    except UnicodeEncodeError as error:
        raise UnreadableFileError(BADLY_NAMED) from error
    except OSError as error:
        raise UnreadableFileError(os_error_reason(error)) from error
    if stat.S_ISDIR(status.st_mode):
        raise UnreadableFileError("这是一个文件夹，不是文件。")
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableFileError("这不是普通文件（可能是设备或管道），不能读取。")
    if status.st_size > max_bytes:
        raise UnreadableFileError(too_large(status.st_size, max_bytes))


def _reason(error: SandboxError) -> str:
    if error.failure is Failure.REFUSED:
        return " ".join(error.detail.split())
    return _MESSAGES[error.failure].format(detail=error.detail.partition("\n")[0])


def _checked(answer: bytes, report_id: str) -> ReportParts:
    """The parts a child gave; it has parsed hostile bytes, so they must be ours, and of the report asked for."""
    try:
        parts = json_to_value(ReportParts, answer)
    except ValueError as error:
        raise UnreadableFileError(UNUSABLE) from error
    owners = {parts.report.id}
    for pieces in (parts.sections, parts.tables, parts.chunks, parts.contradictions):
        owners.update(piece.report_id for piece in pieces)
    known = {section.id for section in parts.sections}
    if owners != {report_id} or not all(entry.section_id in known for entry in parts.figures):
        raise UnreadableFileError(UNUSABLE)
    return parts
