"""Answers that span several reports: each part is looked up in its own reports, then set beside the others.

Every figure keeps its own report, year and wording. What two reports print under different names, for other years or
in other units is said, never mixed in silence; a report that does not state what is asked is named.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rag.answering.built_in.differing import Stated, differences, other_names, time_of
from rag.answering.built_in.drafting import evidence_to_draft as part_to_draft
from rag.answering.built_in.drafting import figure_phrase
from rag.answering.built_in.parts import Part, amount_of, base_of, beside_sure_ones, fullest, in_one_unit, look_up
from rag.answering.built_in.refusing import missing_report, not_found
from rag.arithmetic.expressions import ComputeError, average, difference, growth, ratio, total
from rag.arithmetic.quantities import Operand
from rag.figures.citing import Citations, described, markers, plain, row_line
from rag.language.numbers import unit_class
from rag.question.comparison import Comparison, question_to_comparison
from rag.records import (
    AnswerStatus,
    Computation,
    Conflict,
    Contradiction,
    Draft,
    Evidence,
    Operation,
    Query,
    Report,
    Table,
    text_to_draft,
)

_SIGNS = {
    Operation.SUM: " + ",
    Operation.AVERAGE: " 与 ",
    Operation.DIFFERENCE: " − ",
    Operation.GROWTH: " 与 ",
    Operation.RATIO: " ÷ ",
}
_WORDS = {"count": ("多", "少"), "money": ("多", "少"), "area": ("大", "小")}
_COMMON = ("", *"高低多少大小")
_PLACES = "一二三四五六七八九十"
_MARKER = re.compile(r"\[(\d+)\]")


def evidence_to_draft(
    evidence: Evidence,
    reports: Mapping[str, Report],
    tables: Mapping[str, Table],
    contradictions: Sequence[Contradiction] = (),
) -> Draft:
    """The built-in answer to a question, of one report or of several, from what retrieval found.

    `contradictions` are those kept with the reports: where one of their figures is asked for, the others are given too.
    """
    if not evidence.parts:
        return part_to_draft(evidence, reports, tables, contradictions)
    parts = in_one_unit(beside_sure_ones([look_up(part, reports, tables) for part in evidence.parts]))
    if all(part.is_silent for part in parts):
        return not_found(evidence, reports, None, tables)
    comparison = question_to_comparison(evidence.query.standalone)
    return _Composer(parts, comparison, evidence.query).draft()


class _Composer:
    """Writes one answer of several parts."""

    def __init__(self, parts: Sequence[Part], comparison: Comparison, query: Query) -> None:
        self._parts = parts
        self._stated = [part for part in parts if not part.is_silent]
        self._comparison = comparison
        self._query = query
        self._citations = Citations()
        self._conflicts: list[Conflict] = []
        self._computations: list[Computation] = []

    def draft(self) -> Draft:
        """The answer; a refusal where what is asked cannot be computed."""
        comparable = len(self._stated) > 1 and all(part.found for part in self._stated)
        operation = self._comparison.operation
        if operation in (Operation.COMPARE, Operation.RANK):
            return self._ordered() if comparable else self._listed("")
        if operation is Operation.LOOKUP:
            return self._listed("")
        if comparable and len(self._parts) > 2 and operation not in (Operation.SUM, Operation.AVERAGE):
            return self._ordered()
        if not comparable or len(self._stated) < len(self._parts):
            return self._uncomputed("有学校没有披露这一项，无法计算：")
        try:
            return self._computed()
        except ComputeError as error:
            return self._listed(f"不能直接计算（{error}），各自的数字是：")

    def _listed(
        self,
        lead: str,
        parts: Sequence[Part] | None = None,
        *,
        numbered: bool = False,
        bold: Sequence[Part] | None = None,
    ) -> Draft:
        told = self._stated if parts is None else parts
        lines = [self._line(part, bold=bold is None or part in bold) for part in told]
        silent = [f"{part.name}：{_silence(part)}" for part in self._parts if part.is_silent]
        marks = [f"{at}. " if numbered else "- " for at in range(1, len(lines) + 1)]
        body = "\n".join(
            [f"{mark}{line}" for mark, line in zip(marks, lines, strict=True)] + [f"- {line}" for line in silent]
        )
        notes = differences(self._figures(), self._query.standalone)
        pieces = [lead, body, *([f"注意：{'；'.join(notes)}。"] if notes else [])]
        text = "\n\n".join(piece for piece in pieces if piece)
        return text_to_draft(
            AnswerStatus.ANSWERED,
            text,
            tuple(self._citations.items),
            tuple(self._conflicts),
            tuple(self._computations),
        )

    def _figures(self) -> list[Stated]:
        return [(part.name, part.figure, part.findings) for part in self._stated if part.found]

    def _line(self, part: Part, *, bold: bool) -> str:
        if not part.found:
            return self._retold(part)
        time = time_of(part.figure, part.name, part.findings)
        shown = []
        for _, choice in part.found:
            text, conflict = figure_phrase(choice, part.findings, self._citations)
            self._conflicts += [conflict] if conflict else []
            shown.append(text if bold else text.replace("**", ""))
        line = f"{part.name}{f'（{time}）' if time else ''}：{'；'.join(shown)}"
        return f"{line}。{self._quoted(part)}" if self._comparison.asks_meaning else f"{line}。"

    def _quoted(self, part: Part) -> str:
        """The sentence or row that says most of what a figure means."""
        figure = fullest(part)
        table = part.findings.tables.get(figure.passage.table_id or "")
        text = figure.passage.text[figure.quote_start : figure.quote_end]
        said = row_line(figure.row, table) if figure.row is not None and table is not None else plain(text)
        return f"原文：“{said}” [{self._citations.cite(figure)}]。"

    def _retold(self, part: Part) -> str:
        """A part's own answer, its citations numbered with the others."""
        draft = part.draft
        assert draft is not None
        numbers = {
            citation.n: self._citations.cite_span(citation.passage, citation.quote_start, citation.quote_end)
            for citation in draft.citations
        }

        def renumbered(text: str) -> str:
            return _MARKER.sub(lambda match: f"[{numbers.get(int(match[1]), match[1])}]", text)

        self._computations += [
            Computation(c.text, renumbered(c.formula), tuple(numbers[n] for n in c.citations))
            for c in draft.computations
        ]
        text = renumbered(draft.text)
        return text if part.name in text else f"{part.name}：{text}"

    def _ordered(self) -> Draft:
        """The figures in order, who comes first said first."""
        if len({base_of(part.figure.number) for part in self._stated}) > 1:
            return self._listed("单位不同，不能排出先后，各自的数字是：")
        if other_names(self._figures(), self._query.standalone):
            return self._listed("口径不同，不宜直接比较，各自的数字是：")
        down = self._comparison.direction == "down"
        ordered = sorted(self._stated, key=lambda part: amount_of(part.figure.number), reverse=not down)
        first = [part for part in ordered if amount_of(part.figure.number) == amount_of(ordered[0].figure.number)]
        word = self._words()[down]
        if len(first) == len(ordered):
            return self._listed(f"{'两者' if len(ordered) == 2 else '各校'}相同：", ordered)
        if place := self._place_asked(ordered):
            return place
        winners = "、".join(f"**{part.name}**" for part in first)
        lead = f"{winners}{'更' if len(ordered) == 2 else '最'}{word}："
        return self._listed(lead, ordered, numbered=self._comparison.operation is Operation.RANK)

    def _place_asked(self, ordered: Sequence[Part]) -> Draft | None:
        """The place of the one college a question names among all; None where it names none or several."""
        asked = [part for part in ordered if part.name in self._query.colleges]
        if len(asked) != 1 or len(self._query.colleges) != 1 or self._comparison.operation is not Operation.RANK:
            return None
        amounts = [amount_of(part.figure.number) for part in ordered]
        place = amounts.index(amount_of(asked[0].figure.number))
        lead = f"**{asked[0].name}**排**第{_PLACES[place]}**：" if place < len(_PLACES) else ""
        return self._listed(lead, ordered, numbered=True, bold=asked)

    def _uncomputed(self, reason: str) -> Draft:
        return replace(self._listed(reason, bold=()), status=AnswerStatus.NOT_FOUND)

    def _computed(self) -> Draft:
        figures = [(part.name, part.figure) for part in self._stated]
        operands = [Operand(figure.number, self._citations.cite(figure)) for _, figure in figures]
        operation = self._comparison.operation
        if operation in (Operation.SUM, Operation.AVERAGE):
            result = total(operands) if operation is Operation.SUM else average(operands)
            lead = f"{'合计' if operation is Operation.SUM else '平均'} **{result.text}**"
        elif operation is Operation.RATIO:
            result = ratio(*operands[:2])
            lead = f"{figures[0][0]}是{figures[1][0]}的 **{result.text}**"
        else:
            result, lead = self._apart(operands)
            if amount_of(operands[0].number) < amount_of(operands[1].number):
                figures, operands = figures[1::-1], operands[1::-1]
        self._computations.append(result)
        shown = _SIGNS[operation].join(
            f"{described(figure)} [{operand.citation}]" for (_, figure), operand in zip(figures, operands, strict=False)
        )
        return self._listed(f"{lead} {markers(result.citations)}。\n计算得出：{shown}。", bold=())

    def _apart(self, operands: Sequence[Operand]) -> tuple[Computation, str]:
        """How far the first is from the second, in words: 百分点 of shares, % where a rate of growth is asked."""
        first, second = operands[:2]
        one, other = (part.name for part in self._stated[:2])
        more, less = ("多", "少") if self._words()[0] == "大" else self._words()
        is_less = amount_of(first.number) < amount_of(second.number)
        grown = self._comparison.operation is Operation.GROWTH and unit_class(first.number.unit) != "percent"
        if grown:
            result = growth(second, first)
            return result, f"{one}与{other}相比 **{result.text}**"
        result = difference(second, first) if is_less else difference(first, second)
        if amount_of(first.number) == amount_of(second.number):
            return result, f"{one}与{other}相同，相差 **{result.text}**"
        return result, f"{one}比{other}{less if is_less else more} **{result.text}**"

    def _words(self) -> tuple[str, str]:
        """多 and 少 of what is counted, 大 and 小 of areas, else as the question says it."""
        by_class = _WORDS.get(unit_class(self._stated[0].figure.number.unit))
        return by_class if by_class and self._comparison.adjective in _COMMON else self._comparison.words


def _silence(part: Part) -> str:
    return missing_report(part.findings.evidence.query, part.findings.reports) or "未披露（报告里没有找到这一项）。"
