"""Answers that are names: the rows or the sentence that hold what is asked, as they stand."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rag.extractive.citing import Citations, has_figure, lead_of, plain, row_line, row_of
from rag.extractive.refusing import not_found
from rag.extractive.scope import speaks_of_subject
from rag.extractive.units import answering_units, brevity
from rag.extractive.weighing import RANK_DECAY
from rag.numbers import find_scopes
from rag.records import AnswerStatus, Draft, Evidence, Passage, Report, Table, TableRow
from rag.relevance import CONTEXT, TABLE_CONTEXT, Relevance, text_key
from rag.tables import header_labels
from rag.text import sentence_spans, tagged_words

MIN_NAME_COVERAGE = 0.4
NAMED_ROW = 0.35
"""What a row gains of which the question names a cell."""
MIN_NAMED = 3
"""Characters of such a cell."""
ASKERS_OWN = 0.3
"""What a word counts that stands nowhere in the evidence."""
_BRACKET = re.compile(r"[(（]")
MAX_ROWS = 12
"""More rows than this are a table, not an answer."""
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付"
    "方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤柳易骆"
)
"""The hundred commonest family names."""
_PERSON = re.compile("人名")
_DATE = re.compile(r"\d\s*[年月日]|[一二三四五六七八九十〇]{1,4}[年月日]")
_THINGS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = (
    (re.compile(r"哪位|法人|(?:长|书记|主任|老师|教师|学生|负责人|领导|得主|获得者|教授|院士)(?:是|叫)?谁"), _PERSON),
    (
        re.compile(r"哪一?天|什么时候|何时|哪年|几月|几号|日期"),
        _DATE,
    ),
    (
        re.compile(r"哪一?[些家个](?:公司|企业|单位)|什么(?:公司|企业)"),
        re.compile(r"公司|企业|集团|厂|中心|协会|局|医院|银行"),
    ),
    (re.compile(r"哪一?[些所家个](?:学校|院校|高校|大学)|哪所"), re.compile(r"学校|学院|大学|职院|高专")),
    (re.compile(r"电话|号码"), re.compile(r"\d{3,4}[-—]?\d{7,8}|1\d{10}")),
    (re.compile(r"邮箱|邮件"), re.compile(r"@")),
)
"""What is asked for → what its answer cannot lack."""


def name_draft(
    evidence: Evidence, relevance: Relevance, reports: Mapping[str, Report], tables: Mapping[str, Table]
) -> Draft:
    """A question that asks for names: the rows or the sentence that hold most of what is asked, as they stand."""
    thing = asked_thing(evidence.query.focus) or asked_thing(evidence.query.carried)
    relevance = _with_known_words(relevance, evidence)
    asked = text_key(f"{evidence.query.focus} {evidence.query.carried}")
    best: tuple[float, Passage, int, int] | None = None
    for rank, passage in enumerate(evidence.passages):
        table = tables.get(passage.table_id or "")
        context = " ".join([*passage.path, *(_table_names(table) if table else ())])
        share = TABLE_CONTEXT if table else CONTEXT
        for start, end in answering_units(passage, table):
            unit = passage.text[start:end]
            if not speaks_of_subject(evidence, reports.get(passage.report_id), unit) or not _has_thing(unit, thing):
                continue
            row = row_of(unit.rstrip(), table)
            named = NAMED_ROW if row is not None and _named_cells(row, asked) else 0.0
            score = (relevance.coverage(unit, context, share) + named) * RANK_DECAY**rank * brevity(unit)
            if best is None or score > best[0]:
                best = (score, passage, start, end)
    if best is None or best[0] < MIN_NAME_COVERAGE:
        return not_found(evidence, reports, relevance, tables)
    _, passage, start, end = best
    table = tables.get(passage.table_id or "")
    citations = Citations()
    lines = []
    for a, b in _alike_rows(passage, table, start, end, relevance, asked) or [(start, end)]:
        n = citations.cite_span(passage, a, a + len(passage.text[a:b].rstrip()))
        lines.append(f"{_line(passage.text[a:b].rstrip(), table, evidence.query.focus)} [{n}]")
    lead = lead_of(evidence, [passage], reports)
    text = f"{lead}{lines[0]}" if len(lines) == 1 else lead + "\n\n" + "\n".join(f"- {line}" for line in lines)
    return Draft(AnswerStatus.ANSWERED, text, tuple(citations.items))


def asked_thing(question: str) -> re.Pattern[str] | None:
    """What an answer must hold that names the thing asked for: a date, a company, a school; None for anything."""
    return next((thing for asked, thing in _THINGS if asked.search(question)), None)


def _has_thing(text: str, thing: re.Pattern[str] | None) -> bool:
    if thing is _PERSON:
        return any(
            tag.startswith("nr") and len(word) in (2, 3) and word[0] in _SURNAMES for word, tag in tagged_words(text)
        )
    return thing is None or thing.search(text) is not None


def _table_names(table: Table) -> tuple[str, ...]:
    return (table.caption, *header_labels(table.rows, table.header_rows))


def _alike_rows(
    passage: Passage, table: Table | None, start: int, end: int, relevance: Relevance, asked: str
) -> list[tuple[int, int]]:
    """The rows of a table that the question names as it names the best row, else those that hold as many of its words."""
    best = row_of(passage.text[start:end].rstrip("\n"), table)
    if table is None or best is None:
        return []
    named, held = _named_cells(best, asked), _held(relevance, passage.text[start:end])
    alike = [
        (a, b)
        for a, b in sentence_spans(passage.text)
        if (row := row_of(passage.text[a:b].rstrip("\n"), table)) is not None
        and (named <= _named_cells(row, asked) if named else held and held <= _held(relevance, passage.text[a:b]))
    ]
    return alike if len(alike) <= MAX_ROWS else []


def _named_cells(row: TableRow, asked: str) -> frozenset[str]:
    """The cells of a row that stand whole in a question, what is in brackets aside."""
    cores = {text_key(_BRACKET.split(cell)[0]) for cell in row.filled if cell and not has_figure(cell)}
    return frozenset(core for core in cores if len(core) >= MIN_NAMED and core in asked)


def _with_known_words(relevance: Relevance, evidence: Evidence) -> Relevance:
    """The question's words, those that no passage has at all counting little: they are the asker's own."""
    text = " ".join(" ".join([*passage.path, passage.text]) for passage in evidence.passages)
    known = relevance.shares(text)
    weights = {word: weight * (1.0 if word in known else ASKERS_OWN) for word, weight in relevance.weights.items()}
    return Relevance(weights, relevance.equivalents)


def _held(relevance: Relevance, text: str) -> frozenset[str]:
    return frozenset(word for word, share in relevance.shares(text).items() if share == 1.0)


def _line(text: str, table: Table | None, question: str) -> str:
    """A row as pairs, a sentence as it stands with the date or quoted name that was asked for bold."""
    row = row_of(text, table)
    if table is not None and row is not None:
        return row_line(row, table, question)
    if asked_thing(question) is _DATE:
        dates = [scope for scope in find_scopes(text) if scope.kind == "date" and scope.years] or find_scopes(text)
        for scope in dates[:1]:
            return plain(f"{text[: scope.start]}**{scope.text}**{text[scope.end :]}")
    return plain(text)
