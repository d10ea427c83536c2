"""VerifiedAnswer → what the page shows (pure).

Labels of widgets, which Streamlit reads as Markdown, go through `escape_markdown`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import groupby
from pathlib import PurePath
from typing import TYPE_CHECKING

from markupsafe import Markup

from rag.domain.near_duplicates import without_twins
from rag.language.text import matching_key, unique
from rag.presentation.asked_figures import asked_figures
from rag.presentation.blocks import Block, Spans, answer_to_blocks
from rag.presentation.exchanges import Exchange
from rag.presentation.html.elements import BREAK, WORD_JOINER, badge, element, elements, grid, if_any, lines
from rag.presentation.html.figures import cautions_html, facts_html, removed_html
from rag.presentation.html.sources import marker, sources_html
from rag.presentation.json_and_text import answer_to_text, report_facts, without_bold
from rag.records import AnswerStatus, Certainty, Conflict, Purpose, Report, VerifiedAnswer
from rag.settings.choices import MODEL_NAMES

if TYPE_CHECKING:
    from rag.records import ReportStats

Mark = Callable[[int], Markup]
"""Makes the number of a source, which opens it."""
STAGES = ("理解", "检索", "作答", "核对")
"""What `Assistant.ask` reports, in order."""

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_REREAD = re.compile(r"(?<=:)(?=[A-Za-z_/+-])|(?<=@)(?=\w)|(?<=www)(?=\.)", re.IGNORECASE)
_TYPOGRAPHIC = re.compile(r"(?<=[<>=~+!-])(?=[<>=~+!-])")
UNSURE_LINE = element("p.wb-doubtful", badge("不确定"))
_HEAD = element("h1", "问报") + element("p.wb-lead", "就院校报告提问，每个数字都注明出处页码。")


def escape_markdown(text: str) -> str:
    """One line of Markdown that Streamlit shows as `text`, runs of white space as one space."""
    line = " ".join(text.split())
    for pattern in (_REREAD, _TYPOGRAPHIC):
        line = pattern.sub(WORD_JOINER, line)
    return _PUNCTUATION.sub(r"\\\1", line)


def stage_line(begun: tuple[str, ...]) -> str:
    """All stages of an answer as a label, the one that is under way in bold, and why one is under way again."""
    line = " › ".join(f"**{name}**" if begun and name == begun[-1] else name for name in STAGES)
    _, retrieve, answer, verify = STAGES
    if begun[-1:] == (answer,) and verify in begun:
        return f"{line}，有的地方没有通过核对，正在请模型改正"
    return f"{line}，模型要再查一次资料" if begun.count(retrieve) > 1 and verify not in begun else line


def question_html(question: str) -> str:
    """A question as its asker's bubble."""
    return element("div.wb-question", lines(question))


def error_html(message: str) -> str:
    """An error a person may read."""
    return element("div.wb-answer", element("div.wb-notice.wb-error", lines(message)))


def exchange_to_html(exchange: Exchange, anchor: str) -> tuple[str, str]:
    """What stands under the question: the answer or why there is none, and its sources.

    `anchor` makes the ids of the sources unlike those of other answers.
    """
    if exchange.answer is not None:
        return _answer(exchange, exchange.answer, anchor), _sources(exchange, exchange.answer, anchor)
    if exchange.record:
        return element("div.wb-answer", element("div.wb-text", element("p", lines(exchange.text)))), ""
    return error_html(exchange.failure), ""


def copy_html(exchange: Exchange) -> str:
    """A link that copies the answer with its sources, as plain text."""
    known = {report.id: report for report in exchange.reports}
    text = answer_to_text(exchange.answer, known) if exchange.answer is not None else exchange.text
    return element("a.wb-copy-text", "复制", href="#", role="button", data_text=without_bold(text))


def _answer(exchange: Exchange, answer: VerifiedAnswer, anchor: str) -> str:
    """The answer, what is to be known of its figures, and its conflicts."""
    is_summary = answer.query.purpose is Purpose.SUMMARY  # its lines are the table already
    blocks = answer_to_blocks(answer)
    blocks = blocks[:1] if answer.query.purpose is Purpose.HELP else blocks  # its examples are buttons below
    mark = partial(marker, anchor, {citation.n: citation.quote for citation in answer.citations})
    parts = [
        _understood(answer),
        UNSURE_LINE if answer.sureness is Certainty.UNSURE else "",
        element("div.wb-text", *(_block(block, mark) for block in blocks)),
        "" if is_summary else facts_html(asked_figures(exchange), mark),
        *(_conflict(conflict, mark) for conflict in answer.conflicts),
        cautions_html(answer),
        removed_html(answer),
    ]
    unsure = ".wb-unsure" if answer.sureness is Certainty.UNSURE else ""
    return element(f"div.wb-answer.wb-{answer.status.value.replace('_', '-')}{unsure}", *parts)


def _sources(exchange: Exchange, answer: VerifiedAnswer, anchor: str) -> str:
    reports = {report.id: report for report in exchange.reports}
    tables = {table.id: table for table in exchange.tables}
    return element("div.wb-below", sources_html(answer, reports, tables, anchor), element("p.wb-foot", _foot(answer)))


def _understood(answer: VerifiedAnswer) -> str:
    if answer.query.standalone == answer.query.question:
        return ""
    return element("p.wb-understood", f"理解为：{answer.query.standalone}")


def _foot(answer: VerifiedAnswer) -> str:
    name = answer.model_returned or MODEL_NAMES.get(answer.model, answer.model)
    seconds = dict(answer.timings_ms).get("total", 0.0) / 1000
    if answer.query.purpose is Purpose.HELP:
        return name
    facts = [name, f"查了 {len(answer.query.report_ids)} 份报告", f"{seconds:.2f} 秒"]
    if answer.first_token_ms is not None:
        facts.append(f"首字 {answer.first_token_ms / 1000:.2f} 秒")
    if answer.input_tokens:
        facts.append(f"token 输入 {answer.input_tokens}、输出 {answer.output_tokens}")
    if answer.cost is not None:
        facts.append(f"费用 {answer.cost:.4f} 元")
    return " · ".join(facts)


def _block(block: Block, mark: Mark) -> Markup:
    cells = [[_spans(cell, mark) for cell in line] for line in block.lines]
    if block.kind == "list":
        return element("ul", elements("li", (line for (line,) in cells)))
    if block.kind == "table":
        return grid(cells[0], cells[1:])
    return element("p", BREAK.join(line for (line,) in cells))


def _spans(spans: Spans, mark: Mark) -> Markup:
    """Words and marks, runs of bold ones in one piece."""
    pieces = Markup()
    for bold, run in groupby(spans, key=lambda span: span.bold):
        html = Markup().join(span.text if span.note is None else mark(span.note) for span in run)
        pieces += element("strong", html) if bold else html
    return pieces


def _conflict(conflict: Conflict, mark: Mark) -> Markup:
    values = Markup("，").join(element("strong", text) + mark(n) for text, n in conflict.values)
    label = f"{conflict.indicator}：" if conflict.indicator else ""
    note = element("div.wb-note", conflict.note)
    return element("div.wb-notice.wb-conflict", badge("数字不一致"), label, values, note)


def report_html(report: Report, stats: ReportStats | None, contradictions: int = 0, added: str = "") -> str:
    """A report in the list: its title, what it is, its file and when it was added, and what is wrong with it."""
    facts = [recognised(report)]
    if report.page_count:
        facts.append(f"{report.page_count} 页")
    if stats and stats.tables:
        facts.append(f"{stats.tables} 张表")
    facts.append(f"{report.figure_count} 个数字" if report.figure_count else "")
    facts.append(f"{contradictions} 处数字待核" if contradictions else "")
    file = " · ".join(filter(None, [added, f"文件 {PurePath(report.path).name}"]))
    return element(
        "div.wb-report",
        element("div.wb-title", report.title),
        element("div", " · ".join(filter(None, facts))),
        element("div.wb-file", file),
        if_any("ul.wb-warnings", elements("li", report.warnings)),
    )


def removal_html(report: Report) -> str:
    """What is asked before a report is removed."""
    asked = element("p", f"确定移除《{report.title}》（{PurePath(report.path).name}）吗？")
    return asked + element("p.wb-muted", "移除后不能再就它提问；已有的对话不受影响。以后可以重新添加。")


def not_removable_html(is_sample: bool) -> str:
    """Why a report that was not added on the page is not removed there."""
    origin = "示例报告随程序附带" if is_sample else "这份报告由维护者放在报告文件夹里"
    command = element("code", "wenbao ingest --prune")
    return element("p.wb-muted", f"{origin}，在这里不能移除：要移除，请移走文件后运行 ", command, "。")


def recognised(report: Report) -> str:
    """Whose report, of which kind and time it was taken for."""
    return " · ".join(report_facts(report))


def compared_reports(exchange: Exchange) -> tuple[str, ...]:
    """Ids of the reports an answer cites, one of each college and year; empty where it cites no two of these.

    Where the answer is not sure, the question has to name several colleges.
    """
    answer = exchange.answer
    if answer is None or not (answer.status is AnswerStatus.ANSWERED or len(answer.query.colleges) > 1):
        return ()
    reports = {report.id: report for report in exchange.reports}
    first: dict[tuple[str, int | None], str] = {}
    for citation in answer.citations:
        report = reports.get(citation.passage.report_id)
        if report is not None and report.college:
            first.setdefault((report.college, report.year), report.id)
    return tuple(first.values()) if len(first) > 1 else ()


def report_fits(report: Report, sought: str) -> bool:
    """Whether each word sought stands in what is known of a report."""
    key = matching_key(
        " ".join([report.title, report.college, *report.short_names, report.kind.value, str(report.year)])
    )
    return all(matching_key(word) in key for word in sought.split())


def reports_head_html(reports: Sequence[Report]) -> str:
    """The head of the page of reports."""
    return element("div.wb-place-head", element("h2", "报告"), element("p.wb-muted", corpus_line(reports)))


def corpus_line(reports: Sequence[Report]) -> str:
    """What is loaded, in a line; one report in two formats is one."""
    reports = without_twins(reports)
    colleges = unique(report.college for report in reports if report.college)
    years = sorted({report.year for report in reports if report.year})
    span = f"{years[0]}—{years[-1]} 年" if len(years) > 1 else f"{years[0]} 年" if years else ""
    return " · ".join(
        filter(None, [f"已收录 {len(reports)} 份报告", f"{len(colleges)} 个单位" if colleges else "", span])
    )


def upload_html(name: str, done: str, reasons: Sequence[str], warnings: Sequence[str], failed: str = "没有添加") -> str:
    """How an upload went: what was done, or why not, and what a reader should know of the file."""
    if reasons:
        why = lines(f"{failed}：{'；'.join(reasons)}")
        return element("div.wb-upload.wb-error", element("b", name), element("div", why))
    notes = if_any("ul.wb-warnings", elements("li", warnings))
    return element("div.wb-upload", element("b", name), element("div", done), notes)


def welcome_html(reports: Sequence[Report]) -> str:
    """The head of an empty conversation; where there are no reports, how to add them."""
    if reports:
        return element("div.wb-welcome", _HEAD, element("p.wb-muted", corpus_line(reports)))
    command = element("code", "wenbao ingest 报告所在的文件夹")
    steps = (
        "点输入框左边的“＋”选择文件：PDF、Word（DOCX）、Excel（XLSX）、TXT 或 Markdown；",
        Markup("或者在命令行运行 {}，本页会自动看到新报告。").format(command),
    )
    empty = element("div.wb-empty", element("b", "还没有报告"), element("ol", elements("li", steps)))
    return element("div.wb-welcome", _HEAD, empty)


def login_html() -> str:
    """What stands in place of the page before a login."""
    return element("div.wb-welcome", _HEAD, element("p.wb-muted", "请先登录。"))


def keeping_failed_html(message: str) -> str:
    """Why conversations are not kept."""
    return element("div.wb-upload.wb-error", element("b", "对话没有保存"), element("div", lines(message)))


def failure_html(message: str) -> str:
    """What stands in place of the page when it cannot be drawn."""
    empty = element("div.wb-empty.wb-error", element("b", "暂时打不开"), element("p", lines(message)))
    return element("div.wb-welcome", empty)


def theme_css(dark: bool) -> str:
    """The colours the page's own parts take from the theme."""
    return f":root{{{''.join(f'--wb-{name}:{colour};' for name, colour in colours(dark).items())}}}"


def colours(dark: bool) -> Mapping[str, str]:
    """The colours of the page's own parts, by what they are for."""
    return _DARK if dark else _LIGHT


_LIGHT = {
    "page": "#fcfbf8", "accent": "#1f6f6b", "accent-soft": "#e3efec", "ink": "#24292c", "muted": "#6b6f6c", "line": "#e2ddd2",
    "card": "#ffffff", "soft": "#f4f1ea", "mark": "#fbe9a9", "warn": "#8a5a00", "warn-soft": "#fdf3dc",
    "bad": "#9b3324", "bad-soft": "#fbeae6",
}  # fmt: skip
_DARK = {
    "page": "#171a1b", "accent": "#7cc7be", "accent-soft": "#21413e", "ink": "#e7e4dd", "muted": "#a09f98", "line": "#343a3b",
    "card": "#1e2324", "soft": "#22282a", "mark": "#6a5618", "warn": "#e8c170", "warn-soft": "#3a3018",
    "bad": "#f0a394", "bad-soft": "#422621",
}  # fmt: skip
