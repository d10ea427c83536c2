"""Kinds of files by their ending: which are read, and what to save the others as."""

from __future__ import annotations

READABLE = frozenset(
    {".pdf", ".docx", ".xlsx", ".txt", ".md", ".markdown", ".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp"}
)
"""Endings of reports in a folder."""

HOW_TO_CONVERT = {
    ".doc": "这是旧版 Word 文档（.doc）：请用 Word 或 WPS 另存为 DOCX 或 PDF 再导入。",
    ".wps": "这是 WPS 文字文档（.wps）：请用 WPS 另存为 DOCX 或 PDF 再导入。",
    ".xls": "这是旧版 Excel 表格（.xls）：请用 Excel 或 WPS 另存为 XLSX 再导入。",
    ".xlsb": "这是 Excel 二进制工作簿（.xlsb）：请用 Excel 或 WPS 另存为 XLSX 再导入。",
    ".et": "这是 WPS 表格（.et）：请用 WPS 另存为 XLSX 再导入。",
    ".csv": "这是 CSV 表格：请用 Excel 或 WPS 打开，另存为 XLSX 再导入。",
    ".ppt": "这是演示文稿：请另存为 PDF 再导入。",
    ".dps": "这是 WPS 演示文稿（.dps）：请另存为 PDF 再导入。",
    ".pptx": "这是演示文稿：请另存为 PDF 再导入。",
    ".odt": "这是 OpenDocument 文档：请另存为 DOCX 或 PDF 再导入。",
    ".rtf": "这是 RTF 文档：请另存为 DOCX 或 PDF 再导入。",
    ".html": "这是网页：请打印成 PDF 再导入。",
    ".htm": "这是网页：请打印成 PDF 再导入。",
    ".mht": "这是网页：请打印成 PDF 再导入。",
    ".pages": "这是苹果 Pages 文档：请导出为 DOCX 或 PDF 再导入。",
    ".numbers": "这是苹果 Numbers 表格：请导出为 XLSX 再导入。",
    ".zip": "这是压缩包：请解压后导入里面的文件。",
    ".rar": "这是压缩包：请解压后导入里面的文件。",
    ".7z": "这是压缩包：请解压后导入里面的文件。",
    ".ofd": "这是 OFD 版式文件：请用阅读器转成 PDF 再导入。",
    ".caj": "这是 CAJ 文件：请用阅读器转成 PDF 再导入。",
}
"""Ending → what it is and what to do, for a reader."""
CONVERTIBLE = frozenset(
    {".doc", ".wps", ".rtf", ".odt", ".xls", ".xlsb", ".et", ".ppt", ".pptx", ".dps", ".html", ".htm", ".mht", ".ofd"}
)
"""Endings of documents people do keep in a report folder and that must be converted first."""
