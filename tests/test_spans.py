from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rag.language.spans import Spans

STRETCH = st.tuples(st.integers(0, 30), st.integers(1, 6)).map(lambda one: (one[0], one[0] + one[1]))


@given(st.lists(STRETCH), STRETCH, st.integers(0, 40))
def test_spans_tell_what_comparing_with_each_would(
    drawn: list[tuple[int, int]], asked: tuple[int, int], offset: int
) -> None:
    spans, found = Spans(), list[tuple[int, int]]()
    for one in drawn:
        is_free = all(one[1] <= a or b <= one[0] for a, b in found)
        assert spans.is_free(one) is is_free
        if is_free:
            spans.add(one)
            found.append(one)
    assert spans.is_free(asked) is all(asked[1] <= a or b <= asked[0] for a, b in found)
    assert spans.has_within(offset) is any(a < offset < b for a, b in found)
    assert all(not spans.is_free(one) for one in found)


def test_what_stands_there_may_be_found_again() -> None:
    spans = Spans([(8, 9)])
    spans.add((2, 4), "甲")
    assert [spans.may_hold((2, 4), said) for said in ("甲", "乙")] == [True, False]
    assert [spans.may_hold(span, "甲") for span in ((3, 5), (4, 6), (8, 9))] == [False, True, False]
