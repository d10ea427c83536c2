"""Codes and labels in a model's words: those that the cited passage prints stay, others are taken for figures."""

from __future__ import annotations

import pytest
from answer_samples import cite, make_passage

from rag.gate.verify import draft_to_gated
from rag.records import AnswerStatus, Draft, markdown_to_segments

PASSAGE = make_passage(
    "A116 云科教育咨询公司。专本“3+2”联合培养，总体满意度93%，各分项见图2-11。依据教研〔2021〕2号等两份文件。\n"
)
READ = make_passage("截至2023年12月31日，各学院满意度见图2-2-2（案例7-4）。\n")


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
        ("依据的是教研〔2021〕2号 [1]。", True),
        ("依据的是教研〔2021〕3号 [1]。", False),
        ("各学院的在图2-2-2和案例7-4中 [1]。", True),
        ("各学院的在图2-2-3中 [1]。", False),
        ("截至2023年12月31日，总体满意度93% [1]。", True),
        ("截至2023年12月30日，总体满意度93% [1]。", False),
        ("两处写明总体满意度93% [1]。", True),
        ("总体满意度不是20比1（问题所给） [1]。", True),
        ("总体满意度不是0比1（问题所给） [1]。", False),
        ("总体满意度是**20比1**（问题所给） [1]。", False),
        ("总体满意度是20比1 [1]。", False),
    ],
)
def test_a_code_or_label_stands_where_it_is_printed_and_only_there(text: str, stays: bool) -> None:
    draft = Draft(AnswerStatus.ANSWERED, tuple(markdown_to_segments(text)), (cite(PASSAGE),))
    gated = draft_to_gated(draft, {}, {}, question="是20比1吗？", passages=(READ,), is_typed=True)
    assert (gated.unsupported == ()) is stays, gated
    assert not stays or gated.text == text
