"""What report is it? College, short names, kind, year, cohort and academic year, from cover, title, heads and text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import PurePath
from typing import Any

from rag.colleges import names_in, provinces, short_names
from rag.errors import SettingsError
from rag.records import Grid, Line, Page, ReadFile, Report, ReportKind
from rag.text import unique

COVER_LINES = 14
"""Lines from the start within which a title and a college are looked for."""
MIN_KIND_MENTIONS = 2
MAX_TITLE_LINE = 60
MAX_TITLE_LINES = 3
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
_RUNNING_TEXT = re.compile(r"[，。；！？]|、.*、|《[^》]*$|^[^《]*》|^(?:根据|按照|依据|为了?|在|对照)")
_ALIAS = re.compile(r"以?下?简称[为：:]?\s*[“\"「]([\u4e00-\u9fff]{2,8})[”\"」]")
_TITLE_TAIL = re.compile(
    r"[（(]?(?:20[0-3]\d|[二〇○零一三四五六七八九十]{4})\s*(?:年度?|届|学年)?[）)]?|(?:年度)?(?:报告|年报)(?:[（(].{2,10}[）)])?|[（(][^（）()]{2,12}[）)]"
)


def describe_report(read: ReadFile, report_id: str, corrections: Mapping[str, Any] | None = None) -> Report:
    """The report a file is, as far as it says; `corrections` (one table of `reports.toml`) have the last word."""
    lines = list(islice(_lines(read.pages), 4000))
    cover = [text for text in lines[:COVER_LINES] if not _RUNNING_TEXT.search(text)]
    body = "\n".join(lines)[:BODY_CHARACTERS]
    title = _title(read, cover)
    college = _college(title, cover, body)
    kind = _kind(title, cover, body)
    year = _year(read, title, cover, body)
    if not _TITLE.search(title) and college:
        title = f"{college}{year or ''}{'年' if year else ''}{kind.value if kind is not ReportKind.OTHER else '报告'}"
    elif names_in(college) and college not in title:
        title = college + title
    report = Report(
        id=report_id,
        title=title,
        college=college,
        short_names=_shorts(college, body),
        kind=kind,
        year=year,
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
    at = next((i for i, text in enumerate(cover) if _TITLE.search(text) and len(text) <= MAX_TITLE_LINE), None)
    if at is None:
        metadata = read.title.strip()
        return metadata if _TITLE.search(metadata) else (cover[0].strip()[:60] if cover else PurePath(read.name).stem)
    start, end = at, at + 1
    while start and at - start < MAX_TITLE_LINES and not _whole(cover[start]) and _goes_before(cover[start - 1]):
        start -= 1
    while end < len(cover) and end - at <= 2 and _TITLE_TAIL.fullmatch(cover[end].strip()):
        end += 1
    return "".join(text.strip() for text in cover[start:end])


def _whole(text: str) -> bool:
    """Whether a title may begin with this line: it says whose, of which year or about what."""
    return re.search(r"关于", text) is not None or bool(names_in(text))


def _goes_before(text: str) -> bool:
    """Whether a cover line may be the upper part of a title."""
    return (
        1 < len(text) <= MAX_TITLE_LINE
        and re.search(r"[\u4e00-\u9fff]", text) is not None
        and not re.search(r"[。；：:]|号$|^\d{4}年\d|编制$|年报$|简报$", text)
        and not (_ISSUER.fullmatch(text) or _TITLE.search(text))
    )


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
    bare = issuer.removeprefix("省").removeprefix("市")
    full = (f"{place}{level}{bare}" for place in provinces() for level in ("省", "市", "自治区", ""))
    return next((name for name in full if name in body), issuer)


def _shorts(college: str, body: str) -> tuple[str, ...]:
    stated = [alias for alias in _ALIAS.findall(body) if alias[0] in college]
    return unique([*short_names(college), *stated])


def _kind(title: str, cover: Sequence[str], body: str) -> ReportKind:
    for texts in ([title], cover):
        for kind, pattern in _KINDS:
            if any(pattern.search(text.strip()) for text in texts):
                return kind
    counts = Counter({kind: len(pattern.findall(body)) for kind, pattern in _KINDS if kind is not ReportKind.OFFICIAL})
    kind, count = counts.most_common(1)[0]
    if count >= MIN_KIND_MENTIONS:
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
