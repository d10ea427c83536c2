"""The loader of question files: what it reads, and that every error names the file and the line."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from evals.cases import TYPES, GoldFigure, load_cases
from rag.errors import UsageError
from rag.records import Turn

SHARED = Path(__file__).parents[2] / "shared"
GOOD = {
    "id": "a-1",
    "question": "就业率多少？",
    "type": "text",
    "answerable": True,
    "figures": [{"value": "96.12", "unit": "%", "about": "就业率"}],
    "names": [],
}


def written(tmp_path: Path, *lines: object, name: str = "q.jsonl") -> Path:
    path = tmp_path / name
    texts = (line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
    path.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return path


def without(key: str) -> dict[str, object]:
    return {name: value for name, value in GOOD.items() if name != key}


def test_a_full_line_is_read_and_unknown_keys_are_kept(tmp_path):
    given = {
        **GOOD,
        "history": [{"role": "user", "content": "你好"}],
        "evidence": ["就业率为 96.12%"],
        "doc": "qs",
        "reports": ["qs"],
        "pages": {"qs.pdf": [7, 8], "other.pdf": [1]},
        "note": "表1",
        "difficulty": "easy",
    }
    (case,) = load_cases([written(tmp_path, given)])
    assert case.figures == (GoldFigure(Decimal("96.12"), "%", "就业率"),)
    assert case.history == (Turn("user", "你好"),)
    assert case.documents == ("qs",)
    assert case.filters.reports == ("qs",)
    assert case.extra == {"difficulty": "easy"}
    assert case.gold_pages("qs.pdf") == {7, 8}
    assert case.gold_pages("sub/qs.docx") == {7, 8}
    assert case.gold_pages("third.pdf") == frozenset()
    assert case.source.endswith("q.jsonl:1")


def test_blank_lines_and_a_byte_order_mark_are_no_error(tmp_path):
    path = written(tmp_path, "", GOOD, "", {**GOOD, "id": "a-2", "doc": ["x", "y"]})
    path.write_text("\ufeff" + path.read_text(encoding="utf-8"), encoding="utf-8")
    first, second = load_cases([path])
    assert (first.id, second.id, second.documents) == ("a-1", "a-2", ("x", "y"))


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        ("5.20", "%", GoldFigure(Decimal("5.20"), "%")),
        ("1,234", "人", GoldFigure(Decimal(1234), "人")),
        ("１２３", "人", GoldFigure(Decimal(123), "人")),
        ("-2.5", "百分点", GoldFigure(Decimal("-2.5"), "百分点")),
        ("15.85：1", "", GoldFigure(Decimal("15.85"), ":1")),
    ],
)
def test_figures_are_read_as_numbers(tmp_path, value, unit, expected):
    (case,) = load_cases([written(tmp_path, {**GOOD, "figures": [{"value": value, "unit": unit}]})])
    assert case.figures == (expected,)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        *((without(key), f"缺少 {key}") for key in GOOD),
        ("{", "不是合法的 JSON"),
        ("[]", "应是一个 JSON 对象"),
        ('{"id": "a", "id": "b"}', "键 'id' 写了两次"),
        ({**GOOD, "id": ""}, "id 应为非空的文字"),
        ({**GOOD, "id": 3}, "id 应为非空的文字，不是 3"),
        ({**GOOD, "question": "  "}, "question 应为非空的文字"),
        ({**GOOD, "type": "txt"}, "type 'txt' 不认识"),
        ({**GOOD, "type": None}, "type None 不认识"),
        ({**GOOD, "answerable": "yes"}, "answerable 应为 true 或 false"),
        ({**GOOD, "answerable": 1}, "answerable 应为 true 或 false"),
        ({**GOOD, "figures": {}}, "figures 应为列表"),
        ({**GOOD, "figures": ["96%"]}, "figures 第 1 项应为对象"),
        ({**GOOD, "figures": [{"value": "1", "unit": "人"}, {"value": 2, "unit": "人"}]}, "figures 第 2 项的 value"),
        ({**GOOD, "figures": [{"value": "96.12"}]}, "figures 第 1 项的 unit"),
        ({**GOOD, "figures": [{"value": "很多", "unit": "人"}]}, "应为数字，不是 '很多'"),
        ({**GOOD, "figures": [{"value": "NaN", "unit": "人"}]}, "应为数字，不是 'NaN'"),
        ({**GOOD, "figures": [{"value": "1e3", "unit": "人"}]}, "应为数字，不是 '1e3'"),
        ({**GOOD, "figures": [{"value": "12人", "unit": "人"}]}, "应为数字，不是 '12人'"),
        ({**GOOD, "names": "张三"}, "names 应为列表"),
        ({**GOOD, "names": [" "]}, "names 里应是非空的文字"),
        ({**GOOD, "evidence": [7]}, "evidence 里应是非空的文字"),
        ({**GOOD, "history": [{"role": "system", "content": ""}]}, "history 里应是"),
        ({**GOOD, "doc": 1}, "doc 应为列表"),
        ({**GOOD, "reports": "x"}, "reports 应为列表"),
        ({**GOOD, "note": None}, "note 应为文字"),
        ({**GOOD, "pages": {"x.pdf": ["1"]}}, "应为页码列表"),
        ({**GOOD, "pages": {"x.pdf": [0]}}, "应为页码列表"),
        ({**GOOD, "figures": []}, "无从评分"),
        (GOOD, "编号 'a-1' 重复"),
    ],
)
def test_an_error_names_file_and_line(tmp_path, line, complaint):
    path = written(tmp_path, GOOD, "", line)
    with pytest.raises(UsageError) as caught:
        load_cases([path])
    assert f"{path} 第 3 行" in str(caught.value)
    assert complaint in str(caught.value)


def test_ids_are_unique_over_all_files(tmp_path):
    first, second = written(tmp_path, GOOD, name="1.jsonl"), written(tmp_path, GOOD, name="2.jsonl")
    with pytest.raises(UsageError, match=r"2\.jsonl 第 1 行.*1\.jsonl:1 已用过"):
        load_cases([first, second])


def test_files_that_cannot_be_read_are_named(tmp_path):
    (tmp_path / "gbk.jsonl").write_bytes("就业".encode("gb18030"))
    for name, complaint in (("none.jsonl", "请检查路径"), ("gbk.jsonl", "不是 UTF-8")):
        with pytest.raises(UsageError, match=f"{name}.*{complaint}"):
            load_cases([tmp_path / name])
    with pytest.raises(UsageError, match="一道题也没有"):
        load_cases([written(tmp_path, "")])


def test_hashes_follow_what_is_asked_and_what_is_scored(tmp_path):
    changes = [
        GOOD,
        {**GOOD, "note": "别的"},
        {**GOOD, "question": "就业率呢？"},
        {**GOOD, "reports": ["qs"]},
        {**GOOD, "figures": [{"value": "96.1", "unit": "%"}]},
    ]
    cases = load_cases([written(tmp_path, *({**c, "id": str(n)} for n, c in enumerate(changes)))])
    assert [case.asked == cases[0].asked for case in cases] == [True, True, False, False, True]
    assert [case.gold == cases[0].gold for case in cases] == [True, True, True, True, False]


@pytest.mark.skipif(not SHARED.is_dir(), reason="no shared questions beside the checkout")
def test_the_shared_questions_load():
    cases = load_cases(sorted((SHARED / "evals").glob("dev-*.jsonl")))
    assert len(cases) > 90
    assert {case.type for case in cases} <= set(TYPES)
