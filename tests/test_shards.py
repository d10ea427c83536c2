from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.index.shards import MAX_ROWS, MAX_SMALL, Manifest, Shard, shards_to_write


def _shard(place: str, **rows: int) -> Shard:
    return Shard(place, 8, tuple((int(key[1:]), count) for key, count in rows.items()), {"a": 1})


def test_what_is_held_is_not_written_again():
    held = [_shard("one", r1=900, r2=900)]
    assert shards_to_write(held, {1: 900, 2: 900}) == (held, [])
    assert shards_to_write(held, {1: 900, 2: 900, 3: 5}) == (held, [[3]])
    assert shards_to_write([], {}) == ([], [])


def test_a_shard_that_is_mostly_outdated_is_given_up():
    held = [_shard("one", r1=900, r2=901)]
    assert shards_to_write(held, {2: 901, 3: 900}) == (held, [[3]])
    assert shards_to_write(held, {1: 900, 3: 901}) == ([], [[1, 3]])
    assert shards_to_write(held, {}) == ([], [])


def test_many_small_shards_are_written_together():
    small = [_shard(f"s{n}", **{f"r{n}": 10}) for n in range(MAX_SMALL)]
    large = _shard("large", r99=MAX_ROWS)
    wanted = dict.fromkeys(range(MAX_SMALL), 10) | {99: MAX_ROWS}
    assert shards_to_write([*small, large], wanted) == ([*small, large], [])
    more = _shard("more", r50=10)
    assert shards_to_write([*small, large, more], wanted | {50: 10}) == ([large], [[*range(MAX_SMALL), 50]])


@given(
    st.dictionaries(st.integers(0, 60), st.integers(1, 2 * MAX_ROWS), max_size=30),
    st.dictionaries(st.integers(61, 90), st.integers(1, 2 * MAX_ROWS), max_size=30),
    st.sets(st.integers(0, 60)),
)
def test_every_wanted_revision_stands_in_one_shard_that_is_not_too_large(first, more, gone):
    _, groups = shards_to_write([], first)
    held = [Shard(str(at), 8, tuple((r, first[r]) for r in group), {}) for at, group in enumerate(groups)]
    wanted = {r: rows for r, rows in (first | more).items() if r not in gone}
    kept, groups = shards_to_write(held, wanted)
    stands = [r for shard in kept for r in shard.held(wanted)] + [r for group in groups for r in group]
    assert sorted(stands) == sorted(wanted)
    assert all(len(group) == 1 or sum(wanted[r] for r in group) <= MAX_ROWS for group in groups)
    assert all(sum(shard.held(wanted).values()) * 2 > shard.rows for shard in kept)


def test_a_manifest_is_read_as_it_was_written():
    manifest = Manifest((_shard("one", r1=1, r2=2), _shard("two", r3=3)))
    assert Manifest.from_json(manifest.to_json()) == manifest
    assert manifest.holds({1: 0, 3: 0})
    assert not manifest.holds({1: 0, 4: 0})


@pytest.mark.parametrize("note", [None, "", "x", "{}", "[1]", '{"shards": 1}', '{"shards": [{"place": "x"}]}'])
def test_a_note_that_makes_no_sense_is_none(note):
    assert Manifest.from_json(note) is None
