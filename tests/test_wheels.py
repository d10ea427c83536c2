from __future__ import annotations

import io
from pathlib import Path

import pytest

from evals import wheels
from evals.wheels import needed, without_wheel


def lock(*wheels: str) -> dict[str, object]:
    urls = [{"url": f"https://files.example/{wheel}"} for wheel in wheels]
    return {"package": [{"name": "Some_Thing", "version": "1.0", "wheels": urls}, {"name": "bare", "version": "2"}]}


def test_what_other_systems_need_and_comments_do_not_count() -> None:
    lines = [
        "# made by uv",
        "some-thing==1.0",
        "uvloop==1 ; sys_platform != 'win32'",
        "colorama==3 ; sys_platform == 'win32'",
        "tomli==2 ; python_full_version < '3.11'",
        "    # via wenbao",
    ]
    assert list(needed(lines, (3, 12))) == [("some-thing", "1.0"), ("colorama", "3")]


def test_a_wheel_is_taken_by_its_tags() -> None:
    for wheel, lacking in (
        ("some_thing-1.0-py3-none-any.whl", []),
        ("some_thing-1.0-cp311-abi3-win_amd64.whl", []),
        ("some_thing-1.0-cp312-cp312-win_amd64.whl", []),
        ("some_thing-1.0-cp311-cp311-win_amd64.whl", ["some-thing==1.0"]),
        ("some_thing-1.0-cp312-cp312-manylinux_2_17_x86_64.whl", ["some-thing==1.0"]),
    ):
        assert without_wheel(["some-thing==1.0"], lock(wheel), (3, 12)) == lacking
    assert without_wheel(["bare==2", "absent==1"], lock(), (3, 12)) == ["bare==2", "absent==1"]


def test_no_list_of_packages_is_not_a_sound_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["wheels", "--lock", str(Path(__file__).parents[1] / "uv.lock")])
    monkeypatch.setattr("sys.stdin", io.StringIO("# nothing\n"))
    with pytest.raises(SystemExit) as ended:
        wheels.main()
    assert (ended.value.code, "没有检查" in capsys.readouterr().out) == (2, True)
