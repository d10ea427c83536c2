from __future__ import annotations

import pytest
from answer_samples import make_report

from rag.app.report_commands import MAX_NAMED, check_filters
from rag.errors import UsageError
from rag.records import Filters

REPORTS = [
    make_report(f"{name}-{year}.txt", name, year=year) for name in ("东湖", "西山") for year in range(2000, 2020)
]


def test_of_many_reports_only_those_most_like_the_name_are_told() -> None:
    with pytest.raises(UsageError) as raised:
        check_filters(Filters(reports=("东胡-2003",)), REPORTS)
    told = str(raised.value)
    assert told.count(".txt") == MAX_NAMED
    assert "东湖-2003.txt" in told
    assert "共 40 份" in told


def test_of_few_reports_all_are_told() -> None:
    with pytest.raises(UsageError, match="现有：东湖-2000"):
        check_filters(Filters(reports=("南山",)), REPORTS[:2])
