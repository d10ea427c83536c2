"""What a file really is, by its content; which endings can be read, and how to convert the others."""

from __future__ import annotations

import io
import zipfile
from enum import StrEnum
from pathlib import PurePath

from rag.errors import UnreadableFileError

PDF_MARK_WITHIN = 1024
"""Bytes before which the PDF mark has to stand, as viewers demand."""
MAX_ARCHIVE_BYTES = 400 * 2**20
"""Unpacked size of a DOCX or XLSX."""
MAX_PART_RATIO = 250
"""Unpacked size of a part divided by its packed size; text comes to about 20."""
SMALL_PART_BYTES = 4 * 2**20
"""Below this a part may be packed at any ratio."""
MAX_ARCHIVE_PARTS = 20_000


class FileKind(StrEnum):
    """A kind of file that can be read; the value is `ReadFile.format`."""

    PDF = "pdf"
    DOCX = "docx"
    TEXT = "text"
    MARKDOWN = "markdown"
    XLSX = "xlsx"
    PICTURE = "picture"


_ENDINGS = {
    ".pdf": FileKind.PDF,
    ".docx": FileKind.DOCX,
    ".txt": FileKind.TEXT,
    ".text": FileKind.TEXT,
    ".md": FileKind.MARKDOWN,
    ".markdown": FileKind.MARKDOWN,
    ".xlsx": FileKind.XLSX,
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp", ".gif"), FileKind.PICTURE),
}
_SUPPORTED = "支持 PDF、DOCX、XLSX、TXT、Markdown 和图片（PNG、JPG 等）"
_NAMES = {
    FileKind.PDF: "PDF",
    FileKind.DOCX: "DOCX",
    FileKind.TEXT: "文本",
    FileKind.MARKDOWN: "Markdown",
    FileKind.XLSX: "XLSX",
    FileKind.PICTURE: "图片",
}

_MARKS = (
    (b"{\\rtf", ".rtf"),
    (b"Rar!", ".rar"),
    (b"7z\xbc\xaf", ".7z"),
    (b"\x1f\x8b", ".zip"),
)
_PICTURE_MARKS = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF")
_OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP_MARK = b"PK\x03\x04"
_PARTS = (("word/", ".docx"), ("xl/workbook.bin", ".xlsb"), ("xl/", ".xlsx"), ("ppt/", ".pptx"), ("OFD.xml", ".ofd"))
_ENTITY_MARKS = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))


def kind_of(name: str, data: bytes) -> FileKind:
    """The kind of a file with this name and content; raises UnreadableFileError for one that cannot be read."""
    ending = PurePath(name).suffix.lower()
    if not data:
        raise UnreadableFileError("文件是空的（0 字节）；请重新下载或重新导出。")
    if b"%PDF-" in data[:PDF_MARK_WITHIN]:
        return FileKind.PDF
    if data.startswith(_ZIP_MARK):
        return _archive_kind(data, ending)
    stated = _ENDINGS.get(ending)
    if data.startswith(_OLE_MARK):
        raise _refusal(_ole_ending(data, ending))
    if data.startswith(_PICTURE_MARKS) and stated not in (FileKind.TEXT, FileKind.MARKDOWN):
        return FileKind.PICTURE
    mark = next((found for start, found in _MARKS if data.startswith(start)), None)
    if mark and stated not in (FileKind.TEXT, FileKind.MARKDOWN):
        raise _refusal(mark)
    if stated in (FileKind.TEXT, FileKind.MARKDOWN):
        return stated
    if stated:
        raise UnreadableFileError(f"扩展名是 {ending}，内容却不是 {_NAMES[stated]}；请确认文件没有下载错或损坏。")
    raise _refusal(ending)


def mismatch_warning(name: str, kind: FileKind) -> str:
    """What to tell the reader of a file whose ending says something else than its content, `` where it fits."""
    ending = PurePath(name).suffix.lower()
    if ending in _ENDINGS and _ENDINGS[ending] is not kind:
        return f"扩展名是 {ending}，内容是 {_NAMES[kind]}，已按 {_NAMES[kind]} 读取。"
    return ""


def _refusal(ending: str) -> UnreadableFileError:
    if ending == "encrypted":
        return UnreadableFileError("这个 Office 文档设了打开密码；请先去掉密码再添加。")
    if ending in HOW_TO_CONVERT:
        return UnreadableFileError(HOW_TO_CONVERT[ending])
    return UnreadableFileError(f"不支持这种文件（{ending or '没有扩展名'}）；{_SUPPORTED}。")


def _ole_ending(data: bytes, ending: str) -> str:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return "encrypted"
    for stream, found in (("WordDocument", ".doc"), ("Workbook", ".xls"), ("PowerPoint Document", ".ppt")):
        if stream.encode("utf-16-le") in data:
            return ending if ending in (".wps", ".et", ".dps") else found
    return ending if ending in HOW_TO_CONVERT else ".doc"


def _archive_kind(data: bytes, stated: str) -> FileKind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            names = [entry.filename for entry in entries]
            found = next((ending for start, ending in _PARTS if any(name.startswith(start) for name in names)), ".zip")
            if "mimetype" in names and found == ".zip":
                found = ".odt"
            if found not in _ENDINGS:
                raise _refusal(stated if found == ".zip" and stated in HOW_TO_CONVERT else found)
            _refuse_bomb(archive, entries)
    except (zipfile.BadZipFile, EOFError, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        # zlib's own error reaches us as a BadZipFile or from the part it spoils, never as a crash
        raise UnreadableFileError("Office 文档（DOCX、XLSX）不完整或已损坏，打不开；请重新下载或重新导出。") from error
    return _ENDINGS[found]


def _refuse_bomb(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """Refuse an archive that unpacks to too much or defines XML entities; sizes are checked before unpacking."""
    bomb = len(entries) > MAX_ARCHIVE_PARTS or sum(entry.file_size for entry in entries) > MAX_ARCHIVE_BYTES
    for entry in entries:
        packed = max(entry.compress_size, 1)
        bomb = bomb or (entry.file_size > SMALL_PART_BYTES and entry.file_size > MAX_PART_RATIO * packed)
    if bomb:
        raise UnreadableFileError("文档解压后过大（疑似压缩炸弹），已拒绝读取；请用 Office 或 WPS 另存后再添加。")
    for entry in entries:
        if not entry.filename.lower().endswith((".xml", ".rels")):
            continue
        if any(mark in archive.read(entry) for mark in _ENTITY_MARKS):
            raise UnreadableFileError("文档里有不该出现的 XML 实体定义，已拒绝读取；请用 Office 或 WPS 另存后再添加。")


READABLE = frozenset(
    {".pdf", ".docx", ".xlsx", ".txt", ".md", ".markdown", ".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp"}
)
"""Endings of reports in a folder."""

HOW_TO_CONVERT = {
    ".doc": "这是旧版 Word 文档（.doc）：请用 Word 或 WPS 另存为 DOCX 或 PDF 再添加。",
    ".wps": "这是 WPS 文字文档（.wps）：请用 WPS 另存为 DOCX 或 PDF 再添加。",
    ".xls": "这是旧版 Excel 表格（.xls）：请用 Excel 或 WPS 另存为 XLSX 再添加。",
    ".xlsb": "这是 Excel 二进制工作簿（.xlsb）：请用 Excel 或 WPS 另存为 XLSX 再添加。",
    ".et": "这是 WPS 表格（.et）：请用 WPS 另存为 XLSX 再添加。",
    ".csv": "这是 CSV 表格：请用 Excel 或 WPS 打开，另存为 XLSX 再添加。",
    ".ppt": "这是演示文稿：请另存为 PDF 再添加。",
    ".dps": "这是 WPS 演示文稿（.dps）：请另存为 PDF 再添加。",
    ".pptx": "这是演示文稿：请另存为 PDF 再添加。",
    ".odt": "这是 OpenDocument 文档：请另存为 DOCX 或 PDF 再添加。",
    ".rtf": "这是 RTF 文档：请另存为 DOCX 或 PDF 再添加。",
    ".html": "这是网页：请打印成 PDF 再添加。",
    ".htm": "这是网页：请打印成 PDF 再添加。",
    ".mht": "这是网页：请打印成 PDF 再添加。",
    ".pages": "这是苹果 Pages 文档：请导出为 DOCX 或 PDF 再添加。",
    ".numbers": "这是苹果 Numbers 表格：请导出为 XLSX 再添加。",
    ".zip": "这是压缩包：请解压后添加里面的文件。",
    ".rar": "这是压缩包：请解压后添加里面的文件。",
    ".7z": "这是压缩包：请解压后添加里面的文件。",
    ".ofd": "这是 OFD 版式文件：请用阅读器转成 PDF 再添加。",
    ".caj": "这是 CAJ 文件：请用阅读器转成 PDF 再添加。",
}
"""Ending → what it is and what to do, for a reader."""
CONVERTIBLE = frozenset(
    {".doc", ".wps", ".rtf", ".odt", ".xls", ".xlsb", ".et", ".ppt", ".pptx", ".dps", ".html", ".htm", ".mht", ".ofd"}
)
"""Endings of documents people do keep in a report folder and that must be converted first."""
