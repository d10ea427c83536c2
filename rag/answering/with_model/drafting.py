"""A model's reply → Draft: plain text with numbered citations, figures and results put in by code."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from rag.answering.built_in.refusing import searched_in_vain
from rag.answering.with_model.disputing import known_dispute, rivals_left_out
from rag.answering.with_model.expanding import TOKEN, Expander
from rag.answering.with_model.plaintext import as_characters, without_markup
from rag.answering.with_model.prompting import AnswerPrompt
from rag.answering.with_model.replies import Reply, streamed_answer, text_to_reply
from rag.figures.citing import label_of, written
from rag.gate.said import tokens
from rag.language.numbers import agree, cell_number, find_numbers, find_scopes, unit_class
from rag.language.text import matching_key
from rag.records import AnswerStatus, Cite, Conflict, Draft, Figure, FigureRef, Segment, Text

MAX_ANSWER_CHARACTERS = 4_000
MAX_VISIBLE = 3 * MAX_ANSWER_CHARACTERS
"""Characters of a reply that still comes in which an answer is looked for."""
CUT_NOTICE = "模型的回答过长，后面的部分已略去。"
CONFLICT_NOTE = "同一份报告中同一事项印有不同的数字，请以原文为准并向编制单位核实"
MAX_ABOUT = 40
_HALF_TOKEN = re.compile(r"(?:[{｛\[［【〔][^{}｛｝\[\]［］【】〔〕\n]{0,20}|\*)$")
_REFUSED = re.compile(r'"status"\s*:\s*"not_found"')
_SENTENCE_END = re.compile(r"[。！？!?；;\n]")


def reply_to_draft(text: str, prompt: AnswerPrompt) -> Draft:
    """The draft a reply makes. Raises ReplyFormatError where it is not in the format asked for.

    Citations are numbered in order of first use; what does not hold is left out and named in `problems`.
    """
    reply = text_to_reply(text)
    answer, notice = _bounded(reply.answer)
    expander = Expander(prompt, {request.id: request for request in reply.computations})
    known = "\n".join(passage.text for passage in prompt.passages.values())
    segments: list[Segment] = []
    for line in without_markup(answer, known).split("\n"):
        segments += [*([Text("\n")] if segments else []), *expander.line(line)]
    if reply.status is AnswerStatus.NOT_FOUND:
        return _refusal(segments, expander, prompt, notice)
    segments += _operands_left_out(expander)
    rivals = _rivals_left_out(segments, expander)
    segments += [segment for said, _ in rivals for segment in (Text("（"), *said, Text("）"))]
    conflicts = (*_conflicts(reply, expander), *(conflict for _, conflict in rivals))
    return _draft(AnswerStatus.ANSWERED, _proved_bold(segments, expander), expander, notice, conflicts)


def _draft(
    status: AnswerStatus,
    segments: Sequence[Segment],
    expander: Expander,
    notice: str,
    conflicts: tuple[Conflict, ...] = (),
) -> Draft:
    figures = expander.prompt.figures
    return Draft(
        status,
        tuple(segments),
        tuple(expander.citations.items),
        conflicts,
        tuple(done.computation for done in expander.computed.values()),
        tuple(
            {
                f.id: f
                for f in [*expander.figures.values(), *map(figures.get, sorted(expander.used | expander.operands))]
                if f
            }.values()
        ),
        notice=notice,
        problems=tuple(dict.fromkeys(expander.problems)),
    )


def visible_answer(text: str, prompt: AnswerPrompt) -> str:
    """What a reader may see of a reply that still comes: its words, its figures not yet checked, no citations."""
    answer = _HALF_TOKEN.sub("", streamed_answer(text[:MAX_VISIBLE])[:MAX_ANSWER_CHARACTERS])

    def put(match: re.Match[str]) -> str:
        figure = prompt.figures.get((match["value"] or "").upper())
        return written(figure) if figure else "…" if match["value"] else ""

    known = "\n".join(passage.text for passage in prompt.passages.values())
    pieces = TOKEN.sub(lambda match: f"\0{put(match)}\0", without_markup(answer, known).replace("**", ""))
    return "".join(piece if at % 2 else as_characters(piece) for at, piece in enumerate(pieces.split("\0")))


def partial_reply(text: str) -> str:
    """The whole sentences so far of a reply that was cut short, as a reply; `` where there are none.

    Computations come last in a reply, so none is kept.
    """
    answer = streamed_answer(text)[:MAX_ANSWER_CHARACTERS]
    ends = [match.end() for match in _SENTENCE_END.finditer(answer)]
    if not ends or not answer[: ends[-1]].strip():
        return ""
    status = AnswerStatus.NOT_FOUND if _REFUSED.search(text) else AnswerStatus.ANSWERED
    return json.dumps({"status": status.value, "answer": answer[: ends[-1]]}, ensure_ascii=False)


def _bounded(answer: str) -> tuple[str, str]:
    """At most so many characters of an answer, ending with a sentence where one ends, and what to say of the cut."""
    if len(answer) <= MAX_ANSWER_CHARACTERS:
        return answer, ""
    kept = answer[:MAX_ANSWER_CHARACTERS]
    ends = [match.end() for match in _SENTENCE_END.finditer(kept)]
    return kept[: ends[-1]] if ends else kept, CUT_NOTICE


def _refusal(segments: Sequence[Segment], expander: Expander, prompt: AnswerPrompt, notice: str) -> Draft:
    """What was searched, then the model's own words without anything bold."""
    said = [segment if isinstance(segment, Cite) else replace(segment, is_answer=False) for segment in segments]
    lead = Text(searched_in_vain(prompt.evidence, prompt.reports))
    return _draft(AnswerStatus.NOT_FOUND, [lead, *said], expander, notice)


def _operands_left_out(expander: Expander) -> list[Segment]:
    """The operands of computations that the answer does not itself give, so that a reader sees what was computed."""
    missing = [name for name in expander.prompt.figures if name in expander.operands - expander.shown]
    found: list[Segment] = []
    for figure in (expander.prompt.figures[name] for name in missing):
        found += [Text(f"{'、' if found else '（计算所用：'}{label_of(figure)}"), *expander.place(figure)]
    return [*found, Text("）")] if found else []


def _rivals_left_out(segments: Sequence[Segment], expander: Expander) -> list[tuple[list[Segment], Conflict]]:
    """Other figures printed of what the answer gives in bold, so that it never chooses among them silently."""
    prompt = expander.prompt
    bold = [segment.figure_id for segment in segments if isinstance(segment, FigureRef) and segment.is_answer]
    given = [expander.figures[identity] for identity in dict.fromkeys(bold)]
    shown = list(expander.figures.values())
    place = partial(expander.place, is_answer=True)
    return list(rivals_left_out(given, prompt.disputes, shown, prompt.tables, expander.citations, place))


def _proved_bold(segments: Sequence[Segment], expander: Expander) -> list[Segment]:
    """The answer without bold around words that are neither a figure nor a name that a citation of their line holds, or of
    a report."""
    found: list[Segment] = []
    reports = [
        report for each in expander.prompt.passages.values() if (report := expander.prompt.reports.get(each.report_id))
    ]
    names = [matching_key(" ".join((report.title, report.college, *report.short_names))) for report in reports]
    for line in _lines(segments):
        cited = {segment.n for segment in line if isinstance(segment, Cite)}
        texts = [matching_key(c.passage.text) for c in expander.citations.items if c.n in cited] + names
        for segment in line:
            is_name = isinstance(segment, Text) and segment.is_answer and _is_name(segment.text)
            if isinstance(segment, Text) and is_name and not any(_names(segment.text, text) for text in texts):
                expander.problems.append(f"加粗的“{segment.text[:30]}”在所注的段落里没有。")
                found.append(replace(segment, is_answer=False))
            else:
                found.append(segment)
    return found


def _lines(segments: Sequence[Segment]) -> Iterator[list[Segment]]:
    line: list[Segment] = []
    for segment in segments:
        line.append(segment)
        if segment == Text("\n"):
            yield line
            line = []
    yield line


def _is_name(words: str) -> bool:
    unit = next((number for number in find_numbers(f"1{words}") if number.start == 0 and number.unit), None)
    if unit and unit.end > len(words):
        return False
    return bool(words.strip()) and not find_numbers(words) and cell_number(words) is None


def _names(words: str, text: str) -> bool:
    """Whether a passage has these words as a name of their own: 理事长 does not stand in 副理事长."""
    key = matching_key(words)
    return bool(key) and re.search(rf"(?<![副原前非]){re.escape(key)}", text) is not None


def _conflicts(reply: Reply, expander: Expander) -> Iterator[Conflict]:
    """Figures said to contradict each other that the answer gives: of one report, unit and year, and said of alike."""
    figures, citations = expander.prompt.figures, expander.citations
    for about, names in reply.conflicts:
        held = [figures[name] for name in dict.fromkeys(names) if name in figures and name in expander.shown]
        values = [held[0]] if held else []
        for figure in held[1:]:
            known = known_dispute([*values, figure], expander.prompt.disputes)
            if known or all(_may_conflict(about, figure, other) for other in values):
                values.append(figure)
        if len(values) > 1:
            stated = tuple((written(figure), citations.cite(figure)) for figure in values)
            known = known_dispute(values, expander.prompt.disputes)
            yield Conflict(
                known.indicator if known else _indicator(about, values[0]),
                stated,
                known.note if known else CONFLICT_NOTE,
                tuple(figure.id for figure in values),
            )


def _may_conflict(about: str, one: Figure, other: Figure) -> bool:
    return (
        one.passage.report_id == other.passage.report_id
        and unit_class(one.number.unit) == unit_class(other.number.unit)
        and not agree(one.number, other.number)
        and (_years(one) == _years(other) or not _years(one) or not _years(other))
        and all(_speaks_of(about, figure) for figure in (one, other))
    )


def _speaks_of(about: str, figure: Figure) -> bool:
    """Whether at least half of what is said to be contradicted stands where a figure is printed."""
    wanted = tokens(about)
    quote = figure.passage.text[figure.quote_start : figure.quote_end]
    key = matching_key(f"{quote} {figure.near} {figure.before} {figure.about}")
    return bool(wanted) and sum(token in key for token in wanted) * 2 >= len(wanted)


def _indicator(about: str, figure: Figure) -> str:
    """What contradicts, in the model's words where they hold no figure, else in the report's."""
    words = as_characters(without_markup(about, ""))[:MAX_ABOUT].replace("\n", " ")
    return words if not find_numbers(words) else label_of(figure).strip()


def _years(figure: Figure) -> set[int]:
    """Years and classes that a figure's sentence, or its column, speaks of."""
    text = figure.before if figure.is_cell else figure.passage.text[figure.quote_start : figure.quote_end]
    return {year for scope in find_scopes(text) if scope.kind != "enrolment" for year in scope.years}
