from __future__ import annotations

import bm25s
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from index_samples import sample_parts

from rag.index.keywords import KeywordIndex, ReportTerms, chunks_to_terms, terms_version, unpack_terms


def _index(**reports: list[str]) -> KeywordIndex:
    return KeywordIndex.build(chunks_to_terms(key, sample_parts(key, *texts).chunks) for key, texts in reports.items())


@pytest.fixture(scope="module")
def index() -> KeywordIndex:
    return _index(
        a=["2023届毕业生就业率为96.12%", "专任教师421人", "馆藏图书75万册"],
        b=["2022届毕业生就业率为95.03%", "食堂三座", "图书图书图书"],
    )


@pytest.mark.parametrize(
    ("text", "k", "reports", "expected"),
    [
        ("就业率", 5, None, ["a/c0", "b/c0"]),
        ("2022届就业率", 5, None, ["b/c0", "a/c0"]),
        ("2022届就业率", 1, None, ["b/c0"]),
        ("2022届就业率", 5, ["a"], ["a/c0"]),
        ("图书", 5, None, ["b/c2", "a/c2"]),
        ("图书", 1, ["a"], ["a/c2"]),
        ("图书", 5, ["a", "none"], ["a/c2"]),
        ("图书", 5, ["none"], []),
        ("图书", 5, [], []),
        ("图书", 0, None, []),
        ("图书", 1000, None, ["b/c2", "a/c2"]),
        ("游泳馆", 5, None, []),
        ("游泳馆的图书", 5, ["a"], ["a/c2"]),
        ("", 5, None, []),
        ("？！", 5, None, []),
        ("96.12%", 5, None, ["a/c0"]),
    ],
)
def test_search(index, text, k, reports, expected):
    hits = index.search(text, k, reports)
    assert [chunk_id for chunk_id, _ in hits] == expected
    scores = [score for _, score in hits]
    assert scores == sorted(scores, reverse=True)
    assert all(score > 0 for score in scores)


def test_equal_scores_keep_the_order_of_the_chunks():
    index = _index(b=["甲乙丙"] * 30, a=["甲乙丙"] * 30)
    assert [chunk_id for chunk_id, _ in index.search("甲乙", 40)] == [f"{r}/c{n}" for r in "ba" for n in range(30)][:40]


@pytest.mark.parametrize("texts", [{}, {"a": []}, {"a": ["。", "——"]}], ids=["no report", "no chunk", "no term"])
def test_nothing_to_find(tmp_path, texts):
    terms = [
        ReportTerms(key, tuple(rows), (), tuple(np.zeros(0, np.int32) for _ in rows)) for key, rows in texts.items()
    ]
    KeywordIndex.build(terms).save(tmp_path)
    for index in (KeywordIndex.build(terms), KeywordIndex.load(tmp_path)):
        assert index.search("图书", 5) == ()
        assert index.search("图书", 5, ["a"]) == ()
        assert len(index) == sum(map(len, texts.values()))


def test_a_saved_index_finds_the_same(index, tmp_path):
    index.save(tmp_path)
    loaded = KeywordIndex.load(tmp_path)
    for text in ("就业率", "2022届毕业生图书", "食堂"):
        for reports in (None, ["a"], ["b", "a"]):
            assert loaded.search(text, 4, reports) == index.search(text, 4, reports)


@pytest.mark.parametrize("name", ["rows.json", "data.csc.index.npy", "vocab.index.json", "indptr.csc.index.npy"])
@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_bytes(path.read_bytes()[:40])])
def test_a_damaged_index_does_not_load(index, tmp_path, name, damage):
    index.save(tmp_path)
    damage(tmp_path / name)
    with pytest.raises((OSError, ValueError, EOFError, KeyError)):
        KeywordIndex.load(tmp_path)


@given(st.lists(st.text("图书馆食堂2023届.%abc 。", max_size=20), max_size=5))
def test_packed_terms_are_the_terms(texts):
    chunks = sample_parts("a", *texts).chunks if texts else ()
    terms = chunks_to_terms("a", chunks)
    again = unpack_terms("a", terms.chunk_ids, terms.packed())
    assert (again.chunk_ids, again.vocabulary) == (terms.chunk_ids, terms.vocabulary)
    assert [row.tolist() for row in again.numbers] == [row.tolist() for row in terms.numbers]


def test_terms_of_other_chunks_are_refused():
    packed = chunks_to_terms("a", sample_parts("a", "图书", "食堂").chunks).packed()
    with pytest.raises(ValueError, match="2 chunks for 1"):
        unpack_terms("a", ["a/c0"], packed)


def test_the_version_names_the_code_that_cuts():
    assert terms_version().count("-") == 1


@given(
    st.lists(st.lists(st.lists(st.sampled_from("abcdefg"), max_size=9), min_size=1, max_size=5), min_size=1, max_size=4)
)
def test_chunks_score_as_bm25s_itself_scores_them(reports):
    terms = []
    for number, chunks in enumerate(reports):
        vocabulary = sorted({word for chunk in chunks for word in chunk})
        rows = tuple(np.array([vocabulary.index(word) for word in chunk], np.int32) for chunk in chunks)
        terms.append(ReportTerms(f"r{number}", tuple(map(str, range(len(chunks)))), tuple(vocabulary), rows))
    ours = KeywordIndex.build(terms)._model
    documents = [chunk for chunks in reports for chunk in chunks]
    if not any(documents):
        assert ours is None
        return
    theirs = bm25s.BM25(backend="numpy")
    theirs.index(documents, create_empty_token=False, show_progress=False)
    for word in theirs.vocab_dict:
        found = [model.get_scores_from_ids(model.get_tokens_ids([word])) for model in (ours, theirs)]
        assert np.allclose(*found, rtol=1e-5)
