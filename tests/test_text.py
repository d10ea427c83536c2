from __future__ import annotations

import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.language.text import (
    MAX_SENTENCE,
    clean_line,
    find_quote,
    fold_radicals,
    join_lines,
    matching_key,
    matching_key_with_offsets,
    rejoined,
    search_terms,
    sentence_spans,
    tagged_words,
    unique,
)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("2023 届 毕 业 生", "2023届毕业生"),
        ("就业率为 96.12 %", "就业率为96.12%"),
        ("共 5 098 人", "共5 098人"),
        ("表1 2023年经费", "表1 2023年经费"),
        ("12 34 56", "12 34 56"),
        ("\u2003\u2003第一章\u2002总则", "第一章总则"),
        ("\u3000\u3000学校", "学校"),
        ("\uf0b7 加强管理", "加强管理"),
        ("⼤学⽣⻓期", "大学生长期"),
        ("2023\uf98e就業\uf961", "2023年就業率"),
        ("MOOC  course", "MOOC course"),
        ("办学\u200b条件\ufeff", "办学条件"),
        ("收入 ≥ 100 万元", "收入≥ 100万元"),
        ("“1 + X” 证书", "“1 + X”证书"),
        ("", ""),
        ("2 0 2 3", "2023"),
        ("2  0  2  3 年度", "2023年度"),
        ("一等奖 2 0 2 3", "一等奖2 0 2 3"),
        ("1 2 0 2 3 年", "1 2 0 2 3年"),
        ("2 0 2 3 项", "2 0 2 3项"),
    ],
)
def test_clean_line(raw: str, clean: str) -> None:
    assert clean_line(raw) == clean


@given(st.text())
def test_clean_line_is_done_once(text: str) -> None:
    assert clean_line(clean_line(text)) == clean_line(text)


@given(st.lists(st.decimals(0, 99999, places=2).map(str) | st.integers(0, 9999).map(str), max_size=6))
def test_clean_line_keeps_figures(figures: list[str]) -> None:
    for line in (" ".join(figures), " 人， ".join(figures), "\u3000共\u2003".join(figures)):
        assert re.findall(r"[\d.]+", clean_line(line)) == figures


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        ("经费收入34118.", "10万元", "经费收入34118.10万元"),
        ("产教", "融合", "产教融合"),
        ("Silk", "Road", "Silk Road"),
        ("Wuhan,", "China", "Wuhan, China"),
        ("共1", "2人", "共12人"),
        ("使用AI", "工具", "使用AI工具"),
        ("", "学校", "学校"),
        ("学校", "", "学校"),
    ],
)
def test_join_lines(first: str, second: str, joined: str) -> None:
    assert join_lines(first, second) == joined


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("毕业率为 96.12％（含）", "毕业率为96.12%(含)"),
        ("１５．８５：１", "15.85:1"),
        ("“双师型”", '"双师型"'),
        ("2022—2023", "2022-2023"),
        ("⻓沙", "长沙"),
        ("㎡", "m2"),
    ],
)
def test_matching_key_sees_through_form(left: str, right: str) -> None:
    assert matching_key(left) == matching_key(right)


@pytest.mark.parametrize(("left", "right"), [("96.12%", "96.21%"), ("45.3%", "453%"), ("万元", "元"), ("", "元")])
def test_matching_key_tells_apart(left: str, right: str) -> None:
    assert matching_key(left) != matching_key(right)


@given(st.text())
def test_matching_key_is_idempotent_and_knows_its_offsets(text: str) -> None:
    key, offsets = matching_key_with_offsets(text)
    assert key == matching_key(text)
    assert matching_key(key) == key
    assert len(key) == len(offsets)
    assert offsets == sorted(offsets)


@pytest.mark.parametrize(
    ("text", "quote", "found"),
    [
        ("全年收入 34118.10 万元。", "收入34118.10万元", "收入 34118.10 万元"),
        ("落实率（％）\n为96％", "(%)为96%", "（％）\n为96％"),
        ("面积5㎡", "5m2", "5㎡"),
        ("甲乙丙", "丁", None),
        ("甲乙丙", " ", None),
        ("", "甲", None),
    ],
)
def test_find_quote(text: str, quote: str, found: str | None) -> None:
    span = find_quote(text, quote)
    assert (text[span[0] : span[1]] if span else None) == found


@given(st.text(min_size=1), st.data())
def test_every_piece_of_a_text_is_found_in_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    piece = text[start : data.draw(st.integers(start + 1, len(text)))]
    span = find_quote(text, piece)
    assert span is None if not matching_key(piece) else span is not None


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("甲。乙！丙", ["甲。", "乙！", "丙"]),
        ("他说：“好。”然后走了。", ["他说：“好。”", "然后走了。"]),
        ("共3.5万元；其中1.2万元", ["共3.5万元；", "其中1.2万元"]),
        ("一行\n二行。\n", ["一行\n", "二行。\n"]),
        ("甲。\t乙；丙\n丁", ["甲。\t乙；丙\n", "丁"]),
        ("", []),
    ],
)
def test_sentence_spans(text: str, sentences: list[str]) -> None:
    assert [text[a:b] for a, b in sentence_spans(text)] == sentences


@given(st.text(alphabet="甲1.。；！”\n\t\r\u2028 "))
def test_sentences_rejoin(text: str) -> None:
    assert "".join(text[a:b] for a, b in sentence_spans(text)) == text


@pytest.mark.parametrize("item", ["专任教师12,345人，", "12345、", "占比15：1，", "男生12345人", "1.5%\t"])
def test_a_sentence_without_end_is_parted_between_its_figures(item: str) -> None:
    text = "共有" + item * 1000
    spans = sentence_spans(text)
    assert "".join(text[a:b] for a, b in spans) == text
    assert max(b - a for a, b in spans) <= MAX_SENTENCE
    assert not any(text[a - 1].isdigit() and text[a].isdigit() for a, _ in spans[1:])
    assert all((a - 2) % len(item) == 0 for a, _ in spans[1:]) == (item[-1] in "，、\t")


def test_digits_without_end_are_parted_somewhere() -> None:
    assert [b - a for a, b in sentence_spans("1" * 4500)] == [2000, 2000, 500]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("生师比15.85：1", {"生师比", "15.85", "1"}),
        ("1,234人", {"1234"}),
        ("毕业生", {"毕业", "业生"}),
        ("1+X证书", {"1", "x", "证书"}),
        ("12345¹人，78⁴%，96.12%⁽²⁾", {"12345", "78", "96.12%"}),
        ("500m²", {"500", "m2"}),
        ("⽣师⽐", {"生师比"}),
        ("，。", set()),
    ],
)
def test_search_terms(text: str, terms: set[str]) -> None:
    assert terms <= set(search_terms(text))


@given(st.text())
def test_search_never_raises(text: str) -> None:
    assert all(search_terms(text))
    assert all(word for word, _ in tagged_words(text))


def test_fold_radicals_leaves_the_rest() -> None:
    assert fold_radicals("％（长）㎡") == "％（长）㎡"


def test_unique_keeps_order() -> None:
    assert unique(["乙", "甲", "乙"]) == ("乙", "甲")


def test_importing_loads_no_dictionary() -> None:
    code = "import sys, rag.language.text; sys.exit('rjieba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("有多少人报了名", "有多少人报名"),
        ("交了费却没来", "交费却没来"),
        ("花了多少钱", "花了多少钱"),
        ("占了几成", "占了几成"),
    ],
)
def test_verbs_parted_from_their_nouns_are_joined(text: str, joined: str) -> None:
    assert rejoined(text) == joined
