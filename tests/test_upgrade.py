"""A data folder of the first version, moved to another path, is brought up to date and loses nothing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from eval_samples import case

from evals.benchmarks.faults.upgrade import answers, compared, kept
from rag.app.assembly import UPLOADS
from rag.settings.settings import Settings

FIRST = Path(__file__).parent / "data" / "first_layout"
XI = "# 西山职业技术学院质量年度报告（2023年度）\n\n## 一、概况\n\n专任教师512人。\n"
DONG = "# 东湖职业技术学院质量年度报告（2023年度）\n\n## 一、概况\n\n2023届毕业生就业率为96.12%。\n"
CASES = (
    case(question="东湖职业技术学院2023届毕业生就业率是多少？"),
    case(question="西山职业技术学院有多少专任教师？"),
)


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """Reports, and beside them a data folder, neither where the first version had them."""
    for place, name, text in (("reports", "xi.md", XI), (f"data/{UPLOADS}", "dong.md", DONG)):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / name).write_text(text, encoding="utf-8")
    for name, file in (("index", "index/wenbao.sqlite3"), ("conversations", "conversations.sqlite3")):
        (tmp_path / "data" / file).parent.mkdir(exist_ok=True)
        with closing(sqlite3.connect(tmp_path / "data" / file)) as connection:
            connection.executescript((FIRST / f"{name}.sql").read_text(encoding="utf-8"))
    return tmp_path / "reports"


def test_it_answers_as_one_made_anew_and_keeps_what_was_kept(reports: Path) -> None:
    data = reports.parent / "data"
    uploads, said, opinions = kept(data)
    assert (uploads, len(said), opinions) == (["dong.md"], 1, 1)
    seen = compared(data, reports, CASES)
    assert (seen.differing, seen.is_kept) == ((), True)


def test_what_it_answers_is_read_from_the_files(reports: Path) -> None:
    said = answers(Settings(data=reports.parent / "data", reports=reports, ocr="off"), CASES, lambda settings: ())
    assert ["96.12%" in said[1], "512" in said[2], said[0]] == [True, True, "[]"]
    assert list((reports.parent / "data" / "index").glob("*.layout-*")) == []
