"""The program as a person or a script meets it: run as a child process."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from chroma_server import free_port
from conftest import ROOT, write_report
from fixture_files import PdfBuilder

from evals.benchmarks.model_server import ModelServer, Reply

KEYS = (
    "question standalone_question status answer figures citations conflicts unsupported retrieved model "
    "model_returned timings_ms usage"
).split()
CITATION_KEYS = "n report title college year section page page_label table quote text".split()
EAST, WEST = "东湖职业技术学院", "西山职业技术学院"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Reports and an index, in a folder whose name is Chinese and holds a space."""
    place = tmp_path_factory.mktemp("cli") / "学校 报告"
    write_report(place / "东湖-2023.txt", EAST, 8123)
    write_report(place / "西山-2022.txt", WEST, 9456, 2022)
    return place


@pytest.fixture(scope="module")
def data(folder, wenbao) -> Path:
    target = folder.parent / "索 引"
    ran = wenbao("ingest", folder, "--data", target)
    assert (ran.code, ran.out, ran.err) == (0, "新增 2 / 更新 0 / 跳过 0 / 失败 0\n", "")
    return target


def test_an_answer_on_stdout_and_on_stderr_one_line_that_no_key_is_set(wenbao, data):
    ran = wenbao("ask", f"{EAST}有多少在校生？", "--data", data)
    assert ran.code == 0
    assert re.fullmatch(r"没有设置大模型的密钥，.*\n", ran.err)
    assert wenbao("ask", f"{EAST}有多少在校生？", "--data", data, "--model", "extractive").err == ""
    assert re.search(r"8123人[^\n]*\[1\]", ran.out)
    assert "**" not in ran.out
    assert re.search(r"^\[1\] 《.*》，一、学校概况$", ran.out, re.MULTILINE)


def test_json_has_every_key(wenbao, data):
    ran = wenbao("ask", f"{EAST}有多少在校生？", "--data", data, "--json")
    answer = json.loads(ran.out)
    assert set(KEYS) <= set(answer)
    assert set(CITATION_KEYS) <= set(answer["citations"][0])
    assert set(answer["timings_ms"]) >= {"retrieve", "answer", "verify", "total"}
    assert answer["status"] == "answered"
    assert answer["figures"][0]["text"] == "8123人"
    usage = {"input_tokens": 0, "output_tokens": 0, "cost": None, "first_token_ms": None}
    assert (answer["model"], answer["usage"], answer["notice"]) == ("extractive", usage, "")


def test_what_is_not_there_is_said_and_is_no_failure(wenbao, data):
    ran = wenbao("ask", f"{EAST}的食堂有几个？", "--data", data, "--json")
    answer = json.loads(ran.out)
    assert (ran.code, answer["status"]) == (0, "not_found")
    assert not [figure for figure in answer["figures"] if figure["role"] == "answer"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--report", "西山-2022"),
        ("--report", "西山-2022.txt"),
        ("--report", "西山职业"),  # of its title
        ("--report", "2022", "--ocr", "off"),
        ("--college", WEST),
        ("--year", "2022"),
    ],
    ids=["stem", "id", "part of the title", "part of the id", "college", "year"],
)
def test_filters_narrow_the_search(wenbao, data, arguments):
    answer = json.loads(wenbao("ask", "在校生有多少人？", "--data", data, "--json", *arguments).out)
    assert {citation["report"] for citation in answer["citations"]} == {"西山-2022.txt"}


def test_history_completes_a_question(wenbao, data, tmp_path):
    turns = [
        {"role": "user", "content": f"{EAST}2023年有多少在校生？"},
        {"role": "assistant", "content": "8123人 [1]。"},
    ]
    path = tmp_path / "对话.json"
    path.write_text(json.dumps(turns, ensure_ascii=False), encoding="utf-8-sig")
    ran = wenbao("ask", "那西山职业技术学院呢？", "--data", data, "--history", path)
    assert ran.code == 0
    assert "9456人" in ran.out
    assert ran.err.startswith("理解为：")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), "命令："),
        (("--bogus",), "没有 --bogus 这个选项"),
        (("repots",), "没有 repots 这个命令，是不是 reports？"),
        (("ask",), "缺少参数 问题"),
        (("ask", ""), "问题是空的"),
        (("ask", "a", "b"), "多出了 b"),
        (("ask", "q", "--colege", "x"), "是不是 --college？"),
        (("ask", "q", "--year", "去年"), "--year 的值不对，应为整数"),
        (("ask", "q", "--data"), "选项 --data 后面缺一个值"),
        (("ask", "q", "--model", "extractiv"), "是不是 extractive？"),
        (("ask", "q", "--config", "none.toml"), "找不到配置文件 none.toml"),
        (("ask", "q", "--history", "none.json"), "读不了对话文件 none.json"),
        (("ask", "q", "--reports", "none"), "找不到报告文件夹 none"),
        (("ingest", "none", "无"), "找不到 none、无"),
        (("chat", "--port", "99999"), "--port 的值超出范围"),
        (("models", "test", "builtinn"), "是不是 builtin？"),
    ],
)
def test_wrong_usage_is_explained_in_chinese(wenbao, tmp_path, arguments, expected):
    ran = wenbao(*arguments, env={"WENBAO_DATA": str(tmp_path)})
    assert expected in ran.err
    assert (ran.code, ran.out) == (2, "")
    assert "Traceback" not in ran.err
    assert not re.search("Usage|Error|No such|Missing|Invalid|Try |Got ", ran.err)


@pytest.mark.parametrize("content", ["{", "{}", '[{"role": "user"}]', "[1]", "null"])
def test_a_history_of_another_form_is_refused(wenbao, tmp_path, content):
    path = tmp_path / "h.json"
    path.write_text(content, encoding="utf-8")
    if content == "{}":
        path.write_text('{"role": "user", "content": "x"}', encoding="utf-8")
    ran = wenbao("ask", "q", "--history", path, "--data", tmp_path)
    assert (ran.code, "格式不对" in ran.err) == (2, True)


def test_an_unknown_report_is_answered_with_those_there_are(wenbao, data):
    ran = wenbao("ask", "q", "--report", "南山", "--data", data)
    assert (ran.code, ran.out) == (2, "")
    assert "没有名为 '南山' 的报告；现有：东湖-2023.txt、西山-2022.txt" in ran.err


def test_reports_are_listed(wenbao, data):
    ran = wenbao("reports", "--data", data)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.count(EAST) == 2
    listed = json.loads(wenbao("reports", "--data", data, "--json").out)
    assert [(row["id"], row["college"], row["year"]) for row in listed] == [
        ("东湖-2023.txt", EAST, 2023),
        ("西山-2022.txt", WEST, 2022),
    ]
    assert set(listed[0]) >= {"id", "title", "college", "kind", "year", "pages", "chunks", "figures", "warnings"}


def test_a_folder_of_reports_has_its_own_index_that_follows_it(wenbao, tmp_path):
    path = write_report(tmp_path / "r" / "东湖.txt", EAST, 8123)
    options = ("--reports", "r", "--data", "d")
    assert "8123人" in wenbao("ask", "有多少在校生？", *options, cwd=tmp_path).out
    write_report(path, EAST, 7777)
    write_report(tmp_path / "r" / "西山.txt", WEST, 9456)
    listed = json.loads(wenbao("reports", *options, "--json", cwd=tmp_path).out)
    assert [row["id"] for row in listed] == ["东湖.txt", "西山.txt"]
    assert "7777人" in wenbao("ask", f"{EAST}有多少在校生？", *options, cwd=tmp_path).out
    path.unlink()
    assert [row["id"] for row in json.loads(wenbao("reports", *options, "--json", cwd=tmp_path).out)] == ["西山.txt"]
    assert (tmp_path / "d").is_dir()
    assert json.loads(wenbao("reports", "--data", "d", "--json", cwd=tmp_path).out) == []


def test_broken_files_end_with_3_and_nothing_but_broken_ones_with_1(wenbao, tmp_path):
    folder = tmp_path / "r"
    write_report(folder / "好.txt", EAST, 8123)
    (folder / "坏\x1b[31m.pdf").write_bytes(b"") if os.name != "nt" else (folder / "坏.pdf").write_bytes(b"")
    ran = wenbao("ingest", folder, "--data", tmp_path / "d")
    assert (ran.code, ran.out) == (3, "新增 1 / 更新 0 / 跳过 0 / 失败 1（文件是空的（0 字节））\n")
    assert re.fullmatch(r"失败 坏.*\.pdf：文件是空的.*\n", ran.err)
    assert "\x1b" not in ran.err
    assert wenbao("ingest", folder, "--data", tmp_path / "d").code == 3
    (folder / "好.txt").unlink()
    assert wenbao("ingest", folder, "--data", tmp_path / "d2").code == 1


def test_prune_forgets_what_is_gone(wenbao, tmp_path):
    write_report(tmp_path / "r" / "甲.txt", EAST, 1111)
    lost = write_report(tmp_path / "r" / "乙.txt", WEST, 2222)
    wenbao("ingest", tmp_path / "r", "--data", tmp_path / "d")
    lost.unlink()
    ran = wenbao("ingest", tmp_path / "r", "--prune", "--data", tmp_path / "d")
    assert (ran.code, ran.out) == (0, "新增 0 / 更新 0 / 跳过 1 / 失败 0 / 移除 1\n")


def test_settings_come_from_option_then_environment_then_file(wenbao, folder, tmp_path):
    (tmp_path / "config.toml").write_text('data = "从文件"\n', encoding="utf-8")
    cases = [
        (("--data", "从选项"), {"WENBAO_DATA": "从环境"}, "从选项"),
        ((), {"WENBAO_DATA": "从环境"}, "从环境"),
        ((), {}, "从文件"),
    ]
    for options, environment, expected in cases:
        ran = wenbao("reports", *options, cwd=tmp_path, env=environment)
        assert (ran.code, ran.out) == (0, "")
        assert "还没有报告" in ran.err
        assert (tmp_path / expected / "index").is_dir(), expected


def test_a_data_folder_that_cannot_be_written_is_named(wenbao, tmp_path):
    (tmp_path / "文件").write_text("x", encoding="utf-8")
    ran = wenbao("reports", "--data", tmp_path / "文件")
    assert ran.code == 1
    assert "无法读写索引文件夹" in ran.err
    assert "Traceback" not in ran.err
    assert "Traceback" in wenbao("reports", "--data", tmp_path / "文件", "--debug").err


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="needs a user whom permissions bind")
def test_a_read_only_index_still_answers_or_says_why_not(wenbao, data):
    places = [data, *data.rglob("*")]
    modes = [place.stat().st_mode for place in places]
    for place in places:
        place.chmod(0o500 if place.is_dir() else 0o400)
    try:
        ran = wenbao("ask", f"{EAST}有多少在校生？", "--data", data)
    finally:
        for place, mode in zip(places, modes, strict=True):
            place.chmod(mode)
    assert "8123人" in ran.out if ran.code == 0 else "权限" in ran.err
    assert "Traceback" not in ran.err


def test_output_is_utf8_whatever_the_locale(wenbao, data):
    environment = {"PYTHONIOENCODING": "latin-1", "LC_ALL": "C", "PYTHONUTF8": "0"}
    ran = wenbao("reports", "--data", data, env=environment)
    assert EAST in ran.out


def test_whoever_stops_reading_gets_no_traceback(started, data):
    process = started("reports", "--data", data)
    process.stdout.close()
    assert process.wait(60) == 1
    assert process.stderr.read() == b""


def test_models_are_listed_and_tried(wenbao):
    listed = wenbao("models")
    assert (listed.code, listed.err) == (0, "")
    assert "* extractive（回答，可用）" in listed.out
    assert {model["alias"] for model in json.loads(wenbao("models", "--json").out)} >= {"extractive", "builtin"}
    tried = wenbao("models", "test")
    assert (tried.code, len(tried.out.splitlines())) == (0, 2)
    assert "不用联网" in tried.out


def test_a_chat_model_is_tried_by_a_real_call(wenbao, tmp_path):
    with ModelServer(lambda body: Reply("好", model="m-0731")) as server:
        config = tmp_path / "config.toml"
        config.write_text(
            f"[models.x]\nmodel = 'm'\nbase_url = '{server.url}'\napi_key_env = 'X_KEY'\n"
            "input_price = 2\noutput_price = 8\n",
            encoding="utf-8",
        )
        assert "x（回答，未设置环境变量 X_KEY）：m，http" in wenbao("models", "--config", config).out
        missing = wenbao("models", "test", "x", "--config", config)
        assert (missing.code, missing.out) == (1, "")
        assert "没有设置环境变量 X_KEY" in missing.err
        tried = wenbao("models", "test", "x", "--config", config, env={"X_KEY": "sk-5f"})
        assert (tried.code, tried.err) == (0, "")
        assert "返回的模型 m-0731，首字" in tried.out
        server.queue.append(Reply(status=401, body=b'{"error":{"message":"sk-5f"}}'))
        refused = wenbao("models", "test", "x", "--config", config, env={"X_KEY": "sk-5f"})
        assert (refused.code, refused.out) == (1, "")
        assert "401：密钥无效或没有给出，请检查环境变量 X_KEY。" in refused.err
        assert "5f" not in refused.err


def test_help_is_chinese_and_version_is_told(wenbao):
    for arguments in (("--help",), ("ask", "-h"), ("ingest", "--help"), ("models", "test", "--help")):
        ran = wenbao(*arguments)
        assert (ran.code, ran.err) == (0, "")
        assert "用法：" in ran.out
        assert not re.search("Usage|Options|Show this|Commands|required|Path|<str>", ran.out)
    assert re.fullmatch(r"wenbao \d+\.\d+\.\d+\n", wenbao("--version").out)


def test_help_loads_nothing_heavy(wenbao):
    heavy = "chromadb numpy rich rjieba pydantic openai tiktoken langchain_core streamlit pdfplumber pypdf bm25s rapidfuzz".split()
    code = f"""
import sys
from rag.app.cli import main
sys.argv = ["wenbao", "--help"]
try:
    main()
finally:
    found = [name for name in {heavy!r} if name in sys.modules]
    print(found, file=sys.stderr)
"""
    import subprocess

    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stderr == "[]\n"


def wait_for(condition, seconds: float = 60.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.1)
    raise AssertionError("nothing happened in time")


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
@pytest.mark.parametrize("sign", ["SIGINT", "SIGKILL"])
def test_an_ingest_that_is_interrupted_or_killed_leaves_what_was_finished(wenbao, started, tmp_path, sign):
    folder, data = tmp_path / "r", tmp_path / "d"
    write_report(folder / "甲.txt", EAST, 8123)
    slow = PdfBuilder(compress=True)
    for _ in range(8):
        slow.page("0 0 m 1 1 l S " * 3_000_000)
    slow.write(folder / "慢.pdf")
    process = started("ingest", folder, "--data", data)
    wait_for(lambda: (data / "index").is_dir())
    wait_for(lambda: "甲.txt" in wenbao("reports", "--data", data).out)
    assert process.poll() is None
    process.send_signal(getattr(signal, sign))
    out, err = process.communicate(timeout=30)
    if sign == "SIGINT":
        assert process.returncode == 1
        assert out == b""
        assert "已中断" in err.decode()
    ran = wenbao("ask", f"{EAST}有多少在校生？", "--data", data)
    assert (ran.code, "8123人" in ran.out) == (0, True)


def test_readers_are_served_while_another_process_ingests(wenbao, started, tmp_path):
    folder, data = tmp_path / "r", tmp_path / "d"
    write_report(folder / "甲.txt", EAST, 8123)
    wenbao("ingest", folder, "--data", data)
    for n in range(12):
        write_report(folder / f"{n:02}.txt", f"{WEST}{n}分校", 1000 + n)
    process = started("ingest", folder, "--data", data)
    while process.poll() is None:
        ran = wenbao("ask", f"{EAST}有多少在校生？", "--data", data)
        assert (ran.code, "8123人" in ran.out) == (0, True), ran.err
    assert process.returncode == 0
    assert wenbao("reports", "--data", data).out.count(WEST) >= 12


def test_two_ingests_at_once_both_end_well(wenbao, started, tmp_path):
    for name, college in (("一", EAST), ("二", WEST)):
        for n in range(3):
            write_report(tmp_path / name / f"{n}.txt", college, 1000 * (n + 1))
    processes = [started("ingest", tmp_path / name, "--data", tmp_path / "d") for name in ("一", "二")]
    assert [process.wait(100) for process in processes] == [0, 0]
    listed = json.loads(wenbao("reports", "--data", tmp_path / "d", "--json").out)
    assert sorted(row["college"] for row in listed) == [EAST] * 3 + [WEST] * 3


def test_chat_builds_the_index_and_serves_the_page(started, folder, tmp_path):
    port = free_port()
    process = started("chat", "--reports", folder, "--data", tmp_path, "--port", str(port))
    page = wait_for(lambda: process.poll() is not None or fetched(f"http://127.0.0.1:{port}/"))
    assert page is not True, process.stderr.read().decode()
    assert b"<html" in page.lower()
    process.terminate()
    _, err = process.communicate(timeout=30)
    assert err.decode().startswith("新增 2 / 更新 0 / 跳过 0 / 失败 0\n")
    if sys.platform != "win32":
        assert process.returncode == 0
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", port), timeout=1)


def fetched(address: str) -> bytes:
    try:
        with urllib.request.urlopen(address, timeout=2) as response:
            return response.read()
    except OSError:
        return b""


def test_chat_says_when_the_port_is_taken(wenbao, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        ran = wenbao("chat", "--port", str(port), "--data", tmp_path)
    assert (ran.code, ran.out) == (1, "")
    assert f"端口 {port} 已被占用" in ran.err


def test_chat_does_not_serve_while_its_login_is_wrong(wenbao, tmp_path):
    file = tmp_path / ".streamlit" / "secrets.toml"
    file.parent.mkdir()
    file.write_text("[Auth]", encoding="utf-8")
    ran = wenbao("chat", "--data", tmp_path, env={"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)})
    assert (ran.code, ran.out) == (2, "")
    assert "没有 [auth] 一节" in ran.err


def test_a_store_that_is_gone_is_said_and_uploads_come_back(wenbao, tmp_path):
    data, folder = tmp_path / "d", tmp_path / "r"
    write_report(folder / "东.txt", EAST, 8123)
    write_report(data / "uploads" / "西.txt", WEST, 9456)
    config = tmp_path / "c.toml"
    config.write_text(f"reports = {str(folder)!r}\n", encoding="utf-8")
    options = ("--data", data, "--config", config)
    assert wenbao("ingest", *options).out.startswith("新增 2 ")
    (data / "index" / "wenbao.sqlite3").unlink()
    for command in (("ask", "有哪些报告？"), ("ingest",), ("reports",)):
        ran = wenbao(*command, *options)
        assert (ran.code, ran.out) == (1, "")
        assert "没有用样例报告代替它" in ran.err
    shutil.rmtree(data / "index")
    assert "9456人" in wenbao("ask", f"{WEST}有多少在校生？", *options).out


def test_an_empty_index_is_filled_with_the_corpus_first(wenbao, tmp_path):
    ran = wenbao("ask", "有哪些报告？", "--data", tmp_path)
    assert ran.code == 0
    listed = json.loads(wenbao("reports", "--data", tmp_path, "--json").out)
    files = {path.name for path in (ROOT / "corpus").iterdir() if path.suffix in (".pdf", ".docx")}
    assert {row["id"] for row in listed} == files - {"yanzhou-2023-circular-scan.pdf"}  # recognition is off in tests


def test_the_figure_table_says_what_was_understood(wenbao, data):
    ran = wenbao("figures", "东湖-2023", "--find", "在校生", "--data", data)
    assert (ran.code, ran.err) == (0, "")
    assert re.search("个数字，其中 \\d+ 个符合", ran.out)
    assert re.search("^ .*8123人 +在校生", ran.out, re.MULTILINE)
    listed = json.loads(wenbao("figures", "东湖-2023.txt", "--data", data, "--json").out)
    (figure,) = [item for item in listed if item["text"] == "8123人"]
    assert (figure["value"], figure["unit"], figure["head"]) == ("8123", "人", "在校生")
    assert set("id qualifiers rows columns time section page label aspects table".split()) <= figure.keys()
    assert wenbao("figures", "东湖-2023", "--data", data, "--csv").out.lstrip("\ufeff").startswith("数字,数值,单位,")
    unknown = wenbao("figures", "没有", "--data", data)
    assert (unknown.code, "东湖-2023.txt" in unknown.err) == (2, True)
    assert wenbao("figures", "东湖-2023", "--data", data, "--csv", "--json").code == 2
    assert "换一个词" in wenbao("figures", "东湖-2023", "--find", "没有这个词", "--data", data).err


def test_a_board_gives_each_figure_its_page_and_names_what_is_not_stated(wenbao, data):
    ran = wenbao("board", "--report", "东湖-2023", "--data", data)
    assert (ran.code, ran.err) == (0, "")
    assert "在校生人数：8123人（全日制在校生，截至2023年8月31日）" in ran.out
    (board,) = json.loads(wenbao("board", "--report", "东湖-2023", "--data", data, "--json").out)
    assert {figure["indicator"]: figure["value"] for figure in board["figures"]}["就业率"] == "93.5"
    assert "生师比" in board["not_found"]
    assert wenbao("board", "--report", "没有", "--data", data).code == 2
