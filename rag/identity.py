"""What report is it? College, short names, kind, year, cohort and academic year, from cover, title, heads and text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby, islice
from pathlib import PurePath
from typing import Any

from rag.colleges import names_in, place_at, placed_names, provinces, short_names
from rag.corrections import corrected
from rag.records import Grid, Line, Page, ReadFile, Report, ReportKind
from rag.text import unique

COVER_LINES = 14
"""Lines from the start within which a title and a college are looked for."""
FRONT_PAGES = 3
"""Pages within which the title may stand in larger type where the first lines have none."""
MIN_HEAD_REPEATS = 3
"""On how many pages a line must stand to be a running head."""
MIN_KIND_MENTIONS = 2
MIN_NAME_MENTIONS = 2
MIN_NAME_SHARE = 0.4
"""Of all mentions of colleges in a text: below it, none is the one it is about."""
MAX_TITLE_LINE = 60
MAX_TITLE_LINES = 3
BODY_CHARACTERS = 40_000
"""Characters of text that are counted when the cover does not say."""

_ACT = r"的(?:函|通知|意见|批复|请示|公告|通告|通报|决定|方案|办法)"
_KINDS: tuple[tuple[ReportKind, re.Pattern[str]], ...] = (
    (ReportKind.OFFICIAL, re.compile(rf"[〔\[［]\d{{4}}[〕\]］]\s*\d+\s*号|{_ACT}$|^关于.{{4,}}的")),
    (
        ReportKind.EMPLOYMENT,
        re.compile(
            r"就业.{0,4}质量.{0,4}(?:年度)?报告|就业.{0,6}(?:年度?报告|年报)|毕业生.{0,10}(?:就业|培养质量).{0,6}报告"
        ),
    ),
    (
        ReportKind.QUALITY,
        re.compile(
            r"(?:职业教育|人才培养|教育|教学)质量.{0,4}(?:年度)?报告|质量年报|质量年度报告|质量报告|人才培养.{0,2}年度报告"
        ),
    ),
    (ReportKind.BRIEFING, re.compile(r"简报|工作动态|信息专报|快报")),
)
_TITLE = re.compile(rf"报告|年报|简报|工作动态|信息专报|快报|白皮书|摘编|{_ACT}|名单|公报|通报|要览")
_TITLE_PART = re.compile(
    r"关于|教育|质量|毕业生|就业|年度|[届期]$|学年|人才培养|工作|学院|学校|大学|省|市|年$|^20\d\d$"
)
_NO_TITLE = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}\s*[、.．]|第[一二三四五六七八九十\d]+[章节篇]|[（(][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}(?:[.．]\d|[.．、 ])|[表图]\s*\d)"
    r"|[.．·…]{3,}\s*\d*$|^(?:目录|【|案例|附件|附录|前言)"
)
_OFFICE = re.compile(
    r"(?:教育部|教育厅|教育体育局|教育局|教育委员会|教委|国务院|人民政府|人力资源(?:和)?社会保障[部厅局])(?:办公厅|办公室)?"
)
_YEAR = re.compile(r"(?<!\d)(20[0-3]\d)(?!\d|级)")
_YEAR_RANGE = re.compile(r"(?<!\d)20[0-3]\d\s*年?\s*[-－—–~～至]{1,2}\s*(?=20[0-3]\d(?!\d))")
_DOCUMENT_YEAR = re.compile(r"[〔\[［](20[0-3]\d)[〕\]］]\s*\d+\s*号")
_CHINESE_YEAR = re.compile(
    r"二[〇○零ОOo0]([〇○零一二三四五六七八九])([〇○零一二三四五六七八九])(?=\s*(?:年|届|$|[）)]))"
)
_COHORT = re.compile(r"(?<!\d)(20[0-3]\d)\s*届")
_ACADEMIC_YEAR = re.compile(r"(?<!\d)(20[0-3]\d)\s*[-－—–~～至]{1,2}\s*(20[0-3]\d)\s*学年")
_RUNNING_TEXT = re.compile(r"[，。；！？]|、.*、|《[^》]*$|^[^《]*》|^(?:根据|按照|依据|为了?|在|对照)")
_ALIAS = re.compile(r"以?下?简称[为：:]?\s*[“\"「]([\u4e00-\u9fff]{2,8})[”\"」]")
_NO_ALIAS = re.compile(r"^(?:学校|学院|本校|我校|本院|我院|校)$|报告|年报|中心|计划|办法|方案|高职|集团|公司")
_TITLE_TAIL = re.compile(
    r"[（(]?(?:20[0-3]\d|[二〇○零一三四五六七八九十]{4})\s*(?:年度?|届|学年)?[）)]?|(?:年度)?(?:报告|年报)(?:[（(].{2,10}[）)])?|"
    r"[（(][^（）()]{2,12}[）)]|[（(]?(?:20\d\d年)?第\s*[\d一二三四五六七八九十]+\s*期(?:[（(]总第?\s*\d+\s*期[）)])?[）)]?"
)
_FILE_ENDING = re.compile(r"^Microsoft Word - |\.(?:docx?|pdf|wps|txt|indd)$", re.IGNORECASE)


def describe_report(read: ReadFile, report_id: str, corrections: Mapping[str, Any] | None = None) -> Report:
    """The report a file is, as far as it says; `corrections` (one table of `reports.toml`) have the last word."""
    lines = list(islice(_lines(read.pages), 4000))
    heads = _running_heads(read.pages)
    first = _unstacked([text for text in lines[: COVER_LINES + len(heads)] if text.strip() not in heads][:COVER_LINES])
    cover = [text for text in first if not _RUNNING_TEXT.search(text)]
    body = "\n".join(lines)[:BODY_CHARACTERS]
    title = _title(read, heads, first, cover)
    kind = _kind(title, cover, body)
    college = _college(title, cover, read, body, official=kind is ReportKind.OFFICIAL)
    year = _year(read, title, cover, body)
    if not _TITLE.search(title) and college:
        title = f"{college}{year or ''}{'年' if year else ''}{kind.value if kind is not ReportKind.OTHER else '报告'}"
    elif names_in(college) and not names_in(title):
        title = college + title
    report = Report(
        id=report_id,
        title=title,
        college=college,
        short_names=_shorts(college, body),
        kind=kind,
        year=year,
        cohort=_cohort(title, cover, body),
        academic_year=_academic_year(title, cover, body),
        path=read.name,
        sha256=read.sha256,
        format=read.format,
        page_count=sum(page.number is not None for page in read.pages),
        warnings=read.warnings,
    )
    return corrected(report, corrections or {})


def _lines(pages: Sequence[Page]) -> list[str]:
    texts = []
    for page in pages:
        for item in page.items:
            texts += [item.text] if isinstance(item, Line) else _grid_texts(item)
    return texts


def _grid_texts(grid: Grid) -> list[str]:
    return [cell.text for cell in grid.cells if cell.text]


def _unstacked(lines: Sequence[str]) -> list[str]:
    """The lines, words set one character a line (质 量 年 报) put together."""
    joined: list[str] = []
    for is_single, run in groupby(lines, key=lambda text: re.fullmatch(r"[\u4e00-\u9fff]", text.strip()) is not None):
        texts = list(run)
        joined += ["".join(text.strip() for text in texts)] if is_single else texts
    return joined


def _title(read: ReadFile, heads: Sequence[str], first: Sequence[str], cover: Sequence[str]) -> str:
    """The title an official paper has over its lines, else the cover's, the running head's, the metadata's, the name's."""
    stem = PurePath(read.name).stem
    metadata = _FILE_ENDING.sub("", read.title.strip())
    return (
        _official_title(first)
        or _cover_title(cover)
        or _large_title(read.pages)
        or _running_title(heads)
        or next((text for text in (metadata, stem) if _TITLE.search(text)), "")
        or next((text.strip()[:MAX_TITLE_LINE] for text in cover if text.strip() and not _NO_TITLE.search(text)), stem)
    )


def _official_title(lines: Sequence[str]) -> str:
    """关于……的通知 over up to four lines, with the issuer's line above it where that is part of it."""
    for start, text in enumerate(lines):
        if "关于" not in text or re.search(r"[。；]|^(?:根据|按照|为)|[〔\[［]\d{4}", text):
            continue
        for end in range(start + 1, min(start + 5, len(lines)) + 1):
            title = "".join(line.strip() for line in lines[start:end])
            if re.search(rf"{_ACT}$", title) and len(title) <= 2 * MAX_TITLE_LINE:
                above = lines[start - 1].strip() if start else ""
                return above + title if title.startswith("关于") and _OFFICE.fullmatch(above[-6:]) else title
            if re.search(r"[。；：:]", lines[end - 1]):
                break
    return ""


def _cover_title(cover: Sequence[str]) -> str:
    """The first line that names a kind of document, with the lines it is wrapped over."""
    at = next((i for i, text in enumerate(cover) if _is_title(text)), None)
    if at is None:
        return ""
    start, end = at, at + 1
    while start and at - start < MAX_TITLE_LINES and not _whole(cover[start]) and _goes_before(cover[start - 1]):
        start -= 1
    while end < len(cover) and end - at <= 2 and _TITLE_TAIL.fullmatch(cover[end].strip()):
        end += 1
    return "".join(text.strip() for text in cover[start:end])


def _is_title(text: str) -> bool:
    return len(text) <= MAX_TITLE_LINE and _TITLE.search(text) is not None and not _NO_TITLE.search(text)


def _whole(text: str) -> bool:
    """Whether a title may begin with this line: it says whose, of which year or about what."""
    return "关于" in text or bool(names_in(text))


def _goes_before(text: str) -> bool:
    """Whether a cover line may be the upper part of a title."""
    return (
        1 < len(text) <= MAX_TITLE_LINE
        and _TITLE_PART.search(text) is not None
        and not re.search(r"[。；：:]|号$|^\d{4}年\d|编制$|年报$|简报$", text)
        and not (_issuer(text) == text.strip() or _TITLE.search(text) or _NO_TITLE.search(text))
    )


def _large_title(pages: Sequence[Page]) -> str:
    """The title in the largest type of the first pages, where a list of editors or a picture stands before it."""
    lines = [item for page in pages[:FRONT_PAGES] for item in page.items if isinstance(item, Line)]
    body_size = Counter(line.size for line in lines).most_common(1)[0][0] if lines else 0.0
    titles = [line for line in lines if line.size > 1.3 * body_size and _is_title(line.text)]
    return max(titles, key=lambda line: line.size).text.strip() if titles and body_size else ""


def _running_heads(pages: Sequence[Page]) -> tuple[str, ...]:
    """Lines that stand at the top or bottom of several pages, commonest first."""
    edges: Counter[str] = Counter()
    for page in pages:
        edges.update({item.text.strip() for item in (*page.items[:2], *page.items[-2:]) if isinstance(item, Line)})
    return tuple(text for text, count in edges.most_common() if count >= MIN_HEAD_REPEATS)


def _running_title(heads: Sequence[str]) -> str:
    """The running head that names the report, `` where none does."""
    return next((text for text in heads if _is_title(text) and not _RUNNING_TEXT.search(text)), "")


def _college(title: str, cover: Sequence[str], read: ReadFile, body: str, *, official: bool) -> str:
    """The college the report is about, or the office that issued it; `` where the title names several or none is plain."""
    if len(names_in(title)) > 1 and not official:
        return ""
    for text in (title, *cover):
        finders = (_issuer, _first_name) if official else (_first_name, _issuer)
        if found := next(filter(None, (find(text) for find in finders)), ""):
            return _full_name(found, body)
    if named := _first_name(PurePath(read.name).stem):
        return named
    counts = Counter(name for name, _ in placed_names(body))
    name, count = next(iter(counts.most_common(1)), ("", 0))
    return name if count >= MIN_NAME_MENTIONS and count >= MIN_NAME_SHARE * counts.total() else _common_issuer(body)


def _first_name(text: str) -> str:
    return next(iter(names_in(text)), "")


def _issuer(text: str) -> str:
    """The education office a line names, with the place before it: 湖北省教育厅办公室."""
    found = _OFFICE.search(text)
    if not found:
        return ""
    before = text[max(0, found.start() - 12) : found.start()]
    for start in range(len(before)):
        if (place := place_at(before, start)) and re.fullmatch(
            r"(?:省|市|[\u4e00-\u9fff]{0,4}(?:自治[区州县]|[市区县州]))?", before[start + len(place) :]
        ):
            return before[start:] + found.group()
    return (before[-1:] if before[-1:] in ("省", "市", "区", "县") else "") + found.group()


def _common_issuer(body: str) -> str:
    issuers = Counter(filter(None, map(_issuer, body.splitlines())))
    return next((name for name, count in issuers.most_common(1) if count >= MIN_NAME_MENTIONS), "")


def _full_name(name: str, body: str) -> str:
    """The name as the text has it in full: 东湖职院 → 东湖职业学院, 省教育厅办公室 → 湖北省教育厅办公室."""
    if not name.endswith("职院"):
        return _full_issuer(name, body)
    return next((full for full in names_in(body) if name in short_names(full)), name)


def _full_issuer(issuer: str, body: str) -> str:
    if not re.match(r"[省市]?教", issuer):
        return issuer
    bare = issuer.removeprefix("省").removeprefix("市")
    full = (f"{place}{level}{bare}" for place in provinces() for level in ("省", "市", "自治区", ""))
    return next((name for name in full if name in body), issuer)


def _shorts(college: str, body: str) -> tuple[str, ...]:
    """Usual short forms, and those the text itself states for a name that shares a character with the college's own."""
    own = set(re.sub(r"(?:职业|技术|高等专科|师范|科技)*(?:学院|大学|学校)$", "", college))
    stated = [alias for alias in _ALIAS.findall(body) if set(alias) & own and not _NO_ALIAS.search(alias)]
    return unique([*short_names(college), *stated])


def _kind(title: str, cover: Sequence[str], body: str) -> ReportKind:
    if len(names_in(title)) > 1 and not re.search(rf"{_ACT}$", title):
        return ReportKind.OTHER
    for texts in ([title], cover):
        for kind, pattern in _KINDS:
            if any(pattern.search(text.strip()) for text in texts):
                return kind
    if _TITLE.search(title):
        return ReportKind.OTHER
    counts = Counter({kind: len(pattern.findall(body)) for kind, pattern in _KINDS if kind is not ReportKind.OFFICIAL})
    kind, count = counts.most_common(1)[0]
    return kind if count >= MIN_KIND_MENTIONS else ReportKind.OTHER


def _year(read: ReadFile, title: str, cover: Sequence[str], body: str) -> int | None:
    """The year the title says, else an official paper's number, the cover, the file's name, the text."""
    if number := next(filter(None, map(_DOCUMENT_YEAR.search, cover)), None):
        return int(number.group(1))
    for text in (title, *cover, PurePath(read.name).stem):
        if year := _stated_year(text):
            return year
    common = _most_common(_YEAR.findall(body))
    return int(common) if common else None


def _stated_year(text: str) -> int | None:
    """The first year in a text; of a range (2022-2023学年) the last."""
    if found := _YEAR.search(_YEAR_RANGE.sub("", text)):
        return int(found.group(1))
    if chinese := _CHINESE_YEAR.search(text):
        return 2000 + _digit(chinese.group(1)) * 10 + _digit(chinese.group(2))
    return None


def _digit(character: str) -> int:
    return "〇一二三四五六七八九".find(character) if character in "一二三四五六七八九" else 0


def _cohort(title: str, cover: Sequence[str], body: str) -> int | None:
    for text in (title, *cover):
        if found := _COHORT.search(text):
            return int(found.group(1))
    common = _most_common(_COHORT.findall(body))
    return int(common) if common else None


def _academic_year(title: str, cover: Sequence[str], body: str) -> str | None:
    for text in (title, *cover, body):
        pairs = [f"{a}-{b}" for a, b in _ACADEMIC_YEAR.findall(text) if int(b) == int(a) + 1]
        if pairs:
            return _most_common(pairs)
    return None


def _most_common(items: Any) -> str | None:
    counts = Counter(items)
    return min(counts, key=lambda item: (-counts[item], item)) if counts else None
