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
    "没有表头的表，缺字的表头": ("test_table_headers.py", "test_table_shapes.py", "test_containment.py"),
    "没有嵌入的字体、零宽和错位的字": ("test_pdf_fallback_font.py", "test_pdf_false_fonts.py", "test_glyph_shapes.py"),
    "角标、注号和分数粘在数字上": ("test_pdf_marks.py", "test_numbers.py"),
    "删去的、划去的、看不见的字": ("test_pdf_struck.py", "test_pdf_seen.py", "test_readers_docx.py"),
    "Markdown 里的 HTML": ("test_readers_markdown.py",),
    "转向的页和表头": ("test_pdf_turned.py",),
    "编码和坏字节": ("test_readers_plain.py",),
    "矛盾的漏报和错报": ("test_contradictions.py",),
    "换了写法的错误数字": ("test_gate_typed.py", "test_gate_references.py"),
    "说错对象的数字，被误删的数字": ("test_gate_facts.py", "test_gate_fitting.py", "test_verify.py"),
    "升降、人均和差值说反": ("test_compute.py", "test_comparison.py", "test_built_in.py"),
    "登录的设置有错": ("test_login.py",),
    "损坏、清空、旧版本的数据": ("test_store.py", "test_index.py", "test_conversations.py", "test_upgrade.py"),
    "不回应和说个没完的服务": ("test_models.py", "test_embedders.py"),
    "密钥、嵌入别的网站、指标、上传限额": ("test_page_guard.py", "test_quota.py", "test_settings.py"),
}
"""Kind of fault → files of tests."""


def known_faults(name: str, files: Sequence[str]) -> Iterator[Tried]:
    """The test cases of some files as tries; those that were skipped are none."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        paths = [str(PROJECT / "tests" / file) for file in files]
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-n0",
            "-p",
            "no:cacheprovider",
            f"--junitxml={report}",
            *paths,
        ]
        ran = subprocess.run(command, cwd=PROJECT, capture_output=True, encoding="utf-8")
        if not report.exists():
            yield Tried(f"见过的故障 {name}", "", End.LOST, ran.stdout[-300:])
            return
        for case in ElementTree.parse(report).iter("testcase"):
            wrong = [child for child in case if child.tag in ("failure", "error")]
            if wrong or not any(child.tag == "skipped" for child in case):
                end = End.LOST if wrong else End.SAME
                yield Tried(
                    f"见过的故障 {name}", str(case.get("name")), end, str(wrong[0].get("message")) if wrong else ""
                )


def main() -> None:
    """Run them and print the table."""
    parser = argparse.ArgumentParser(description="见过的故障，由证明已经修好的测试再试一遍")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seed", help=argparse.SUPPRESS)
    given = parser.parse_args()
    results = [one for name, files in KNOWN.items() for one in known_faults(name, files)]
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
