"""What the commands do before they answer: settings, the index, and bringing it up to date."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.app.terminal import complain, progress_bar
from rag.errors import IndexBusyError, SettingsError
from rag.settings.settings import Settings, load_settings

if TYPE_CHECKING:
    from rag.index.index import Index
    from rag.ingest import Outcome


def chosen_settings(
    data: Path | None, reports: Path | None, model: str | None, config: Path | None, **others: Any
) -> Settings:
    """The settings a command runs with: its options before everything else; raises SettingsError."""
    from rag.app.assembly import check_choices, for_folder

    settings = load_settings({"data": data, "model": model, **others}, config)
    check_choices(settings)
    return settings if reports is None else for_folder(settings, reports)


@contextmanager
def opened(settings: Settings) -> Iterator[Index]:
    """The index of these settings, closed at the end."""
    from rag.app.assembly import open_index

    with closing(open_index(settings, complain)) as index:
        yield index


def refresh(settings: Settings, index: Index) -> Outcome:
    """Take in what has changed in the folder of reports; one that is `--reports` is followed in what it loses too."""
    from rag.ingest import Outcome

    has_reports = bool(index.store.reports())
    if not settings.reports.is_dir():
        message = f"找不到报告文件夹 {settings.reports}：请用 --reports 指明，或先用 wenbao ingest 添加报告。"
        if not has_reports:
            raise SettingsError(message)
        complain(message)
        return Outcome()
    try:
        outcome = ingested(settings, index, [settings.reports], prune=bool(settings.index_name))
    except IndexBusyError as error:
        if not has_reports:
            raise
        complain(f"{error}现在先用索引里已有的报告。")
        return Outcome()
    tell(outcome)
    return outcome


def ingested(settings: Settings, index: Index, paths: Sequence[Path], *, prune: bool) -> Outcome:
    """Take in files and folders, with progress."""
    from rag.app.assembly import build_ingest

    with progress_bar("读取报告") as show:
        return build_ingest(settings, index).run(paths, prune=prune, on_progress=show)


def tell(outcome: Outcome) -> None:
    """Say on stderr what stood in the way, file by file."""
    for name, note in outcome.duplicates:
        complain(f"{name}：{note}")
    for name, warning in outcome.warnings:
        complain(f"注意 {name}：{warning}")
    for name, reason in outcome.failed:
        complain(f"失败 {name}：{reason}")


def recognised(settings: Settings, index: Index) -> Outcome:
    """Recognise the pictures of text that wait, with progress."""
    from rag.app.assembly import build_pending
    from rag.ingest import Outcome

    pending = build_pending(settings, index)
    if pending is None:
        return Outcome()
    with closing(pending.recognition), progress_bar("正在识别") as show:
        return pending.run(show)
