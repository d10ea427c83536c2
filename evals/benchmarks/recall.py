"""Retrieval on its own: is the gold evidence inside the first k passages, and is the page right?

usage: python evals/benchmarks/recall.py REPORTS_DIR QUESTIONS.jsonl …
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

from rag.assembly import build_assistant, build_ingest, open_index
from rag.assistant import Assistant
from rag.records import Filters, Passage, Turn
from rag.settings import load_settings
from rag.text import matching_key

CUTOFFS = (1, 4, 8)


def main() -> None:
    """Print recall and page figures for question files over a folder of reports."""
    folder, *files = map(Path, sys.argv[1:])
    questions = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines() if line]
    with tempfile.TemporaryDirectory() as data:
        settings = replace(load_settings({"data": data}), reports=folder)
        index = open_index(settings)
        build_ingest(settings, index).run([folder])
        _measure(build_assistant(settings, index), [q for q in questions if q.get("evidence")])
        index.close()


def _measure(assistant: Assistant, questions: list[dict[str, Any]]) -> None:
    hits: dict[int, int] = defaultdict(int)
    pages_right = pages_known = 0
    for question in questions:
        history = tuple(Turn(turn["role"], turn["content"]) for turn in question.get("history", []))
        filters = Filters(reports=tuple(question.get("reports", ())))
        passages = assistant.retrieve(assistant.understand(question["question"], history, filters)).passages
        for cutoff in CUTOFFS:
            hits[cutoff] += all(_holders(quote, passages[:cutoff]) for quote in question["evidence"])
        if missing := [quote for quote in question["evidence"] if not _holders(quote, passages)]:
            print(f"缺 {question['id']} {question['question'][:40]} ← {missing[0][:40]}")
        gold = {page for pages in question.get("pages", {}).values() for page in pages}
        holders = [p for quote in question["evidence"] for p in _holders(quote, passages)[:1] if p.page is not None]
        if gold and holders:
            pages_known += 1
            right = all(p.page in gold for p in holders)
            pages_right += right
            if not right:
                print(f"页 {question['id']} {[p.page for p in holders]} 应为 {sorted(gold)}")
    total = len(questions)
    print("；".join(f"recall@{cutoff} = {hits[cutoff]}/{total} = {hits[cutoff] / total:.3f}" for cutoff in CUTOFFS))
    if pages_known:
        print(f"页码正确 = {pages_right}/{pages_known} = {pages_right / pages_known:.3f}")


def _holders(quote: str, passages: tuple[Passage, ...]) -> list[Passage]:
    key = matching_key(quote)
    return [passage for passage in passages if key in matching_key(passage.text)]


if __name__ == "__main__":
    main()
