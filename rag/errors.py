"""Errors whose message may be shown to a person: Chinese, saying what is wrong and what to do."""

from __future__ import annotations


class WenbaoError(Exception):
    """Base of every error the program raises on purpose."""

    retryable = False
    """Whether the same call may succeed later without anything being changed."""


class UsageError(WenbaoError):
    """The command or its options are wrong."""


class SettingsError(WenbaoError):
    """A setting is missing, misspelt or impossible."""


class UnreadableFileError(WenbaoError):
    """A report cannot be read; the message gives the reason."""


class BrokenIndexError(WenbaoError):
    """The index cannot be used as it is."""


class IndexBusyError(WenbaoError):
    """Another process is writing the index."""

    retryable = True


class ModelError(WenbaoError):
    """A model or embedding service failed."""

    def __init__(self, message: str, *, retryable: bool = False, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retryable = retryable
        self.retry_after = retry_after
        """Seconds the service wants to be left alone, None where it did not say."""


class IncompleteReplyError(ModelError):
    """A reply that began and did not end as it should; `partial` is what came."""

    def __init__(self, message: str, partial: str) -> None:
        super().__init__(message)
        self.partial = partial


class KeepingError(WenbaoError):
    """Conversations or feedback cannot be kept or read."""


class ReplyFormatError(ModelError):
    """A model's reply is not in the format asked for; the message is fit to be told to the model."""
