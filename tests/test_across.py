"""Answers over several reports: figures of one measure are computed with, others are only shown."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from page_samples import build_index

from rag.app.assembly import build_assistant, open_index
from rag.records import AnswerStatus, Certainty, VerifiedAnswer
from rag.settings.settings import Settings

COLLEGES = {"东湖职业技术学院": 2023, "西山职业技术学院": 2023, "青石职业技术学院": 2022}
TEXTS = {
    "东湖职业技术学院": (
        "截至2023年8月31日，2023届毕业生去向落实2834人，初次落实率93.04%。用人单位满意度为96.50%。校园占地1574亩。"
    ),
    "西山职业技术学院": "截至2023年8月31日，2023届毕业生2646人，初次毕业去向落实率92.16%。用人单位满意度调查共10次。",
    "青石职业技术学院": "截至2022年12月31日，2022届毕业生2741人，毕业去向落实率95.47%。",
}
Ask = Callable[[str], VerifiedAnswer]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    folder = tmp_path_factory.mktemp("across")
    (folder / "reports").mkdir()
    for college, text in TEXTS.items():
        title = f"{college}高等职业教育质量年度报告（{COLLEGES[college]}年度）"
        (folder / "reports" / f"{college}.txt").write_text(f"{title}\n一、学生发展\n{text}\n", encoding="utf-8")
    settings = Settings(data=folder / "data", reports=folder / "reports")
    build_index(settings.data, settings.reports)
    return build_assistant(settings, open_index(settings)).ask


def bold(answer: VerifiedAnswer) -> list[str]:
    return re.findall(r"\*\*(.+?)\*\*", answer.text)


def test_one_measure_under_a_shorter_and_a_longer_name_is_subtracted(ask: Ask) -> None:
    answer = ask("东湖职业技术学院2023届初次落实率比西山职业技术学院2023届高多少个百分点？")
    assert (answer.status, bold(answer)) == (AnswerStatus.ANSWERED, ["0.88个百分点"])


@pytest.mark.parametrize(
    "question",
    [
        "用人单位满意度，东湖职业技术学院比西山职业技术学院高多少个百分点？",
        "毕业去向落实率，青石职业技术学院2022届比西山职业技术学院2023届高多少个百分点？",
    ],
    ids=["another unit", "another cut-off"],
)
def test_figures_of_two_measures_are_never_subtracted_and_none_is_bold(ask: Ask, question: str) -> None:
    answer = ask(question)
    assert (answer.certainty is Certainty.SURE, bold(answer)) == (False, [])
    assert all(figure.kind == "quoted" for figure in answer.figures)
