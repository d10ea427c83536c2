"""What a question is for: a figure or name of the reports, a summary of a report, or a word about this program.

A question looks for something when anything is left of it once the colleges, the years, the words that ask, the
courtesies and the words for a report as a whole are taken out. `咸职2023年的情况` leaves nothing, nor does `你好`.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from rag.language.numbers import find_numbers
from rag.language.text import tagged_words
from rag.question.asks import without_cues
from rag.question.comparison import group_span
from rag.question.years import year_spans
from rag.records import Purpose

_COURTESY = re.compile(
    r"""
    (?P<thanks> 谢谢(?:您|你|了|啦|哈)?|多谢|感谢|辛苦[了啦]?|thanks?(?:\s*you)? )
  | (?P<parting> 再见|拜拜|晚安|回头见|bye )
  | (?P<greeting> [您你]好[啊呀]?|大家好|[早晚]上好|[上中下]午好|早安|在[吗么]|哈[喽啰罗]|嗨|hello|hi(?![a-z])|hey )
  | (?P<assent> 好[的吧嘞]|明白[了啦]?|知道[了啦]|收到|没事[了啦]?|可以了|ok(?![a-z])|嗯+ )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ABOUT_US = re.compile(
    r"(?:你|您)自己|名字|帮助|助手|机器人|系统|软件|程序|功能|使用|用法|提问|回答|解答|问题|例子|举例|说明|示例|help|问报|[您你]"
)
_WHOLE = re.compile(
    r"总结|概括|概述|归纳|汇总|小结|梳理|介绍|总览|概览|概况|讲[了的]?什么|说[了的]?什么|[总整]体|全貌|综述|(?:主要|基本)(?:情况|内容|数据|指标)"
)
"""A report as a whole, plainly."""
_WRITTEN = re.compile(
    r"(?:写|起草|撰写|拟)(?:一|个|份|篇|段|成|出)|汇总|(?:段|份|篇)(?:文字|材料|稿)|[整列做制]?成一?[张个]?表"
)
"""A piece of several sentences, or a table, that is asked for."""
_LEANS = re.compile(r"^(?:那|再|还)|呢[？?，,。\s]*$")
_HOW_MUCH = re.compile("多少|几何|多[大高低快长久]|[几哪]")
_WHOLE_NAMES = frozenset(
    "情况 概况 内容 报告 年报 数据 指标 要点 重点 核心 关键 亮点 主要 基本 常用 重要 总体 整体 全部 全文 学校 学院 大学 该校 我校 院校 办学 方面 材料 文件 文字 段落 文稿 稿件 表格 表 成表 列表".split()
)
"""Words that name a report or a school, and nothing in it."""
_EMPTY_WORDS = frozenset(
    "总结 概括 概述 归纳 汇总 小结 梳理 介绍 总览 概览 综述 想 请 帮 问 可以 能够 需要 希望 知道 了解 看看 告诉 应该 一下 东西 干啥 没有 进行".split()
)
_CONTENT = re.compile(r"$|n|v|a$|an|b$|j|l$|i$|eng|s$|t$|z$")
"""Parts of speech of words that say something; the field's own words have none."""
_OPEN = re.compile(r"怎么样?|怎样|如何|什么|啥|哪些|谁|叫")
"""What asks for no figure and no name in a report by itself."""


def question_to_purpose(question: str, names: Collection[str], *, is_first: bool) -> Purpose:
    """What a question is for; `names` are those it may call colleges by, `is_first` that nothing was said before it.

    >>> question_to_purpose("总结一下青石职院2023年的情况", ["青石职院"], is_first=True)
    <Purpose.SUMMARY: 'summary'>
    """
    spoken = _COURTESY.sub(" ", question)
    about_whole, about_us = _WHOLE.search(spoken), _ABOUT_US.search(spoken)
    if not _words(spoken):
        return Purpose.HELP if _COURTESY.search(question) else Purpose.FIGURES
    left, has_scope = _without_scope(spoken, names)
    if find_numbers(left) or _sought(left) or _asks_for_one(left):
        return Purpose.FIGURES
    names_report = any(word in _WHOLE_NAMES for word, _ in tagged_words(left))
    if about_whole and (has_scope or names_report or not about_us):
        return Purpose.SUMMARY
    if about_us and not has_scope:
        return Purpose.HELP
    if not is_first and (_LEANS.search(spoken) or not (has_scope and names_report)):
        return Purpose.FIGURES
    return Purpose.SUMMARY if has_scope or names_report else Purpose.HELP


def is_small_talk(text: str) -> bool:
    """Whether a message asks nothing of the reports, so that what follows it leans on what was said before it."""
    return question_to_purpose(text, (), is_first=False) is Purpose.HELP


def words_to_write_of(question: str) -> tuple[str, ...]:
    """What a paragraph or table that is asked for is to be of; empty where none is.

    >>> words_to_write_of("写一段毕业生就业情况的材料")
    ('毕业生', '就业')
    """
    return tuple(_sought(_WRITTEN.sub(" ", question))) if _WRITTEN.search(question) else ()


def courtesy(question: str) -> str:
    """Which courtesy a question opens with: `greeting`, `thanks`, `parting`, `assent`; `` for none."""
    match = _COURTESY.search(question)
    return match.lastgroup or "" if match else ""


def _without_scope(question: str, names: Collection[str]) -> tuple[str, bool]:
    """The question without colleges and years, and whether there were any."""
    left = question
    for start, end in sorted([*((span.start, span.end) for span in year_spans(question)), *_group(question)])[::-1]:
        left = f"{left[:start]} {left[end:]}"
    for name in sorted([*names, *openings(left, names)], key=len, reverse=True):
        left = left.replace(name, " ")
    return left, left != question


def _group(question: str) -> list[tuple[int, int]]:
    return [span] if (span := group_span(question)) and question[span[0]] != "哪" else []


def openings(text: str, names: Collection[str]) -> list[str]:
    """The words of a text that a name opens with: 青石 of 青石职业技术学院."""
    words = {word for word, _ in tagged_words(text) if len(word) > 1}
    return sorted(word for word in words if any(name.startswith(word) for name in names))


def _sought(text: str) -> list[str]:
    """The words that name something to look for in the reports."""
    asked = without_cues(_OPEN.sub(" ", _WHOLE.sub(" ", _ABOUT_US.sub(" ", text))))
    found = []
    for word, tag in tagged_words(asked):
        if word in _WHOLE_NAMES or word in _EMPTY_WORDS or not _CONTENT.match(tag):
            continue
        if len(word) > 1 or tag.startswith("n"):  # a verb of one character says too little
            found.append(word)
    return found


def _asks_for_one(text: str) -> bool:
    """Whether a word asks for a figure, a place or a date: 多少, 多大, 在哪."""
    return _HOW_MUCH.search(_OPEN.sub(" ", text)) is not None


def _words(text: str) -> bool:
    return re.search(r"\w", text) is not None
