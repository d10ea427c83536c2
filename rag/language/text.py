"""Chinese text: cleaning what a file format did to it, a matching key apart from it, sentences, search terms.

Cleaned text (`clean_line`, `join_lines`) may be quoted. The matching key and the search terms are for finding
only and are never shown.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from operator import add
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import rjieba

# Radicals supplement: what NFKC leaves alone, beside the character each is drawn as. Chromium-made PDFs map
# glyphs of 见, 长, 风 and their like to them. Kangxi radicals (U+2F00–2FDF) have NFKC foldings.
_RADICAL_PAIRS = (
    "⺁厂 ⺂乙 ⺃乚 ⺄乙 ⺅亻 ⺆冂 ⺇几 ⺈刀 ⺉刂 ⺊卜 ⺌小 ⺍小 ⺎尢 ⺏尣 ⺐尢 ⺒巳 ⺓幺 ⺔彑 ⺕彐 ⺖忄 ⺗心 ⺘扌 ⺙攵 ⺛旡 ⺜日 ⺝月 "
    "⺞歹 ⺟母 ⺠民 ⺡氵 ⺢水 ⺣灬 ⺤爫 ⺥爫 ⺦丬 ⺧牛 ⺨犭 ⺩王 ⺪疋 ⺫目 ⺬示 ⺭礻 ⺮竹 ⺯糹 ⺰纟 ⺱罓 ⺲罒 ⺳罓 ⺴网 ⺵网 ⺶羊 ⺷羊 "
    "⺸羊 ⺹耂 ⺺聿 ⺻聿 ⺼肉 ⺽臼 ⺾艹 ⺿艹 ⻀艹 ⻁虎 ⻂衤 ⻃西 ⻄西 ⻅见 ⻆角 ⻇角 ⻈讠 ⻉贝 ⻊足 ⻋车 ⻌辶 ⻍辶 ⻎辶 ⻏阝 ⻐钅 ⻑長 "
    "⻒镸 ⻓长 ⻔门 ⻕阜 ⻖阝 ⻗雨 ⻘青 ⻙韦 ⻚页 ⻛风 ⻜飞 ⻝食 ⻞食 ⻟飠 ⻠饣 ⻡首 ⻢马 ⻣骨 ⻤鬼 ⻥鱼 ⻦鸟 ⻧卤 ⻨麦 ⻩黄 ⻪黾 ⻫斉 "
    "⻬齐 ⻭歯 ⻮齿 ⻯竜 ⻰龙 ⻱龜 ⻲亀 ⻳龟"
)
# Compatibility ideographs (U+F98E beside 年) are by Unicode the same characters as their canonical equivalents, so
# folding them changes nothing that is printed; left alone, no pattern would find 2023年 in them.
_FOLD = (
    {ord(pair[0]): pair[1] for pair in _RADICAL_PAIRS.split()}
    | {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}
    | {0x2F3E: "户"}  # NFKC gives 戶, the traditional form
    | {
        code: folded
        for code in (*range(0xF900, 0xFB00), *range(0x2F800, 0x2FA20))
        if (folded := unicodedata.normalize("NFC", chr(code))) != chr(code)
    }
)
# Private-use bullets (Wingdings and its like), replacement and invisible characters.
_NOISE = re.compile(
    "[\ue000-\uf8ff\ufffd\ufffe\uffff\u200b-\u200f\u2028-\u202f\u2060\ufeff\u00ad\x00-\x08\x0b-\x1f\x7f-\x9f\U000f0000-\U0010fffd]"
)
# Between two digits they may be a digit that was lost.
_LOST_IN_NUMBER = re.compile(r"(?<=[0-9０-９.,，])[\ue000-\uf8ff\ufffd\x00-\x08\x0b\x0e-\x1f]+(?=[0-9０-９.,，])")
_GROUPING = re.compile(r"(?<!\d)(?<!\d[.,])\d{1,3}(?:[\u00a0\u2004-\u200a\u202f]\d{3})+(?!\d)")
_NARROW = re.compile(r"[\u00a0\u2004-\u200a\u202f]")

_WIDE = r"\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_SPACE = r" \t\u00a0\u2000-\u200a\u3000"
_WIDE_MARK = r"，。、；：？！（）《》〈〉“”‘’【】〔〕…—％"
_BETWEEN_WIDE = re.compile(rf"(?<=[{_WIDE}{_WIDE_MARK}])[{_SPACE}]+(?=[{_WIDE}{_WIDE_MARK}])")
_WIDE_THEN_NARROW = re.compile(rf"(?<=[{_WIDE}{_WIDE_MARK}])[{_SPACE}]+(?=[0-9A-Za-z+<>≥≤±.])")
_NARROW_THEN_WIDE = re.compile(rf"(?<=[0-9A-Za-z+%‰.])[{_SPACE}]+(?=[{_WIDE}{_WIDE_MARK}])")
_NARROW_THEN_PERCENT = re.compile(rf"(?<=[0-9])[{_SPACE}]+(?=[%‰℃])")
_SPACED_YEAR = re.compile(
    r"""^(?:1\ 9|2\ 0)(?:\ \d){2}$                          # alone in its line, as on a cover
      | (?<![\d.])(?<!\d\ )(?:1\ 9|2\ 0)(?:\ \d){2}(?=学?年|届|级)""",
    re.VERBOSE,
)
_SPACES = re.compile(rf"[{_SPACE}]+")
_LATIN_END = re.compile(r"[A-Za-z][,;)]?$")
_LATIN_START = re.compile(r"[A-Za-z]")

MAX_SENTENCE = 2000
"""Characters; the longest sentences of reports, lists of partners, have some hundreds."""
_MARK_END = re.compile(r"[、\t]|[，,](?!\d)|(?<!\d)[，,]")
_APART = re.compile(r"[^\dA-Za-z.,:：%％‰](?=[^\dA-Za-z.,:：%％‰])")
_SENTENCE = re.compile(r"(?:[^。！？；!?;]*[。！？；!?;]+[”’」』）)】〕》]*\n?)|[^。！？；!?;]+")


def fold_radicals(text: str) -> str:
    """Radicals and compatibility ideographs as the characters they stand for; everything else untouched."""
    return text.translate(_FOLD)


_RAISED = str.maketrans("0123456789+-−–()abcden", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁽⁾ᵃᵇᶜᵈᵉⁿ")
_LOWERED = str.maketrans("0123456789+-−–()aen", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₍₎ₐₑₙ")


def raised(text: str) -> str:
    """Digits and letters set above the line in the characters that say so: a note's 1 as ¹."""
    return text.translate(_RAISED)


def lowered(text: str) -> str:
    """Digits and letters set below the line in the characters that say so: H₂O."""
    return text.translate(_LOWERED)


def clean_line(text: str) -> str:
    """A line without radicals, private-use bullets, and the spaces layout put between and beside Chinese.

    Narrow spaces that group thousands go, those of a year set wide (2 0 2 3 年) too, and what is lost inside a number shows
    as □.
    """
    text = _LOST_IN_NUMBER.sub("□", fold_radicals(text))
    text = _NOISE.sub("", _GROUPING.sub(lambda match: _NARROW.sub("", match[0]), text))
    for pattern in (_BETWEEN_WIDE, _WIDE_THEN_NARROW, _NARROW_THEN_WIDE, _NARROW_THEN_PERCENT):
        text = pattern.sub("", text)
    return _SPACED_YEAR.sub(lambda match: match[0].replace(" ", ""), _SPACES.sub(" ", text).strip())


def join_lines(first: str, second: str) -> str:
    """Two pieces of one hard-wrapped line as it would stand unwrapped: a space only between two Latin words."""
    return first + (" " if _LATIN_END.search(first) and _LATIN_START.match(second) else "") + second


@cache
def _key_of(character: str) -> str:
    if _NOISE.match(character):
        return ""
    folded = unicodedata.normalize("NFKC", _FOLD.get(ord(character), character)).lower()
    return "".join(
        "" if c.isspace() else {"“": '"', "”": '"', "‘": "'", "’": "'", "—": "-", "–": "-"}.get(c, c) for c in folded
    )


def matching_key(text: str) -> str:
    """Text for comparison: NFKC, radicals folded, lower case, no white space or noise, one form of quotes and dashes."""
    return "".join(map(_key_of, text))


def matching_key_with_offsets(text: str) -> tuple[str, list[int]]:
    """`matching_key(text)` and, for each of its characters, the offset in `text` it comes from."""
    parts = [(_key_of(character), offset) for offset, character in enumerate(text)]
    return "".join(part for part, _ in parts), [offset for part, offset in parts for _ in part]


def find_quote(text: str, quote: str) -> tuple[int, int] | None:
    """Span of `quote` in `text`, white space and width aside; None where it does not stand there."""
    key, offsets = matching_key_with_offsets(text)
    wanted = matching_key(quote)
    at = key.find(wanted) if wanted else -1
    return None if at < 0 else (offsets[at], offsets[at + len(wanted) - 1] + 1)


def sentence_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Spans of the sentences of `text`; they rejoin to it. A line feed ends one; closing quotes stay with theirs.

    A line that holds a tab is a table row: one span, whatever marks stand in its cells. What goes on for more than
    `MAX_SENTENCE` characters is parted between clauses, so that no sentence costs without limit.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for line in text.splitlines(keepends=True):
        end = start + len(line)
        whole = [(start, end)] if "\t" in line else [match.span() for match in _SENTENCE.finditer(text, start, end)]
        for low, high in whole:
            spans.extend(_parted(text, low, high))
        start = end
    return tuple(spans)


def _parted(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Spans of at most `MAX_SENTENCE` characters, parted behind a mark, else where no figure or word is cut."""
    while end - start > MAX_SENTENCE:
        low, high = start + MAX_SENTENCE // 2, start + MAX_SENTENCE
        ends = ([match.end() for match in places.finditer(text, low, high)] for places in (_MARK_END, _APART))
        cut = next((found[-1] for found in ends if found), high)
        yield start, cut
        start = cut
    yield start, end


_DOMAIN_WORDS = (
    "生师比 师生比 生均 双师型 双师素质 专任教师 兼职教师 教职工 副高 毕业去向落实率 去向落实率 就业率 初次就业率 灵活就业 协议就业 "
    "升学率 专升本 对口率 对口度 相关度 满意度 月收入 到款额 横向技术服务 财政拨款 助学金 奖学金 励志奖学金 在校生 毕业生 高职 "
    "产教融合 产业学院 订单班 现代学徒制 技能大赛 专业群 教职工 占地面积 建筑面积 仪器设备值 图书 馆藏 人次 学时 课时 报到率 录取 "
    "双高计划 一村多名大学生 技能校园 典型案例 提质培优 楚怡 科技副总 精品课程 职教集团 职教联盟 专利 发明专利 百分点"
).split()
_DOMAIN_SET = frozenset(_DOMAIN_WORDS)
_RAISED_MARK = re.compile("(?<![A-Za-z])[\u2070\u00b9\u00b2\u00b3\u2074-\u207e\u1d43\u1d47\u1d48\u1d49\u1d9c]+")
"""The mark of a note (320¹, 96.12%⁽²⁾) or an exponent, but not that of a unit (m²)."""
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")
_PARTED = re.compile("([一-鿿])[了过着]([一-鿿])")
_WORD = re.compile(r"[0-9]+(?:\.[0-9]+)?%?|[a-z]+[a-z0-9+#.]*|[\u3400-\u9fff]+")


@cache
def _segmenter() -> rjieba.Jieba:
    import rjieba  # its dictionary takes longer to load than the rest of the program

    segmenter = rjieba.Jieba()
    for word in _DOMAIN_WORDS:
        segmenter.add_word(word, None, None)
    return segmenter


def search_terms(text: str) -> tuple[str, ...]:
    """Lexical terms in order, repeats kept: words, numbers whole, and every bigram of Chinese characters."""
    key = unicodedata.normalize("NFKC", _RAISED_MARK.sub(" ", fold_radicals(text))).lower()
    key = _THOUSANDS.sub("", key)
    terms: list[str] = []
    for run in _WORD.findall(key):
        if not ("\u3400" <= run[0] <= "\u9fff"):
            terms.append(run)
            continue
        words = _segmenter().cut_for_search(run)
        terms += [word for word in words if len(word) != 2]
        terms += map(add, run, run[1:])
    return tuple(terms)


def tagged_words(text: str) -> tuple[tuple[str, str], ...]:
    """(word, part of speech) of a text's words; numbers and Latin codes whole. White space parts words."""
    key = unicodedata.normalize("NFKC", fold_radicals(text)).lower()
    words: list[tuple[str, str]] = []
    for run in _WORD.findall(_THOUSANDS.sub("", key)):
        if "\u3400" <= run[0] <= "\u9fff":
            words.extend(_segmenter().tag(run))
        else:
            words.append((run, "m" if run[0].isdigit() else "eng"))
    return tuple(words)


def rejoined(text: str) -> str:
    """A text whose verbs that 了, 过 or 着 parts from their noun are one word again: 报了名 is 报名, 就了业 就业."""
    return _PARTED.sub(lambda match: match[1] + match[2] if is_known_word(match[1] + match[2]) else match[0], text)


def is_known_word(word: str) -> bool:
    """Whether the segmenter's dictionary holds a word; others it makes up from characters that often follow."""
    return _segmenter().has_word(word)


@lru_cache(maxsize=10_000)
def specificity(word: str) -> float:
    """How much a word says by itself, 0.25 to 1: one that is common in general Chinese (孩子, 想) says little."""
    frequency = _segmenter().suggest_freq(word) if _segmenter().has_word(word) and word not in _DOMAIN_SET else 1
    return min(1.0, max(0.25, 1.3 - 0.2 * math.log10(frequency + 10)))


def unique(items: Iterable[str]) -> tuple[str, ...]:
    """The items in order, each once."""
    return tuple(dict.fromkeys(items))


@lru_cache(maxsize=30_000)
def text_key(text: str) -> str:
    """`matching_key`, remembered."""
    return matching_key(text)
