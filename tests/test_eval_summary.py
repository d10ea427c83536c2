"""Figures of a run, their intervals, and two runs side by side."""

from __future__ import annotations

import json
import re

import pytest
from eval_samples import case, citation, line, refusal

from evals.compare import compare_results, mcnemar_exact
from evals.labels import BUCKETS, TYPE_NAMES
from evals.results import read_results, results_to_json, score_lines
from evals.scoring import Bucket
from evals.summary import SEVERAL, Share, percentile, risk_coverage, share_of
from evals.terminal import comparison_to_text, results_to_text, table_text
from rag.errors import UsageError

MANIFEST = {
    "version": "1",
    "code": "c",
    "settings_hash": "s",
    "model": "extractive",
    "prompt_versions": {},
    "reports": {"qs-2023.pdf": "ab"},
}
EVIDENCE = ("就业率为95.27%",)
RIGHT = line("就业率为**95.27%** [1]。")
WRONG = line("就业率为**95.28%** [1]。")


def run_of(*answers, **changes):
    """`results.json` of a run whose cases are q0, q1 …; None stands for a refusal where nothing answers."""
    cases = [
        case(("95.27", "%"), id=f"q{n}", evidence=EVIDENCE, **changes)
        if answer is not None
        else case(id=f"q{n}", type="unanswerable", answerable=False)
        for n, answer in enumerate(answers)
    ]
    lines = {c.id: refusal() if answer is None else answer for c, answer in zip(cases, answers, strict=True)}
    return results_to_json(score_lines(cases, lines), MANIFEST, [])


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662)],
)
def test_wilson_interval(count, total, low, high):
    # the last row is the worked example of Newcombe 1998; the others follow from the formula by hand
    interval = Share(count, total).interval
    assert interval == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))
    assert interval[0] - 1e-9 <= count / total <= interval[1] + 1e-9


def test_nothing_to_count_is_no_zero():
    assert Share(0, 0).to_json() == {"value": None, "count": 0, "n": 0, "low": None, "high": None}
    assert share_of([True, None, False, True]) == Share(2, 3)
    assert percentile([], 50) is None


def test_percentiles_are_by_nearest_rank():
    values = [float(value) for value in range(20, 0, -1)]
    assert [percentile(values, p) for p in (0, 50, 95, 100)] == [1, 10, 19, 20]


@pytest.mark.parametrize(
    ("gained", "lost", "expected"),
    [
        (0, 0, 1.0),
        (1, 0, 1.0),
        (5, 5, 1.0),
        (6, 0, 2 / 64),
        (8, 1, 2 * 10 / 512),
        (1, 8, 2 * 10 / 512),
        (10, 2, 2 * 79 / 4096),
    ],
)
def test_mcnemar_is_the_exact_binomial(gained, lost, expected):
    assert mcnemar_exact(gained, lost) == pytest.approx(expected)


def test_a_run_is_told_whole_and_by_type():
    failed = line("", status="error", error="超时")
    found = run_of(RIGHT, WRONG, refusal(), failed, None, {**RIGHT, "citations": [citation("别的")]})
    overall = found["overall"]
    assert (overall["n"], overall["answerable"], overall["unanswerable"]) == (6, 5, 1)
    assert overall["buckets"] == {
        "right": 2, "padded": 0, "partial": 0, "wrong": 1, "invented": 0,
        "right_refusal": 1, "false_refusal": 1, "failed": 1,
    }  # fmt: skip
    shares = {
        key: (overall[key]["count"], overall[key]["n"])
        for key in ("strict_accuracy", "refusal", "precision", "shown", "cited", "recall_at_8", "correct")
    }
    assert shares == {
        "strict_accuracy": (2, 5),
        "refusal": (1, 1),
        "precision": (2, 3),
        "shown": (2, 5),
        "cited": (1, 2),
        "recall_at_8": (4, 4),
        "correct": (3, 6),
    }
    assert list(found["by_type"]) == ["text", "unanswerable"]
    assert found["by_type"]["unanswerable"]["n"] == 1
    assert found["by_type"]["text"]["strict_accuracy"]["value"] == 0.4
    assert found["baseline"]["always_refuse"]["strict_accuracy"]["value"] == 0
    assert found["baseline"]["always_refuse"]["correct"]["count"] == 1
    assert overall["latency_ms"] == {"p50": 12.5, "p95": 12.5}
    assert overall["causes"] == {"出错": 1, "检索到了却拒答": 1, "句子对，数字不对": 1}
    assert [item["bucket"] for item in found["items"]] == [
        "right",
        "wrong",
        "false_refusal",
        "failed",
        "right_refusal",
        "right",
    ]


def test_shares_are_told_by_report_with_their_mean_and_the_worst():
    reports = {"a": "甲", "b": "甲", "c": "乙", "d": "乙", "e": ("甲", "乙")}
    cases = [case(("95.27", "%"), id=i, documents=tuple(d) if len(d) > 1 else (d,)) for i, d in reports.items()]
    lines = {c.id: answer for c, answer in zip(cases, (RIGHT, RIGHT, RIGHT, WRONG, WRONG), strict=True)}
    found = results_to_json(score_lines(cases, lines), MANIFEST, [])
    assert {name: shares["n"] for name, shares in found["by_report"].items()} == {"甲": 2, "乙": 2, SEVERAL: 1}
    assert (found["mean_report"]["precision"], found["worst_report"]["precision"]["report"]) == (0.75, "乙")
    assert "refusal" not in found["worst_report"], "nothing here is to be refused"
    text = results_to_text(found)
    for line_ in (r"乙 +2 +50\.0% 1/2 +50\.0% 1/2", r"各报告平均 +2 份 +75\.0%", r"最差的报告 +50\.0% 1/2"):
        assert re.search(line_, text), line_


def test_the_risk_grows_with_the_coverage_of_less_likely_figures():
    shown = {"text": "95.27%", "value": "95.27", "unit": "%", "said": "就业率", "citation": 1}
    answers = (
        {**RIGHT, "chance": 0.9},
        {**WRONG, "chance": 0.8},
        {**RIGHT, "chance": 0.8},
        refusal(chance=0.3, candidates=[shown]),
        RIGHT,
    )
    cases = [case(("95.27", "%"), id=f"q{n}") for n in range(len(answers))]
    results = score_lines(cases, {c.id: answer for c, answer in zip(cases, answers, strict=True)})
    assert [tuple(point.values()) for point in risk_coverage(results)] == [
        (0.9, 0.2, 0.0),
        (0.8, 0.6, 0.333333),
        (0.3, 0.8, 0.25),
    ]
    assert risk_coverage(results[-1:]) == [], "an answer that tells no chance has no place on the curve"


def test_models_and_tokens_are_recorded():
    usage = {"usage": {"input_tokens": 7, "output_tokens": 2}}
    found = run_of({**RIGHT, **usage, "model_returned": "b"}, {**WRONG, **usage, "model_returned": "a"})
    assert found["models_returned"] == ["a", "b"]
    assert found["answered_by"] == {"extractive": 2}
    assert re.search(r"^由 extractive 作答 +2", results_to_text(found), re.MULTILINE)
    assert found["overall"]["tokens"] == {"input_tokens": 14, "output_tokens": 4}
    assert {key: found[key] for key in MANIFEST} == MANIFEST


def test_cost_and_time_to_the_first_token_are_told_where_they_are_known():
    def used(cost, first, **changes):
        usage = {"input_tokens": 1000000, "output_tokens": 1, "cost": cost, "first_token_ms": first}
        return {**RIGHT, "usage": usage, **changes}

    failed = used("0.2", None, status="error", error="断了")
    found = run_of(used("0.1", 300.0), used("0.1", 500.0), failed, used(None, None), RIGHT)
    assert found["overall"]["cost"] == {"yuan": "0.4", "n": 3}
    assert found["overall"]["first_token_ms"] == {"p50": 300.0, "p95": 500.0}
    assert found["overall"]["tokens"] == {"input_tokens": 4000000, "output_tokens": 4}
    text = results_to_text(found)
    assert re.search(r"^费用 +0\.4 元", text, re.MULTILINE)
    assert re.search(r"^首字 p50/p95（毫秒） +300/500", text, re.MULTILINE)
    none = run_of(RIGHT)
    assert none["overall"]["cost"] == {"yuan": None, "n": 0}
    assert re.search(r"^费用 +—", results_to_text(none), re.MULTILINE)
    compared = comparison_to_text(compare_results(none, found))
    assert re.search(r"^费用（元） +— +0\.4 +—", compared, re.MULTILINE)
    assert re.search(r"^输入 token +0 +4000000 +\+4000000", compared, re.MULTILINE)


def test_a_run_of_an_earlier_version_is_compared():
    run, old = run_of(RIGHT), run_of(WRONG)
    del old["overall"]["cost"], old["overall"]["first_token_ms"]
    assert re.search(r"^费用（元） +— +— +—", comparison_to_text(compare_results(old, run)), re.MULTILINE)


def test_what_got_better_and_what_got_worse():
    padded = line("就业率为**95.27%**，升学**191人** [1]。")
    failed = line("", status="error", error="超时")
    before = run_of(WRONG, RIGHT, padded, WRONG, RIGHT, failed)
    after = run_of(RIGHT, refusal(), RIGHT, refusal(), RIGHT, RIGHT)
    found = compare_results(before, after)
    assert [c.id for c in found.better] == ["q0", "q2", "q3", "q5"]
    assert [(c.id, c.before, c.after) for c in found.worse] == [("q1", Bucket.RIGHT, Bucket.FALSE_REFUSAL)]
    assert (found.gained, found.lost, found.failed) == (2, 1, 1)
    assert found.p_value == mcnemar_exact(2, 1)
    text = comparison_to_text(found)
    for part in ("变好 4，变坏 1", "由错变对 2，由对变错 1", "不显著", "q1（正文）正确 → 误拒"):
        assert part in text
    assert re.search(r"严格正确率 +33\.3% +66\.7% +\+33\.3 点", text)


def test_only_the_same_questions_are_compared():
    before, after = run_of(WRONG, WRONG, WRONG), run_of(RIGHT, RIGHT, RIGHT, RIGHT)
    before["items"].append({**before["items"][0], "id": "old"})
    after["items"][0]["gold"] = "other"
    after["items"][1]["asked"] = "other"
    found = compare_results(before, after)
    assert (found.shared, found.gained, found.altered) == (1, 1, ("q0", "q1"))
    assert (found.only_a, found.only_b) == (("old",), ("q3",))
    assert "改过，不比较 2：q0、q1" in comparison_to_text(found)


def test_a_run_against_itself_shows_no_difference():
    run = run_of(RIGHT, WRONG, None)
    found = compare_results(run, run)
    assert (found.better, found.worse, found.p_value) == ((), (), 1.0)


def test_results_are_read_back(tmp_path):
    run = run_of(RIGHT, None)
    (tmp_path / "results.json").write_text(json.dumps(run), encoding="utf-8")
    assert read_results(tmp_path) == run
    assert read_results(tmp_path / "results.json") == run


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"items": [{"id": 1}]}', '{"items": [{"bucket": "good"}]}'])
def test_what_is_no_result_is_said_to_be_none(tmp_path, text):
    with pytest.raises(UsageError, match="读不了评测结果"):
        read_results(tmp_path / "none")
    (tmp_path / "results.json").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="不是 wenbao eval 写出的结果"):
        read_results(tmp_path)


def test_the_table_lines_up_and_names_every_bucket():
    text = results_to_text(run_of(RIGHT, WRONG, None))
    for name in (*BUCKETS.values(), "严格正确率", "recall@8", "一律拒答", "单位错误"):
        assert name in text
    rows = table_text([["甲", "1"], ["ab乙", "丙丙"]]).split("\n")
    assert rows == ["甲       1", "ab乙  丙丙"]


def test_every_bucket_and_type_has_a_name():
    from evals.cases import TYPES

    assert set(BUCKETS) == set(Bucket)
    assert tuple(TYPE_NAMES) == TYPES
