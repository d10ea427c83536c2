"""Small made-up reports for the tests of the index."""

from __future__ import annotations

from rag.records import (
    Cell,
    Chunk,
    Grid,
    Line,
    Page,
    PageMark,
    Report,
    ReportKind,
    ReportParts,
    Section,
    SectionKind,
    Table,
    TableRow,
)

SUBJECTS = "图书馆 食堂 宿舍 操场 实训楼 校医院 体育馆 机房 礼堂 车队".split()


def sample_report(report_id: str) -> Report:
    return Report(
        report_id,
        f"{report_id}年报",
        "某某学院",
        ("某院",),
        ReportKind.QUALITY,
        2023,
        None,
        None,
        "x.pdf",
        "00",
        "pdf",
        2,
    )


def sample_parts(report_id: str, *texts: str) -> ReportParts:
    """A report of one section whose chunks have these texts, or ten of its own."""
    texts = texts or tuple(f"{report_id}号报告说明{subject}共有{at}处。" for at, subject in enumerate(SUBJECTS))
    section_id = f"{report_id}/s1"
    starts = [sum(map(len, texts[:at])) for at in range(len(texts))]
    chunks = tuple(
        Chunk(f"{report_id}/c{at}", report_id, section_id, at, start, start + len(text), text, "某某学院", 1)
        for at, (start, text) in enumerate(zip(starts, texts, strict=True))
    )
    mark = PageMark(0, 1, "i")
    section = Section(
        section_id, report_id, 0, ("一、概况",), SectionKind.BODY, "".join(texts), (mark,), (("t", 0, 1),)
    )
    rows = (TableRow(("项目", "数量"), ("项目", "数量"), 1), TableRow(("图书", ""), ("图书", "图书"), 2, "ii"))
    table = Table(f"{report_id}/t1", report_id, section_id, "表1 设施", "单位：处", 1, rows)
    grid = Grid((Cell("项目", 0, 0), Cell("图书", 1, 0, 1, 2)), 2, 2)
    pages = (Page(1, (Line("概况", 1.5, 2.0, 3.0, 4.0, 12.0), grid), "i", 595.0, 842.0), Page(2, ()))
    return ReportParts(sample_report(report_id), pages, (section,), (table,), chunks)
