"""Memory held while thousands of questions are asked of one index, one after the other in one process.

usage: python -m evals.benchmarks.memory DATA QUESTIONS.jsonl … [--questions 5000] [--seed N]

DATA is a data folder; a copy of it is asked. Every question is put in words of its own, so that nothing that is remembered
of a question spares the next one. The memory is noted after every tenth part: at first what is remembered of texts fills up
to its bounds. Exit code 1 where a question failed, or the second half of them took the memory up by more than a twentieth.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from evals.cases import Case, load_cases
from rag.app.assembly import build_assistant, open_index
from rag.assistant import Assistant
from rag.presentation.exchanges import answer_to_exchange
from rag.settings.settings import Settings

TENTHS = 10
MAX_GROWTH = 0.05


def held_megabytes() -> float:
    """Memory the process holds just now; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    found = re.search(r"VmRSS:\s*(\d+)", status.read_text(encoding="ascii")) if status.exists() else None
    return int(found[1]) / 1024 if found else 0.0


def reworded(question: str, drawn: random.Random) -> str:
    """The question as somebody puts it whose name nobody else has.

    >>> reworded("就业率是多少？", random.Random(1)).endswith("，请问就业率是多少？")
    True
    """
    name = "".join(chr(0x4E00 + drawn.randrange(20_000)) for _ in range(2))
    return f"我是{name}，请问{question}"


def asked(assistant: Assistant, cases: Sequence[Case], count: int, seed: int) -> Iterator[str]:
    """Ask so many questions, as the page does, and tell of each what went wrong, `` where nothing did."""
    drawn, reports = random.Random(seed), {report.id: report for report in assistant.reports()}
    for _ in range(count):
        case = drawn.choice(cases)
        question = reworded(case.question, drawn)
        try:
            answer = assistant.ask(question, case.history)
            answer_to_exchange(question, answer, reports, assistant.tables(answer.evidence))
        except Exception as error:  # whatever it is, nobody may see it
            yield f"{question} {error!r}"
        else:
            yield ""


def over_time(assistant: Assistant, cases: Sequence[Case], count: int, seed: int) -> tuple[list[str], list[float]]:
    """What went wrong, and the memory held before the first question and after each tenth part of them."""
    wrong, held = list[str](), [held_megabytes()]
    for number, problem in enumerate(asked(assistant, cases, count, seed), 1):
        wrong += [problem] if problem else []
        if number % max(1, count // TENTHS) == 0:
            held.append(held_megabytes())
            print(f"{number} 题：{held[-1]:.0f} MB", file=sys.stderr, flush=True)
    return wrong, held


def has_grown(held: Sequence[float]) -> bool:
    """Whether the last is too far above what was held after half of the questions.

    >>> has_grown([100.0, 300.0, 310.0, 311.0, 312.0]), has_grown([100.0, 300.0, 310.0, 330.0, 350.0])
    (False, True)
    """
    return held[-1] > held[len(held) // 2] * (1 + MAX_GROWTH)


def main() -> None:
    """Print what was held."""
    parser = argparse.ArgumentParser(description="几千次提问里内存的变化")
    parser.add_argument("data", type=Path)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--questions", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        settings = Settings(data=Path(place) / "data", ocr="off")
        shutil.copytree(given.data, settings.data)
        with closing(open_index(settings)) as index:
            assistant = build_assistant(settings, index)
            wrong, held = over_time(assistant, load_cases(given.files), given.questions, given.seed)
    print(f"{given.questions} 题，出错 {len(wrong)}；内存 {'、'.join(f'{one:.0f}' for one in held)} MB")
    for line in wrong[:20]:
        print(line, file=sys.stderr)
    sys.exit(bool(wrong) or has_grown(held))


if __name__ == "__main__":
    main()
