"""What report is it? College, short names, title, kind, year, cohort and academic year, from its front and its text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from operator import ne
from typing import Any

from rag.domain.colleges import names_in
from rag.domain.kinds import DOCUMENT_NUMBER, YEARLY, mentioned_kinds, titled_kind
from rag.domain.short_names import short_names
from rag.errors import SettingsError
from rag.language.text import unique
from rag.records import Origin, ReadFile, Report, ReportKind
from rag.structure.identity.front import Front, read_to_front
from rag.structure.identity.issuers import front_to_issuer, is_of_several, leading_issuer
from rag.structure.identity.titles import Title, front_to_title, lines_apart

MIN_MENTIONS = 2
MIN_YEAR_SHARE = 0.4
"""Of all years a text names: below it, none is the one it is of."""
TITLE_LINES = 5
"""Lines of a cover that may say the kind where its title does not."""
SHORT_PAGE = 6000
"""Characters of a page that only says who somebody is."""

_YEAR = re.compile(r"(?<!\d)(20[0-3]\d)(?!\d|级)")
_YEAR_RANGE = re.compile(r"(?<!\d)20[0-3]\d\s*年?\s*[-－—–~～至]{1,2}\s*(?=20[0-3]\d(?!\d))")
_CHINESE_YEAR = re.compile(
    r"二[〇○零ОOo0]([〇○零一二三四五六七八九])([〇○零一二三四五六七八九])(?=\s*(?:年|届|$|[）)]))"
)
_DATE = re.compile(r"年\s*[\d一二三四五六七八九十]{1,3}\s*月|20\d\d[-./]\d{1,2}[-./]\d")
_LATE = re.compile(r"年\s*(?:0?9|1[0-2]|九|十[一二]?)\s*月")
"""Months in which a report of the same year is issued; before them it is of the year before."""
_SIGNED = re.compile(r"^[^，。]{0,20}[〇○零ОOo\d一二三四五六七八九]{4}\s*年.{1,3}月.{1,3}日$", re.MULTILINE)
_COHORT = re.compile(r"(?<!\d)(20[0-3]\d)\s*届")
_ACADEMIC_YEAR = re.compile(r"(?<!\d)(20[0-3]\d)\s*[-－—–~～至]{1,2}\s*(20[0-3]\d)\s*学年")
_ALIAS = re.compile(r"以?下?简称[为：:]?\s*[“\"「]([\u4e00-\u9fff]{2,8})[”\"」]")
_NO_ALIAS = re.compile(r"^(?:学校|学院|本校|我校|本院|我院|校)$|报告|年报|中心|计划|办法|方案|高职|集团|公司")
_OF_SCHOOL_YEARS = YEARLY - {ReportKind.ACCOUNTS, ReportKind.BUDGET, ReportKind.COMPANY, ReportKind.OPENNESS} | {
    ReportKind.EVALUATION
}
"""Kinds whose figures are of a class or an academic year also where only the text says of which."""


def describe_report(read: ReadFile, report_id: str, corrections: Mapping[str, Any] | None = None) -> Report:
    """The report a file is, as far as it says; `corrections` (one table of `reports.toml`) have the last word."""
    front = read_to_front(read)
    found = front_to_title(front)
    kind = _kind(found, front)
    college = front_to_issuer(front, found.text, kind)
    if read.pages and all(item.origin is Origin.RECOGNISED for page in read.pages for item in page.items):
        filed = _as_filed(college, front.file_name)
        found, college = replace(found, text=found.text.replace(college, filed) if college else found.text), filed
    stated = [found.text, *front.heads, front.file_name, front.metadata, *lines_apart(front)]
    year = _year(stated, front, kind)
    report = Report(
        id=report_id,
        title=_named_title(found, college, year, kind),
        college=college,
        short_names=_shorts(college, front.body),
        kind=kind,
        year=year,
        cohort=_cohort(stated, front.body, year, kind),
        academic_year=_academic_year(stated, front.body, kind),
        path=read.name,
        sha256=read.sha256,
        format=read.format,
        page_count=sum(page.number is not None for page in read.pages),
        warnings=read.warnings,
    )
    return corrected(report, corrections or {})


def _as_filed(college: str, file_name: str) -> str:
    """A name read from a picture as the file's own name writes it, where one character tells them apart (泸州, 栌州)."""
    named = filter(None, (leading_issuer(file_name), *names_in(file_name)))
    alike = (name for name in named if len(name) == len(college) and sum(map(ne, name, college)) == 1)
    return next(alike, college)


def _kind(title: Title, front: Front) -> ReportKind:
    """The kind the title says, else a line of the front, else what a text without a title speaks of."""
    said = titled_kind(title.text)
    if said is not ReportKind.OFFICIAL and is_of_several(title.text):
        return ReportKind.OTHER
    apart = lines_apart(front)
    lines = apart[:TITLE_LINES] if title.is_sure else [*apart, front.file_name, front.metadata]
    if said := said or next(filter(None, map(titled_kind, lines)), None):
        return said
    if any(DOCUMENT_NUMBER.search(line.text) for line in front.cover):
        return ReportKind.OFFICIAL
    if title.is_sure:
        return ReportKind.OTHER
    if len(front.body) < SHORT_PAGE and re.search(r"[院系馆]$", title.text):
        return ReportKind.PROFILE
    kind, count = max(mentioned_kinds(front.body).items(), key=lambda item: item[1])
    return kind if count >= MIN_MENTIONS else ReportKind.OTHER


def _named_title(title: Title, college: str, year: int | None, kind: ReportKind) -> str:
    """The title with whose it is before it; made of what is known where the front has none."""
    text = title.text
    is_name_only = re.search(r"[\u4e00-\u9fff]", text) is None
    if college and not title.is_sure and (kind in YEARLY or is_name_only):
        return f"{college}{year or ''}{'年' if year else ''}{'报告' if kind is ReportKind.OTHER else kind.value}"
    initials = set(text[:2]) <= set(college) - set("职业技术大学院校")
    named = initials or leading_issuer(text) or names_in(text) or any(n in text for n in short_names(college))
    return text if named or not college else college + text


def _shorts(college: str, body: str) -> tuple[str, ...]:
    """Usual short forms, and those the text itself states for a name that shares a character with the college's own."""
    own = set(re.sub(r"(?:职业|技术|高等专科|师范|科技)*(?:学院|大学|学校)$", "", college))
    stated = [alias for alias in _ALIAS.findall(body) if set(alias) & own and not _NO_ALIAS.search(alias)]
    return unique([*short_names(college), *stated])


def _year(stated: Sequence[str], front: Front, kind: ReportKind) -> int | None:
    """The year the title says, else the front, its dates, the text; an official paper's number where it reports none."""
    numbers = [int(found[1]) for line in front.cover if (found := DOCUMENT_NUMBER.search(line.text))]
    if kind is ReportKind.OFFICIAL and numbers and not re.search(r"20\d\d.*(?:通报|公报)$", stated[0]):
        return numbers[0]
    if year := next(filter(None, (_stated_year(text) for text in stated if not _DATE.search(text))), None):
        return year
    dates = [line.text for line in front.cover if _DATE.search(line.text)]
    signed = _SIGNED.findall(front.body)[-1:] if kind is ReportKind.OFFICIAL else []
    dated = next(((year, text) for text in [*dates, *signed] if (year := _stated_year(text))), None)
    common = _common_year(front.body) if kind in YEARLY else None
    if dated is None or (common == dated[0] - 1 and not _LATE.search(dated[1])):
        return common
    return dated[0]


def _stated_year(text: str) -> int | None:
    """The first year in a text; of a range (2022-2023学年) the last."""
    if found := _YEAR.search(_YEAR_RANGE.sub("", text)):
        return int(found.group(1))
    if chinese := _CHINESE_YEAR.search(text):
        return 2000 + _digit(chinese.group(1)) * 10 + _digit(chinese.group(2))
    return None


def _digit(character: str) -> int:
    return max("〇一二三四五六七八九".find(character), 0)


def _common_year(body: str) -> int | None:
    years = Counter(map(int, _YEAR.findall(body)))
    year, count = max(years.items(), key=lambda item: (item[1], item[0]), default=(None, 0))
    return year if count >= MIN_MENTIONS and count >= MIN_YEAR_SHARE * years.total() else None


def _cohort(stated: Iterable[str], body: str, year: int | None, kind: ReportKind) -> int | None:
    for text in stated:
        if found := _COHORT.search(text):
            return int(found.group(1))
    counts = Counter(map(int, _COHORT.findall(body))) if kind in _OF_SCHOOL_YEARS else Counter[int]()
    common = max(counts, key=lambda cohort: (counts[cohort], cohort), default=None)
    return year if common and year and 2 * counts[year] >= counts[common] else common


def _academic_year(stated: Sequence[str], body: str, kind: ReportKind) -> str | None:
    for text in (*stated, body if kind in _OF_SCHOOL_YEARS else ""):
        pairs = Counter(f"{a}-{b}" for a, b in _ACADEMIC_YEAR.findall(text) if int(b) == int(a) + 1)
        if pairs:
            return min(pairs, key=lambda pair: (-pairs[pair], pair))
    return None


_CORRECTABLE = {
    "title": str,
    "college": str,
    "kind": str,
    "year": int,
    "cohort": int,
    "academic_year": str,
    "source": str,
}


def corrected(report: Report, corrections: Mapping[str, Any]) -> Report:
    """The report as `corrections` have it; raises SettingsError where a key or its value is none."""
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
