"""What a person at a terminal sees of an answer that is being made."""

from __future__ import annotations

import io
import signal
from pathlib import Path

import pytest

from rag.app.terminal import MAX_SHOWN, answer_watch, say_marked


class Screen(io.StringIO):
    """A terminal that remembers what was written on it."""

    def isatty(self) -> bool:
        return True


def test_stages_and_words_are_shown_until_the_answer_is_there() -> None:
    screen = Screen()
    with answer_watch(True, screen) as watch:
        watch.on_stage("检索")
        watch.on_stage("作答")
        watch.on_text("就业率为 96.12%\x1b[31m")
        watch.on_text("前" * 5000 + "后")
        assert len(watch._shown()) < MAX_SHOWN + 100
    shown = screen.getvalue()
    assert "作答" in shown
    assert "还没有核对" in shown
    assert "后" in shown
    assert "\x1b[31m" not in shown


@pytest.mark.parametrize(("is_slow", "output"), [(False, Screen()), (True, io.StringIO())])
def test_nothing_is_shown_where_nobody_looks_or_waits(is_slow: bool, output: io.StringIO) -> None:
    with answer_watch(is_slow, output) as watch:
        watch.on_stage("检索")
        watch.on_text("就业率")
        assert not watch.should_stop()
    assert output.getvalue() == ""


def test_the_first_interrupt_stops_and_the_second_ends() -> None:
    before = signal.getsignal(signal.SIGINT)
    with answer_watch(True, Screen()) as watch:
        signal.raise_signal(signal.SIGINT)
        assert watch.should_stop()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize(
    ("output", "expected"),
    [(Screen(), "就业率 \x1b[1m96%\x1b[0m�[31m [1]\n"), (io.StringIO(), "就业率 96%�[31m [1]\n")],
)
def test_bold_words_are_bold_on_a_terminal_and_plain_elsewhere(
    monkeypatch: pytest.MonkeyPatch, output: io.StringIO, expected: str
) -> None:
    monkeypatch.setattr("sys.stdout", output)
    say_marked("就业率 **96%**\x1b[31m [1]")
    assert output.getvalue() == expected


def test_one_word_stands_for_bringing_in_a_report() -> None:
    modules = Path(__file__).parents[1].glob("rag/**/*.py")
    said = {
        (path.name, word) for path in modules for word in ("导入", "入库", "录入") if word in path.read_text("utf-8")
    }
    assert said == set()  # one adds (添加), and then it is held (收录)
