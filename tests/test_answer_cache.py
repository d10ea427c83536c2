"""Replies kept: asked the same, the same comes back; anything else is asked anew."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from fake_model import FakeModel

from rag.errors import ModelError
from rag.models import reply_cache as answer_cache
from rag.models.reply_cache import CachedModel, ReplyCache
from rag.records import Message

ASKED = (Message("system", "规则"), Message("user", "问题"))


@pytest.fixture
def cache(tmp_path):
    return ReplyCache(tmp_path / "data" / "replies.sqlite3")


def test_the_same_request_is_answered_from_what_is_kept(cache):
    model = FakeModel("甲", "乙")
    cached = CachedModel(model, cache, "s")
    seen: list[str] = []
    first = cached.reply(ASKED)
    second = CachedModel(model, cache, "s").reply(ASKED, seen.append)
    assert second == replace(first, first_token_ms=0.0, total_ms=0.0)
    assert seen == ["甲"]
    assert len(model.history) == 1
    assert (cached.alias, cached.model, cached.context_window, cached.max_output_tokens) == (
        model.alias,
        model.model,
        model.context_window,
        model.max_output_tokens,
    )


@pytest.mark.parametrize(
    ("settings", "messages", "schema"),
    [
        ("t", ASKED, None),
        ("s", (*ASKED, Message("user", "再问")), None),
        ("s", (Message("system", "规则2"), ASKED[1]), None),
        ("s", ASKED, {"type": "object"}),
    ],
)
def test_any_other_request_is_asked(settings, messages, schema, cache):
    model = FakeModel("甲", "乙")
    CachedModel(model, cache, "s").reply(ASKED)
    assert CachedModel(model, cache, settings).reply(messages, schema=schema).text == "乙"


def test_what_failed_or_was_stopped_is_not_kept(cache):
    model = FakeModel(ModelError("忙"), "甲甲甲甲甲甲甲甲甲甲", "乙")
    cached = CachedModel(model, cache, "s")
    with pytest.raises(ModelError):
        cached.reply(ASKED)
    assert cached.reply(ASKED, should_stop=lambda: True).finish_reason == "stopped"
    assert cached.reply(ASKED).text == "乙"


def test_only_so_many_are_kept(cache, monkeypatch):
    monkeypatch.setattr(answer_cache, "MAX_REPLIES", 3)
    cached = CachedModel(FakeModel(*"12345", "again"), cache, "s")
    for n in range(5):
        cached.reply((Message("user", str(n)),))
    with sqlite3.connect(cache.path) as database:
        kept = {json.loads(row[0][16:])["text"] for row in database.execute("SELECT reply FROM replies")}
    database.close()
    assert kept == {"3", "4", "5"}


@pytest.mark.parametrize("content", [b"no database", b""])
def test_a_damaged_file_is_no_error(content, cache):
    cache.path.parent.mkdir()
    cache.path.write_bytes(content)
    cached = CachedModel(FakeModel("甲", "乙"), cache, "s")
    assert cached.reply(ASKED).text == "甲"
    assert cached.reply(ASKED).text == "甲"  # the file was begun anew


def test_a_reply_of_another_layout_is_asked_anew(cache):
    cached = CachedModel(FakeModel("甲", "乙"), cache, "s")
    cached.reply(ASKED)
    with sqlite3.connect(cache.path) as database:
        database.execute("UPDATE replies SET reply = '{\"said\": 1}'")
    database.close()
    assert cached.reply(ASKED).text == "乙"


def test_a_reply_that_was_changed_is_asked_anew(cache):
    cached = CachedModel(FakeModel("甲", "乙"), cache, "s")
    cached.reply(ASKED)
    with closing(sqlite3.connect(cache.path)) as database, database:
        database.execute("UPDATE replies SET reply = replace(reply, ?, '丙')", (json.dumps("甲")[1:-1],))
    assert cached.reply(ASKED).text == "乙"
