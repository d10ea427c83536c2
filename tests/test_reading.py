import io
import os
import signal
import subprocess
import sys
import textwrap
import time
import zipfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from fixture_files import PdfBuilder, text

from rag.errors import UnreadableFileError
from rag.readers.sources import Source
from rag.reading.files import Reading
from rag.records import ReportParts
from rag.sandbox import Limits, Sandbox

SHARED = Path(__file__).parents[2] / "shared" / "reports"
SMALL = Limits(memory_bytes=400 * 2**20, seconds=20.0)


def parts(path: Path, limits: Limits = SMALL, password: str | None = None) -> ReportParts:
    with closing(Reading(limits, 400)) as reading:
        return reading.parts(Source(path, path.name), password=password)


def reason(path: Path, limits: Limits = SMALL, password: str | None = None) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        parts(path, limits, password)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_a_file_is_read_with_its_name_and_hash(tmp_path: Path) -> None:
    path = tmp_path / "年报.txt"
    path.write_text("毕业去向落实率为96.12%。", encoding="utf-8")
    result = parts(path)
    assert (result.report.id, result.report.format, len(result.report.sha256)) == ("年报.txt", "text", 64)
    assert result.report.path == str(path.resolve())
    assert result.pages[0].items[0].text == "毕业去向落实率为96.12%。"
    assert result.chunks[0].text == "毕业去向落实率为96.12%。\n"


def test_a_pdf_is_read_by_the_child(tmp_path: Path) -> None:
    path = PdfBuilder().page(text(100, 700, "生师比15.85：1")).write(tmp_path / "报告.pdf")
    assert parts(path).pages[0].items[0].text == "生师比15.85：1"


def test_the_content_decides_and_a_wrong_ending_is_told(tmp_path: Path) -> None:
    path = PdfBuilder().page(text(100, 700, "正文")).write(tmp_path / "报告.docx")
    report = parts(path).report
    assert report.format == "pdf"
    assert "扩展名是 .docx" in report.warnings[0]


def test_what_is_no_readable_file_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    empty = tmp_path / "空.pdf"
    empty.touch()
    large = tmp_path / "大.txt"
    large.write_bytes(b"1" * 2**20)
    assert "空的" in reason(empty)
    assert "不存在" in reason(tmp_path / "没有.pdf")
    assert "文件夹" in reason(tmp_path)
    assert "文件太大（1 MB" in reason(large, replace(SMALL, max_file_bytes=1000))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "管道.txt")
    assert "不是普通文件" in reason(tmp_path / "管道.txt")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="needs a user whom permissions bind")
def test_a_forbidden_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "禁.txt"
    path.write_text("内容", encoding="utf-8")
    path.chmod(0)
    assert "没有权限" in reason(path)


def test_a_pdf_that_unpacks_to_too_much_is_stopped_by_the_memory_limit(tmp_path: Path) -> None:
    content = "0 0 m 1 1 l S " * 6_000_000
    path = PdfBuilder(compress=True).page(content).write(tmp_path / "炸弹.pdf")
    assert path.stat().st_size < 2**19
    message = reason(path, Limits(memory_bytes=400 * 2**20, seconds=30.0))
    assert "内存" in message


def test_a_pdf_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    content = "0 0 m 1 1 l S " * 1_500_000
    path = PdfBuilder(compress=True).page(content).write(tmp_path / "慢.pdf")
    assert "超过" in reason(path, Limits(seconds=0.6, seconds_per_page=0.0))


def test_time_without_any_is_too_short_for_two_pages(tmp_path: Path) -> None:
    path = PdfBuilder().page(text(100, 700, "一")).page(text(100, 700, "二")).write(tmp_path / "两页.pdf")
    assert "超过" in reason(path, Limits(seconds=0.0, seconds_per_page=0.0))
    assert len(parts(path, Limits(seconds=60.0, seconds_per_page=5.0)).pages) == 2


def test_too_many_pages_are_refused(tmp_path: Path) -> None:
    builder = PdfBuilder()
    for _ in range(4):
        builder.page(text(100, 700, "页"))
    assert "4 页，上限 3 页" in reason(builder.write(tmp_path / "多.pdf"), replace(SMALL, max_pages=3))


def test_an_answer_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "长.txt"
    path.write_text("报告\n" * 5000, encoding="utf-8")
    assert "内容过大" in reason(path, replace(SMALL, max_answer_bytes=1000))


@pytest.mark.parametrize("spoil", [lambda text: text[1:], lambda text: text.replace("一.txt", "二.txt"), str.upper])
def test_nothing_but_parts_of_the_file_asked_for_is_taken_from_the_child(tmp_path: Path, monkeypatch, spoil) -> None:
    path = tmp_path / "一.txt"
    path.write_text("在校生100人。", encoding="utf-8")
    run = Sandbox.run
    monkeypatch.setattr(Sandbox, "run", lambda *args, **kwargs: spoil(run(*args, **kwargs).decode()).encode())
    assert "解析结果不完整" in reason(path)


def test_a_file_whose_name_is_no_text_is_refused_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode("年报.txt".encode("gbk"))
    try:
        path.write_text("在校生100人。", encoding="utf-8")
    except OSError:
        pytest.skip("this system takes no such names")
    assert "改名" in reason(path)


def test_one_process_reads_one_file_after_the_other_whatever_becomes_of_them(tmp_path: Path) -> None:
    for name in ("甲", "丙"):
        (tmp_path / f"{name}.txt").write_text(f"{name}校在校生100人。", encoding="utf-8")
    (tmp_path / "乙.txt").write_bytes(b" ")
    with closing(Reading(SMALL, 400)) as reading:
        for name in ("甲", "丙"):
            assert reading.parts(Source(tmp_path / f"{name}.txt", name)).chunks[0].text == f"{name}校在校生100人。\n"
            with pytest.raises(UnreadableFileError, match="没有文字"):
                reading.parts(Source(tmp_path / "乙.txt", "乙"))


def archive(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return path


def damaged_archive(path: Path) -> Path:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("word/document.xml", b"<w:document/>" * 1000)
    path.write_bytes(buffer.getvalue()[:60])
    return path


ENTITY = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbb">]><a>&b;</a>'


@pytest.mark.parametrize(
    ("name", "parts", "expected"),
    [
        ("炸弹.docx", {"word/document.xml": b"0" * 20_000_000}, "压缩炸弹"),
        ("实体.docx", {"word/document.xml": ENTITY}, "实体"),
        ("实体十六.docx", {"word/document.xml": ENTITY.decode().encode("utf-16")}, "实体"),
        ("空壳.docx", {"word/document.xml": b"<a/>"}, "已损坏"),
        ("表格.xlsx", {"xl/workbook.xml": b"<a/>"}, "已损坏"),
        ("二进制.xlsb", {"xl/workbook.bin": b"0"}, "XLSX"),
        ("年报.pages", {"index.xml": b"<a/>"}, "Pages"),
        ("演示.pptx", {"ppt/presentation.xml": b"<a/>"}, "演示文稿"),
        ("文件.zip", {"年报.pdf": b"%PDF"}, "压缩包"),
    ],
)
def test_archives_are_named_or_refused(tmp_path: Path, name: str, parts: dict[str, bytes], expected: str) -> None:
    assert expected in reason(archive(tmp_path / name, parts))


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("旧.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), ".doc"),
        ("金山.wps", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), ".wps"),
        ("金山.et", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"), "WPS 另存为 XLSX"),
        ("网页.html", b"<html>", "网页"),
        ("锁.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "打开密码"),
        ("图.pdf", b"\x89PNG\r\n\x1a\n", "图片"),
        ("富.rtf", b"{\\rtf1 abc}", "RTF"),
        ("乱.pdf", bytes(range(1, 256)) * 20, "内容却不是 PDF"),
        ("数据.csv", "学院,人数\n".encode(), "CSV"),
        ("程序.exe", b"MZ\x90\x00", "不支持"),
        ("无扩展名", b"abc", "没有扩展名"),
        ("乱.txt", bytes(range(256)) * 200, "不是文本文件"),
        ("空白.txt", b"\r\n \r\n", "没有文字"),
        ("半截.pdf", b"%PDF-1.7\n1 0 obj\n<< /Type", "不完整"),
    ],
)
def test_other_files_are_named_with_what_to_do(tmp_path: Path, name: str, content: bytes, expected: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert expected in reason(path)


def test_a_truncated_docx_says_so(tmp_path: Path) -> None:
    assert "不完整或已损坏" in reason(damaged_archive(tmp_path / "断.docx"))


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the shared reports")
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("empty.pdf", "空的"),
        ("encrypted.pdf", "需要打开密码"),
        ("garbled.pdf", "乱码"),
        ("not-a-pdf.pdf", "不是 PDF"),
        ("scan-3pages.pdf", "扫描件"),
        ("truncated.pdf", "不完整"),
    ],
)
def test_every_broken_sample_is_refused_with_its_own_reason(name: str, expected: str) -> None:
    assert expected in reason(SHARED / "broken" / name, Limits())


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the shared reports")
def test_the_password_reaches_the_child() -> None:
    assert len(parts(SHARED / "broken" / "encrypted.pdf", Limits(), "secret").pages) == 5
    assert "密码不对" in reason(SHARED / "broken" / "encrypted.pdf", password="wrong")


def children_of(pid: int) -> list[int]:
    listing = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    rows = (line.split() for line in listing.splitlines())
    return [int(child) for child, parent in rows if int(parent) == pid]


def wait_until(condition, seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def alive(pid: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
    return bool(state) and not state.startswith("Z")


@pytest.mark.skipif(sys.platform == "win32", reason="needs ps and POSIX signals")
@pytest.mark.parametrize("sign", ["SIGINT", "SIGKILL"])
def test_no_child_outlives_its_interrupted_or_killed_parent(tmp_path: Path, sign: str) -> None:
    path = PdfBuilder(compress=True).page("0 0 m 1 1 l S " * 3_000_000).write(tmp_path / "慢.pdf")
    program = f"""
        from pathlib import Path
        from rag.reading.files import Reading
        from rag.sandbox import Limits
        from rag.readers.sources import Source
        Reading(Limits(), 400).parts(Source(Path({str(path)!r}), "慢.pdf"))
    """
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)],
        stderr=subprocess.DEVNULL,
    )
    try:
        assert wait_until(lambda: children_of(parent.pid))
        children = children_of(parent.pid)
        time.sleep(0.3)
        parent.send_signal(getattr(signal, sign))
        parent.wait(timeout=10)
        assert wait_until(lambda: not any(alive(child) for child in children))
    finally:
        parent.kill()
        parent.wait()
