"""What report is it? College, short names, kind, year, cohort and academic year, from cover, title, heads and text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import PurePath
from typing import Any

from rag.colleges import names_in, short_names
from rag.errors import SettingsError
from rag.records import Grid, Line, Page, ReadFile, Report, ReportKind
from rag.text import unique

COVER_LINES = 14
"""Lines from the start within which a title and a college are looked for."""
BODY_CHARACTERS = 40_000
"""Characters of text that are counted when the cover does not say."""

_KINDS: tuple[tuple[ReportKind, re.Pattern[str]], ...] = (
    (
        ReportKind.OFFICIAL,
        re.compile(r"[〔\[]\d{4}[〕\]]\s*\d+\s*号|的(?:函|通知|意见|批复|请示|公告|通报|决定|方案)$|^关于.{4,}的"),
    ),
    (
        ReportKind.EMPLOYMENT,
        re.compile(r"就业质量.{0,4}(?:年度)?报告|就业.{0,6}年度?报告|毕业生.{0,10}(?:就业|培养质量).{0,6}报告"),
    ),
    (
        ReportKind.QUALITY,
        re.compile(r"(?:职业教育|人才培养|教育)质量.{0,4}(?:年度)?报告|质量年报|质量年度报告|质量报告"),
    ),
    (ReportKind.BRIEFING, re.compile(r"简报|工作动态|信息专报|快报")),
)
_TITLE = re.compile(r"报告|年报|简报|摘编|的函|的通知|的意见|名单|公报|通报|要览")
_ISSUER = re.compile(
    r"[\u4e00-\u9fff]{2,10}(?:教育厅办公室|教育局办公室|教育厅|教育局|教育委员会|人民政府办公厅|人民政府|教育部办公厅|教育部)"
)
_YEAR = re.compile(r"(?<!\d)(20[0-3]\d)(?!\d)")
_CHINESE_YEAR = re.compile(r"二[〇○零Oo0]([〇○零一二三四五六七八九])([〇○零一二三四五六七八九])年")
_COHORT = re.compile(r"(?<!\d)(20[0-3]\d)\s*届")
_ACADEMIC_YEAR = re.compile(r"(?<!\d)(20[0-3]\d)\s*[-－–—~～至]{1,2}\s*(20[0-3]\d)\s*学年")
_ALIAS = re.compile(r"以?下?简称[为：:]?\s*[“\"「]([\u4e00-\u9fff]{2,8})[”\"」]")
_KIND_YEAR = re.compile(r"[（(\s]*(20[0-3]\d)\s*(?:年度?|届)?[）)]?")


def describe_report(read: ReadFile, report_id: str, corrections: Mapping[str, Any] | None = None) -> Report:
    """The report a file is, as far as it says; `corrections` (one table of `reports.toml`) have the last word."""
    lines = list(islice(_lines(read.pages), 4000))
    cover = lines[:COVER_LINES]
    body = "\n".join(lines)[:BODY_CHARACTERS]
    title = _title(read, cover)
    college = _college(title, cover, body)
    report = Report(
        id=report_id,
        title=title,
        college=college,
        short_names=_shorts(college, body),
        kind=_kind(title, cover, body),
        year=_year(read, title, cover, body),
        cohort=_cohort(title, cover, body),
        academic_year=_most_common(f"{a}-{b}" for a, b in _ACADEMIC_YEAR.findall(body)),
        path=read.name,
        sha256=read.sha256,
        format=read.format,
        page_count=sum(page.number is not None for page in read.pages),
        warnings=read.warnings,
    )
    return _corrected(report, corrections or {})


def _lines(pages: Sequence[Page]) -> list[str]:
    texts = []
    for page in pages:
        for item in page.items:
            texts += [item.text] if isinstance(item, Line) else _grid_texts(item)
    return texts


def _grid_texts(grid: Grid) -> list[str]:
    return [cell.text for cell in grid.cells if cell.text]


def _title(read: ReadFile, cover: Sequence[str]) -> str:
    """The cover's title: the first line that names a kind of document, with the lines it is wrapped over."""
    for index, text in enumerate(cover):
        if not _TITLE.search(text) or len(text) > 60:
            continue
        before = cover[index - 1] if index else ""
        title = text
        if (
            index
            and (_needs_more(text) or before.endswith(("质量", "发展", "生", "湖北", "关于")))
            and len(before) < 40
            and before not in title
        ):
            title = before + title
        after = cover[index + 1] if index + 1 < len(cover) else ""
        if _KIND_YEAR.fullmatch(after.strip()) or (_TITLE.search(after) and len(after) < 40 and not names_in(after)):
            title += after.strip()
        return title.strip()
    if _TITLE.search(read.title):
        return read.title.strip()
    return cover[0].strip()[:60] if cover else PurePath(read.name).stem


def _needs_more(text: str) -> bool:
    """Whether a title line is only the tail of one (年度报告, 及专业（群）名单的函)."""
    return len(text) < 9 or text.startswith(("及", "年度", "和", "与", "质量"))


def _college(title: str, cover: Sequence[str], body: str) -> str:
    for texts in ([title], cover):
        for text in texts:
            if issuer := _ISSUER.search(text):
                return _full_issuer(issuer.group(), body)
            if found := names_in(text):
                return found[0]
    counts = Counter(name for name in names_in(body) for _ in range(body.count(name)))
    issuers = Counter(match.group() for match in _ISSUER.finditer(body))
    return next((name for name, _ in (counts + issuers).most_common(1)), "")


def _full_issuer(issuer: str, body: str) -> str:
    """The issuer's name as the text has it in full: 省教育厅办公室 → 湖北省教育厅办公室."""
    longer = [match.group() for match in _ISSUER.finditer(body) if match.group().endswith(issuer)]
    return (
        Counter(name for name in longer if not name.startswith(("据", "由", "《", "根"))).most_common(1)[0][0]
        if longer
        else issuer
    )


def _shorts(college: str, body: str) -> tuple[str, ...]:
    stated = [alias for alias in _ALIAS.findall(body) if alias[0] in college]
    return unique([*short_names(college), *stated])


def _kind(title: str, cover: Sequence[str], body: str) -> ReportKind:
    for texts in ([title], cover, body[:3000].split("\n")):
        for kind, pattern in _KINDS:
            if any(pattern.search(text.strip()) for text in texts):
                return kind
    return ReportKind.OTHER


def _year(read: ReadFile, title: str, cover: Sequence[str], body: str) -> int | None:
    for text in (title, *cover, PurePath(read.name).stem):
        if found := _YEAR.search(text):
            return int(found.group(1))
        if chinese := _CHINESE_YEAR.search(text):
            return 2000 + _digit(chinese.group(1)) * 10 + _digit(chinese.group(2))
    common = _most_common(_YEAR.findall(body))
    return int(common) if common else None


def _digit(character: str) -> int:
    return "〇一二三四五六七八九".find(character) if character in "一二三四五六七八九" else 0


def _cohort(title: str, cover: Sequence[str], body: str) -> int | None:
    for text in (title, *cover):
        if found := _COHORT.search(text):
            return int(found.group(1))
    common = _most_common(_COHORT.findall(body))
    return int(common) if common else None


def _most_common(items: Any) -> str | None:
    counts = Counter(items)
    return min(counts, key=lambda item: (-counts[item], item)) if counts else None


_CORRECTABLE = {
    "title": str,
    "college": str,
    "kind": str,
    "year": int,
    "cohort": int,
    "academic_year": str,
    "source": str,
}


def _corrected(report: Report, corrections: Mapping[str, Any]) -> Report:
    unknown = set(corrections) - {*_CORRECTABLE, "short_names"}
    if unknown:
        known = "、".join([*_CORRECTABLE, "short_names"])
        raise SettingsError(f"reports.toml 中 {report.id} 有不认识的键 {sorted(unknown)[0]!r}；可用的键：{known}。")
    changes: dict[str, Any] = {}
    for key, kind in _CORRECTABLE.items():
        if key in corrections:
            if not isinstance(corrections[key], kind):
                raise SettingsError(f"reports.toml 中 {report.id} 的 {key} 应为{'整数' if kind is int else '文字'}。")
            changes[key] = corrections[key]
    if "kind" in changes:
        try:
            changes["kind"] = ReportKind(changes["kind"])
        except ValueError:
            kinds = "、".join(kind.value for kind in ReportKind)
            raise SettingsError(f"reports.toml 中 {report.id} 的 kind 应为：{kinds}。") from None
    college = changes.get("college", report.college)
    listed = corrections.get("short_names", ())
    changes["short_names"] = unique(
        [*map(str, listed), *(short_names(college) if "college" in changes else report.short_names)]
    )
    return replace(report, **changes)
