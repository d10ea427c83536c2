"""Words of reports that exclude each other: what is of one is not of another (男 and 女, 省级 and 校级)."""

from __future__ import annotations

import re
from collections.abc import Iterator

_EXTREMES = ("最[高多大长]", "最[低少小短]")
"""What only a question says: no label of a table says 最低."""
_SETS = (
    ("男", "女"),
    ("校内", "校外"),
    ("省内|本省", "省外|外省"),
    ("国内|境内", "国外|境外|海外"),
    ("正高|(?<!副)教授", "副高|副教授", "中级|讲师", "初级|助教"),
    ("博士", "硕士", "本科|学士", "专科|高职|职业(?:技术)?学院"),
    ("文科|文史|历史", "理科|理工|物理"),
    ("特等奖", "一等奖", "二等奖", "三等奖"),
    ("国家级|国赛", "省级|省部级|省赛", "市级|市厅级", "校级|院级"),
    _EXTREMES,
    ("[年期]初|1月1日", "[年期][末底]|12月31日"),
    ("收入", "支出"),
    ("纵向", "横向"),
    ("必修", "选修"),
    ("专任|专职", "兼职|外聘"),
    ("基本支出", "项目支出"),
    ("预算数", "决算数"),
    ("城镇", "农村"),
    ("公办", "民办"),
    ("春季", "秋季"),
)
_OPPOSITES = tuple(tuple(re.compile(member) for member in members) for members in _SETS)


def named_members(text: str) -> Iterator[tuple[int, int]]:
    """(set, member) of each set of which a text names exactly one member; where it names two, it means no one of them."""
    for at, members in enumerate(_OPPOSITES):
        named = [place for place, pattern in enumerate(members) if pattern.search(text)]
        if len(named) == 1:
            yield at, named[0]


def is_opposed(member: tuple[int, int], text: str) -> bool:
    """Whether a text names other members of a set, and not this one."""
    patterns = _OPPOSITES[member[0]]
    return not says(member, text) and any(pattern.search(text) for pattern in patterns)


def is_unsaid(member: tuple[int, int], text: str) -> bool:
    """Whether a text that should name a member names none."""
    return _SETS[member[0]] is not _EXTREMES and not says(member, text)


def says(member: tuple[int, int], text: str) -> bool:
    """Whether a text names a member."""
    return _OPPOSITES[member[0]][member[1]].search(text) is not None
