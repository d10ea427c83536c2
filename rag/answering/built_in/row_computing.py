"""Answers made of the rows of a table: those of a group, how many hold something, which come first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import inf

from rag.answering.built_in.features import SURVEY
from rag.answering.built_in.findings import Findings
from rag.answering.built_in.operands import operand_options
from rag.answering.built_in.weighing import slot_to_ask, weigh
from rag.domain.short_names import short_names
from rag.figures.citing import Citations, lead_of, markers, row_line, written
from rag.language.numbers import cell_number
from rag.language.text import matching_key, text_key, unique
from rag.question.operations import Plan
from rag.question.slots import Slot
from rag.records import AnswerStatus, Computation, Draft, Figure, Passage, Table, TableRow, text_to_draft
from rag.retrieval.relevance import content_words
from rag.structure.tables.joining import header_labels, row_text

MAX_OPERANDS = 40
MIN_LABEL = 2
_QUOTED = re.compile('[“"「『]([^”"」』]{1,12})[”"」』]')
_SUCH = re.compile("(?:[这那]一?[类种些个]|这|那)$")


def group_figures(plan: Plan, findings: Findings) -> list[Figure]:
    """The figures of one column in every row of a group."""
    rows: dict[tuple[str, int], list[Figure]] = {}
    for figure in findings.figures:
        if figure.row is not None and not figure.is_total and _in_group(figure.row, plan.group):
            rows.setdefault((figure.passage.table_id or "", figure.column), []).append(figure)
    text = f"{plan.group} {plan.operands[0].text if plan.operands else ''}"
    slot = Slot(plan.kind, text, 0, text)
    ask = slot_to_ask(slot, [slot], findings.relevance, findings.evidence.query)

    def merit(figures: Sequence[Figure]) -> float:
        choices = (weigh(figure, ask, findings.ranks, findings.evidence, findings.reports) for figure in figures)
        return max((choice.score for choice in choices if choice), default=-inf)

    best = max(rows.values(), key=lambda figures: (merit(figures), len(figures)), default=[])
    return best if 2 <= len(best) <= MAX_OPERANDS and merit(best) > -inf else []


def _in_group(row: TableRow, group: str) -> bool:
    """Whether a row stands under the group a phrase names (财经商贸大类 in 咸职财经商贸大类), or has what it quotes."""
    if quoted := [text_key(name) for name in _QUOTED.findall(group)]:
        return any(name in text_key(cell) for name in quoted for cell in row.filled if cell_number(cell) is None)
    wanted = text_key(group)
    return any(len(cell) > MIN_LABEL and text_key(cell) in wanted for cell in row.filled if cell)


def _tables_by_fit(phrase: str, findings: Findings) -> list[tuple[Passage, Table]]:
    """The tables among the passages, the one whose caption, header and section speak most of a phrase first."""
    found: dict[str, tuple[float, Passage, Table]] = {}
    for passage in findings.evidence.passages:
        table = findings.tables.get(passage.table_id or "")
        if table is None or table.id in found:
            continue
        names = " ".join([table.caption, *passage.path, *(cell for row in table.rows[:1] for cell in row.filled)])
        score = findings.relevance.coverage(f"{names} {passage.text}") + findings.relevance.coverage(names)
        found[table.id] = (score, passage, table)
    return [(passage, table) for _, passage, table in sorted(found.values(), key=lambda item: -item[0])]


def counted(plan: Plan, findings: Findings) -> Draft | None:
    """How many rows of a table hold something, with the rows."""
    phrase = plan.operands[0].text if plan.operands else ""
    for passage, table in _tables_by_fit(f"{plan.group} {phrase}", findings):
        spans = body_rows(passage, table)
        held = [(row, span) for row, span in spans if not phrase or _row_holds(row, phrase, findings)]
        if not held or (phrase and len(held) == len(spans)):
            continue
        citations = Citations()
        numbers = [citations.cite_span(passage, *span) for _, span in held]
        unit = "条"
        what = f"含“{phrase}”的行" if phrase else "表中的行"
        result = Computation(f"{len(held)}{unit}", f"{what}计数 = {len(held)}{unit}", tuple(numbers))
        lead = lead_of(findings.evidence, [passage], findings.reports)
        lines = (
            [
                f"- {row_line(row, table, findings.evidence.query.focus)} [{n}]"
                for (row, _), n in zip(held, numbers, strict=True)
            ]
            if phrase
            else []
        )
        shown = numbers if phrase else [numbers[0], numbers[-1]]
        text = f"{lead}共 **{result.text}** {markers(shown)}（逐行计数得出）。" + "".join(f"\n{line}" for line in lines)
        return text_to_draft(AnswerStatus.ANSWERED, text, tuple(citations.items), computations=(result,))
    return None


def body_rows(passage: Passage, table: Table) -> list[tuple[TableRow, tuple[int, int]]]:
    """Body rows that a passage holds, with their spans; totals aside."""
    found = []
    at = 0
    for row in table.rows[table.header_rows :]:
        line = row_text(row)
        start = passage.text.find(line, at)
        if start < 0 or not line:
            continue
        at = start + len(line)
        if not any(cell.startswith(("合计", "总计", "小计")) for cell in row.filled if cell):
            found.append((row, (start, at)))
    return found


def _row_holds(row: TableRow, phrase: str, findings: Findings) -> bool:
    """Whether a cell of a row is what a phrase names, or the phrase holds the cell."""
    wanted = matching_key(_SUCH.sub("", phrase))
    if any(matching_key(short) == wanted for cell in row.filled if cell for short in short_names(cell)):
        return True
    cells = [text_key(cell) for cell in row.filled if len(cell) > MIN_LABEL]
    colleges = [matching_key(name) for name in findings.evidence.query.colleges if name in phrase or not phrase]
    return any(cell in wanted or wanted in cell for cell in cells) or any(name in cells for name in colleges)


def _column(plan: Plan, findings: Findings) -> list[Figure]:
    """The column of a table that holds most surely what is ranked, in one unit; rows of the group asked for alone."""
    named = [figure for figure in findings.figures if _names_one_of(figure, plan.group, findings.tables)]
    cells = named or [figure for figure in findings.figures if figure.row is not None]
    if not SURVEY.search(findings.evidence.query.standalone):
        cells = [cell for cell in cells if not SURVEY.search(f"{cell.before} {cell.about}")]
    if named and len({(cell.passage.table_id, cell.column) for cell in cells}) == 1:
        return [cell for cell in cells if not cell.is_total]
    words = content_words(plan.operands[0].text)
    left = [cell for cell in cells if any(word in text_key(cell.before) for word in words)] or cells
    while choices := operand_options(plan.operands[0], plan.kind, replace(findings, figures=left)):
        found = choices[0].figure
        whole = [f for f in left if f.passage.table_id == found.passage.table_id and f.column == found.column]
        column = [f for f in whole if not f.is_total and f.number.unit == found.number.unit]
        if len(column) > len(whole) / 2 and len(column) >= MIN_LABEL:
            return column
        left = [figure for figure in left if figure not in whole]
    return []


def _name_of(figure: Figure) -> str:
    """What a row is called: its labels before the figure, or, where none stands there, all of them."""
    cells = figure.row.filled[: figure.column] if figure.row else ()
    labels = [" ".join(cell.split()) for cell in cells if cell and cell_number(cell) is None]
    return "·".join(unique(labels)) or "·".join(figure.near.split())


def _names_one_of(figure: Figure, group: str, tables: Mapping[str, Table]) -> bool:
    """Whether the label next before a cell is one of a group: it ends like it (护理学院) or stands in its column."""
    table = tables.get(figure.passage.table_id or "")
    if not group or figure.row is None or table is None or figure.is_total:
        return False
    labels = header_labels(table.rows, table.header_rows)
    before = range(figure.column - 1, -1, -1)
    at = next((i for i in before if figure.row.filled[i] and cell_number(figure.row.filled[i]) is None), None)
    return at is not None and (figure.row.filled[at].endswith(group) or (at < len(labels) and group in labels[at]))


def ranked(plan: Plan, findings: Findings) -> Draft | None:
    """The rows that come first or last by one column."""
    if not plan.operands:
        return None
    column = _column(plan, findings)
    ordered = sorted(
        column, key=lambda figure: -figure.number.value if plan.direction != "down" else figure.number.value
    )
    places = [place for place in (plan.ranks or (1,)) if 0 < place <= len(ordered)]
    if len(ordered) < MIN_LABEL or not places:
        return None
    citations = Citations()
    parts = []
    for place in places:
        figure = ordered[place - 1]
        name = _name_of(figure)
        parts.append(f"**{name}**（{figure.before} **{written(figure)}**）[{citations.cite(figure)}]")
    lead = lead_of(findings.evidence, [citation.passage for citation in citations.items], findings.reports)
    return text_to_draft(AnswerStatus.ANSWERED, f"{lead}{'；'.join(parts)}。", tuple(citations.items))
