"""Hostile and damaged reports: what each costs, and whether the other reports are answered from as before.

usage: python -m evals.benchmarks.faults.files [--tries N] [--seed N] [--show]

Texts that are all one thing (figures, brackets, marks, cells) of 14 KB to 1 MB, archives that unpack without end, files
that are not what their names say, things that are no files, and sound documents with a bit flipped or cut short. A try
adds one to the reports, ingests, asks, takes it away, ingests and asks again.
"""

from __future__ import annotations

import io
import os
import random
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

from evals.benchmarks.faults.sample import before_in, copy_of, filled, judged, viewed
from evals.benchmarks.faults.tries import End, Seen, Try, run_part
from rag.app.assembly import build_ingest, open_index
from rag.errors import WenbaoError
from rag.settings.settings import PROJECT, Settings

READ_SECONDS = 40
"""Limit on one file."""
KILOBYTES = (14, 1000)
DAMAGED = 60
"""Sound documents made unsound."""
_HEAD = "# 北山职业技术学院质量年度报告（2023年度）\n\n## 一、概况\n\n"
_UNITS: Mapping[str, str] = {
    "一句里的数字": "第7项12人、",
    "一行数字": "1",
    "逗号隔开的数字": "1,",
    "空格隔开的数字": "1 ",
    "小数点": "1.",
    "百分数": "5%",
    "分数": "1/",
    "区间": "5-",
    "年份": "2023年",
    "学年": "2021-2022学年",
    "日期": "2023年5月1日",
    "百分之": "百分之",
    "单位": "5万元/人·年",
    "汉字数字": "一百万零",
    "全角数字": "１",
    "角标": "¹",
    "左括号": "（",
    "方括号": "[",
    "链接": "[a](",
    "星号": "*a ",
    "反引号": "`",
    "引用": ">",
    "竖线": "|",
    "制表符": "5\t",
    "空格": " ",
    "换行": "\n",
    "短行": "5人\n",
    "逗号": "，",
    "校名": "甲城职业学院",
    "学院": "学院",
    "表格标签": "<table>",
    "块标签": "<div>",
    "标题": "\n\n## 一、标题\n\n",
    "带号标题": "（12）标题\n",
    "列表": "- a\n",
    "和": "其中，男12人，女13人，共25人，",
    "同名数字": "在校生{n}人。",
    "许多校名": "{c}{d}职业学院有{n}人。",
    "许多列": "甲  乙  5  6  7%\n",
    "控制字符": "\x00\x08\x1b",
    "方向控制": "‮‏",
    "组合符号": "á́",
    "无效代理": "\ufffd",
}
"""Name → what a text repeats; {n}, {c}, {d} differ each time."""


def repeated(unit: str, size: int) -> bytes:
    """A report of about so many bytes that says one thing again and again."""
    count = size // len(unit.encode())
    if "{" in unit:
        texts = (unit.format(n=i, c=chr(0x4E00 + i % 20_000), d=chr(0x4E00 + i * 7 % 20_000)) for i in range(count))
        return (_HEAD + "".join(texts)).encode()
    return (_HEAD + unit * count).encode()


def table(columns: int, rows: int) -> bytes:
    """A report that is one table."""
    lines = ["|甲" * columns, "|-" * columns, *(["|5" * columns] * rows)]
    return (_HEAD + "".join(f"{line}|\n" for line in lines)).encode()


def bomb(name: str) -> bytes:
    """An archive as of Word or Excel whose one part unpacks to a gigabyte."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(name, "w", force_zip64=True) as part,
    ):
        for _ in range(1024):
            part.write(b" " * 2**20)
    return packed.getvalue()


ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9))
    + b"]><a>&j;</a>"
)
"""Ten to the tenth letters."""


def files() -> Iterator[tuple[str, str, Callable[[], bytes]]]:
    """(kind, name, what is in it) of each hostile file."""
    for kilobytes in KILOBYTES:
        for name, unit in _UNITS.items():
            yield f"恶意文件 {kilobytes} KB 文本", f"{name}.md", partial(repeated, unit, kilobytes << 10)
    yield "恶意文件 1000 KB 文本", "宽表.md", partial(table, 5_000, 20)
    yield "恶意文件 1000 KB 文本", "长表.md", partial(table, 4, 30_000)
    for name in ("word/document.xml", "xl/workbook.xml"):
        yield "恶意文件 压缩炸弹", f"炸弹{'.docx' if 'word' in name else '.xlsx'}", partial(bomb, name)
    for suffix in (".xml", ".html", ".docx", ".xlsx", ".md"):
        yield "恶意文件 实体炸弹", f"实体{suffix}", lambda: ENTITIES
    for suffix in (".pdf", ".docx", ".xlsx", ".png", ".txt", ".md", ".jpg", ".tif"):
        yield "恶意文件 名不副实", f"零{suffix}", lambda: bytes(20_000)
        yield "恶意文件 名不副实", f"乱{suffix}", lambda: random.Random(7).randbytes(50_000)
        yield "恶意文件 名不副实", f"程序{suffix}", lambda: b"MZ\x90\x00" + b"\x7fELF" * 5_000


def damaged(seed: int, count: int) -> Iterator[tuple[str, str, Callable[[], bytes]]]:
    """Our own sample reports with some bits flipped, or cut short, or with a piece of themselves in the middle."""
    drawn = random.Random(seed)
    sound = sorted(
        p for p in (PROJECT / "corpus").iterdir() if p.suffix in (".pdf", ".docx") and p.stat().st_size < 10**6
    )
    for number in range(count):
        source, way = drawn.choice(sound), drawn.choice(("翻转", "截断", "错位"))
        yield "恶意文件 损坏的文档", f"{way}{number}{source.suffix}", partial(_spoilt, source, way, drawn.random())


def _spoilt(source: Path, way: str, place: float) -> bytes:
    data, drawn = bytearray(source.read_bytes()), random.Random(place)
    at = int(place * len(data))
    if way == "截断":
        return bytes(data[:at])
    if way == "错位":
        return bytes(data[:at] + data[at // 2 : at] + data[at:])
    for _ in range(1 + int(40 * drawn.random())):
        data[drawn.randrange(len(data))] ^= 1 << drawn.randrange(8)
    return bytes(data)


def with_file(name: str, content: Callable[[], bytes], pristine: Path, folder: Path) -> Seen:
    """What came of one hostile file among the reports."""
    settings = replace(copy_of(pristine, folder), read_seconds=READ_SECONDS)
    hostile = settings.reports / name
    hostile.write_bytes(content())
    return _among(settings, hostile, before_in(folder))


def _among(settings: Settings, hostile: Path, before: tuple[str, ...]) -> Seen:
    first, told = _ingested(settings), list[str]()
    views = [viewed(settings)]
    if hostile.is_dir() and not hostile.is_symlink():
        hostile.rmdir()
    else:
        hostile.unlink()
    told += _ingested(settings)
    views.append(viewed(settings))
    seen = judged([before], views)
    return Seen(End.SAID, first[0]) if first and seen.end is End.SAME else seen


def _ingested(settings: Settings) -> list[str]:
    try:
        with closing(open_index(settings)) as index:
            outcome = build_ingest(settings, index).run([settings.reports], prune=True)
    except WenbaoError as error:
        return [str(error)]
    return [reason for _, reason in (*outcome.failed, *outcome.warnings)]


def no_file(make: Callable[[Path], None], name: str, pristine: Path, folder: Path) -> Seen:
    """What came of something that is no file among the reports."""
    settings = copy_of(pristine, folder)
    hostile = settings.reports / name
    make(hostile)
    return _among(settings, hostile, before_in(folder))


NO_FILES: Mapping[str, tuple[str, Callable[[Path], None]]] = {
    "管道": ("管道.md", os.mkfifo),
    "指向自己": ("自己.md", lambda path: path.symlink_to(path)),
    "指向设备": ("设备.md", lambda path: path.symlink_to("/dev/zero")),
    "指向别处": ("别处.md", lambda path: path.symlink_to("/etc/passwd")),
    "指向上级": ("上级", lambda path: path.symlink_to(path.parent)),
    "文件夹": ("夹.pdf", Path.mkdir),
    "空文件": ("空.md", Path.touch),
    "坏名字": ("坏\udcff\udcfe.md", Path.touch),
    "换行的名字": ("换\n行\x1b[2J.md", Path.touch),
}
"""Name → (file name, what makes it)."""


def tries(place: Path, count: int | None, seed: int) -> Iterator[Try]:
    """Each hostile file, then damaged documents drawn by the seed."""
    pristine = filled(place)
    cases = [
        *(
            Try(kind, name, partial(with_file, name, content, pristine))
            for kind, name, content in (*files(), *damaged(seed, DAMAGED))
        ),
        *(Try("恶意文件 不是文件", n, partial(no_file, make, file, pristine)) for n, (file, make) in NO_FILES.items()),
    ]
    if count is not None:
        cases = random.Random(seed).sample(cases, min(count, len(cases)))
    yield from cases


if __name__ == "__main__":
    run_part("恶意和损坏的文件，以及读者看到什么", tries)
