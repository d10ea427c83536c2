"""Reports of an invented college for the tests of the page, and an index of them."""

from __future__ import annotations

from pathlib import Path

from fixture_files import PdfBuilder, text

from rag.app.assembly import build_ingest, open_index
from rag.settings.settings import Settings

COLLEGE = "青石职业技术学院"
REPORT = """# 青石职业技术学院高等职业教育质量年度报告（2023年度）

## 一、学校概况

青石职业技术学院现有在校生 8421 人，专任教师为 412 人，生师比为 16.85：1。

## 二、人才培养

### （一）就业质量

2023届毕业生就业率为 95.27%，专业对口率为 78.4%。

### （二）办学条件

表 1 各系学生人数

| 系部 | 在校生人数（人） | 教师人数（人） |
| --- | --- | --- |
| 机电系 | 2130 | 101 |
| 护理系 | 1875 | 96 |
"""
OTHER_REPORT = REPORT.replace("青石", "白河").replace("2023", "2022").replace("95.27", "91.06")
HOSTILE_TITLE = "黑松职业技术学院质量年度报告（2021年度）<img src=x onerror=alert(1)>"
HOSTILE_SENTENCE = (
    "黑松职业技术学院 :red[馆藏图书] 为 31.5 万册 <img src=http://evil.example/x.png> "
    "[链接](http://evil.example) $x^2$ :smile: **粗** <script>alert(1)</script>。"
)
HOSTILE_IMAGE = "![图](http://evil.example/y.png) 是馆舍照片。"
HOSTILE_REPORT = f"{HOSTILE_TITLE}\n\n一、图书\n\n{HOSTILE_SENTENCE}\n{HOSTILE_IMAGE}\n"

PDF_COLLEGE = "红枫职业技术学院"
PDF_SENTENCE = "2023届毕业生就业率为93.46%，专业对口率为81.2%。"
PDF_LEFT, PDF_BASELINE = 96.0, 300.0


def write_pdf_report(path: Path) -> Path:
    """A report of three pages, the sentence low on the second."""
    cover = text(96, 600, f"{PDF_COLLEGE}高等职业教育质量年度报告（2023年度）", 16)
    second = (text(96, 700, "一、就业质量", 16), text(PDF_LEFT, PDF_BASELINE, PDF_SENTENCE))
    last = (text(96, 700, "二、办学条件", 16), text(96, 660, "学校馆藏图书为41.3万册，专任教师为388人。"))
    return PdfBuilder().page(cover).page(*second).page(*last).write(path)


def width_of(words: str, size: float = 12) -> float:
    """Points that words take in the Chinese font of these PDFs."""
    return sum(size if ord(character) > 0x2E80 else size / 2 for character in words)


def write_reports(folder: Path, *, ending: str = "md", **texts: str) -> Path:
    """A folder of reports: their names without ending, and their text."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, words in texts.items():
        (folder / f"{name}.{ending}").write_text(words, encoding="utf-8")
    return folder


def build_index(data: Path, reports: Path) -> None:
    """Ingest the folder into an index under `data`, as the command does."""
    settings = Settings(data=data, reports=reports)
    index = open_index(settings)
    try:
        outcome = build_ingest(settings, index).run([reports])
        assert not outcome.failed, outcome.failed
        index.finish()
    finally:
        index.close()
