"""`wenbao eval` as a program, over small reports of invented colleges."""

from __future__ import annotations

import json

import pytest
from conftest import write_report

from evals.benchmarks.model_server import ModelServer, Reply

QUESTIONS = [
    ("a", "青石职业技术学院在校生有多少人？", [("8421", "人")], "text", True, ["在校生8421人"]),
    ("b", "青石职业技术学院2023届毕业生就业率是多少？", [("91.5", "%")], "text", True, ["就业率为91.5%"]),
    ("c", "青石职业技术学院有多少架飞机？", [], "unanswerable", False, []),
]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("eval")
    write_report(folder / "reports" / "qs-2023.txt", "青石职业技术学院", 8421)
    write_questions(folder / "q.jsonl", QUESTIONS)
    return folder


def write_questions(path, questions):
    keys = ("id", "question", "figures", "type", "answerable", "evidence")
    rows = [dict(zip(keys, row, strict=True)) | {"names": []} for row in questions]
    for row in rows:
        row["figures"] = [{"value": value, "unit": unit} for value, unit in row["figures"]]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def evaluate(wenbao, place):
    def run(*arguments, questions="q.jsonl", env=None):
        return wenbao(
            "eval",
            place / questions,
            "--reports",
            place / "reports",
            "--data",
            place / "data",
            *arguments,
            cwd=place,
            env=env,
        )

    return run


@pytest.fixture(scope="module")
def run_a(evaluate, place):
    ran = evaluate("--out", place / "a")
    assert ran.code == 0, ran.err
    return ran


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def test_a_run_writes_answers_results_and_page(run_a, place):
    lines = [json.loads(text) for text in (place / "a" / "answers.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [found["id"] for found in lines] == ["a", "b", "c"]
    contract = (
        "question standalone_question status answer figures citations conflicts unsupported retrieved model".split()
    )
    assert {*contract, "model_returned", "timings_ms", "usage"} <= lines[0].keys()
    found = read(place / "a" / "results.json")
    assert [item["bucket"] for item in found["items"]] == ["right", "right", "right_refusal"]
    assert found["model"] == "extractive"
    assert list(found["reports"]) == ["qs-2023.txt"]
    assert len(found["reports"]["qs-2023.txt"]) == 64
    assert {"version", "code", "settings_hash", "prompt_versions", "models_returned", "questions"} <= found.keys()
    assert (place / "a" / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert "100.0%" in run_a.out
    assert "report.html" in run_a.err


def test_flips_are_counted_over_other_wordings(wenbao, run_a, place):
    wordings = {"a": ["青石职院在校的学生几个？", "青石职业技术学院在校生多少？"], "c": ["青石职院飞机有几架？"]}
    lines = [json.dumps({"id": key, "paraphrases": texts}, ensure_ascii=False) for key, texts in wordings.items()]
    (place / "p.jsonl").write_text("\n".join(lines), encoding="utf-8")
    given = ("--paraphrases", place / "p.jsonl", "--data", place / "data", "--reports", place / "reports")
    ran = wenbao("eval", "flips", place / "q.jsonl", *given, "--out", place / "f", cwd=place)
    assert ran.code == 0, ran.err
    found = read(place / "f" / "flips.json")
    assert [(item["id"], item["outcome"], item["total"]) for item in found["items"]] == [
        ("a", "肯定", 2),
        ("c", "没有", 1),
    ]
    assert "换个问法结果就变" in ran.out


def test_the_same_run_gives_the_same_results(evaluate, run_a, place):
    ran = evaluate("--out", place / "b", "--concurrency", "3")
    assert ran.code == 0
    first, second = (read(place / name / "results.json") for name in "ab")
    assert first["items"] == second["items"]
    assert first["settings_hash"] == second["settings_hash"]


def test_limit_takes_the_first_and_resume_the_rest(evaluate, place):
    assert evaluate("--out", place / "r", "--limit", "1").code == 0
    path = place / "r" / "answers.jsonl"
    (only,) = path.read_text(encoding="utf-8").splitlines()
    marked = {**json.loads(only), "answer": "旧的回答", "figures": []}
    path.write_text(json.dumps(marked, ensure_ascii=False) + '\n{"id": "b', encoding="utf-8")
    assert evaluate("--out", place / "r", "--resume").code == 0
    answers = [json.loads(text)["answer"] for text in path.read_text(encoding="utf-8").splitlines()]
    assert len(answers) == 3
    assert answers[0] == "旧的回答"
    assert "91.5%" in answers[1]


def test_two_runs_are_compared(wenbao, run_a, place):
    same = wenbao("eval", "compare", place / "a", place / "a")
    assert same.code == 0
    assert "变好 0，变坏 0" in same.out
    assert wenbao("eval", "compare", place / "a", place / "none").code == 2


def test_retrieval_on_its_own(evaluate, place):
    ran = evaluate("--retrieval-only", "--out", place / "ret")
    assert ran.code == 0
    found = read(place / "ret" / "retrieval.json")
    assert found["overall"]["n"] == 2
    assert found["overall"]["recall"]["20"]["value"] == 1
    assert found["overall"]["mrr"] > 0.3
    assert "recall@20" in ran.out
    assert not (place / "ret" / "answers.jsonl").exists()


def test_a_report_that_cannot_be_read_is_named_and_the_code_says_so(wenbao, place, tmp_path):
    write_report(tmp_path / "reports" / "qs-2023.txt", "青石职业技术学院", 8421)
    (tmp_path / "reports" / "empty.pdf").write_bytes(b"")
    ran = wenbao(
        "eval", place / "q.jsonl", "--reports", tmp_path / "reports", "--data", tmp_path / "data", "--limit", "1"
    )
    assert ran.code == 3
    assert "empty.pdf" in ran.err
    assert (tmp_path / "data" / "evals" / "results.json").is_file()


CONFIG = "[models.m1]\nmodel = 'm'\nbase_url = 'http://127.0.0.1:9/v1'\napi_key_env = 'KEY_NOBODY_SETS'\n"


def batch_output(requests):
    """Sound replies that refuse, but for the last request, which failed; behind them a line of another batch."""
    content = '{"status": "not_found", "answer": "没有写。", "computations": [], "conflicts": []}'
    body = {"model": "m-0731", "choices": [{"message": {"content": content}, "finish_reason": "stop"}]}
    replies = [{"custom_id": r["custom_id"], "response": {"status_code": 200, "body": body}} for r in requests]
    replies[-1] = {"custom_id": requests[-1]["custom_id"], "error": {"message": "expired"}}
    return "".join(json.dumps(reply) + "\n" for reply in [*reversed(replies), {"custom_id": "other"}])


def test_a_batch_goes_out_without_a_key_and_its_replies_are_scored(evaluate, place, tmp_path):
    (tmp_path / "c.toml").write_text(CONFIG, encoding="utf-8")
    options = ("--model", "m1", "--config", tmp_path / "c.toml", "--out", tmp_path / "out")
    sent, received = tmp_path / "new" / "sent.jsonl", tmp_path / "received.jsonl"
    ran = evaluate("--export-batch", sent, *options)
    assert (ran.code, "请求 3 条" in ran.out, "提示里有标准原文：2/2" in ran.out) == (0, True, True), ran.err
    requests = [json.loads(text) for text in sent.read_text(encoding="utf-8").splitlines()]
    assert [request["custom_id"] for request in requests] == ["a", "b", "c"]
    assert {request["body"]["model"] for request in requests} == {"m"}
    assert not (tmp_path / "out" / "answers.jsonl").exists()
    received.write_text(batch_output(requests), encoding="utf-8")
    ran = evaluate("--import-batch", received, *options)
    assert ran.code == 0, ran.err
    assert "第 4 行：没有编号为 'other' 的题" in ran.err
    assert "无法核对" not in ran.err
    found = read(tmp_path / "out" / "results.json")
    assert [item["bucket"] for item in found["items"]] == ["false_refusal", "false_refusal", "failed"]
    assert found["items"][2]["reason"] == "批处理报错：expired。"
    assert (found["model"], found["models_returned"], found["answered_by"]) == ("m1", ["m-0731"], {"m1": 2})
    assert found["overall"]["latency_ms"] == {"p50": None, "p95": None}
    assert (tmp_path / "out" / "report.html").is_file()
    elsewhere = evaluate("--import-batch", received, *options[:-1], tmp_path / "other")
    assert (elsewhere.code, "无法核对" in elsewhere.err) == (0, True)
    assert read(tmp_path / "other" / "results.json")["items"] == found["items"]


def test_a_model_is_asked_anew_in_every_run_and_its_cost_is_told(evaluate, place, tmp_path):
    refusal = '{"status": "not_found", "answer": "没有写。", "computations": [], "conflicts": []}'
    with ModelServer(lambda body: Reply(refusal, model="m-0731")) as server:
        config = CONFIG.replace("http://127.0.0.1:9/v1", server.url) + "input_price = 2\noutput_price = 8\n"
        (tmp_path / "c.toml").write_text(config, encoding="utf-8")
        options = ("--model", "m1", "--config", tmp_path / "c.toml", "--limit", "1", "--out", tmp_path / "out")
        for count in (1, 2):
            ran = evaluate(*options, env={"KEY_NOBODY_SETS": "sk-1"})
            assert (ran.code, len(server.requests)) == (0, count), ran.err
    found = read(tmp_path / "out" / "results.json")
    assert (found["models_returned"], found["overall"]["cost"]["n"]) == (["m-0731"], 1)
    assert float(found["overall"]["cost"]["yuan"]) > 0
    assert found["overall"]["first_token_ms"]["p50"] > 0


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ((), "缺少参数"),
        (("q.jsonl", "--export-batch", "x", "--import-batch", "y"), "--export-batch、--import-batch 不能一起用"),
        (("q.jsonl", "--export-batch", "x", "--resume"), "--resume、--export-batch 不能一起用"),
        (("q.jsonl", "--export-batch", "x"), "请用 --model 指明一个模型"),
        (("q.jsonl", "--import-batch", "none", "--model", "deepseek"), "读不了批处理的输出 none"),
        (("none.jsonl",), "读不了题库"),
        (("q.jsonl", "--limit", "0"), "超出范围"),
        (("q.jsonl", "--timeout", "0"), "超出范围"),
        (("q.jsonl", "--limt", "3"), "是不是 --limit"),
        (("--model", "gpt", "q.jsonl"), "没有名为 'gpt'"),
        (("q.jsonl", "--reports", "none"), "找不到报告文件夹"),
        (("q.jsonl", "--reports", "reports", "--out", "new", "--resume"), "没有可以接着做的评测"),
        (("compare", "a"), "缺少参数"),
    ],
)
def test_wrong_usage(wenbao, place, arguments, complaint):
    ran = wenbao("eval", *arguments, cwd=place, env={"WENBAO_DATA": str(place / "data")})
    assert (ran.code, complaint in ran.err) == (2, True), ran.err


def test_help_tells_of_comparing(wenbao):
    ran = wenbao("eval", "--help")
    assert ran.code == 0
    assert "--retrieval-only" in ran.out
    assert "wenbao eval compare" in ran.out
