"""One question being answered in a thread of its own: drawing the page again neither ends it nor asks it twice."""

from __future__ import annotations

import threading
from collections.abc import Callable

from rag.presentation.exchanges import Exchange
from rag.records import Evidence

OnStage = Callable[[str], None]
OnEvidence = Callable[[Evidence], None]
OnText = Callable[[str], None]
ShouldStop = Callable[[], bool]
Ask = Callable[[OnStage, OnEvidence, OnText, ShouldStop], Exchange]
Keep = Callable[[Exchange], str]
"""Keeps an answer; gives why it could not, in Chinese, or ``."""


class Job:
    """Runs from construction; what it has come to may be read at any time."""

    def __init__(self, question: str, ask: Ask, keep: Keep = lambda exchange: "") -> None:
        self.question = question
        self.problem = ""
        """Chinese: why its answer could not be kept, `` where it was."""
        self.stages: tuple[str, ...] = ()
        """Those begun, in order; one may come again."""
        self.text = ""
        self.evidence: Evidence | None = None
        self.exchange: Exchange | None = None
        """How it ended, None until then."""
        self._stopped = threading.Event()
        self._changed = threading.Condition()
        threading.Thread(target=self._run, args=(ask, keep), daemon=True).start()

    def stop(self) -> None:
        """Have it end with what is proved of its answer so far."""
        self._stopped.set()

    @property
    def is_stopping(self) -> bool:
        """Whether it was told to stop."""
        return self._stopped.is_set()

    def wait(self, seconds: float) -> None:
        """Until it is over or comes to something new, or the time is up."""
        with self._changed:
            if self.exchange is None:
                self._changed.wait(seconds)

    def _run(self, ask: Ask, keep: Keep) -> None:
        exchange = ask(
            lambda stage: self._set(stages=(*self.stages, stage)),
            lambda evidence: self._set(evidence=evidence),
            lambda text: self._set(text=text),
            self._stopped.is_set,
        )
        # kept here, for nobody may be looking any more
        self._set(problem=keep(exchange), exchange=exchange)

    def _set(self, **values: object) -> None:
        with self._changed:
            for name, value in values.items():
                setattr(self, name, value)
            self._changed.notify_all()
