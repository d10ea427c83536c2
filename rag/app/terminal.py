"""Edge: what every command shares with the person at the terminal: streams, errors in Chinese, exit codes, progress."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

import typer
from typer.core import TyperCommand, TyperGroup

from rag.errors import SettingsError, UsageError, WenbaoError

if TYPE_CHECKING:
    from rag.ingest import Progress

MAX_SHOWN = 600
"""Characters shown of an answer that is being made: more could not be taken back on a small terminal."""
DONE, FAILED, WRONG_USAGE, SOME_SKIPPED = 0, 1, 2, 3

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_HELP_WORDS = {
    "Usage: ": "用法：",
    "[OPTIONS]": "[选项]",
    "COMMAND [ARGS]...": "命令 [参数]…",
    "Arguments:": "参数：",
    "Options:": "选项：",
    "Commands:": "命令：",
    "Show this message and exit.": "显示这份帮助",
    "  [required]": "（必填）",
    " <str>": "",
    " <list[Path]>": "",
}
_USAGE_MESSAGES = (
    (r"No such option: (?P<given>\S+).*", "没有 {given} 这个选项"),
    (r"No such command '(?P<given>.*?)'.*", "没有 {given} 这个命令"),
    (r"Option '(?P<given>.*?)' requires an argument\.", "选项 {given} 后面缺一个值"),
    (r"Option '(?P<given>.*?)' does not take a value\.", "选项 {given} 后面不带值"),
    (r"Missing argument '(?P<given>.*?)'.*", "缺少参数 {given}"),
    (r"Missing option '(?P<given>.*?)'.*", "缺少选项 {given}"),
    (r"Missing command\.", "缺少命令"),
    (r"Got unexpected extra argument\(?s?\)? \((?P<given>.*)\)", "多出了 {given}（内容里有空格时请加引号）"),
    (r"Invalid value for '(?P<given>.*?)': .*integer.*", "{given} 的值不对，应为整数"),
    (r"Invalid value for '(?P<given>.*?)': .*(?:range|greater|less).*", "{given} 的值超出范围"),
    (r"Invalid value for '(?P<given>.*?)': .*", "{given} 的值不对"),
)
"""What typer says of a wrong command line, and the same in Chinese."""


class _ChineseHelp:
    def get_help(self, context: Any) -> str:
        text: str = super().get_help(context)  # type: ignore[misc]
        for english, chinese in _HELP_WORDS.items():
            text = text.replace(english, chinese)
        return text


class Command(_ChineseHelp, TyperCommand):
    """A command whose help is Chinese."""


class Group(_ChineseHelp, TyperGroup):
    """A group of commands whose help is Chinese."""


def run(program: typer.Typer) -> NoReturn:
    """Run the command line and end with its exit code; no traceback unless `--debug` is among the arguments."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    debug = "--debug" in sys.argv
    if debug:
        _log_everything()
    try:
        code = _run(program, debug)
        sys.stdout.flush()
    except BrokenPipeError:
        # whoever read the output has enough; what is still buffered must not fail at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = FAILED
    sys.exit(code)


def _run(program: typer.Typer, debug: bool) -> int:
    try:
        # Typer gives back 130 for Ctrl-C, and the code of typer.Exit.
        code = program(standalone_mode=False) or DONE
    except typer.TyperException as error:
        complain(_usage_text(error))
        return WRONG_USAGE
    except (KeyboardInterrupt, typer.Abort):
        code = _INTERRUPTED
    except BrokenPipeError:
        raise
    except WenbaoError as error:
        if debug:
            raise
        complain(str(error))
        return WRONG_USAGE if isinstance(error, UsageError | SettingsError) else FAILED
    except Exception as error:
        if debug:
            raise
        complain(f"程序出错（{type(error).__name__}：{error}）。加上 --debug 可看到详情。")
        return FAILED
    if code == _INTERRUPTED:
        complain("已中断。已经读完的报告都在索引里，可以继续使用。")
        return FAILED
    return int(code)


_INTERRUPTED = 130


def _log_everything() -> None:
    import logging

    logging.basicConfig(format="%(name)s: %(message)s")
    logging.getLogger("rag").setLevel(logging.DEBUG)


def say(text: str) -> None:
    """A result, on standard output."""
    print(_harmless(text))


def say_marked(text: str) -> None:
    """A result with bold words, on standard output: bold on a terminal, plain elsewhere."""
    on, off = ("\x1b[1m", "\x1b[0m") if sys.stdout.isatty() else ("", "")
    print(_BOLD.sub(rf"{on}\1{off}", _harmless(text)))


def complain(message: str) -> None:
    """A warning, an error or progress, on standard error."""
    print(_harmless(message), file=sys.stderr, flush=True)


def _harmless(text: str) -> str:
    """Without what a terminal would obey: file names and titles are not ours."""
    return _CONTROLS.sub("\ufffd", text)


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[Progress], None]]:
    """Shows what it is told as a bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda progress: None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda progress: bar.update(
            task, completed=progress.done, total=progress.total, description=f"{title} {escape(progress.name)}"
        )


@dataclass(slots=True)
class AnswerWatch:
    """What is told of an answer that is being made, and whether its reader wants no more of it."""

    show: Callable[[str], None] = lambda shown: None
    is_stopped: bool = False
    stage: str = ""
    text: str = ""

    def on_stage(self, stage: str) -> None:
        """The stage that begins."""
        self.stage = stage
        self.show(self._shown())

    def on_text(self, text: str) -> None:
        """The answer so far."""
        self.text = text
        self.show(self._shown())

    def should_stop(self) -> bool:
        """Whether to make do with what has come."""
        return self.is_stopped

    def _shown(self) -> str:
        lines = [f"{self.stage}……（Ctrl-C 停止）"]
        if self.text:
            lines += ["（以下数字还没有核对）", self.text[-MAX_SHOWN:]]
        return _harmless("\n".join(lines))


@contextmanager
def answer_watch(is_slow: bool, output: TextIO | None = None) -> Iterator[AnswerWatch]:
    """Shows stage and words of a slow answer on a terminal until it is checked; nothing elsewhere. Ctrl-C stops it once."""
    output = output or sys.stderr
    if not is_slow or not output.isatty():
        yield AnswerWatch()
        return
    import signal

    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    with Live(console=Console(file=output), transient=True, refresh_per_second=8) as live:
        watch = AnswerWatch(lambda shown: live.update(Text(shown, style="dim")))

        def stop(signum: int, frame: object) -> None:
            if watch.is_stopped:
                raise KeyboardInterrupt
            watch.is_stopped = True

        before = signal.signal(signal.SIGINT, stop)
        try:
            yield watch
        finally:
            signal.signal(signal.SIGINT, before)


def _usage_text(error: typer.TyperException) -> str:
    """The error in Chinese with what to do; asked for nothing, the help itself."""
    message = error.format_message()
    context = getattr(error, "ctx", None)
    if message.startswith(_HELP_WORDS["Usage: "]):
        return message
    text = _translated(message)
    if context is None:
        return f"{text}。用 wenbao --help 查看用法。"
    given = getattr(error, "option_name", None) or next(iter(re.findall(r"command '(.*?)'", message)), "")
    return f"{text}{_nearest_of(context, given)}用 {context.command_path} --help 查看用法。"


def _translated(message: str) -> str:
    for pattern, chinese in _USAGE_MESSAGES:
        if match := re.fullmatch(pattern, message, re.DOTALL):
            return chinese.format(**match.groupdict())
    return f"命令写得不对（{message}）"


def _nearest_of(context: Any, given: str) -> str:
    known = [*getattr(context.command, "commands", ())]
    if given.startswith("-"):
        known = [name for parameter in context.command.get_params(context) for name in parameter.opts]
    match = get_close_matches(given, known, n=1)
    return f"，是不是 {match[0]}？" if match else "。"


def print_json(value: Any) -> None:
    """A value as JSON on stdout."""
    # Quotes stay as they are in the report, whatever characters they hold: no terminal reads this.
    print(json.dumps(value, ensure_ascii=False, indent=1))


def print_bytes(content: bytes) -> None:
    """The content of a file on stdout, byte for byte."""
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
