from __future__ import annotations

import pytest
from answer_samples import make_report

from rag.app.report_commands import MAX_NAMED, named_reports
from rag.errors import UsageError

REPORTS = [
    make_report(f"{name}-{year}.txt", name, year=year) for name in ("东湖", "西山") for year in range(2000, 2020)
]


def test_of_many_reports_only_those_most_like_the_name_are_told() -> None:
    with pytest.raises(UsageError) as raised:
        named_reports(["东胡-2003"], REPORTS)
    told = str(raised.value)
    assert told.count(".txt") == MAX_NAMED
    assert "东湖-2003.txt" in told
    assert "共 40 份" in told


def test_of_few_reports_all_are_told() -> None:
    with pytest.raises(UsageError, match="现有：东湖-2000"):
        named_reports(["南山"], REPORTS[:2])


def test_a_report_is_named_by_its_id_or_else_by_a_part_of_its_name() -> None:
    assert named_reports(None, REPORTS) == ()
    assert named_reports(["东湖-2003"], REPORTS) == ("东湖-2003.txt",)
    assert named_reports(["湖-2003", "西山-2001.TXT"], REPORTS) == ("东湖-2003.txt", "西山-2001.txt")
    assert len(named_reports(["西山"], REPORTS)) == 20
