"""Why an answer is not right, as far as the run itself can tell: one cause a question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum

from evals.cases import Case, file_stem
from evals.reply import Place, Reply
from evals.scoring import Bucket, Score, holders
from rag.language.text import find_quote


class Cause(Enum):
    """The first of these that applies, in this order; the value is what a reader sees."""

    FAILED = "出错"
    SHOULD_HAVE_REFUSED = "该拒答而作答"
    NOT_RETRIEVED = "没有检索到"
    REFUSED = "检索到了却拒答"
    WRONG_UNIT = "单位不对"
    WRONG_REPORT = "引自别的报告"
    WRONG_SENTENCE = "句子不对"
    WRONG_CELL = "表格的格子不对"
    WRONG_FIGURE = "句子对，数字不对"
    INCOMPLETE = "答得不全"
    EXTRA_FIGURES = "多答了数字"


def cause_of(case: Case, reply: Reply | None, score: Score) -> Cause | None:
    """Why the answer is in its bucket, None where it is right."""
    if score.bucket in (Bucket.RIGHT, Bucket.RIGHT_REFUSAL):
        return None
    if reply is None:
        return Cause.FAILED
    if score.bucket is Bucket.INVENTED:
        return Cause.SHOULD_HAVE_REFUSED
    if score.bucket is Bucket.PADDED:
        return Cause.EXTRA_FIGURES
    if score.recalled is False and not score.cited:
        return Cause.NOT_RETRIEVED
    if score.bucket is Bucket.FALSE_REFUSAL:
        return Cause.REFUSED
    return _cause_of_wrong(case, reply, score)


def _cause_of_wrong(case: Case, reply: Reply, score: Score) -> Cause:
    if score.unit_errors:
        return Cause.WRONG_UNIT
    if _cites_only_others(case, reply):
        return Cause.WRONG_REPORT
    if all(_is_quoted(quote, reply.citations) for quote in case.evidence):
        if score.bucket is Bucket.PARTIAL:
            return Cause.INCOMPLETE
        return Cause.WRONG_CELL if _any_in_table(case.evidence, reply) else Cause.WRONG_FIGURE
    missing = [quote for quote in case.evidence if not _is_quoted(quote, reply.citations)]
    cited_beside = any(holders(quote, reply.citations) for quote in missing)
    return Cause.WRONG_CELL if cited_beside and _any_in_table(missing, reply) else Cause.WRONG_SENTENCE


def _cites_only_others(case: Case, reply: Reply) -> bool:
    stems = {file_stem(citation.report) for citation in reply.citations}
    return bool(case.documents and stems) and not stems & set(map(file_stem, case.documents))


def _is_quoted(quote: str, citations: Iterable[Place]) -> bool:
    """Whether a citation's quote is, or lies within, the evidence."""
    return any(
        find_quote(citation.quote, quote) is not None or find_quote(quote, citation.quote) is not None
        for citation in citations
    )


def _any_in_table(evidence: Sequence[str], reply: Reply) -> bool:
    return any(
        "\t" in place.text[span[0] : span[1]]
        for quote in evidence
        for place in (*reply.citations, *reply.retrieved)
        if (span := find_quote(place.text, quote)) is not None
    )
