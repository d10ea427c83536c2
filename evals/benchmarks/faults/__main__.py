"""Every part's faults, and one table of how they ended.

usage: python -m evals.benchmarks.faults [--parts data,kills,…] [--seed N] [--out RESULTS.jsonl]

Each part is a program of its own, run one after the other. Exit code 1 where anything was lost or answered falsely, or a
part did not come to its end.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from evals.benchmarks.faults.tries import End, Tried, has_failed, print_table

PARTS = ("data", "kills", "space", "services", "requests", "files", "known")


def part_results(part: str, options: Sequence[str]) -> list[Tried]:
    """What came of a part's tries; that it ended by itself is one of them."""
    command = [sys.executable, "-X", "utf8", "-m", f"evals.benchmarks.faults.{part}", "--json", *options]
    ran = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8")
    rows = [json.loads(line) for line in ran.stdout.splitlines()]
    results = [Tried(**{**row, "end": End(row["end"])}) for row in rows]
    if ran.returncode and not has_failed(results):
        results.append(Tried(f"{part} 没有做完", "", End.LOST, f"以 {ran.returncode} 结束"))
    return results


def main() -> None:
    """Run the parts and print the table."""
    parser = argparse.ArgumentParser(description="各种故障：试过多少，守住多少，失守多少，答错多少")
    parser.add_argument("--parts", default=",".join(PARTS), help="用逗号隔开")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--out", type=Path, help="每次一行 JSON")
    given = parser.parse_args()
    results: list[Tried] = []
    for part in given.parts.split(","):
        started, done = time.monotonic(), len(results)
        results += part_results(part, ["--seed", given.seed])
        print(f"{part}：{len(results) - done} 次，{time.monotonic() - started:.0f} 秒", file=sys.stderr, flush=True)
        if given.out:
            rows = (json.dumps(asdict(one), ensure_ascii=False) for one in results)
            given.out.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    print_table(results)
    sys.exit(has_failed(results))


if __name__ == "__main__":
    main()
