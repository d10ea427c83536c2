"""The results tables of the README: their form, and that those in the README are of it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from eval_samples import case, line, refusal

from evals.cases import TYPES
from evals.labels import percent
from evals.readme_table import BLOCK, COLUMNS, ROW_HEADS, main, replace_tables, results_to_table
from evals.results import results_to_json, score_lines
from evals.summary import Share
from rag.errors import UsageError

ROOT = Path(__file__).parents[1]
READMES = {"en": ROOT / "README.md", "zh": ROOT / "README.zh-CN.md"}
SHARE = re.compile(r"(\d+)/(\d+) \((\d+\.\d%)(?:, (\d+\.\d)–(\d+\.\d))?\)")
TIMES = re.compile(r"(?:\d+|—) / (?:\d+|—)")
NO_MANIFEST = {"version": "1"}


def results():
    cases = (
        case(("95.27", "%"), id="a", evidence=("就业率为95.27%",)),
        case(("95.27", "%"), id="b", evidence=("就业率为95.27%",)),
        case(("191", "人"), id="c", type="table"),
        case(id="d", type="unanswerable", answerable=False),
    )
    answers = (line("就业率为**95.27%** [1]。"), refusal(), line("**190人** [1]。"), refusal())
    lines = {c.id: found for c, found in zip(cases, answers, strict=True)}
    return results_to_json(score_lines(cases, lines), NO_MANIFEST, [])


ENGLISH = """\
| questions | n | strictly right (95 % interval) | rightly refused | wrongly refused | evidence cited | page right \
| recall@8 | p50 / p95 ms |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| text | 2 | 1/2 (50.0%, 9.5–90.5) | — | 1/2 (50.0%) | 1/1 (100.0%) | — | 2/2 (100.0%) | 12 / 12 |
| table | 1 | 0/1 (0.0%, 0.0–79.3) | — | 0/1 (0.0%) | — | — | — | 12 / 12 |
| unanswerable | 1 | — | 1/1 (100.0%) | — | — | — | — | 12 / 12 |
| all | 4 | 1/3 (33.3%, 6.1–79.2) | 1/1 (100.0%) | 1/3 (33.3%) | 1/1 (100.0%) | — | 2/2 (100.0%) | 12 / 12 |
"""


def test_a_table_has_each_type_and_all():
    assert results_to_table(results(), "en") == ENGLISH
    chinese = results_to_table(results(), "zh")
    assert chinese.splitlines()[0].startswith("| 题型 | 题数 | 严格正确（95% 区间） |")
    assert [row.split(" | ")[0] for row in chinese.splitlines()[2:]] == ["| 正文", "| 表格", "| 不可答", "| 全部"]
    assert chinese.count("1/3 (33.3%, 6.1–79.2)") == 1


def block(name, language, table="old\n"):
    return f"<!-- results {name} {language} -->\n{table}<!-- end of results -->"


def test_only_the_tables_of_the_runs_given_are_replaced():
    text = f"a\n{block('x', 'en')}\nb\n{block('y', 'en')}\nc\n{block('x', 'en', '')}\n"
    table = results_to_table(results(), "en")
    fresh = replace_tables(text, {"x": results()})
    assert fresh == f"a\n{block('x', 'en', table)}\nb\n{block('y', 'en')}\nc\n{block('x', 'en', table)}\n"
    assert replace_tables(fresh, {"x": results()}) == fresh
    with pytest.raises(UsageError, match="没有放 z 的地方"):
        replace_tables(text, {"z": results()})


def test_the_command_writes_every_file_or_none(tmp_path, capsys):
    (tmp_path / "results.json").write_text(json.dumps(results()), encoding="utf-8")
    good, bad = tmp_path / "good.md", tmp_path / "bad.md"
    good.write_text(block("x", "zh"), encoding="utf-8")
    bad.write_text("no place", encoding="utf-8")
    assert main([f"x={tmp_path}", "--write", str(good), str(bad)]) == 2
    assert "没有放 x 的地方" in capsys.readouterr().err
    assert good.read_text(encoding="utf-8") == block("x", "zh")
    assert main([f"x={tmp_path}", "--write", str(good)]) == 0
    assert good.read_text(encoding="utf-8") == block("x", "zh", results_to_table(results(), "zh"))
    assert main([f"x={tmp_path}"]) == 0
    assert capsys.readouterr().out == ENGLISH


@pytest.mark.parametrize("argument", ["x", "x=", "=y", "x=nowhere"])
def test_what_is_no_run_is_said_to_be_none(argument, capsys):
    assert main([argument]) == 2
    assert re.search("应写成 名称=评测文件夹|读不了评测结果", capsys.readouterr().err)


# --- the README itself ---


def tables_of(language):
    """By name, the rows of each table of a README as cells."""
    text = READMES[language].read_text(encoding="utf-8")
    found = [match for match in BLOCK.finditer(text) if match["language"] == language]
    assert len(found) == text.count("<!-- results ") == text.count("<!-- end of results -->") > 0
    return {match["name"]: [row[2:-2].split(" | ") for row in match["table"].splitlines()] for match in found}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_tables_of_the_readme_are_of_the_commands_form(language):
    head, names, all_name = ROW_HEADS[language]
    for rows in tables_of(language).values():
        assert rows[0] == [head, *(column.heads[language] for column in COLUMNS)]
        assert rows[1] == ["---", *("---:" for _ in COLUMNS)]
        types = [row[0] for row in rows[2:-1]]
        assert types == [names[kind] for kind in TYPES if names[kind] in types]
        assert rows[-1][0] == all_name
        assert sum(int(row[1]) for row in rows[2:-1]) == int(rows[-1][1])
        for row in rows[2:]:
            assert len(row) == 1 + len(COLUMNS)
            assert TIMES.fullmatch(row[-1])
            assert all(cell == "—" or is_true_share(cell) for cell in row[2:-1]), row


def is_true_share(cell):
    """Whether a cell's share and interval are those of its count."""
    count, total, value, low, high = SHARE.fullmatch(cell).groups()
    share = Share(int(count), int(total)).to_json()
    interval = (None, None) if low is None else (f"{low}%", f"{high}%")
    return percent(share["value"]) == value and interval in (
        (None, None),
        (percent(share["low"]), percent(share["high"])),
    )


def test_both_readmes_tell_the_same_figures():
    english, chinese = tables_of("en"), tables_of("zh")
    assert english.keys() == chinese.keys() >= {"own"}
    for name, rows in english.items():
        assert [row[1:] for row in rows[2:]] == [row[1:] for row in chinese[name][2:]]


@pytest.mark.parametrize("column", range(2, len(COLUMNS)))
def test_counts_of_the_types_add_up(column):
    for rows in tables_of("en").values():
        counts = [SHARE.fullmatch(row[column]) for row in rows[2:]]
        pairs = [(int(found[1]), int(found[2])) if found else (0, 0) for found in counts]
        assert tuple(map(sum, zip(*pairs[:-1], strict=True))) == pairs[-1]
