"""No phrase of the program stands in a question and nowhere else: a rule written for one question leaves such a trace."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import rjieba

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
PHRASE = re.compile(r"[\u4e00-\u9fff]{3,}")
ALLOWED: Mapping[str, frozenset[str]] = {
    "everyday words of any question": frozenset(
        "什么时候 前一年 头一年 告诉我 想知道 想请教 总体上 怎么看 怎么排 占多少 占几成 占地多 找到工作 是多少 有多少 的报告".split()
    ),
    "everyday words for adding up, for being the same, for fitting": frozenset(
        "加起来 一起算 一回事 不一样 对得上".split()
    ),
    "terms of the trade that these reports happen not to print": frozenset(
        "职教中心 就业落实率 专利授权 信息公开年报 个学年 岁以下 生总数 平均月薪 家长满意 家长满意度 新生报到率 教师人数".split()
        + "横向技术服务产生的经济效益 专任老师 经费总收入 本省就业".split()
    ),
    "what the program says, not what it listens for": frozenset("查找的是 报告里有 从大到小 还没有 个单位".split()),
}
"""Phrases that no report and no dictionary holds, by why they may stand."""


def test_no_phrase_stands_in_a_question_alone():
    files = [*ROOT.glob("rag/**/*.py"), *ROOT.glob("rag/**/*.toml")]
    phrases = {phrase: path for path in files for text in texts_of(path) for phrase in PHRASE.findall(text)}
    allowed = frozenset().union(*ALLOWED.values())
    found = fingerprints(phrases, "".join(report_texts()), "\n".join(question_texts()))
    assert {phrase: phrases[phrase].name for phrase in found if phrase not in allowed} == {}


def test_a_phrase_of_one_question_is_found():
    phrases = ("博士头衔们", "毕业去向落实率", "为什么", "没人问的话")
    assert fingerprints(phrases, "毕业去向落实率为96%", "有几个博士头衔们？为什么？毕业去向落实率多少？") == [
        "博士头衔们"
    ]


def fingerprints(phrases: Iterable[str], reports: str, questions: str) -> list[str]:
    """The phrases that stand in a question, but in no report and in no dictionary."""
    segmenter = rjieba.Jieba()
    asked = (phrase for phrase in phrases if phrase in questions and phrase not in reports)
    return [phrase for phrase in asked if len(segmenter.cut(phrase, hmm=False)) > 1]


def texts_of(path: Path) -> Iterator[str]:
    """The texts of a file that its program works with: no comments, no docstrings."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".toml":
        yield from values_of(tomllib.loads(source))
        return
    nodes = list(ast.walk(ast.parse(source)))
    told = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value


def values_of(value: Any) -> Iterator[str]:
    """All texts in a TOML value, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for pair in value.items() for one in pair for text in values_of(one))
    elif isinstance(value, list):
        yield from (text for one in value for text in values_of(one))


def report_texts() -> Iterator[str]:
    """The reports' words without white space, those beside the project where they are there."""
    beside = [*SHARED.glob("reports/*.txt"), *SHARED.glob("sets/*/text/*.txt"), *SHARED.glob("real/**/*.txt")]
    for path in [*(ROOT / "corpus" / "sources").glob("*.digest"), *beside]:
        yield re.sub(r"\s+", "", path.read_text(encoding="utf-8", errors="ignore"))


def question_texts() -> Iterator[str]:
    """All questions, those beside the project where they are there."""
    beside = [*SHARED.glob("evals/**/*.jsonl"), *SHARED.glob("sets/*/questions.jsonl")]
    for path in [*(ROOT / "evals" / "questions").glob("*.jsonl"), *beside]:
        yield from (
            json.loads(line)["question"] for line in path.read_text(encoding="utf-8").splitlines() if line.strip()
        )
