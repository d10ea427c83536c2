"""Everything that goes wrong at a model's service, and what the asker sees of it: a table, and whether it is as it should be.

usage: python -m evals.benchmarks.faults.service [QUESTIONS.jsonl] [--reports DIR]

A real local server speaks the protocol and misbehaves on cue; the whole pipeline asks it the first question of the file
that has one figure. Exit code 1 where a fault ends otherwise than it should.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import socket
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from evals.benchmarks.model_server import ModelServer, Reply
from evals.benchmarks.scripted_replies import PerfectModel
from evals.cases import Case, load_cases
from rag.app.assembly import build_assistant, build_ingest, open_index
from rag.index.index import Index
from rag.records import VerifiedAnswer
from rag.settings.models import ChatSettings
from rag.settings.settings import EXTRACTIVE, PROJECT, Settings

ALIAS = "served"
GONE = "https://name.invalid/v1"
HELD_SECONDS = 3.0
"""Limits on the first byte and on silence, so that hanging does not take long."""
EVENTS_BEFORE, EVENT_CHARACTERS = 40, 4
"""What comes of a reply before it hangs or is cut: more than its first sentence."""
MORE = "其余情况请看原文。" * 20
"""Follows the first sentence."""
WHOLE, PARTIAL, BUILT_IN = "模型的回答", "模型的回答，标明不完整", "内置的回答"
Sent = Reply | str


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to misbehave, and how it should end."""

    name: str
    reply: Mapping[str, Any] = field(default_factory=dict)
    """What of a sound reply is changed."""
    times: int = 99
    """Requests that are answered so; those after it are answered soundly."""
    ends: str = BUILT_IN
    says: str = ""
    """Pattern of what the notice must say."""
    requests: int = 1
    base_url: str = ""
    """Instead of the server's."""
    proxy: str = ""


def _refused(status: int, message: str = "no", **headers: str) -> dict[str, Any]:
    said = json.dumps({"error": {"message": message}}).encode()
    return {"status": status, "body": said, "headers": headers}


def faults(server: str, nowhere: str) -> tuple[Fault, ...]:
    """Every fault; `server` and `nowhere` are addresses with and without anybody at home."""
    cut = {"cut_after": EVENTS_BEFORE, "piece_characters": EVENT_CHARACTERS}
    hang = {"hang_after": EVENTS_BEFORE, "piece_characters": EVENT_CHARACTERS}
    return (
        Fault("没有故障", ends=WHOLE),
        Fault("429，没有 Retry-After", _refused(429), says="429.*限流", requests=3),
        Fault("429，Retry-After: 1，然后正常", _refused(429, **{"Retry-After": "1"}), 1, WHOLE, "^$", 2),
        Fault("429，Retry-After: 3600", _refused(429, **{"Retry-After": "3600"}), says="429"),
        Fault("500，然后正常", _refused(500), 1, WHOLE, "^$", 2),
        Fault("500，一直如此", _refused(500), says="500：服务出错", requests=3),
        Fault("401", _refused(401), says="401：密钥"),
        Fault("402", _refused(402), says="402：账户余额不足"),
        Fault("400，上下文过长", _refused(400, "maximum context length exceeded"), says="内容过长|上下文"),
        Fault("首字之前挂起", {"hang_before": True}, says="没有任何回应", requests=3),
        Fault("中途挂起", hang, says="没有新内容", ends=PARTIAL),
        Fault("中途断开（分块传输）", cut, says="中途断开", ends=PARTIAL),
        Fault("中途断开（定长传输）", {**cut, "framing": "length"}, says="中途断开", ends=PARTIAL),
        Fault("第一句之前断开", {**cut, "cut_after": 4}, says="中途断开"),
        Fault("200，内容是 HTML", {"body": b"<html>login</html>"}, says="不是该接口的格式"),
        Fault("choices 为空", {"body": b'data: {"choices":[]}\n\n'}, says="choices 为空"),
        Fault("只有思考过程", {"text": "", "reasoning": {"reasoning_content": "想"}}, says="只有思考过程"),
        Fault("空白 JSON", {"text": " \n\n "}, says="没有写出回答"),
        Fault("回答不是 JSON，改正一次", {"text": "就业情况很好。"}, 1, WHOLE, "^$", 2),
        Fault("回答的 JSON 残缺，一直如此", {"text": '{"status": "answered", "answer": '}, says="不合格式", requests=2),
        Fault("事件里的 JSON 损坏", {"body": b'data: {"choi\n\n'}, says="不是该接口的格式"),
        Fault("finish_reason = length", {"finish_reason": "length"}, says="长度上限", ends=PARTIAL),
        Fault("finish_reason = content_filter", {"finish_reason": "content_filter"}, says="安全审核", ends=PARTIAL),
        Fault("没有 finish_reason", {"finish_reason": None}, says="没有结束标记", ends=PARTIAL),
        Fault("UTF-8 字符被切开", {"write_bytes": 7}, ends=WHOLE),
        Fault("返回另一个模型的名字", {"model": "another-model"}, ends=WHOLE),
        Fault("连接被拒绝", says="连接被拒绝", requests=0, base_url=nowhere),
        Fault("找不到主机", says="找不到这个主机名", requests=0, base_url=GONE),
        Fault("代理不通", says="代理", requests=0, base_url=GONE, proxy=nowhere),
        Fault("代理拒绝转发", says="代理", requests=0, base_url=GONE, proxy=server),
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of one."""

    fault: Fault
    answer: VerifiedAnswer
    requests: int
    milliseconds: float
    is_repeated: bool
    """Whether the growing text ever held the answer's beginning twice."""

    @property
    def ended(self) -> str:
        """Whose answer it was."""
        if self.answer.model == EXTRACTIVE:
            return BUILT_IN
        return PARTIAL if "不完整" in self.answer.text else WHOLE

    @property
    def is_right(self) -> bool:
        """Whether it ended as it should."""
        told = re.search(self.fault.says or "", self.answer.notice) is not None
        as_often = self.requests == self.fault.requests
        return told and as_often and self.ended == self.fault.ends and not self.is_repeated


def ask_with(fault: Fault, case: Case, index: Index, data: Path, server: ModelServer) -> Seen:
    """Ask the case's question of a server that misbehaves so."""
    perfect, left = PerfectModel((case,)), [fault.times if fault.reply else 0]

    def script(body: Mapping[str, Any]) -> Reply:
        said = json.loads(perfect(body))
        sound = Reply(json.dumps(said | {"answer": f"{said['answer']}{MORE}"}, ensure_ascii=False))
        left[0] -= 1
        return replace(sound, **fault.reply) if left[0] >= 0 else sound

    server.script, before = script, len(server.requests)
    served = ChatSettings(
        model="m", base_url=fault.base_url or server.url, first_token_timeout=HELD_SECONDS, idle_timeout=HELD_SECONDS
    )
    settings = Settings(data=data, model=ALIAS, models={ALIAS: served}, answer_cache=False)
    texts: list[str] = []
    started = time.perf_counter()
    with _proxied(fault.proxy):
        answer = build_assistant(settings, index).ask(case.question, on_text=texts.append)
    milliseconds = (time.perf_counter() - started) * 1000
    beginning = next((text for text in texts if len(text) >= 4), "")[:4]
    is_repeated = bool(beginning) and any(text.count(beginning) > 1 for text in texts)
    return Seen(fault, answer, len(server.requests) - before, milliseconds, is_repeated)


@contextmanager
def _proxied(address: str) -> Iterator[None]:
    """Requests but those to this machine go through a proxy, where an address is given."""
    kept = dict(os.environ)
    os.environ["no_proxy"] = "127.0.0.1"
    if address:
        os.environ |= {"HTTPS_PROXY": address, "https_proxy": address}
    try:
        yield
    finally:
        os.environ.clear()
        os.environ |= kept


def nowhere() -> str:
    """An address of this machine at which nobody answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def run_faults(case: Case, index: Index, data: Path) -> Iterator[Seen]:
    """What came of each fault."""
    with ModelServer() as server:
        for fault in faults(server.url.removesuffix("/v1"), nowhere()):
            yield ask_with(fault, case, index, data, server)


def seen_to_row(seen: Seen) -> str:
    """A row of the table."""
    returned = f"（返回的模型 {seen.answer.model_returned}）" if seen.fault.reply.get("model") else ""
    cells = (
        seen.fault.name,
        str(seen.requests),
        f"{seen.ended}{returned}",
        (seen.answer.notice or "（没有提示）").replace("|", "｜"),
        f"{seen.milliseconds:.0f}",
        "是" if seen.is_right else "**否**",
    )
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="模型服务的各种故障，以及提问的人看到什么")
    parser.add_argument("questions", type=Path, nargs="?", default=PROJECT / "evals" / "questions" / "xianning.jsonl")
    parser.add_argument("--reports", type=Path, default=PROJECT / "corpus")
    given = parser.parse_args()
    case = next(c for c in load_cases([given.questions]) if len(c.figures) == 1 and not c.history and c.type == "text")
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), reports=given.reports)
        with closing(open_index(settings)) as index:
            build_ingest(settings, index).run([given.reports])
            print("| 故障 | 请求次数 | 看到的 | 提示 | 毫秒 | 符合预期 |\n|---|---:|---|---|---:|---|")
            right = True
            for seen in run_faults(case, index, Path(folder)):
                print(seen_to_row(seen), flush=True)
                right = right and seen.is_right
    sys.exit(0 if right else 1)


if __name__ == "__main__":
    main()
