from __future__ import annotations

from pathlib import Path

import pytest

from rag.app import quota
from rag.app.quota import DAY_SECONDS, UploadQuota
from rag.errors import UnreadableFileError


def test_each_visitor_may_add_so_many_files_a_day(tmp_path: Path) -> None:
    now = [0.0]
    counted = UploadQuota(2, 100, lambda: now[0])
    for _ in range(2):
        counted.admit("a", 1, tmp_path)
    with pytest.raises(UnreadableFileError, match="一天内最多添加 2 个文件"):
        counted.admit("a", 1, tmp_path)
    counted.admit("b", 1, tmp_path)
    for _ in range(9):
        counted.admit(None, 1, tmp_path)
    now[0] = DAY_SECONDS
    counted.admit("a", 1, tmp_path)


def test_all_together_may_add_so_many_bytes(tmp_path: Path) -> None:
    (tmp_path / "甲.txt").write_bytes(b"x" * 60)
    counted = UploadQuota(9, 100)
    counted.admit(None, 40, tmp_path)
    with pytest.raises(UnreadableFileError, match="uploads_mb"):
        counted.admit(None, 41, tmp_path)
    counted.admit(None, 100, tmp_path / "none")


def test_not_everybody_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quota, "MAX_VISITORS", 2)
    counted = UploadQuota(1, 100)
    for visitor in "abc":
        counted.admit(visitor, 1, tmp_path)
    assert list(counted._added) == ["b", "c"]
