from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

import rag
from rag.reading.version import LIBRARIES, ROOT, needed_modules, reading_version, source_digest

MODULES = {
    "__init__.py": "",
    "analysis.py": "from rag.readers.pdf import (\n    read,\n)\nfrom rag import places\n",
    "places.py": "PATH = 'names.txt'\n",
    "names.txt": "甲城",
    "readers/__init__.py": "",
    "readers/pdf.py": "def read():\n    import rag.late\n",
    "late.py": "from pathlib import Path\nPath(__file__).with_suffix('.toml')\n",
    "late.toml": "x = 1",
    "page.py": "from rag import analysis\n",
    "page.css": "a {}",
}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    for name, source in MODULES.items():
        path = tmp_path / "rag" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return tmp_path / "rag"


@pytest.mark.parametrize("name", sorted(set(MODULES) - {"page.py", "page.css"}))
def test_every_module_and_data_file_that_reads_counts(package: Path, name: str) -> None:
    before = source_digest(package, "rag.analysis")
    with (package / name).open("a") as stream:
        stream.write("\n# changed")
    assert source_digest(package, "rag.analysis") != before


@pytest.mark.parametrize("name", ["page.py", "page.css", "new.py"])
def test_what_does_not_read_does_not_count(package: Path, name: str) -> None:
    before = source_digest(package, "rag.analysis")
    with (package / name).open("a") as stream:
        stream.write("\n# changed")
    assert source_digest(package, "rag.analysis") == before


def test_another_version_of_a_library_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    before = reading_version.__wrapped__()
    assert len(before) == 16
    monkeypatch.setattr("rag.reading.version.version", lambda name: "99" if name == "lxml" else "1")
    first = reading_version.__wrapped__()
    monkeypatch.setattr("rag.reading.version.version", lambda name: "1")
    assert len({before, first, reading_version.__wrapped__()}) == 3


def test_every_library_that_reads_is_named() -> None:
    reached = "\n".join(needed_modules(Path(rag.__file__).parent, ROOT).values())
    imported = set(re.findall(r"^[ \t]*(?:from|import)[ \t]+(\w+)", reached, re.MULTILINE))
    found = imported - sys.stdlib_module_names - {"rag"}
    assert found - {"numpy", "pydantic"} == set(LIBRARIES)
