"""A hostile model over made-up evidence: nothing false and nothing but text reaches a reader."""

from __future__ import annotations

import random

import pytest
from generate_samples import REPORTS, TABLES, make_evidence, make_prompt

from evals.benchmarks import hostile, hostile_replies
from evals.benchmarks.scripted_replies import prompt_to_seen
from rag.answering.with_model.asked import Given
from rag.language.tokens import estimate_tokens

GIVEN = Given(make_evidence(), REPORTS, TABLES)
SEEN = prompt_to_seen(make_prompt().messages[1].content)


@pytest.mark.parametrize("seed", range(25))
def test_a_hostile_model_harms_nobody(seed: int) -> None:
    outcome = hostile.attack(GIVEN, estimate_tokens, random.Random(seed))
    assert (outcome.false, outcome.active) == ((), ())
    assert outcome.characters <= hostile.MAX_TEXT


@pytest.mark.parametrize("maker", hostile_replies.MAKERS)
def test_each_kind_is_as_false_as_it_says(maker: hostile_replies.Maker) -> None:
    chance = random.Random(3)
    made = next(found for _ in range(50) if (found := maker(SEEN, chance)))
    assert made.kind
    assert made.false or made.kind == "HTML、图片和链接"
    passages = "\n".join(SEEN.passages.values())
    assert made.kind == "张冠李戴" or not any(text in passages for text in made.false)


def test_the_benchmark_sees_what_is_false() -> None:
    assert hostile._is_in("97%", "就业率为 **97%** [1]。")
    assert not hostile._is_in("97%", "就业率为（未能核实的数字）。")
    true = ["", "教授212人中有202人讲课；副教授"]
    assert not hostile._is_in("212人", "教授212人中有202人讲课；副教授为  [1]。", true)
    assert hostile._is_in("212人", "教授212人中有202人讲课；副教授为 212人 [1]。", true)
    assert hostile._is_in("212人", "教授（未能核实的数字）；副教授为 **212人** [1]。", true)
    assert hostile._RAW.search("见 http://evil.example")
    assert hostile._ACTIVE.search('<img src="x">')
    assert not hostile._ACTIVE.search('<a class="wb-ref" href="#a-1">')
