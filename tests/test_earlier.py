"""Passages of the last answer, offered again to a question that leans on it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.records import Evidence, PageMark, Query, Section, SectionKind, Turn
from rag.retrieval.conversation import with_earlier

TEXT = "第一段。\n第二段。\n第三段。\n"
SECTION = Section(
    "a.txt#s1",
    "a.txt",
    0,
    ("一、概况",),
    SectionKind.BODY,
    TEXT,
    (PageMark(0, 1, None), PageMark(5, 2, "1")),
    (("t1", 10, 15),),
)
QUERY = Query("那女生呢？", "某校女生有多少？", "某校女生有多少？", ("a.txt",))


def sections(ids):
    return {identity: SECTION for identity in ids if identity == SECTION.id}


def turns(*passages):
    return [Turn("user", "某校男生有多少？"), Turn("assistant", "答", passages)]


def test_what_was_cited_stands_behind_what_was_found():
    first = with_earlier(Evidence(QUERY, ()), turns("a.txt#s1:0-5"), sections).passages
    both = with_earlier(Evidence(QUERY, first), turns("a.txt#s1:5-10", "a.txt#s1:10-15"), sections).passages
    assert [passage.text for passage in both] == ["第一段。\n", "第二段。\n", "第三段。\n"]
    assert [(p.page, p.page_label, p.table_id) for p in both] == [(1, None, None), (2, "1", None), (2, "1", "t1")]


@pytest.mark.parametrize(
    ("query", "cited"),
    [
        (replace(QUERY, standalone=QUERY.question), ("a.txt#s1:0-5",)),
        (replace(QUERY, report_ids=("b.txt",)), ("a.txt#s1:0-5",)),
        (QUERY, ()),
        (QUERY, ("a.txt#s9:0-5", "a.txt#s1:900-905", "a.txt#s1", "x:1-2-3", "")),
    ],
)
def test_what_does_not_fit_is_left_out(query, cited):
    assert with_earlier(Evidence(query, ()), turns(*cited), sections).passages == ()


def test_no_passage_stands_twice():
    found = with_earlier(Evidence(QUERY, ()), turns("a.txt#s1:0-10"), sections)
    assert with_earlier(found, turns("a.txt#s1:0-5", "a.txt#s1:0-10"), sections) == found
