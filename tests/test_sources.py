from __future__ import annotations

import os
from pathlib import Path

import pytest

from rag.errors import SettingsError
from rag.readers.sources import corrections_of, find_sources, is_gone, keep_corrections


def make(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return folder


def ids(paths: list[Path], indexed: dict[str, str] | None = None) -> dict[str, str]:
    """Path below the working folder → id."""
    return {source.path.name: source.report_id for source in find_sources(paths, indexed).sources}


def test_a_folder_gives_its_documents_by_their_paths(tmp_path):
    wanted = ("a.pdf", "b.DOCX", "c.txt", "d.md", "e.markdown", "2022/年报 一.pdf")
    others = (
        ".hidden.pdf",
        "_draft/x.pdf",
        "~$a.docx",
        "README.md",
        "sources/typeset.py",
        "x.css",
        "无扩展名",
        "f.zip",
    )
    found = find_sources([make(tmp_path, *wanted, *others)])
    assert [source.report_id for source in found.sources] == sorted(wanted)
    assert (found.failed, found.warnings, found.is_complete) == ((), (), True)


def test_documents_to_be_converted_are_named(tmp_path):
    found = find_sources([make(tmp_path, "a.pdf", "旧/报告.doc", "表.XLS", "新.XLSX")])
    assert [source.report_id for source in found.sources] == ["a.pdf", "新.XLSX"]
    assert [(name, reason.partition("：")[2]) for name, reason in found.failed] == [
        ("旧/报告.doc", "请用 Word 或 WPS 另存为 DOCX 或 PDF 再添加。"),
        ("表.XLS", "请用 Excel 或 WPS 另存为 XLSX 再添加。"),
    ]
    assert found.is_complete


def test_a_place_that_is_missing_is_named(tmp_path):
    found = find_sources([tmp_path / "无", make(tmp_path / "有", "a.txt")])
    assert [source.report_id for source in found.sources] == ["a.txt"]
    assert found.failed == ((str(tmp_path / "无"), "找不到这个文件或文件夹：请检查路径。"),)
    assert not found.is_complete
    assert not find_sources([tmp_path / ("长" * 300)]).is_complete


def test_a_file_named_twice_is_found_once(tmp_path):
    make(tmp_path, "a.txt", "sub/b.txt")
    assert ids([tmp_path, tmp_path / "a.txt", tmp_path / "sub"]) == {"a.txt": "a.txt", "b.txt": "sub/b.txt"}


def test_an_indexed_file_keeps_its_id_however_it_is_named(tmp_path):
    make(tmp_path, "sub/b.txt")
    path = str((tmp_path / "sub" / "b.txt").resolve())
    assert ids([tmp_path / "sub" / "b.txt"], {"sub/b.txt": path}) == {"b.txt": "sub/b.txt"}
    assert ids([tmp_path / "sub"], {"sub/b.txt": path}) == {"b.txt": "sub/b.txt"}


def test_files_of_one_name_get_ids_of_their_own_that_stay(tmp_path):
    folders = [make(tmp_path / name / "报告", "年报.pdf") for name in ("甲", "乙", "丙")]

    def named(paths: list[Path], indexed: dict[str, str]) -> dict[str, str]:
        return {source.report_id: str(source.path.resolve()) for source in find_sources(paths, indexed).sources}

    together = named(folders, {})
    assert sorted(together) == ["年报.pdf", "年报.pdf~2", "报告/年报.pdf"]
    assert len(set(together.values())) == 3
    assert named(folders[::-1], together) == together
    one_by_one: dict[str, str] = {}
    for folder in folders:
        one_by_one |= named([folder], one_by_one)
    assert len(one_by_one) == 3
    assert named(folders, one_by_one) == one_by_one


def test_the_id_of_a_file_that_is_gone_is_free_again(tmp_path):
    make(tmp_path / "新", "年报.pdf")
    assert ids([tmp_path / "新"], {"年报.pdf": str(tmp_path / "旧" / "年报.pdf")}) == {"年报.pdf": "年报.pdf"}


def test_corrections_are_found_beside_the_files(tmp_path):
    make(tmp_path, "a.txt", "sub/b.txt")
    (tmp_path / "reports.toml").write_text(
        '["a.txt"]\nyear = 2020\n["sub/b.txt"]\nyear = 2021\n["c.txt"]\nyear = 2022\n', encoding="utf-8-sig"
    )
    found = find_sources([tmp_path])
    assert {s.report_id: s.corrections for s in found.sources} == {"a.txt": {"year": 2020}, "sub/b.txt": {"year": 2021}}
    assert [name for name, warning in found.warnings if "'c.txt' 没有对应的文件" in warning] == ["reports.toml"]
    assert find_sources([tmp_path / "a.txt"]).sources[0].corrections == {"year": 2020}


def test_corrections_are_kept_beside_a_file_and_leave_the_others_alone(tmp_path):
    make(tmp_path, "a.pdf", "下/b.pdf")
    (tmp_path / "reports.toml").write_text('# 说明\n["b.pdf"]\nyear = 2020 # 核过\n[ "a.pdf" ]\nyear = 2021\n', "utf-8")
    keep_corrections(tmp_path / "a.pdf", {"title": '甲"乙\\丙', "year": 2022, "short_names": ["甲", "乙"]})
    keep_corrections(tmp_path / "下" / "b.pdf", {"year": 2023})
    assert corrections_of(tmp_path / "a.pdf") == {"title": '甲"乙\\丙', "year": 2022, "short_names": ["甲", "乙"]}
    assert "# 说明" in (tmp_path / "reports.toml").read_text("utf-8")
    assert "year = 2020 # 核过" in (tmp_path / "reports.toml").read_text("utf-8")
    found = {source.report_id: source.corrections for source in find_sources([tmp_path]).sources}
    assert found["a.pdf"]["year"] == 2022
    assert found["下/b.pdf"]["year"] == 2023
    keep_corrections(tmp_path / "a.pdf", {})
    assert corrections_of(tmp_path / "a.pdf") == {}


@pytest.mark.parametrize("content", ["[a", "a = 1", b"\xff\xfe\xff"])
def test_corrections_that_make_no_sense_are_refused(tmp_path, content):
    make(tmp_path, "a.txt")
    (tmp_path / "reports.toml").write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SettingsError, match=r"reports\.toml"):
        find_sources([tmp_path])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs links and pipes")
def test_links_to_nowhere_and_in_circles_end(tmp_path):
    make(tmp_path, "sub/a.txt")
    (tmp_path / "sub" / "up").symlink_to(tmp_path)
    (tmp_path / "again").symlink_to(tmp_path / "sub")
    (tmp_path / "b.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "c.txt").symlink_to(tmp_path / "c.txt")
    os.mkfifo(tmp_path / "d.txt")
    assert sorted(ids([tmp_path])) == ["a.txt", "b.txt", "c.txt", "d.txt"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="needs a user whom permissions bind")
def test_a_closed_folder_is_named_and_nothing_in_it_is_gone(tmp_path):
    make(tmp_path, "a.txt", "closed/b.txt")
    (tmp_path / "closed").chmod(0)
    try:
        found = find_sources([tmp_path])
        assert [source.report_id for source in found.sources] == ["a.txt"]
        assert found.failed[0][0] == "closed"
        assert not found.is_complete
        assert not is_gone(tmp_path / "closed" / "b.txt")
    finally:
        (tmp_path / "closed").chmod(0o700)


def test_is_gone(tmp_path):
    make(tmp_path, "a.txt")
    answers = [is_gone(tmp_path / name) for name in ("a.txt", "b.txt", "a.txt/c", "no/d.txt")]
    assert answers == [False, True, True, True]
