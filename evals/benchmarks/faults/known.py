"""Faults that were found once, tried again by the tests that show they are mended, each test case a try.

usage: python -m evals.benchmarks.faults.known [--show] [--json]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from xml.etree import ElementTree

from evals.benchmarks.faults.tries import End, Tried, has_failed, print_table
from rag.settings.settings import PROJECT

KNOWN: Mapping[str, Sequence[str]] = {
    "没有表头的表，缺字的表头": ("table_headers", "table_shapes", "containment"),
    "没有嵌入的字体、零宽和错位的字": ("pdf_fallback_font", "pdf_false_fonts", "glyph_shapes"),
    "角标、注号和分数粘在数字上": ("pdf_marks", "numbers"),
    "删去的、划去的、看不见的字": ("pdf_struck", "pdf_seen", "readers_docx"),
    "Markdown 里的 HTML": ("readers_markdown",),
    "转向的页和表头": ("pdf_turned",),
    "编码和坏字节": ("readers_plain",),
    "一句话里成千上万个数字": (
        "figures::test_every_figure_of_a_sentence_without_end_is_read",
        "figures::test_a_row_without_end_is_read_as_text",
    ),
    "一份报告占满时间和内存": (
        "sandbox::test_memory_is_limited",
        "sandbox::test_time_is_limited_and_pages_grant_more_up_to_their_limit",
        "reading::test_a_pdf_that_unpacks_to_too_much_is_stopped_by_the_memory_limit",
        "reading::test_a_pdf_that_takes_too_long_is_stopped",
    ),
    "矛盾的漏报和错报": ("contradictions",),
    "换了写法的错误数字": ("gate_references::test_a_figure_in_any_dress_is_taken_for_one", "gate_typed"),
    "没有印出的日期、年份和文号": (
        "gate_references::test_years_dates_and_numbers_of_documents_must_be_printed",
        "gate_facts",
    ),
    "说错对象的正确数字": (
        "gate_references::test_a_true_figure_said_of_another_thing_keeps_a_caution_and_the_reports_words",
        "gate_references::test_a_figure_of_another_college_year_or_unit_goes",
        "gate_references::test_a_swap_of_subject_college_year_unit_or_value_is_caught",
        "gate_fitting",
        "verify",
    ),
    "误删老实的回答": (
        "gate_references::test_honest_replies_keep_every_figure",
        "gate_references::test_right_statements_are_kept_in_other_words",
        "gate_references::test_words_of_ordinary_language_are_no_figures",
        "gate_references::test_printed_years_stay",
    ),
    "升降、人均和差值说反": ("compute", "comparison", "built_in"),
    "登录的设置有错、清空、丢失": ("login", "cli::test_chat_does_not_serve_while_its_login_is_wrong"),
    "关键词文件损坏": (
        "keywords::test_a_damaged_index_does_not_load",
        "index::test_damage_is_noticed_at_open",
        "index::test_damage_of_the_same_length_is_noticed_at_the_search",
        "index::test_words_that_break_while_they_are_open_cost_no_question",
    ),
    "索引被删除或清空": (
        "store::test_a_store_that_is_gone_is_not_made_anew",
        "cli::test_a_store_that_is_gone_is_said_and_uploads_come_back",
    ),
    "索引里的文字被改动": (
        "store::test_what_was_changed_behind_our_back_is_named_and_read_again",
        "store::test_a_row_read_before_is_the_same_record_and_a_changed_one_is_refused",
        "store::test_vectors_and_terms_that_were_damaged_are_made_again",
    ),
    "换了版本的数据": (
        "store::test_of_an_older_layout_a_copy_is_kept_and_the_files_carried",
        "store::test_a_newer_layout_and_another_program_are_left_alone",
        "conversations",
        "upgrade",
    ),
    "Chroma 服务器接受连接却不回应": (
        "chroma::test_a_server_that_accepts_and_says_no_more_is_not_waited_for",
        "index::test_a_search_in_chroma_does_without_its_slow_client",
    ),
    "结束程序时正在回答的问题": (
        "conversations::test_a_question_is_kept_before_its_answer",
        "conversations::test_what_was_acknowledged_survives_a_kill",
        "app_keeping::test_a_question_in_work_is_answered_after_a_reload",
        "ending_browser",
    ),
    "说个没完的服务": (
        "models::test_a_flood_is_cut_off",
        "embedders::test_service_that_floods_is_cut_off_and_its_password_not_named",
    ),
    "地址里的用户名、密码和密钥": (
        "assembly::test_a_secret_in_an_address_is_shown_nowhere",
        "models::test_the_key_is_shown_nowhere",
        "settings::test_a_key_put_in_the_file_is_refused_and_not_repeated",
    ),
    "嵌入别的网站、公开的指标": ("page_guard",),
    "没有限额的上传": ("quota",),
}
"""Fault → its tests: the file `tests/test_….py`, and behind `::` the one test of it."""


def node_of(test: str) -> str:
    """A test as pytest is told of it.

    >>> node_of("quota::test_a").endswith("tests/test_quota.py::test_a")
    True
    """
    file, mark, name = test.partition("::")
    return f"{PROJECT / 'tests' / f'test_{file}.py'}{mark}{name}"


def known_faults(known: Mapping[str, Sequence[str]] = KNOWN) -> list[Tried]:
    """The cases of the tests as tries, by fault; those that were skipped are none."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        nodes = sorted({node_of(test) for tests in known.values() for test in tests})
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-n2",
            "-p",
            "no:cacheprovider",
            f"--junitxml={report}",
            *nodes,
        ]
        ran = subprocess.run(command, cwd=PROJECT, capture_output=True, encoding="utf-8")
        if ran.returncode not in (0, 1) or not report.exists():
            return [Tried(name, "", End.LOST, ran.stdout[-300:]) for name in known]
        cases = list(ElementTree.parse(report).iter("testcase"))
    return [one for name, tests in known.items() for one in _tries(name, tests, cases)]


def _tries(name: str, tests: Sequence[str], cases: Sequence[ElementTree.Element]) -> Iterator[Tried]:
    """What came of a fault; it is lost where it has no test."""
    own = [case for case in cases if any(_is_of(case, test) for test in tests)]
    run = [case for case in own if not any(child.tag == "skipped" for child in case)]
    if not own:
        yield Tried(f"见过的故障 {name}", "", End.LOST, "没有这样的测试")
    for case in run:
        wrong = next((child for child in case if child.tag in ("failure", "error")), None)
        note = "" if wrong is None else str(wrong.get("message"))
        yield Tried(f"见过的故障 {name}", str(case.get("name")), End.SAME if wrong is None else End.LOST, note)


def _is_of(case: ElementTree.Element, test: str) -> bool:
    file, _, name = test.partition("::")
    is_of_file = str(case.get("classname")).rpartition(".")[2] == f"test_{file}"
    return is_of_file and name in ("", str(case.get("name")).partition("[")[0])


def main() -> None:
    """Run them and print the table."""
    parser = argparse.ArgumentParser(description="见过的故障，由证明已经修好的测试再试一遍")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seed", help=argparse.SUPPRESS)
    given = parser.parse_args()
    results = known_faults()
    for one in results:
        if given.json:
            print(json.dumps(asdict(one), ensure_ascii=False))
        if one.end is not End.SAME:
            print(f"{one.end} {one.kind} {one.what}：{one.note}", file=sys.stderr)
    if not given.json:
        print_table(results)
    sys.exit(has_failed(results))


if __name__ == "__main__":
    main()
