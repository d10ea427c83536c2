"""Question files (JSONL) → cases. Strict: an error names the file and the line."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import Any

from rag.errors import UsageError
from rag.language.numbers import cell_number
from rag.language.text import matching_key
from rag.records import Filters, Turn

TYPES = (
    "text",
    "table",
    "name",
    "derived",
    "conflict",
    "followup",
    "unanswerable",
    "compare",
    "difference",
    "rank",
    "definition",
    "partial",
)
COMPUTED_TYPES = frozenset({"derived", "compare", "difference", "rank"})
FORMULA_MARKS = ("算式", "公式")
"""A note that holds one of these says how the gold was computed."""
_PLAIN = re.compile(r"-?\d+(?:\.\d+)?")
_REQUIRED = ("id", "question", "type", "answerable", "figures", "names")
_KNOWN = frozenset({*_REQUIRED, "history", "evidence", "doc", "reports", "note", "pages"})


@dataclass(frozen=True, slots=True)
class GoldFigure:
    """A figure that answers the question."""

    value: Decimal
    unit: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One question with its gold answer, where that stands, and the file it is from."""

    id: str
    question: str
    type: str
    answerable: bool
    figures: tuple[GoldFigure, ...]
    names: tuple[str, ...]
    evidence: tuple[str, ...] = ()
    history: tuple[Turn, ...] = ()
    documents: tuple[str, ...] = ()
    """File stems of the reports the gold stands in; never shown to the answerer."""
    reports: tuple[str, ...] = ()
    """The filter the asker has set (file stems)."""
    note: str = ""
    pages: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Physical pages of the gold evidence by file name."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Keys of the line that mean nothing here."""
    source: str = ""
    """`file:line`."""

    @property
    def filters(self) -> Filters:
        """The asker's filter as the assistant takes it."""
        return Filters(reports=self.reports)

    @property
    def is_computed(self) -> bool:
        """Whether the gold figures come from arithmetic, so that rounding decides."""
        return self.type in COMPUTED_TYPES or any(mark in self.note for mark in FORMULA_MARKS)

    @property
    def asked(self) -> str:
        """Hash of what the answerer is given: two cases with the same hash are the same question."""
        given = [self.question, [[turn.role, turn.content] for turn in self.history], list(self.reports)]
        return hashlib.sha256(json.dumps(given, ensure_ascii=False).encode()).hexdigest()[:16]

    @property
    def gold(self) -> str:
        """Hash of what the answer is scored by."""
        figures = [[str(figure.value), figure.unit] for figure in self.figures]
        given = [self.type, self.answerable, figures, self.names, self.evidence]
        return hashlib.sha256(json.dumps(given, ensure_ascii=False).encode()).hexdigest()[:16]

    def gold_pages(self, report_id: str) -> frozenset[int]:
        """Physical pages of the gold in this report; empty where none are given."""
        same = [pages for name, pages in self.pages.items() if name == report_id]
        like = [pages for name, pages in self.pages.items() if PurePosixPath(name).stem == file_stem(report_id)]
        return frozenset(page for pages in same or like for page in pages)


class _CaseError(ValueError):
    """What is wrong with one line, in Chinese."""


def file_stem(report_id: str) -> str:
    """File stem of a report's id (its path in the folder)."""
    return PurePosixPath(report_id.replace("\\", "/")).stem


def load_cases(paths: Iterable[Path]) -> tuple[Case, ...]:
    """The cases of question files in order. Raises UsageError naming file and line for anything not as it should be."""
    cases: list[Case] = []
    seen: dict[str, str] = {}
    for path in paths:
        for number, line in enumerate(_lines(path), start=1):
            if not line.strip():
                continue
            source = f"{path}:{number}"
            try:
                case = _case(_object(line), source)
                if case.id in seen:
                    raise _CaseError(f"编号 {case.id!r} 重复，{seen[case.id]} 已用过")
            except _CaseError as error:
                raise UsageError(f"题库 {path} 第 {number} 行：{error}。") from None
            seen[case.id] = source
            cases.append(case)
    if not cases:
        raise UsageError("题库里一道题也没有：请检查题库文件。")
    return tuple(cases)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = "不是 UTF-8 文本" if isinstance(error, UnicodeDecodeError) else "请检查路径和权限"
        raise UsageError(f"读不了题库 {path}：{reason}。") from error


def _object(line: str) -> dict[str, Any]:
    try:
        value = json.loads(line, object_pairs_hook=_without_repeats)
    except json.JSONDecodeError as error:
        raise _CaseError(f"不是合法的 JSON（{error.msg}，第 {error.colno} 列）") from None
    if not isinstance(value, dict):
        raise _CaseError("应是一个 JSON 对象")
    return value


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        repeated = next(key for key, _ in pairs if sum(other == key for other, _ in pairs) > 1)
        raise _CaseError(f"键 {repeated!r} 写了两次")
    return found


def _case(line: Mapping[str, Any], source: str) -> Case:
    if missing := [key for key in _REQUIRED if key not in line]:
        raise _CaseError(f"缺少 {'、'.join(missing)}")
    case = Case(
        id=_text(line, "id", filled=True),
        question=_text(line, "question", filled=True),
        type=_type(line),
        answerable=_answerable(line),
        figures=tuple(_figure(item, at) for at, item in enumerate(_list(line, "figures"), start=1)),
        names=_texts(line, "names"),
        evidence=_texts(line, "evidence"),
        history=tuple(_turn(item) for item in _list(line, "history")),
        documents=(line["doc"],) if isinstance(line.get("doc"), str) else _texts(line, "doc"),
        reports=_texts(line, "reports"),
        note=_text(line, "note"),
        pages=_pages(line.get("pages", {})),
        extra={key: value for key, value in line.items() if key not in _KNOWN},
        source=source,
    )
    if case.answerable and not (case.figures or case.names or case.evidence):
        raise _CaseError("answerable 为 true，却没有 figures、names 或 evidence，无从评分")
    return case


def _text(line: Mapping[str, Any], key: str, *, filled: bool = False) -> str:
    value = line.get(key, "")
    if not isinstance(value, str) or (filled and not value.strip()):
        raise _CaseError(f"{key} 应为{'非空的' if filled else ''}文字，不是 {value!r}")
    return value


def _list(line: Mapping[str, Any], key: str) -> list[Any]:
    value = line.get(key, [])
    if not isinstance(value, list):
        raise _CaseError(f"{key} 应为列表，不是 {value!r}")
    return value


def _texts(line: Mapping[str, Any], key: str) -> tuple[str, ...]:
    items = _list(line, key)
    for item in items:
        if not isinstance(item, str) or not matching_key(item):
            raise _CaseError(f"{key} 里应是非空的文字，不是 {item!r}")
    return tuple(items)


def _type(line: Mapping[str, Any]) -> str:
    value = line["type"]
    if value not in TYPES:
        raise _CaseError(f"type {value!r} 不认识；可用的：{'、'.join(TYPES)}")
    return str(value)


def _answerable(line: Mapping[str, Any]) -> bool:
    value = line["answerable"]
    if not isinstance(value, bool):
        raise _CaseError(f"answerable 应为 true 或 false，不是 {value!r}")
    return value


def _figure(item: Any, at: int) -> GoldFigure:
    if not isinstance(item, dict):
        raise _CaseError(f"figures 第 {at} 项应为对象，不是 {item!r}")
    for key in ("value", "unit"):
        if not isinstance(item.get(key), str):
            raise _CaseError(f"figures 第 {at} 项的 {key} 应为文字，不是 {item.get(key)!r}")
    written = matching_key(item["value"]).replace(",", "")
    if _PLAIN.fullmatch(written):
        return GoldFigure(Decimal(written), item["unit"], _text(item, "about"))
    number = cell_number(written)
    if number is None or not number.unit or item["unit"].strip():
        raise _CaseError(f"figures 第 {at} 项的 value 应为数字，不是 {item['value']!r}")
    return GoldFigure(number.value, number.unit, _text(item, "about"))


def _turn(item: Any) -> Turn:
    if not isinstance(item, dict) or item.get("role") not in ("user", "assistant"):
        raise _CaseError(f'history 里应是 {{"role": "user 或 assistant", "content": "…"}}，不是 {item!r}')
    return Turn(item["role"], _text(item, "content"))


def _pages(value: Any) -> dict[str, tuple[int, ...]]:
    if not isinstance(value, dict):
        raise _CaseError(f"pages 应为对象，不是 {value!r}")
    for name, numbers in value.items():
        if not isinstance(numbers, list) or not all(type(number) is int and number > 0 for number in numbers):
            raise _CaseError(f"pages 里 {name!r} 应为页码列表，不是 {numbers!r}")
    return {name: tuple(numbers) for name, numbers in value.items()}
