"""Codes and labels in a model's words: those that the cited passage prints stay, others are taken for figures."""

from __future__ import annotations

import pytest
from answer_samples import cite, make_passage

from rag.gate.verify import draft_to_gated
from rag.records import AnswerStatus, Draft, markdown_to_segments

PASSAGE = make_passage("A116 云科教育咨询公司。专本“3+2”联合培养，总体满意度93%，各分项见图2-11。\n")


@pytest.mark.parametrize(
    ("text", "stays"),
    [
        ("A116档口是云科教育咨询公司 [1]。", True),
        ("档口A116是云科教育咨询公司 [1]。", True),
        ("A115档口是云科教育咨询公司 [1]。", False),
        ("B116档口是云科教育咨询公司 [1]。", False),
        ("开办“3+2”专本联合培养 [1]。", True),
        ("开办3+2联合培养 [1]。", True),
        ("开办“3+4”专本联合培养 [1]。", False),
        ("各分项在图2-11中 [1]。", True),
        ("各分项在图2－11中 [1]。", True),
        ("各分项在图2-12中 [1]。", False),
        ("各分项在表2-11中 [1]。", False),
        ("共有11个分项 [1]。", False),
        ("满意的有2-11人 [1]。", False),
    ],
)
def test_a_code_or_label_stands_where_it_is_printed_and_only_there(text: str, stays: bool) -> None:
    draft = Draft(AnswerStatus.ANSWERED, tuple(markdown_to_segments(text)), (cite(PASSAGE),))
    gated = draft_to_gated(draft, {}, {}, is_typed=True)
    assert (gated.unsupported == ()) is stays, gated
