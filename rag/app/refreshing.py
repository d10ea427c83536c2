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


def refresh(settings: Settings, index: Index, *, keep_outdated: bool = False) -> Outcome:
    """Take in what has changed in the folder of reports and of every file indexed before.

    A folder that is `--reports` is followed in what it loses too. `keep_outdated` leaves for later what only the code
    has changed for.
    """
    from rag.ingest import Outcome
    from rag.readers.sources import is_gone

    has_reports = bool(index.store.reports())
    if not settings.reports.is_dir():
        message = f"找不到报告文件夹 {settings.reports}：请用 --reports 指明，或先用 wenbao ingest 添加报告。"
        if not has_reports:
            raise SettingsError(message)
        complain(message)
    try:
        paths, prune = report_paths(settings, index), bool(settings.index_name) and settings.reports.is_dir()
        outcome = ingested(settings, index, paths, prune=prune, keep_outdated=keep_outdated)
    except IndexBusyError as error:
        if not has_reports:
            raise
        complain(f"{error}现在先用索引里已有的报告。")
        return Outcome()
    tell(outcome)
    for name, path in index.store.carried().items():
        if is_gone(Path(path)):
            complain(f"{name}：原文件 {path} 已不在，没能重新读入；旧索引的副本留在 {index.store.folder}。")
    return outcome


def report_paths(settings: Settings, index: Index) -> list[Path]:
    """The folder of reports, that of reports added on the page, and every other indexed file that still stands."""
    from rag.app.assembly import UPLOADS
    from rag.readers.sources import is_gone

    folders = [settings.reports, *([] if settings.index_name else [settings.data / UPLOADS])]
    kept = index.store.carried() | {report.id: report.path for report in index.store.reports()}
    files = [Path(path) for path in kept.values() if path]
    return [folder for folder in folders if folder.is_dir()] + [file for file in files if not is_gone(file)]


def ingested(
    settings: Settings, index: Index, paths: Sequence[Path], *, prune: bool, keep_outdated: bool = False
) -> Outcome:
    """Take in files and folders, with progress."""
    from rag.app.assembly import build_ingest

    with progress_bar("读取报告") as show:
        ingest = build_ingest(settings, index)
        return ingest.run(paths, prune=prune, keep_outdated=keep_outdated, on_progress=show)


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
