from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import UnreadableFileError
from rag.readers.uploads import is_upload, safe_name, save_upload


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("2023年报.pdf", "2023年报.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\报告\\甲.docx", "甲.docx"),
        ("a<b>:c|d?.pdf", "a_b_c_d.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("..", "报告"),
        ("", "报告"),
        (".pdf", "pdf"),
        ("\u202egpj.exe.pdf", "gpj.exe.pdf"),
        ("名" * 300 + ".pdf", "名" * 80 + ".pdf"),
        ("甲.pdf ", "甲.pdf"),
        ("2023.{", "2023.{"),
        ("a.pdf.", "a.pdf"),
    ],
)
def test_safe_name(name: str, expected: str) -> None:
    assert safe_name(name) == expected


@given(st.text())
def test_safe_name_is_one_plain_name(name: str) -> None:
    safe = safe_name(name)
    assert safe
    assert not set(safe) & set('/\\:*?"<>|\0\n')
    assert not safe.startswith(".")
    assert len(safe) <= 100
    assert not safe.endswith((".", " "))


def test_same_content_is_kept_once_and_other_content_beside_it(tmp_path: Path) -> None:
    first, is_new = save_upload(tmp_path / "u", "甲.txt", b"1", 10)
    assert is_new
    assert save_upload(tmp_path / "u", "甲.txt", b"1", 10) == (first, False)
    other, is_new = save_upload(tmp_path / "u", "甲.txt", b"2", 10)
    assert is_new
    assert other.name == "甲-2.txt"
    assert (first.read_bytes(), other.read_bytes()) == (b"1", b"2")
    assert is_upload(first, tmp_path / "u")
    assert not is_upload(first, tmp_path)


@pytest.mark.parametrize(("content", "reason"), [(b"", "空的"), (b"x" * (2 << 20), "超过 1 MB")])
def test_empty_and_large_files_are_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFileError, match=reason):
        save_upload(tmp_path, "甲.txt", content, 1 << 20)
    assert not list(tmp_path.iterdir())


def test_a_name_never_stands_for_half_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, content: bytes) -> None:
        with path.open("xb") as stream:
            stream.write(content[:1])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(UnreadableFileError, match="存不下来（No space"):
        save_upload(tmp_path, "甲.txt", b"12", 10)
    assert list(tmp_path.iterdir()) == []


def test_where_there_are_no_links_a_file_is_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(source: Path, target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", no_links)
    for content, name in ((b"1", "甲.txt"), (b"2", "甲-2.txt"), (b"1", "甲.txt")):
        path, _ = save_upload(tmp_path, "甲.txt", content, 10)
        assert (path.name, path.read_bytes()) == (name, content)
    assert len(list(tmp_path.iterdir())) == 2
