"""Time from a question to its first shown source, while the model is held up: retrieval must not wait for it.

usage: python -m evals.benchmarks.first_source [QUESTIONS.jsonl …] [--reports DIR] [--questions-at-most 40]
                                               [--held SECONDS]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from evals.benchmarks.model_server import ModelServer, Reply
from evals.cases import Case, load_cases
from evals.summary import percentile
from rag.app.assembly import build_assistant, build_ingest, open_index
from rag.assistant import Assistant
from rag.records import Evidence
from rag.settings.models import ChatSettings
from rag.settings.settings import PROJECT, Settings

HELD_SECONDS = 2.0
REFUSAL = '{"status": "not_found", "answer": "资料里没有写。", "computations": [], "conflicts": []}'


def source_times(assistant: Assistant, cases: Sequence[Case]) -> list[tuple[float, float]]:
    """Milliseconds to the first source and to the answer, of each case; those that stand alone need one call only."""
    times = []
    for case in cases:
        shown: list[float] = []
        started = time.perf_counter()

        def show(evidence: Evidence, shown: list[float] = shown) -> None:
            if evidence.passages:
                shown.append(time.perf_counter())

        assistant.ask(case.question, filters=case.filters, on_evidence=show)
        if shown:
            times.append(((shown[0] - started) * 1000, (time.perf_counter() - started) * 1000))
    return times


def main() -> None:
    """Print median and 95th percentile of both."""
    parser = argparse.ArgumentParser(description="从提问到显示第一处出处用多久（模型被拖住）")
    own = sorted((PROJECT / "evals" / "questions").glob("*.jsonl"))
    parser.add_argument("questions", type=Path, nargs="*", default=own)
    parser.add_argument("--reports", type=Path, default=PROJECT / "corpus")
    parser.add_argument("--questions-at-most", type=int, default=40)
    parser.add_argument("--held", type=float, default=HELD_SECONDS)
    given = parser.parse_args()
    alone = [case for case in load_cases(given.questions) if not case.history]
    cases = alone[:: max(1, len(alone) // given.questions_at_most)][: given.questions_at_most]
    with (
        tempfile.TemporaryDirectory() as folder,
        ModelServer(lambda body: Reply(REFUSAL, delay_seconds=given.held)) as s,
    ):
        models = {"held": ChatSettings(model="m", base_url=s.url)}
        settings = Settings(data=Path(folder), reports=given.reports, model="held", models=models, answer_cache=False)
        with closing(open_index(settings)) as index:
            build_ingest(settings, index).run([given.reports])
            assistant = build_assistant(settings, index)
            source_times(assistant, cases[:1])  # what loading libraries takes is paid once a process
            times = source_times(assistant, cases)
    sources, answers = [one for one, _ in times], [one for _, one in times]
    print(f"{len(times)} 题，模型被拖住 {given.held:g} 秒")
    for name, values in (("显示第一处出处", sources), ("给出回答", answers)):
        print(f"{name}：p50 {percentile(values, 50):.0f} 毫秒，p95 {percentile(values, 95):.0f} 毫秒")


if __name__ == "__main__":
    main()
