"""The walls of the program, as data; what they mean is in `architecture.py`."""

from __future__ import annotations

from pathlib import Path

import pytest
from architecture import (
    construction_breaches,
    cycles,
    edge_breaches,
    environment_breaches,
    layer_breaches,
    library_breaches,
    long_files,
    missing_docstrings,
    modules_of,
)

ROOT = Path(__file__).parents[1]
RAG = modules_of(ROOT / "rag")
EVALS = modules_of(ROOT / "evals")

LAYERS = (
    {"errors", "records", "ports", "__init__"},
    {"file_endings", "model_settings", "moments", "setting_values", "settings", "text", "tokens", "numbers"},
    {"locate", "page_runs", "passages", "picture_request"},
    {"answer_markup", "cited", "claims", "write_ahead", "people", "question_years", "said_of"}
    | {"colleges", "short_names", "kinds", "front", "issuers", "titles"}
    | {
        "compute",
        "corrections",
        "heading_stack",
        "headings",
        "identity",
        "indicators",
        "pages",
        "paragraphs",
        "quantities",
    }
    | {"prompts"}
    | {
        "sections",
        "slots",
        "tabbed_tables",
        "table_breaks",
        "table_captions",
        "table_headers",
        "table_lines",
        "table_parts",
        "table_rows",
        "tables",
        "chunks",
        "containment",
        "soundness",
        "clauses",
        "figure_time",
        "figures",
        "row_labels",
        "row_units",
        "twins",
    },
    {
        "comparison",
        "follow_up",
        "operations",
        "parallels",
        "contradictions",
        "figure_context",
        "relevance",
        "subjects",
        "understand",
        "retrieve",
        "suggestions",
        "next_questions",
    },
    {"extractive"},
    {"verify"},
    {"boards", "generate"},
    {"answering", "earlier"},
    {"charts", "told", "page_figures"}
    | {"present", "exchanges", "feedback", "page", "page_sources", "page_streaming"}
    | {"answer_blocks", "exports", "word", "figure_rows", "board_page", "board_rows"},
    {"sandbox", "readers", "page_pictures", "sources", "uploads", "embedders", "models"}
    | {"database", "store", "vectors", "keywords", "mirror", "publish", "index"}
    | {"keeping", "conversations", "feedback_box", "answer_cache"}
    | {"terminal", "serving", "recognised"},
    {"analysis"},
    {"reading", "reading_version", "recognition"},
    {"ingest", "pending", "assistant"},
    {"assembly"},
    {"langchain_retriever"},
    {"ui"},
    {"cli"},
    {"__main__"},
)
"""From the bottom: a module needs only modules of its own layer or of those before it."""

EDGES = {
    "files to read": {"sandbox", "readers", "page_pictures", "recognised"},
    "folders and uploads": {"sources", "uploads"},
    "index": {"database", "store", "vectors", "keywords", "mirror", "publish", "index"},
    "models": {"embedders", "models"},
    "what readers leave": {"keeping", "conversations", "feedback_box"},
    "replies kept": {"answer_cache"},
    "terminal": {"terminal"},
    "page server": {"serving"},
    "langchain": {"langchain_retriever"},
}
"""Where files, network, clock and processes are met; no edge knows another."""

LIBRARIES = {
    "pdfplumber": {"readers"},
    "pypdf": {"readers"},
    "pypdfium2": {"readers"},
    "PIL": {"readers"},
    "cv2": {"readers"},
    "onnxruntime": {"readers"},
    "rapidocr": set[str](),
    "docx": {"readers", "word"},
    "openpyxl": {"figure_rows", "readers"},
    "lxml": {"readers"},
    "markdown_it": {"readers"},
    "chromadb": {"vectors"},
    "bm25s": {"keywords"},
    "numpy": {"embedders", "keywords", "publish", "readers", "store", "vectors"},
    "filelock": {"index", "recognition"},
    "fastembed": {"embedders"},
    "openai": set[str](),
    "httpx2": {"models"},
    "langchain_openai": {"embedders", "models"},
    "langchain_core": {"langchain_retriever"},
    "langchain": {"models"},
    "pydantic": {"embedders", "exchanges", "langchain_retriever", "models", "sandbox", "store"},
    "tiktoken": {"tokens"},
    "rjieba": {"text"},
    "rapidfuzz": {"colleges"},
    "rich": {"terminal"},
    "typer": {"cli", "terminal"},
    "streamlit": {"ui"},
}
"""The modules that may need each library."""

LOADED_EARLY = {
    "cli",  # its decorators are typer's
    "terminal",
    "langchain_retriever",  # is one of langchain's own classes; nothing of ours loads it
    "colleges",  # rapidfuzz loads in milliseconds
    "ui",  # only the page's server loads it
} | {module.name for module in RAG if module.name.startswith("readers.ocr.")}  # loaded where pictures are recognised

READ_THE_ENVIRONMENT = {
    "settings",
    "sandbox.child",  # hands it on to the child that parses
    "benchmarks.faults",  # sets a proxy that fails
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
    "records",
    "store",
    "page",
    "index",
    "compute",
    "scoring",
    "check_questions",
    "benchmarks.gate_cases",
}
"""Files that passed the limit and still have one job."""


def test_imports_go_one_way():
    assert layer_breaches(RAG, "rag", LAYERS) == []
    assert cycles(RAG, "rag") == []


def test_no_edge_knows_another():
    assert edge_breaches(RAG, "rag", EDGES) == []


def test_what_is_pure_needs_no_edge():
    edges = {part for parts in EDGES.values() for part in parts}
    first_edge = next(number for number, layer in enumerate(LAYERS) if layer & edges)
    assert not any(layer & edges for layer in LAYERS[:first_edge])
    assert edges >= LAYERS[first_edge]


def test_nothing_below_knows_the_page_or_the_evaluation():
    for module in RAG:
        # the command line mounts the evaluation when it is asked for
        imports = [i for i in module.imports if i.at_load or module.name != "cli"]
        assert not {i.module.partition(".")[0] for i in imports} & {"app", "evals", "tests"}, module.name


def test_libraries_are_needed_late_and_only_at_home():
    assert library_breaches(RAG, LIBRARIES, LOADED_EARLY) == []


def test_only_settings_read_the_environment():
    assert environment_breaches((*RAG, *EVALS), READ_THE_ENVIRONMENT) == []


def test_only_the_assembly_builds_parts():
    assert construction_breaches(RAG, BUILT_BY_ASSEMBLY, {"assembly"}) == []


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
    layers = [{"low"}, {"high", "edge", "sub", "lost"}]
    assert layer_breaches(tree, "pkg", layers) == [
        "stray 不在任何一层：请在 tests/test_architecture.py 里给它一个位置",
        "lost 已不存在，却列在层里",
        "low（第 0 层）引用了上层的 high（第 1 层）",
    ]
    assert cycles(tree, "pkg") == ["high 绕一圈又引用到自己", "low 绕一圈又引用到自己"]
    assert edge_breaches(tree, "pkg", {"a": {"edge"}, "b": {"sub"}}) == ["sub（b）引用了另一个边缘模块 edge（a）"]
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
