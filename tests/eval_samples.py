"""Cases and answer lines for the tests of the evaluation, about an invented college."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from evals.cases import Case, GoldFigure
from rag.language.numbers import find_numbers

PASSAGE = (
    "青石学院2023届毕业生2051人，就业率为95.27%，签约1860人，升学191人，"
    "就业率比上一届提高2.04个百分点，投入1000余万元。\n"
)
"""A passage whose every figure could be put into an answer."""
_BOLD = re.compile(r"\*\*(.+?)\*\*")


def case(*figures: tuple[str, ...], names: tuple[str, ...] = (), **fields: Any) -> Case:
    """A case with these gold figures as (value, unit) or (value, unit, about); answerable unless said otherwise."""
    gold = tuple(GoldFigure(Decimal(value), unit, *about) for value, unit, *about in figures)
    given = {"id": "q1", "question": "青石学院就业怎么样？", "type": "text", "answerable": True, **fields}
    return Case(figures=gold, names=names, **given)


def citation(text: str = PASSAGE, quote: str = "", n: int = 1, **fields: Any) -> dict[str, Any]:
    place = {"n": n, "report": "qs-2023.pdf", "title": "青石学院年报", "college": "青石学院", "year": 2023}
    place |= {
        "section": ["二、就业"],
        "page": 7,
        "page_label": "5",
        "table": None,
        "quote": quote or text,
        "text": text,
    }
    return place | fields


def passage(text: str = PASSAGE, **fields: Any) -> dict[str, Any]:
    return {
        "report": "qs-2023.pdf",
        "section": ["二、就业"],
        "page": 7,
        "page_label": "5",
        "score": 0.5,
        "text": text,
    } | fields


def line(
    answer: str, *, status: str = "answered", question: str = "青石学院就业怎么样？", **fields: Any
) -> dict[str, Any]:
    """An answer as `wenbao ask --json` prints it: figures in bold have the role `answer`, all are cited by [1]."""
    plain = answer.replace("**", "\u2063\u2063").replace("[1]", "\u2063" * 3)
    bold = [match.span(1) for match in _BOLD.finditer(answer)]
    figures = [
        {
            "text": number.text,
            "value": format(number.value, "f"),
            "unit": number.unit,
            "role": "answer" if any(a <= number.start and number.end <= b for a, b in bold) else "context",
            "kind": "quoted",
            "citations": [1],
            "formula": None,
            "scope": "",
        }
        for number in find_numbers(plain)
    ]
    found = {"question": question, "standalone_question": question, "status": status, "answer": answer}
    found |= {
        "figures": figures,
        "citations": [citation()],
        "conflicts": [],
        "unsupported": [],
        "retrieved": [passage()],
    }
    found |= {"model": "extractive", "model_returned": None, "timings_ms": {"total": 12.5}}
    return found | {"usage": {"input_tokens": 0, "output_tokens": 0}} | fields


def refusal(**fields: Any) -> dict[str, Any]:
    return line("没有找到能回答这个问题的内容。", status="not_found", citations=[], **fields)
