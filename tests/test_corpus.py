"""The sample reports: they open, hold the figures of their sources, and hold no words but ours."""

from __future__ import annotations

import re
import sys
import tomllib
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import docx
import pypdfium2
import pytest

CORPUS = Path(__file__).parents[1] / "corpus"
SOURCES = CORPUS / "sources"
SHARED_REPORTS = Path(__file__).parents[2] / "shared" / "reports"

XIANNING = "xianning-2023-digest"
EMPLOYMENT = "hubei-poly-2020-employment-digest"
LETTER = "hubei-edu-letter-2022-19-digest"
BRIEFING = "xianning-2023-briefing"
REPORT_OF = {
    XIANNING: "xianning-2023",
    BRIEFING: "xianning-2023",
    EMPLOYMENT: "hubei-poly-2020-employment",
    LETTER: "hubei-edu-letter-2022-19",
}
UNIVERSITY = "lanjiang-2023-teaching-quality"
ACCOUNTS = "danpu-2023-final-accounts"
YEAR_BEFORE = "yanxi-2022-annual-quality"
YEAR = "yanxi-2023-annual-quality"
SCAN = "yanzhou-2023-circular-scan"
INVENTED = (UNIVERSITY, ACCOUNTS, YEAR_BEFORE, YEAR, SCAN)
STEMS = sorted([*REPORT_OF, *INVENTED])
PRINTED = sorted({*STEMS} - {SCAN})
"""The reports that have text of their own."""
FILES = {path.stem: path for path in sorted([*CORPUS.glob("*.pdf"), *CORPUS.glob("*.docx")])}
MAX_FILE_BYTES = 600_000
RUN = 30

FIGURES = [
    (XIANNING, "就业率96.12%"),
    (XIANNING, "1025个"),
    (XIANNING, "2098个技能点"),
    (XIANNING, "同比增加2.55%"),
    (XIANNING, "5.76%"),
    (XIANNING, "30%进入村级两委"),
    (XIANNING, "46.8%进入村两委"),
    (XIANNING, "二等奖5项"),
    (XIANNING, "二等奖4项"),
    (XIANNING, "15.85：1"),
    (XIANNING, "34118.1万元"),
    (XIANNING, "33714.58万元"),
    (XIANNING, "945450.66平方米"),
    (XIANNING, "小学教育教育类1425"),
    (XIANNING, "14473017402"),
    (XIANNING, "自由职业60.09%"),
    (XIANNING, "维达力实业（赤壁）员工岗前培训104企业职工"),
    (XIANNING, "391643"),
    (XIANNING, "平均4000.2元"),
    (XIANNING, "社团写作45个"),
    (XIANNING, "总计491886"),
    (XIANNING, "效益，原文写作1580元"),
    (XIANNING, "升学的毕业生562人"),
    (XIANNING, "升学出国563人"),
    (XIANNING, "2325名毕业生"),
    (EMPLOYMENT, "初次就业率80.03%"),
    (EMPLOYMENT, "就业率为85.23%"),
    (EMPLOYMENT, "发出问卷5089份"),
    (EMPLOYMENT, "减少2.27个百分点"),
    (EMPLOYMENT, "增加0.99个百分点"),
    (EMPLOYMENT, "口腔医学21.17%1079"),
    (EMPLOYMENT, "女生3040人，占59.63%"),
    (EMPLOYMENT, "满意的占93.87%"),
    (EMPLOYMENT, "共享就业岗位14231个"),
    (EMPLOYMENT, "5551700元"),
    (EMPLOYMENT, "占毕业生人数的58.28%"),
    (LETTER, "鄂教职成办函〔2022〕19号"),
    (LETTER, "大数据与会计咸宁职业技术学院现代金融"),
    (LETTER, "2023年6月起"),
    (BRIEFING, "就业率超过96%"),
    (BRIEFING, "就业率96.12%"),
    (BRIEFING, "3.4亿元"),
    (BRIEFING, "34118.1万元"),
    (UNIVERSITY, "生师比17.33"),
    (UNIVERSITY, "实习实训基地共286个"),
    (UNIVERSITY, "合计268127777"),
    (ACCOUNTS, "本年支出合计18809.45万元"),
    (ACCOUNTS, "公务用车保有量7辆"),
    (YEAR_BEFORE, "年终毕业去向落实率95.47%"),
    (YEAR, "年终落实率96.22%"),
    (YEAR, "学徒386人"),
    (YEAR, "现代学徒制学徒（人）368312"),
]


def squeeze(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


@cache
def pages(stem: str) -> tuple[str, ...]:
    path = FILES[stem]
    if path.suffix == ".docx":
        document = docx.Document(str(path))
        rows = ["\t".join(cell.text for cell in row.cells) for table in document.tables for row in table.rows]
        return ("\n".join([paragraph.text for paragraph in document.paragraphs] + rows),)
    with pypdfium2.PdfDocument(path) as document:
        texts = []
        for index in range(len(document)):
            page = document[index]
            text_page = page.get_textpage()
            texts.append(text_page.get_text_range())
            text_page.close()
            page.close()
        return tuple(texts)


@cache
def whole(stem: str) -> str:
    return squeeze("\n".join(pages(stem)))


def descriptions() -> dict[str, Any]:
    return tomllib.loads((CORPUS / "reports.toml").read_text(encoding="utf-8"))


def source_of(stem: str) -> str:
    return (SOURCES / f"{stem}.digest").read_text(encoding="utf-8")


def report_text(stem: str) -> str:
    path = SHARED_REPORTS / f"{REPORT_OF[stem]}.txt"
    if not path.exists():
        pytest.skip("the reports themselves are not here")
    return unicodedata.normalize("NFKC", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("stem", "figure"), FIGURES)
def test_figure_stands_in_file(stem: str, figure: str) -> None:
    assert squeeze(figure) in whole(stem)


def test_every_file_is_described_and_every_description_has_a_file() -> None:
    assert set(descriptions()) == {path.name for path in FILES.values()}
    assert sorted(FILES) == STEMS


@pytest.mark.parametrize("stem", STEMS)
def test_description_agrees_with_file(stem: str) -> None:
    entry = descriptions()[FILES[stem].name]
    assert set(entry) <= {"title", "college", "short_names", "kind", "year", "cohort", "academic_year", "source"}
    assert entry["kind"] in {"质量年报", "就业质量年报", "本科教学质量报告", "部门决算", "简报", "公文", "其他"}
    text = squeeze(source_of(stem)) if stem == SCAN else whole(stem)
    assert squeeze(entry["college"]) in text
    assert str(entry["year"]) in text
    assert tomllib.loads(source_of(stem).split("+++")[1])["title"] == entry["title"]


@pytest.mark.parametrize("stem", STEMS)
def test_file_is_small_and_says_what_it_is(stem: str) -> None:
    assert FILES[stem].stat().st_size < MAX_FILE_BYTES
    text = squeeze(source_of(stem)) if stem == SCAN else whole(stem)
    assert ("摘编" if stem in REPORT_OF else "虚构样例") in text
    assert "演示" in text


def test_the_scan_holds_no_text() -> None:
    assert [page.strip() for page in pages(SCAN)] == ["", ""]


def test_totals_of_invented_tables_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(SOURCES))
    markup = __import__("markup")
    blocks = [block for stem in INVENTED for block in markup.read_digest(SOURCES / f"{stem}.digest").blocks]
    sys.modules.pop("markup")
    tables = [block for block in blocks if isinstance(block, markup.Table) and block.rows[-1][0]]
    found = {table.caption: wrong_totals(table) for table in tables if table.rows[-1][0].text in ("合计", "全校")}
    assert {caption: wrong for caption, (wrong, _) in found.items() if wrong} == {}
    assert sum(checked for _, checked in found.values()) > 40


def wrong_totals(table: Any) -> tuple[list[int], int]:
    """The columns whose last row is not the sum of those above, and how many columns hold amounts that can be added."""
    head, rows = table.rows[: table.header_rows], table.rows[table.header_rows :]
    rows = [row for row in rows if not row[0] or not re.match("其中|　|.*小计", row[0].text)]
    wrong, checked = [], 0
    for column in range(1, len(rows[-1])):
        title = "".join(row[column].text for row in head if row[column])
        cells = [row[column].text if row[column] else "" for row in rows]
        if re.search("率|占比|比例|增减|生均|平均分|控制线", title) or not all(
            re.fullmatch(r"\d+(\.\d+)?", cell) for cell in cells
        ):
            continue
        checked += 1
        if sum(map(Decimal, cells[:-1])) != Decimal(cells[-1]):
            wrong.append(column)
    return wrong, checked


@pytest.mark.parametrize("stem", PRINTED)
def test_no_way_to_reach_a_person(stem: str) -> None:
    text = "\n".join(pages(stem)) + source_of(stem)
    assert not re.search(r"\S+@\S+\.\S+", text)
    assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)0\d{2,3}[-－ ]\d{7,8}(?!\d)", text)
    assert not re.search(r"(?<![0-9A-Z])9[12][0-9A-Z]{16}(?![0-9A-Z])", text)


@pytest.mark.parametrize(
    ("stem", "physical", "foot"),
    [(XIANNING, 6, "— 1 —"), (XIANNING, 20, "— 15 —"), (XIANNING, 38, "— 33 —"), (XIANNING, 3, "iii"),
     (EMPLOYMENT, 5, "1"), (EMPLOYMENT, 16, "12"), (EMPLOYMENT, 2, "II")],
)  # fmt: skip
def test_printed_page_is_not_the_physical_one(stem: str, physical: int, foot: str) -> None:
    lines = [line.strip() for line in pages(stem)[physical - 1].splitlines()]
    assert foot in lines
    assert foot.strip("— ") != str(physical)


def test_contents_name_the_printed_pages() -> None:
    for line, physical in ((r"七、教学改革\.+(\d+)", "七、教学改革"), (r"十、挑战与展望\.+(\d+)", "十、挑战与展望")):
        match = re.search(line, whole(XIANNING))
        assert match
        assert squeeze(pages(XIANNING)[int(match[1]) + 4]).find(physical) in range(60)


@pytest.mark.parametrize(
    ("caption", "first_row", "last_row", "header", "repeated"),
    [
        ("表1-2", "休闲农业经营与管理", "智慧健康养老服务与管理", "序号专业大类专业名称", True),
        ("表3-2", "食用菌接种架", "经济管理教学演示架", "序号合作企业专利", True),
        ("表3-4", "咸宁市毕业大学生创业培训", "咸宁市红十字救护员培训", "序号学时培训项目", False),
        ("表1-6", "一带一路暨金砖国家技能发展", "“咸宁工匠”职业技能大赛", "序号级别赛项或成果", False),
    ],
)
def test_table_breaks_over_pages(caption: str, first_row: str, last_row: str, header: str, repeated: bool) -> None:
    body = [squeeze(page) for page in pages(XIANNING)]
    first = next(index for index, page in enumerate(body) if squeeze(first_row) in page and index > 4)
    last = next(index for index, page in enumerate(body) if squeeze(last_row) in page and index >= first)
    assert last > first
    assert (squeeze(header) in body[last]) is repeated
    assert squeeze(caption) in body[first]


def test_a_row_is_split_by_the_page_break() -> None:
    above, below = (squeeze(page) for page in pages(XIANNING)[10:12])
    assert squeeze("“互联网＋”大学生创新") in above
    assert "创业大赛湖北赛区" not in above
    assert "创业大赛湖北赛区" in below


def test_letter_has_merged_cells_and_every_row() -> None:
    table = docx.Document(str(FILES[LETTER])).tables[0]
    assert [row.cells[0].text for row in table.rows[1:]] == [str(number) for number in range(1, 32)]
    assert table.rows[1].cells[4]._tc is table.rows[10].cells[4]._tc
    assert table.rows[10].cells[4].text != table.rows[11].cells[4].text


def prose(stem: str) -> Iterator[str]:
    for line in source_of(stem).split("+++", 2)[2].splitlines():
        if line and not line.startswith(("#", "!", "|")):
            yield line.removeprefix("- ")


@pytest.mark.parametrize("stem", PRINTED)
def test_file_is_built_from_its_present_source(stem: str) -> None:
    text = whole(stem)
    for line in prose(stem):
        assert squeeze(line)[:12] in text
        assert squeeze(line)[-8:] in text


@pytest.mark.parametrize("stem", sorted(REPORT_OF))
def test_every_figure_stands_in_the_report(stem: str) -> None:
    report = report_text(stem)
    number = r"\d+(?:[.,]\d+)*"
    known = set(re.findall(number, report)) | set(re.findall(number, re.sub(r"\n+", "", report)))
    for line in source_of(stem).split("+++", 2)[2].splitlines():
        if line.startswith("#"):
            continue
        stated = re.sub(r"widths=[\d,]+|[表图] ?\d+(?:-\d+)?", "", unicodedata.normalize("NFKC", line))
        assert not set(re.findall(number, stated)) - known, line


@pytest.mark.parametrize("stem", sorted(REPORT_OF))
def test_words_are_our_own(stem: str) -> None:
    report = words_only(report_text(stem))
    shared = {report[index : index + RUN] for index in range(len(report) - RUN + 1)}
    for text in (source_of(stem), "\n".join(pages(stem))):
        ours = words_only(text)
        runs = (ours[index : index + RUN] for index in range(len(ours) - RUN + 1))
        assert not [run for run in runs if run in shared and len(re.findall(r"[\u4e00-\u9fff]", run)) >= 20]


def words_only(text: str) -> str:
    return re.sub(r"[\s|\-*#>\"'\\`]+", "", unicodedata.normalize("NFKC", text))


def test_markup_merges_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(SOURCES))
    markup = __import__("markup")
    table = markup.lines_to_table("表1 | unit=人", ["| a | < | b |", "|---|", "| 1 | 2 | 3 |", "| ^ | 4 | 5 |"])
    spans = [[cell and (cell.text, cell.rows, cell.columns) for cell in row] for row in table.rows]
    assert spans == [
        [("a", 1, 2), None, ("b", 1, 1)],
        [("1", 2, 1), ("2", 1, 1), ("3", 1, 1)],
        [None, ("4", 1, 1), ("5", 1, 1)],
    ]
    with pytest.raises(ValueError, match="has not 3 cells"):
        markup.lines_to_table("表1", ["| a | b | c |", "|---|", "| 1 | 2 |"])
    sys.modules.pop("markup")
