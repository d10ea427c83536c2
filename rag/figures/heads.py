"""Labels → head nouns: what is measured or counted, and the words that narrow it.

学校现有具有高级职称的专任教师320人: head 专任教师, narrowed by 高级职称. 毕业生毕业去向落实率: head 毕业去向落实率, narrowed
by 毕业生. In a table, of row and column, the one that names a measure (率, 比, 人数, 面积) holds the head.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from rag.language.text import tagged_words, unique

_NOMINAL = frozenset("n nz ns nt nr nrt ng vn b j l i s eng an a f".split()) | {""}
_NUMERAL = re.compile(r"[0-9.%〇零一二三四五六七八九十百千万亿两几多余年月日届第]+")
_WEAK = re.compile(r"^(?:人数|总数|数量|总量|比例|占比|比重|金额|总额|总值|比|率|数|额|值|量|费|度|面积|[^\W\d])$")
"""A noun that says what is measured only together with the one before it."""
_MEASURE = re.compile(r"(?:率|比例?|占比|比重|数量?|额|值|量|费用?|面积|度|经费|资金|收入|支出|人次|学时)$")
_ACCOUNT = re.compile(r"(?:\d{4}年度?|年初|年末|全年|本年度?|上年度?|调整后?)*(?:预算|决算|预算执行|执行)数?")
"""A column of accounts, which says how an item was reckoned, not what it is."""
_NUMBERING = re.compile(
    r"^(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]|其中[：:]?|减[：:]|加[：:])+|(?:合|总|小)计$"
)
_BRACKETED = re.compile(r"[（(][^（）()]*[)）]|[%％]")
_SAYS_NOTHING = frozenset(
    "学校 我校 全校 本校 我院 其中 合计 总计 共计 小计 数值 数据 指标 内容 项目 备注 情况 年份 年度 学年 本年 上年 序号 单位 今年 去年".split()
)

EMPTY = frozenset(
    "数 值 学校 我校 全校 本校 学院 我院 学生 年度 学年 本年度 情况 数量 人数 总数 总量 总额 金额 总值 其中 合计 共计 总计 小计 一共 方面 原文 报告 数值 数据 "
    "比例 占比 比重 现有 目前 有 为 达 达到 是 共有 占 开展 进行 实现 拥有 包括 约 超过 计 设 设有 建有 建成 写作 增长率 指标 单位 备注 累计 本章 本节 本文 "
    "完成 参加 参与 报名 发放 取得 获得 获 获批 提供 新建 建设 共建 举办 开设 招收 聘请 组织 立项 称 还称 人 名 个 点 总 共 全年 现 具有 属于 截至 截止 决算 实际 当年 本年 本学年 平均 总体 整体 全部 增至 升至 降至 增加到 提高到 "
    "上年 去年 同比 增加 增长 上涨 上升 提高 提升 增幅 涨幅 下降 减少 降低 降幅 同比增加 同比增长 同比下降".split()
)
"""Words that say nothing of what is counted."""


class Head(NamedTuple):
    """What is measured or counted, `` where that cannot be told, and the words that narrow it, in their order."""

    noun: str
    qualifiers: tuple[str, ...]


@lru_cache(maxsize=20_000)
def clause_to_head(before: str, after: str) -> Head:
    """The head of a figure in prose: the noun right behind it (50门课程), else the last one before it.

    >>> clause_to_head("其中具有高级职称的教师", "").noun
    '教师'
    """
    words = _words(before)
    behind = _leading(_words(after))
    if behind:
        return _head(words, behind)
    end = next((at for at in range(len(words), 0, -1) if _is_nominal(words[at - 1])), 0)
    start = next((at for at in range(end, 0, -1) if not _is_nominal(words[at - 1])), 0)
    return _head(words[:start], words[start:end])


@lru_cache(maxsize=20_000)
def cell_to_head(rows: tuple[str, ...], columns: tuple[str, ...], own: str = "", item: str = "") -> Head:
    """The head of a cell: in the level of its column or the name of its row that names a measure, else the nearest.

    `own` is what the cell itself says before its figure (农民培训 in 农民培训（10期）), `item` the name of its row that
    stands before it: the head in a column that says no more than that it is of a budget or accounts.

    >>> cell_to_head(("信息工程学院",), ("毕业生", "就业人数"))
    Head(noun='就业人数', qualifiers=('信息工程学院', '毕业生'))
    >>> cell_to_head(("住房公积金",), ("人员经费", "决算数"), item="住房公积金")
    Head(noun='住房公积金', qualifiers=('人员经费', '决算数'))
    """
    if not own and any(_ACCOUNT.fullmatch(_bare(level)) for level in columns):
        return _item_to_head(rows, columns, _NUMBERING.sub("", _bare(item)))
    levels = [level for level in (own, *reversed(columns), *reversed(rows)) if _narrowing(_bare(level))]
    if not levels:
        return Head("", ())
    telling = [level for level in levels if not _WEAK.match(_bare(level))] or levels
    chosen = own or next((level for level in telling if _MEASURE.search(_bare(level))), telling[0])
    head = clause_to_head(_bare(chosen), "")
    others = (_bare(level) for level in (*rows, *columns) if level != chosen)
    narrowed = unique(level for level in others if _narrowing(level))
    return Head(head.noun or _bare(chosen), unique((*narrowed, *head.qualifiers)))


def _item_to_head(rows: Sequence[str], columns: Sequence[str], item: str) -> Head:
    """The head of a cell of accounts: the item of its row, else the nearest level of its column that names one."""
    levels = [item, *(_bare(level) for level in reversed(columns) if not _ACCOUNT.fullmatch(_bare(level)))]
    named = (level for level in levels if level not in _SAYS_NOTHING and not _WEAK.match(level))
    noun = next((level for level in named if _narrowing(level)), "")
    others = ((name, _NUMBERING.sub("", _bare(name))) for name in (*rows, *columns))
    return Head(noun, unique(_bare(name) for name, bare in others if bare != noun and _narrowing(bare)))


def _head(before: Sequence[tuple[str, str]], phrase: Sequence[tuple[str, str]]) -> Head:
    """The head of a run of nouns, narrowed by the others and by what stands before."""
    end = len(phrase)
    while end and (phrase[end - 1][0] in _SAYS_NOTHING or phrase[end - 1][1] == "f"):
        end -= 1
    nouns = [word for word, _ in phrase[:end]]
    if not nouns:
        return Head("", _content(before))
    size = 2 if len(nouns) > 1 and _WEAK.match(nouns[-1]) and nouns[-2] not in _SAYS_NOTHING else 1
    return Head("".join(nouns[-size:]), unique((*_content(before), *_content(phrase[: len(nouns) - size]))))


def _words(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((word, tag) for word, tag in tagged_words(text) if word.strip())


def _leading(words: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
    end = next((at for at, word in enumerate(words) if not _is_nominal(word)), len(words))
    return words[:end]


def _is_nominal(word: tuple[str, str]) -> bool:
    return word[1] in _NOMINAL and not _NUMERAL.fullmatch(word[0])


def _content(words: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The words that narrow: nouns and what stands for them, two characters or more, or one that tells a kind (男)."""
    return unique(
        word
        for word, tag in words
        if word not in _SAYS_NOTHING
        and not _NUMERAL.fullmatch(word)
        and (tag in _NOMINAL or tag == "v")
        and not (word in EMPTY and tag[:1] != "n")
        and (len(word) > 1 or tag in ("n", "b"))
    )


@lru_cache(maxsize=20_000)
def _narrowing(label: str) -> tuple[str, ...]:
    return _content(_words(label))


@lru_cache(maxsize=20_000)
def _bare(label: str) -> str:
    return _BRACKETED.sub("", label).strip()
