"""When something was, as a reader says it."""

from __future__ import annotations

from datetime import datetime

TODAY, YESTERDAY, EARLIER = "今天", "昨天", "更早"


def day_of(moment: datetime, now: datetime) -> str:
    """Today, yesterday or earlier, by the clock of `now`'s zone."""
    days = (now.date() - moment.astimezone(now.tzinfo).date()).days
    return EARLIER if days > 1 else YESTERDAY if days == 1 else TODAY


def moment_text(moment: datetime, now: datetime) -> str:
    """Day and time of day where it was today or yesterday, else its date."""
    day, time = day_of(moment, now), time_text(moment, now)
    return time if day == EARLIER else f"{day} {time}"


def time_text(moment: datetime, now: datetime) -> str:
    """Its time of day where it was today or yesterday, else its date; the year only where it is another one."""
    local = moment.astimezone(now.tzinfo)
    if day_of(moment, now) != EARLIER:
        return f"{local:%H:%M}"
    date = f"{local.month}月{local.day}日"
    return date if local.year == now.year else f"{local.year}年{date}"
