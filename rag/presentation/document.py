"""Exchanges → a document with numbered notes, and that → Markdown (pure). `word.py` makes Word of the same document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from itertools import groupby

from rag.presentation.asked_figures import Told, asked_figures
from rag.presentation.blocks import Block, Span, Spans, answer_to_blocks, marked_words
from rag.presentation.exchanges import Exchange
from rag.presentation.json_and_text import cautions, place_of
from rag.records import AnswerStatus, Table, VerifiedAnswer
from rag.structure.tables.joining import header_labels, row_text

CHECKED = "文中数字均由程序与报告原文逐一核对，或由注明的数字算出；出处见脚注。"
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What XML, and so Word, does not allow."""
_MARKS = re.compile(r"[\\`*_\[\]{}|~$#@]|(?<=http):|(?<=https):|(?<=ftp):|(?<=mailto):|(?<=www)\.", re.IGNORECASE)
"""What Markdown, its tables and footnotes, or a reader of links would take for more than a character."""
_LINE_START = re.compile(r"^(\d*)([+=.)-])")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Document:
    """What is exported: blocks whose notes are numbered through, and the text of each note.

    Beside those of an answer there are blocks of the kinds `question` and `remark`, of one line each.
    """

    title: str
    blocks: tuple[Block, ...]
    notes: tuple[str, ...]
    """Note k is `notes[k - 1]`."""


def exchanges_to_document(title: str, exchanges: Sequence[Exchange]) -> Document:
    """The exchanges in order, each place and quote a note, numbered by its first mark."""
    notes = _Notes()
    blocks = [notes.numbered(block, exchange) for exchange in exchanges for block in _exchange_blocks(exchange)]
    if len(exchanges) == 1 and exchanges[0].question == title:
        del blocks[0]  # the title says it
    if any(exchange.answer and exchange.answer.figures for exchange in exchanges):
        blocks.append(_remark(CHECKED))
    return Document(printable(title), tuple(blocks), tuple(notes.numbers))


def printable(text: str) -> str:
    """The text without control characters and half characters."""
    return _UNPRINTABLE.sub("", text)


def document_to_markdown(document: Document) -> str:
    """Markdown with footnotes (GitHub, Pandoc, Typora); nothing in the texts is markup, HTML, an image or a link."""
    parts = [f"# {_markdown((Span(document.title),))}", *map(_markdown_block, document.blocks)]
    notes = [f"[^{number}]: {_markdown((Span(note),))}" for number, note in enumerate(document.notes, start=1)]
    return "\n\n".join([*parts, *notes]) + "\n"


def _exchange_blocks(exchange: Exchange) -> Iterator[Block]:
    yield Block("question", (((Span(exchange.question),),),))
    answer = exchange.answer
    if answer is None:
        yield from _plain_blocks(exchange.text or exchange.failure)
        return
    if answer.query.standalone != answer.query.question:
        yield _remark(f"理解为：{answer.query.standalone}")
    if answer.status is AnswerStatus.NOT_FOUND:
        yield _remark("报告中没有找到答案：")
    blocks = answer_to_blocks(answer)
    yield from blocks
    told = asked_figures(exchange)
    is_tabled = len(told) > 1 and not any(block.kind == "table" for block in blocks)
    if is_tabled:
        yield _figures_table(told)
    yield from _remarks(answer, is_tabled)


def _figures_table(told: Sequence[Told]) -> Block:
    """Several asked figures as the page's table shows them, each with the marks of its citations."""
    columns: list[tuple[str, list[Spans]]] = [
        ("单位", [(Span(one.whose),) for one in told]),
        ("说明", [(Span(one.about),) for one in told]),
        ("数字", [(Span(one.figure.text, bold=True), *_marks_of(one)) for one in told]),
        ("口径", [(Span(one.figure.scope),) for one in told]),
    ]
    shown = [(name, cells) for name, cells in columns if any(cell[0].text for cell in cells)]
    head = tuple((Span(name),) for name, _ in shown)
    return Block("table", (head, *zip(*(cells for _, cells in shown), strict=True)))


def _marks_of(one: Told) -> Spans:
    return tuple(Span("", note=n) for n in one.figure.citations)


def _remarks(answer: VerifiedAnswer, is_tabled: bool) -> Iterator[Block]:
    """What the page shows as badges: how figures were computed, what they cover, contradict, and what was taken out."""
    for figure in answer.figures:
        if figure.formula:
            yield Block("remark", ((marked_words(f"计算得出：{figure.formula}", answer),),))
    scopes = dict.fromkeys(f"{f.text}（{f.scope}）" for f in answer.figures if f.scope and f.role == "answer")
    if scopes and not is_tabled:
        yield _remark(f"口径：{'；'.join(scopes)}")
    for conflict in answer.conflicts:
        label = f"{conflict.indicator}：" if conflict.indicator else ""
        values: list[Span] = []
        for text, n in conflict.values:
            values += [Span("，"), Span(text, bold=True), Span("", note=n)]
        yield Block("remark", (((Span(f"数字不一致：{label}"), *values[1:], Span(f"。{conflict.note}")),),))
    for line in cautions(answer):
        yield _remark(f"请核对：{line}")
    if answer.unsupported:
        yield _remark(f"未能核实、已从回答中删去的数字：{'、'.join(answer.unsupported)}")
    if answer.notice:
        yield _remark(f"说明：{answer.notice}")
    marked = {span.note for block in answer_to_blocks(answer) for line in block.lines for cell in line for span in cell}
    if rest := [citation.n for citation in answer.citations if citation.n not in marked]:
        yield Block("remark", ((marked_words(f"另见：{''.join(f'[{n}]' for n in rest)}", answer),),))


def _remark(text: str) -> Block:
    return Block("remark", (((Span(text),),),))


def _plain_blocks(text: str) -> Iterator[Block]:
    for line in filter(None, map(str.strip, text.splitlines())):
        yield Block("text", (((Span(line),),),))


@dataclass(slots=True)
class _Notes:
    """Notes in the order in which they are first marked; the same place and quote is one note."""

    numbers: dict[str, int] = field(default_factory=dict)

    def numbered(self, block: Block, exchange: Exchange) -> Block:
        return replace(block, lines=tuple(tuple(self._spans(cell, exchange) for cell in line) for line in block.lines))

    def _spans(self, spans: Spans, exchange: Exchange) -> Spans:
        return tuple(
            replace(span, text=printable(span.text))
            if span.note is None
            else replace(span, note=self.numbers.setdefault(_note(span.note, exchange), len(self.numbers) + 1))
            for span in spans
        )


def _note(n: int, exchange: Exchange) -> str:
    """Report, table, section, printed and physical page, and the quote."""
    assert exchange.answer is not None
    citation = next(citation for citation in exchange.answer.citations if citation.n == n)
    passage = citation.passage
    report = next((report for report in exchange.reports if report.id == passage.report_id), None)
    table = next((table for table in exchange.tables if table.id == passage.table_id), None)
    place = place_of(citation, report)
    caption = f"，{table.caption}" if table and table.caption else ""
    return printable(
        f"{place}{caption}。原文：“{' '.join(citation.quote.split())}”{_under_heads(citation.quote, table)}"
    )


def _under_heads(quote: str, table: Table | None) -> str:
    """Each cell of the quoted rows behind the head of its column, `` where no row of the table is quoted."""
    if table is None:
        return ""
    heads = header_labels(table.rows, table.header_rows)
    known = {row_text(row).strip(): row for row in table.rows[table.header_rows :]}
    rows = [known[line.strip()] for line in quote.splitlines() if line.strip() in known]
    cells = [
        "，".join(f"{head}：{cell}" if head else cell for head, cell in zip(heads, row.printed, strict=False) if cell)
        for row in rows
    ]
    return f"（{'；'.join(cells)}）" if cells else ""


def _markdown_block(block: Block) -> str:
    lines = [[_markdown(cell) for cell in line] for line in block.lines]
    if block.kind == "question":
        return f"## {lines[0][0]}"
    if block.kind == "remark":
        return f"> {lines[0][0]}"
    if block.kind == "list":
        return "\n".join(f"- {line}" for (line,) in lines)
    if block.kind == "table":
        width = max(map(len, lines))
        rows = [[*line, *[""] * (width - len(line))] for line in lines]
        rows.insert(1, ["---"] * width)
        return "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return "  \n".join(line for (line,) in lines)


def _markdown(spans: Spans) -> str:
    line = ""
    for bold, run in groupby(spans, key=lambda span: span.bold):
        text = "".join(_plain(span.text) if span.note is None else f"[^{span.note}]" for span in run)
        line = _joined(line, f"**{text.strip()}**" if bold and text.strip() else text)
    return _LINE_START.sub(r"\1\\\2", line.strip())


def _joined(before: str, after: str) -> str:
    """Both, with a space between where asterisks beside a punctuation mark would else be no bold (CommonMark 6.2)."""
    opens, closes = after.startswith("**"), before.endswith("**")
    is_glued = before[-1:].isalnum() and not after[2:3].isalnum() if opens else False
    is_glued = is_glued or (closes and after[:1].isalnum() and not before[-3:-2].isalnum())
    return f"{before} {after}" if is_glued else before + after


def _plain(text: str) -> str:
    """Markdown that shows these characters and nothing else, white space as one space."""
    return _MARKS.sub(r"\\\g<0>", escape(_SPACE.sub(" ", text), quote=False))
