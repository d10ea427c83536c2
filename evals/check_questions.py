"""Question set → faults: is every gold figure, name, page and formula borne out by the reports themselves?

usage: python -m evals.check_questions [--questions DIR] [--corpus DIR]

Two keys beyond the contract are read. `absent` lists phrases (`a|b`: either) that stand together in no sentence and no
table row of the reports in `doc`, or of those in `silent`: the reports in which a `partial` question finds nothing.
`note` may hold `算式：(1079+1146)/5098*100=43.64` and, where things are counted, `计数：3`.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, DivisionByZero, InvalidOperation
from functools import cache
from itertools import pairwise
from pathlib import Path, PurePosixPath

from evals.cases import TYPES, Case, GoldFigure, load_cases
from evals.reports import read_sources
from rag.errors import WenbaoError
from rag.language.numbers import find_numbers, same_value
from rag.language.text import join_lines, matching_key, sentence_spans
from rag.readers.sources import Source
from rag.records import Grid, Line, Number, Page

MIN_QUESTIONS = 200
MIN_UNANSWERABLE_SHARE = 0.2
SMOKE = "smoke.txt"
"""Ids of the small set that other tests run, one a line."""
TWO_REPORT_TYPES = frozenset({"compare", "difference"})
COMPUTED_TYPES = frozenset({"derived", "difference"})
FREE_OPERANDS = frozenset({Decimal(100), Decimal(10000)})
"""Operands that need no evidence: per cent, and 元 in 万元."""
_ROOT = Path(__file__).parents[1]
_FORMULA = re.compile(r"算式：([^=；。]+)=(-?\d+(?:\.\d+)?)")
_COUNT = re.compile(r"计数：(\d+)")
_DIGITS = re.compile(r"(?<![\d.])\d+(?:,\d{3})*(?:\.\d+)?(?!\d)")


@dataclass(frozen=True, slots=True)
class ReportText:
    """What a report says, as our reader gives it."""

    name: str
    college: str
    pages: tuple[tuple[int | None, str], ...]
    """(physical page, folded text); the page is None where the format has none."""
    statements: tuple[str, ...]
    """Matching keys of its sentences, and of its table rows, each behind the table's first row."""

    def pages_holding(self, quote: str) -> tuple[int | None, ...]:
        """The pages on which the quote stands, white space aside, no figure of it cut short or fused with the next."""
        pattern = _quote_pattern(quote)
        return tuple(number for number, text in self.pages if pattern.search(text))

    def states_together(self, phrases: Iterable[str]) -> str | None:
        """A statement that holds every phrase (`a|b`: either), None where there is none."""
        wanted = [[matching_key(part) for part in phrase.split("|")] for phrase in phrases]
        return next((s for s in self.statements if all(any(part in s for part in parts) for parts in wanted)), None)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a question."""

    case_id: str
    message: str


def read_corpus(folder: Path) -> dict[str, ReportText]:
    """The reports of a folder that its `reports.toml` names, by file stem."""
    known = tomllib.loads((folder / "reports.toml").read_text(encoding="utf-8"))
    return {
        PurePosixPath(name).stem: _report_text(folder / name, str(known[name].get("college", ""))) for name in known
    }


def check_set(cases: Sequence[Case], smoke: Sequence[str], corpus: Mapping[str, ReportText]) -> tuple[Fault, ...]:
    """Every fault of a question set: of its questions, and of the set as a whole."""
    return (*(fault for case in cases for fault in check_case(case, corpus)), *_check_whole(cases, smoke))


def check_case(case: Case, corpus: Mapping[str, ReportText]) -> tuple[Fault, ...]:
    """Every fault of one question."""
    if unknown := [stem for stem in (*case.documents, *case.reports, *_texts(case, "silent")) if stem not in corpus]:
        return (Fault(case.id, f"没有这些报告：{'、'.join(unknown)}"),)
    checks = (
        _check_shape,
        _check_giveaways,
        _check_places,
        _check_figures,
        _check_formulas,
        _check_names,
        _check_absent,
    )
    return tuple(Fault(case.id, message) for check in checks for message in check(case, corpus))


def count_types(cases: Iterable[Case]) -> tuple[tuple[str, int], ...]:
    """How many questions there are of each type of the contract, in its order."""
    counts = Counter(case.type for case in cases)
    return tuple((kind, counts[kind]) for kind in TYPES)


def evaluate(expression: str) -> Decimal:
    """Value of an expression of decimal numbers, + - * / and brackets. Raises ValueError for anything else."""
    try:
        return _value(ast.parse(expression, mode="eval").body, expression)
    except (SyntaxError, DivisionByZero, InvalidOperation) as error:
        raise ValueError(f"算式 {expression!r} 算不出来") from error


def _value(node: ast.expr, source: str) -> Decimal:
    match node:
        case ast.BinOp(left, ast.Add(), right):
            return _value(left, source) + _value(right, source)
        case ast.BinOp(left, ast.Sub(), right):
            return _value(left, source) - _value(right, source)
        case ast.BinOp(left, ast.Mult(), right):
            return _value(left, source) * _value(right, source)
        case ast.BinOp(left, ast.Div(), right):
            return _value(left, source) / _value(right, source)
        case ast.Constant():
            return Decimal(ast.get_source_segment(source, node) or "")
    raise ValueError(f"算式 {source!r} 里只能有数、加减乘除和括号")


def _check_shape(case: Case, corpus: Mapping[str, ReportText]) -> Iterator[str]:
    if case.answerable == (case.type == "unanswerable"):
        yield "answerable 与类型不符"
    if case.answerable and not case.evidence:
        yield "没有 evidence"
    if not case.answerable and (case.figures or case.names or case.evidence or case.pages):
        yield "答不出的题不应有答案、依据和页码"
    if not case.documents:
        yield "没有 doc"
    if bool(case.history) != (case.type == "followup") and case.type != "unanswerable":
        yield "追问要有 history，别的题不要"
    if case.history and case.history[-1].role != "assistant":
        yield "history 应以 assistant 结束"
    if case.type in TWO_REPORT_TYPES and len(case.documents) < 2:
        yield "跨报告的题应有两份以上的 doc"
    if (case.type == "partial") != bool(_texts(case, "silent")):
        yield "partial 要写明 silent，别的题不要"
    if bool(_texts(case, "absent")) != (case.type in ("unanswerable", "partial")):
        yield "答不出的题和 partial 要写明 absent，别的题不要"


def _check_giveaways(case: Case, corpus: Mapping[str, ReportText]) -> Iterator[str]:
    """An answer that the question itself holds is answered by repeating the question."""
    key, values = matching_key(case.question), _written_values(case.question)
    for given in (
        *(str(f.value) for f in case.figures if f.value in values),
        *(n for n in case.names if matching_key(n) in key),
    ):
        yield f"问句里就有答案：{given!r}"


def _check_places(case: Case, corpus: Mapping[str, ReportText]) -> Iterator[str]:
    """Evidence stands in the reports of `doc` and in no other the asker searches; on `pages` and on no other page."""
    if not case.answerable:
        return
    scope = case.reports or tuple(corpus)
    found: dict[str, set[int | None]] = {}
    for quote in case.evidence:
        places = {stem: corpus[stem].pages_holding(quote) for stem in scope}
        if not any(places.values()):
            yield f"依据不在报告里：{quote!r}"
        for stem, pages in places.items():
            if pages:
                found.setdefault(stem, set()).update(pages)
    if set(found) != set(case.documents):
        yield f"依据所在的报告是 {sorted(found)}，doc 写的是 {sorted(case.documents)}"
    numbered = {corpus[stem].name: sorted(n for n in pages if n is not None) for stem, pages in found.items()}
    expected = {name: numbers for name, numbers in numbered.items() if numbers}
    if expected != {name: sorted(numbers) for name, numbers in case.pages.items()}:
        yield f"依据所在的页是 {expected}，pages 写的是 {dict(case.pages)}"


def _check_figures(case: Case, corpus: Mapping[str, ReportText]) -> Iterator[str]:
    results = {Decimal(text) for text in (*(r for _, r in _FORMULA.findall(case.note)), *_COUNT.findall(case.note))}
    for figure in case.figures:
        if figure.value not in results and not any(_stands(figure, quote) for quote in case.evidence):
            yield f"{figure.about or '数'} {figure.value}{figure.unit} 既不在依据里，也不是算式的结果"
    if case.type in COMPUTED_TYPES and not results & {figure.value for figure in case.figures}:
        yield "计算题没有算出答案的算式或计数"


def _stands(figure: GoldFigure, quote: str) -> bool:
    """Whether the figure stands in the quote: its unit too, unless the quote is a table row that gives it none."""
    wanted = Number(str(figure.value), figure.value, figure.unit, 0, 0)
    read = [number for number in find_numbers(quote) if number.value == figure.value or same_value(number, wanted)]
    if read:
        return any(not number.unit or same_value(number, wanted) for number in read)
    return figure.value in _written_values(quote)


def _check_formulas(case: Case, corpus: Mapping[str, ReportText]) -> Iterator[str]:
    given = FREE_OPERANDS.union(*map(_all_values, case.evidence))
    for expression, result in _FORMULA.findall(case.note):
        try:
            value = evaluate(expression)
        except ValueError as error:
            yield str(error)
            continue
        if value.quantize(Decimal(result), rounding=ROUND_HALF_UP) != Decimal(result):
            yield f"算式 {expression} 得 {value}，不是 {result}"
        if missing := _written_values(expression) - given:
            yield f"算式 {expression} 里的 {'、'.join(map(str, sorted(missing)))} 不在依据里"
    for count in map(int, _COUNT.findall(case.note)):
        if count not in (len(case.names), len(case.evidence)):
            yield f"计数 {count} 与名称数 {len(case.names)}、依据数 {len(case.evidence)} 都不符"


def _written_values(text: str) -> frozenset[Decimal]:
    """Every number written in digits, on digit boundaries."""
    return frozenset(Decimal(digits.replace(",", "")) for digits in _DIGITS.findall(_folded(text)))


def _all_values(text: str) -> frozenset[Decimal]:
    return _written_values(text) | {number.value for number in find_numbers(text)}


def _check_names(case: Case, corpus: Mapping[str, ReportText]) -> Iterator[str]:
    known = [matching_key(text) for text in (*case.evidence, *(corpus[stem].college for stem in case.documents))]
    for name in case.names:
        if not any(matching_key(name) in text for text in known):
            yield f"名称不在依据里：{name!r}"
    if case.type == "name" and not case.names:
        yield "name 题没有 names"


def _check_absent(case: Case, corpus: Mapping[str, ReportText]) -> Iterator[str]:
    phrases = _texts(case, "absent")
    for stem in _texts(case, "silent") or case.documents:
        if phrases and (statement := corpus[stem].states_together(phrases)) is not None:
            yield f"{stem} 也许答得出，absent 所列同在一句：{statement[:80]!r}"


def _check_whole(cases: Sequence[Case], smoke: Sequence[str]) -> Iterator[Fault]:
    counts, asked = dict(count_types(cases)), Counter(case.asked for case in cases)
    yield from (Fault(case.id, "同样的问题不止一处") for case in cases if asked[case.asked] > 1)
    if len(cases) < MIN_QUESTIONS:
        yield Fault("题库", f"只有 {len(cases)} 题，应有 {MIN_QUESTIONS} 题以上")
    if counts["unanswerable"] < MIN_UNANSWERABLE_SHARE * len(cases):
        yield Fault("题库", f"答不出的题只占 {counts['unanswerable']}/{len(cases)}，应有两成以上")
    yield from (Fault("题库", f"没有 {kind} 题") for kind, count in counts.items() if not count)
    by_id = {case.id: case.type for case in cases}
    yield from (Fault(SMOKE, f"没有 {wanted!r} 这道题") for wanted in smoke if wanted not in by_id)
    if missing := set(by_id.values()) - {by_id[wanted] for wanted in smoke if wanted in by_id}:
        yield Fault(SMOKE, f"缺这些类型：{'、'.join(sorted(missing))}")


def _texts(case: Case, key: str) -> tuple[str, ...]:
    return tuple(case.extra.get(key, ()))


def _folded(text: str) -> str:
    """Matching key of a text that keeps its white space, as spaces."""
    return "".join(" " if character.isspace() else matching_key(character) for character in text)


@cache
def _quote_pattern(quote: str) -> re.Pattern[str]:
    words = _folded(quote).split()
    pattern = _spread(words[0])
    for before, after in pairwise(words):
        pattern += (r"\s+" if before[-1].isdigit() and after[0].isdigit() else r"\s*") + _spread(after)
    start = r"(?<!\d)(?<!\d[.,])" if words[0][0].isdigit() else ""
    end = r"(?!\d|[.,]\d)" if words[-1][-1].isdigit() else ""
    return re.compile(start + pattern + end)


def _spread(word: str) -> str:
    """Pattern of a word whose characters may have white space between them, save inside a number."""
    pairs = pairwise(word)
    gaps = ["" if before in "0123456789." and after in "0123456789." else r"\s*" for before, after in pairs]
    return "".join(re.escape(character) + gap for character, gap in zip(word, [*gaps, ""], strict=True))


def _report_text(path: Path, college: str) -> ReportText:
    (parts,) = read_sources([Source(path, path.name)])
    pages = parts.pages
    numbered = tuple((page.number, _folded("\n".join(map(_item_text, page.items)))) for page in pages)
    return ReportText(path.name, college, numbered, tuple(map(matching_key, _statements(pages))))


def _item_text(item: Line | Grid) -> str:
    if isinstance(item, Line):
        return item.text
    return "\n".join("\t".join(filter(None, row)) for row in _rows(item, filled=False))


def _rows(grid: Grid, *, filled: bool) -> list[list[str]]:
    """The rows of a grid; `filled`: a merged cell's text in every row it covers."""
    rows: list[list[str]] = [[] for _ in range(grid.row_count)]
    for cell in sorted(grid.cells, key=lambda cell: (cell.column, cell.row)):
        for row in range(cell.row, cell.row + cell.row_span if filled else cell.row + 1):
            rows[row].append(cell.text)
    return rows


def _statements(pages: Iterable[Page]) -> Iterator[str]:
    running = ""
    for item in (item for page in pages for item in page.items):
        if isinstance(item, Line):
            running = join_lines(running, item.text)
        else:
            header, *rows = ("\t".join(row) for row in _rows(item, filled=True))
            yield from (f"{header}\n{row}" for row in rows)
    yield from (running[start:end] for start, end in sentence_spans(running))


def main() -> int:
    """Print the shares of each type and every fault; 0 where there is none."""
    parser = argparse.ArgumentParser(description="核对题库：答案、依据、页码、算式都要经得起报告本身的检验。")
    parser.add_argument("--questions", type=Path, default=_ROOT / "evals" / "questions", help="题库文件夹")
    parser.add_argument("--corpus", type=Path, default=_ROOT / "corpus", help="报告文件夹")
    options = parser.parse_args()
    try:
        cases = load_cases(sorted(options.questions.glob("*.jsonl")))
        smoke = (options.questions / SMOKE).read_text(encoding="utf-8").split()
        faults = check_set(cases, smoke, read_corpus(options.corpus))
    except (WenbaoError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    for kind, count in (*count_types(cases), ("合计", len(cases))):
        print(f"{kind:<14}{count:>5}{count / len(cases):>8.1%}")
    for fault in faults:
        print(f"{fault.case_id}\t{fault.message}")
    print(f"有 {len(faults)} 处错。" if faults else "没有发现错误。")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
