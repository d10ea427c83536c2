from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from rag.presentation.moments import day_of, moment_text, time_text

NOW = datetime(2024, 1, 2, 0, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("moment", "day", "text"),
    [
        ((2024, 1, 1, 16, 20), "今天", "今天 00:20"),
        ((2024, 1, 1, 15, 59), "昨天", "昨天 23:59"),
        ((2023, 12, 31, 15, 59), "更早", "2023年12月31日"),
        ((2024, 1, 1, 17, 0), "今天", "今天 01:00"),
    ],
)
def test_a_moment_is_told_by_the_day_of_the_viewers_zone(moment: tuple[int, ...], day: str, text: str) -> None:
    when = datetime(*moment, tzinfo=UTC)  # type: ignore[arg-type,misc]
    assert (day_of(when, NOW), moment_text(when, NOW)) == (day, text)


def test_a_time_says_no_day() -> None:
    assert time_text(datetime(2024, 1, 1, 15, 59, tzinfo=UTC), NOW) == "23:59"


def test_a_date_of_this_year_needs_no_year() -> None:
    assert moment_text(datetime(2024, 3, 5, tzinfo=UTC), datetime(2024, 6, 1, tzinfo=UTC)) == "3月5日"
