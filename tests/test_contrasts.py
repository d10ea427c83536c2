"""Qualities that exclude each other: what is asked, and whether a figure's words have it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from rag.answering.built_in.contrasts import CONTRAST_FEATURES, asked_contrasts, contrast_features, lacks_quality

TABLE = Path(__file__).parents[1] / "rag" / "answering" / "built_in" / "contrasts.toml"


def found(question: str, own: str, earlier: str = "", heads: str = "") -> set[str]:
    features = contrast_features(asked_contrasts([question], question), own, earlier, heads)
    return {name for name, value in features.items() if value}


@pytest.mark.parametrize(
    ("question", "own", "expected"),
    [
        ("女生有多少人", "女生", "strict_same"),
        ("女生有多少人", "男生", "strict_other"),
        ("女生有多少人", "毕业生共", "strict_absent"),
        ("就业率是多少", "省内就业率", "strict_unasked"),
        ("博士有多少人", "具有研究生学位的", "strict_same"),
        ("一共支出多少", "经费收入总额", "loose_other"),
        ("新增设备多少万元", "设备总值", "loose_absent"),
        ("用人单位的满意度", "用人单位对毕业生的满意度", "agent_same"),
        ("学生家长的满意度", "教职工满意度", "strict_absent"),
        ("教职工的满意度", "学生满意度", "agent_other"),
        ("老师有多少人", "专任教师", "agent_same"),
        ("毕业生对教学的满意度", "毕业生总体满意度", "strict_other"),
    ],
)
def test_figure_has_what_is_asked_or_something_else(question: str, own: str, expected: str) -> None:
    assert expected in found(question, own)


def test_who_judges_stands_before_whom_it_is_about() -> None:
    assert "agent_other" in found("毕业生对母校的满意度", "用人单位对毕业生的满意度")


def test_nearer_words_go_before_those_farther_off() -> None:
    assert "strict_far" in found("女生占多少", "占", earlier="男生20人，女生30人，")
    assert "strict_other_far" in found("男生占多少", "占", earlier="男生20人，女生30人，")
    assert "strict_far" in found("国家级的有几项", "共", heads="国家级项目")


def test_words_that_only_look_like_a_member_say_nothing() -> None:
    assert not found("设备有多少台", "创新创业项目设备")
    assert not found("人数是多少", "子女人数")
    assert not found("想让闺女来上学，有多少专业", "开设专业")


def test_class_counts_only_where_the_question_gives_occasion() -> None:
    assert not found("教学设备有多少台", "管理设备")


def test_plain_members_go_without_saying() -> None:
    assert "strict_unasked" not in found("满意度是多少", "总体满意度")


def test_first_text_that_speaks_of_a_class_decides() -> None:
    asked = asked_contrasts(["", "男生呢", "女生有多少人"], "男生呢 女生有多少人")
    assert contrast_features(asked, "男生", "", "")["strict_same"] == 1.0


def test_every_word_of_the_table_is_a_key_and_every_feature_lies_between_0_and_1() -> None:
    for entry in tomllib.loads(TABLE.read_text(encoding="utf-8"))["class"]:
        for words in entry["members"].values():
            for word in words:
                features = contrast_features(asked_contrasts([word], f"{word}{entry.get('of', '')}"), word, word, word)
                assert set(features) == set(CONTRAST_FEATURES)
                assert all(0.0 <= value <= 1.0 for value in features.values())


@pytest.mark.parametrize(
    ("question", "text", "lacks"),
    [
        ("女教师占几成", "专任教师796人，兼职教师584人", True),
        ("女教师占几成", "专任教师796人，其中女教师400人", False),
        ("专任教师占几成", "教职工959人", False),
        ("毕业三年后的月收入", "平均月收入4000元", True),
    ],
)
def test_text_that_says_nothing_of_a_quality_asked_for_is_known(question: str, text: str, lacks: bool) -> None:
    assert lacks_quality(question, text) is lacks
