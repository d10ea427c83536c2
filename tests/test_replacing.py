from __future__ import annotations

from pathlib import Path

import pytest

from rag import replacing
from rag.replacing import TRIES, replace_file


@pytest.mark.parametrize("refusals", [0, 1, TRIES - 1, TRIES])
def test_a_file_that_is_held_for_a_moment_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusals: int
) -> None:
    monkeypatch.setattr(replacing, "PAUSE_SECONDS", 0)
    whole, target, real = tmp_path / "whole", tmp_path / "target", Path.replace
    whole.write_text("new")
    target.write_text("old")
    refused: list[Path] = []

    def held(path: Path, other: Path) -> Path:
        if len(refused) < refusals:
            refused.append(path)
            raise PermissionError(13, "in use")
        return real(path, other)

    monkeypatch.setattr(Path, "replace", held)
    if refusals == TRIES:
        with pytest.raises(PermissionError):
            replace_file(whole, target)
        assert target.read_text() == "old"
    else:
        replace_file(whole, target)
        assert (target.read_text(), whole.exists()) == ("new", False)
