"""What a question asks for, ready to be looked for: each thing asked with its weighted words, years and aspects."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rag.answering.built_in.opposites import named_members
from rag.answering.built_in.other_words import RELATED, Related, initials, other_words
from rag.domain.short_names import abbreviates, short_names
from rag.language.meaning import LONGEST_WORD
from rag.language.text import is_known_word, rejoined, sentence_spans, tagged_words, text_key
from rag.question.asks import asked_noun, names_figure, without_cues, without_month
from rag.question.years import YearSpan, without_years, year_spans
from rag.records import Ask, Evidence, Query
from rag.retrieval.relevance import CARRIED, Relevance, content_words, query_to_relevance

EARLIER_PART, LATER_PART = 0.35, 0.1
"""What a word counts that stands only beside a thing asked before, and only beside one asked later."""
OTHERWISE = 0.2
"""What a word counts that names what something is a share of (占全院百分之几), or the college that all reports are of."""
INVENTED = 0.5
"""What a word counts that no dictionary holds: characters that the segmenter took for one."""
ABSENT = 0.6
"""What a word of the question counts that stands in no passage: its loss is felt, but it may only be another word."""
RARELY = 0.1
"""Share of the figures by which a word stands that speaks of the report as a whole."""
MIN_OWNER = 4
"""Characters of the shortest name of an institution that begins with a place."""
Equivalents = tuple[tuple[frozenset[str], tuple[str, ...]], ...]
_CHANGE = re.compile(
    r"增[加长幅]|[涨降跌](?!分)|提[高升]|下[降滑]|减少|变化|多[了出]|少了|同比|比(?:上|前|去|头|20)|新增"
)
_PLAN = re.compile(r"计划|预算|打算|目标|指标|要求|标准|原来|本来|不得|拟|预计|合格|达标")
_EACH = re.compile(r"[生人均户师]均|平均|每|平摊|摊(?!位)|一个月|一个?人(?![次员才类数])|一[名位](?=[学教老师生])")
_EXTREME = re.compile(r"最|第[一二三]|冠|垫底")
_WHOLE = re.compile(r"占(?:了|到)?(?P<whole>[^，,。？?占]{1,12}?)的?(?:百分|多少|几|比例|比重|多大|份额)")
_COMPARED = re.compile("比|较|相对")
_TOTAL = re.compile("总|一共|合计|全部|加起来|拢共|累计|全校")
GROUPS = "学院|专业|系"
_GROUP = re.compile(f"(?<=[\u4e00-\u9fff])(?:{GROUPS})")
_LAST = re.compile(r"(?<![比较])(?<!相比)(?:上一?个?(?:学?年|届)|去年|前一年)")
_ASKED_ASPECTS = (
    ("last", _LAST),
    ("total", _TOTAL),
    ("change", _CHANGE),
    ("plan", _PLAN),
    ("each", _EACH),
    ("extreme", _EXTREME),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing asked, ready to be looked for."""

    ask: Ask
    words: Relevance
    question: str
    """Key of all the question says."""
    clause: str
    """Key of what belongs to this thing asked."""
    spans: frozenset[tuple[int, ...]]
    """The years, and the academic years (both their years), asked for."""
    aspects: frozenset[str]
    places: frozenset[str]
    """Words of it that an institution's name begins with: 砚州 where there is a report of 砚州市教育局."""
    groups: frozenset[str]
    """The kinds of groups it names: 专业, 学院."""
    members: frozenset[str]
    """The words that a 学院 or 专业 it names is named by: 智能, 制造."""
    head: str
    """The noun that is to be measured; `` where that cannot be told."""
    printed: frozenset[str]
    """The words that stand somewhere among what was found."""
    colleges: tuple[str, ...]
    """The colleges it asks about."""
    members_of_sets: tuple[tuple[int, int], ...]
    """What it names of words that exclude each other: 女, 省级."""


def query_to_wanted(
    query: Query, evidence: Evidence, texts: Iterable[str], owners: Sequence[str] = (), titles: Sequence[str] = ()
) -> tuple[Wanted, ...]:
    """Each thing asked with its weighted words: its own in full, those of the other things asked lightly.

    `texts` are the sentences and rows that may answer, with what stands above each: what they rarely say is heavy.
    `owners` are the institutions of the reports they are from, and `titles` are those of the reports: what names the
    only one tells nothing apart.
    """
    equivalents = query_to_relevance(query, ()).equivalents
    asked = f"{query.focus} {query.carried}"
    unnamed = _unnamed(query, asked)
    texts = sorted(set(texts)) or sorted(_sentences(evidence))
    members = tuple(named_members(text_key(asked)))
    related = other_words(query, asked, texts, members)
    weights = _weights(query, evidence, texts, equivalents, related)
    _lighten(weights, query, owners)
    _lighten_titled(weights, titles, texts)
    whole = " ".join(texts)
    printed = frozenset(word for word in weights if word in whole)
    found = []
    for at, ask in enumerate(query.asks):
        own = _own_weights(weights, query.asks, ask)
        aspects = {name for name, pattern in _ASKED_ASPECTS if pattern.search(ask.text if at else asked)}
        clause = text_key(f"{ask.text} {ask.item}" if len(query.asks) > 1 else asked)
        spans = frozenset(span.years for span in year_spans(ask.item) or _own_years(query, ask))
        found.append(
            Wanted(
                ask,
                Relevance(own, equivalents, tuple(one for one in related if one[0] in own)),
                text_key(asked),
                clause,
                spans,
                frozenset(aspects),
                frozenset() if query.colleges else _places(query.standalone, owners),
                frozenset(_GROUP.findall(unnamed)),
                frozenset(_members(unnamed)),
                _head(_own_part(ask) if len(query.asks) > 1 else asked, own),
                printed,
                (*query.colleges, *query.unknown_colleges),
                tuple(named_members(clause)),
            )
        )
    return tuple(found)


def _places(text: str, owners: Sequence[str]) -> frozenset[str]:
    """The beginnings, of two characters, of institutions' names that a text holds."""
    return frozenset(owner[:2] for owner in owners if len(owner) > MIN_OWNER and owner[:2] in text)


def _members(text: str) -> Iterator[str]:
    """The words right before each 学院, 专业 or 系 of a text that it is named by, a noun among them (智能制造, not 招生)."""
    run: list[tuple[str, str]] = []
    for word, tag in tagged_words(text):
        stem = re.sub(f"(?:{GROUPS})$", "", word)
        if stem != word:
            parts = [*run, (stem, "n")] if stem else run
            if any(kind == "n" for _, kind in parts):
                yield from (part for part, _ in parts if len(part) > 1)
            run = []
        else:
            kind = "n" if tag[:1] in "njlb" or tag in ("vn", "an", "") else tag[:1]
            run = [*run, (word, kind)] if kind in "nva" else []


def _unnamed(query: Query, text: str) -> str:
    """A text without the names of the question's colleges."""
    names = {form for college in query.colleges for form in (college, *short_names(college))}
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, " ")
    return text


def _own_years(query: Query, ask: Ask) -> Sequence[YearSpan]:
    """The years one of several things asked names for itself (2019年是多少，2023年呢), not those it is compared with."""
    own = year_spans(ask.text) if len(query.asks) > 1 and not _COMPARED.search(ask.text) else ()
    return own or year_spans(query.standalone)


def _sentences(evidence: Evidence) -> set[str]:
    """Keys of all sentences and rows found."""
    return {
        text_key(passage.text[start:end])
        for passage in evidence.passages
        for start, end in sentence_spans(passage.text)
    }


def _own_weights(weights: Mapping[str, float], asks: Sequence[Ask], ask: Ask) -> dict[str, float]:
    """The weights of all words, those that only other things asked say made light."""
    key = text_key(f"{ask.text} {ask.item}")
    at = asks.index(ask)
    earlier = text_key(" ".join(other.text for other in asks[:at] if other.text != ask.text))
    later = text_key(" ".join(other.text for other in asks[at:] if other.text != ask.text))
    rivals = text_key(" ".join(other.item for other in asks if other.item != ask.item))

    def share(word: str) -> float:
        if ask.item and word not in text_key(ask.item) and word in rivals:
            return 0.0
        if word in key:
            return 1.0
        return EARLIER_PART if word in earlier else LATER_PART if word in later else 1.0

    return {word: weight * share(word) for word, weight in weights.items()}


def _weights(
    query: Query, evidence: Evidence, texts: Sequence[str], equivalents: Equivalents, related: Related
) -> dict[str, float]:
    """The content words of a question, rare ones heavy; of a word that stands nowhere the pieces that do, and a rest."""
    left = text_key(without_month(without_cues(rejoined(f"{query.focus} {query.carried}"))))
    stripped = without_years(without_month(without_cues(query.terms[0] if query.terms else query.standalone)))
    colleges = (*query.colleges, *query.unknown_colleges)
    names = [text_key(name) for college in colleges for name in (college, *short_names(college))]
    words = {
        word: factor
        for word, factor in content_words(stripped).items()
        if word in left and not any(word in name for name in names)
    }
    whole = " ".join([*texts, *(text_key(passage.text) for passage in evidence.passages)])
    printed = {word: [name for asks, names in equivalents if word in asks for name in names] for word in words}
    near = {word for word, _, share in related if share >= RELATED / 2}
    present: dict[str, float] = {}
    for word, factor in words.items():
        if word in whole or any(name in whole for name in printed[word]) or word in near:
            present[word] = max(factor, present.get(word, 0.0))
        elif not any(other != word and other in word for other in words):
            for piece in _pieces(word, whole):
                present[piece] = max(factor * len(piece) / len(word), present.get(piece, 0.0))
            present[word] = factor * ABSENT
    own = content_words(query.focus) if query.carried else words
    found = {}
    for word, factor in present.items():
        forms = (word, *printed.get(word, ()))
        holding = max(sum(any(form in text for form in forms) for text in texts), 1)
        carried = 1.0 if word in own or not query.carried or word in query.focus else CARRIED
        found[word] = factor * carried * math.log((len(texts) + 1.5) / (holding + 0.5))
    return found


def _lighten(weights: dict[str, float], query: Query, owners: Sequence[str]) -> None:
    """Makes words light that do not say what is asked: of what it is a share, whose reports these are, no words at all."""
    whole_of = text_key(" ".join(match["whole"] for match in _WHOLE.finditer(query.focus)))
    places = {word for word, tag in tagged_words(query.standalone) if tag == "ns"}
    for word in weights:
        is_owner = len(owners) == 1 and (abbreviates(word, owners[0]) or (word in places and word in owners[0]))
        if is_owner or word in whole_of:
            weights[word] *= OTHERWISE
        elif not is_known_word(word):
            weights[word] *= INVENTED


def _lighten_titled(weights: dict[str, float], titles: Sequence[str], texts: Sequence[str]) -> None:
    """Makes words light that all the reports bear in their titles and hardly any figure beside it: 通报, 章程, 高职."""
    named = [f"{text_key(title)} {initials(title)}" for title in titles]
    for word in weights if named else ():
        if all(word in title for title in named) and not any(named_members(word)):
            is_rare = sum(word in text for text in texts) < RARELY * len(texts)
            weights[word] *= OTHERWISE if is_rare else 1.0


def _own_part(ask: Ask) -> str:
    """The words of one of several things asked that name its figure."""
    return ask.item if names_figure(ask.item) else ask.text


def _head(asked: str, weights: Mapping[str, float]) -> str:
    """The noun that a question asks the measure of, where it has a weight: 就业率 of 护理学院的就业率是多少."""
    noun = asked_noun(asked)
    return noun if len(noun) > 1 and noun in weights else ""


def _pieces(word: str, whole: str) -> list[str]:
    """The longest pieces of a word, of two characters or more, that are words and stand in a text: 博士 of 博士帽."""
    for length in range(min(len(word) - 1, LONGEST_WORD), 1, -1):
        found = [word[i : i + length] for i in range(len(word) - length + 1)]
        if kept := [piece for piece in found if piece in whole and is_known_word(piece)]:
            return kept
    return []
