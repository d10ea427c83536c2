"""`rag.language.meaning`: words that mean much the same lie close; what is not known lies nowhere."""

import numpy as np
import pytest

from rag.language import meaning
from rag.language.meaning import mean_vectors, nearness


@pytest.mark.parametrize(
    ("word", "same", "other"),
    [("工资", "月薪", "校园"), ("宿舍", "公寓", "论文"), ("学费", "收费", "博士"), ("老师", "教师", "面积")],
)
def test_a_word_is_nearer_to_what_means_the_same(word: str, same: str, other: str) -> None:
    near, far = nearness([word], [same, other])[0]
    assert near > 0.5 > 0.3 > far


def test_a_word_that_is_not_known_is_made_of_its_pieces() -> None:
    assert nearness(["专任教师数"], ["专任教师"])[0, 0] > 0.8


def test_what_has_no_known_piece_is_near_to_nothing() -> None:
    assert not nearness(["xyz", "教师"], ["教师"])[0].any()
    assert nearness([], ["教师"]).shape == (0, 1)


def test_texts_are_weighted_means_of_unit_length() -> None:
    vectors = mean_vectors([{"工资": 1.0}, {"月薪": 1.0, "校园": 0.1}, {}])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1.0, 1.0, 0.0], abs=1e-5)
    assert vectors[0] @ vectors[1] > 0.5


def test_a_text_has_the_same_vector_whatever_stands_beside_it() -> None:
    text = {"工资": 1.0, "校园": 0.3, "xyz": 1.0}
    beside = mean_vectors([{}, {"月薪": 0.5, "教师": 2.0}, text, {}, {"教师": 1.0}])
    assert (beside[2] == mean_vectors([text])[0]).all()
    assert not mean_vectors([{}, {}]).any()
    assert mean_vectors([]).shape == (0, beside.shape[1])


def test_a_word_without_end_is_looked_up_piece_by_piece() -> None:
    class Known(dict[str, int]):
        asked = 0

        def __contains__(self, word: object) -> bool:
            self.asked += 1
            return super().__contains__(word)

    known = Known({"毕业": 0})
    assert meaning._pieces("1" * 500 + "毕业", known) == ["毕业"]
    assert known.asked <= 502 * meaning.LONGEST_WORD
