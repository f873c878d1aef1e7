"""Fixtures for all tests. No test reaches a live model: OLLAMA_HOST names an address where nothing listens."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from fake_ollama import FakeOllama

from qa_assistant import Assistant
from qa_assistant.index.embedding import PackagedEmbedder
from qa_assistant.ingestion.ingest import ingest
from qa_assistant.records import Answer
from qa_assistant.sessions.store import SessionStore
from qa_assistant.settings import Settings, shipped

if "FUZZ" in os.environ:  # inputs a property test tries, instead of 100; see tests/benchmarks/fuzz.py
    hypothesis.settings.register_profile("fuzz", max_examples=int(os.environ["FUZZ"]), deadline=None)
    hypothesis.settings.load_profile("fuzz")

NOBODY = "http://127.0.0.1:9"
"""Port 9 (discard): the connection is refused at once."""


@pytest.fixture(autouse=True)
def _no_live_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", NOBODY)
    monkeypatch.delenv("OLLAMA_API_KEY", raising=False)


@pytest.fixture(autouse=True)
def _no_model_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test translates unasked, whether the extra `embedded` is installed or not."""
    monkeypatch.setattr("qa_assistant.answering.local_model.embedded.available", lambda _: False)


@pytest.fixture(autouse=True)
def _chroma_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here corpora are small; what asks Chroma in a large one is tried nevertheless."""
    monkeypatch.setattr("qa_assistant.index.index.COMPARED", 0)


@pytest.fixture
def fake_ollama(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOllama]:
    """A scripted server with one model installed, `fake:4b`; OLLAMA_HOST names it."""
    with FakeOllama() as fake:
        fake.install()
        monkeypatch.setenv("OLLAMA_HOST", fake.host)
        yield fake


@pytest.fixture(autouse=True)
def _own_home(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test reads or writes the settings and indexes of whoever runs it."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name in [name for name in os.environ if name.startswith("QA_ASSISTANT_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that the packaged model embeds as a passage, as it is embedded."""
    seen: list[str] = []
    original = PackagedEmbedder.passages

    def passages(self: PackagedEmbedder, texts: Sequence[str]) -> Any:
        seen.extend(texts)
        return original(self, texts)

    monkeypatch.setattr(PackagedEmbedder, "passages", passages)
    return seen


@pytest.fixture(scope="session")
def shipped_text() -> str:
    """The canonical text of the article that ships."""
    return next(shipped("corpus").glob("*.txt")).read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def shipped_index(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of an index of the shipped corpus: real vectors, real Chroma. Read it, do not change it."""
    settings = Settings(index=str(tmp_path_factory.mktemp("shipped") / "index"))
    ingest(settings)
    return settings


@pytest.fixture(scope="session")
def hostile_ingest(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, bytes]:
    """An index of a hostile corpus, and what building it showed on a terminal. Read it, do not change it."""
    from hostile import hostile_corpus, on_terminal

    folder = tmp_path_factory.mktemp("hostile")
    hostile_corpus(folder / "corpus")
    settings = Settings(corpus=str(folder / "corpus"), index=str(folder / "index"))
    code, seen = on_terminal("--corpus", settings.corpus, "--index", settings.index, "--verbose", "ingest")
    assert code == 1, seen[-2_000:]
    return settings, seen


@pytest.fixture
def assistant(shipped_index: Settings) -> Iterator[Assistant]:
    """Asks Ollama, over the shipped article."""
    with Assistant(replace(shipped_index, answer_with="ollama", timeout=5)) as opened:
        yield opened


@pytest.fixture(scope="session")
def shipped_answer(shipped_index: Settings) -> Answer:
    """A question about the shipped article, answered with quotes."""
    from pilot import QUESTION

    with Assistant(replace(shipped_index, answer_with="quotes")) as assistant:
        return assistant.answer(QUESTION)


@pytest.fixture
def store_path(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "chat.sqlite"


@pytest.fixture
def store(store_path: Path) -> Iterator[SessionStore]:
    """Chat sessions in a file of their own."""
    opened = SessionStore(store_path)
    yield opened
    opened.close()


EvalCall = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="session")
def _eval_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the corpus of `scripted_model`, its index, and the questions about it."""
    from scripted_model import write_corpus

    corpus = Corpus(tmp_path_factory.mktemp("eval"))
    questions = write_corpus(corpus)
    ingest(corpus.settings)
    return questions.parent


@pytest.fixture
def eval_corpus(_eval_index: Path, tmp_path: Path) -> Corpus:
    """A copy that a test may change."""
    shutil.copytree(_eval_index, tmp_path / "own")
    return Corpus(tmp_path / "own")


@pytest.fixture
def eval_questions(eval_corpus: Corpus) -> Path:
    return eval_corpus.folder.parent / "questions.yaml"


@pytest.fixture
def eval_call(eval_corpus: Corpus, eval_questions: Path, capsys: pytest.CaptureFixture[str]) -> EvalCall:
    """`eval` over the corpus; returns exit code, stdout and stderr."""
    from qa_assistant.cli.main import run

    def called(*arguments: str, file: Path = eval_questions) -> tuple[int, str, str]:
        capsys.readouterr()
        corpus_and_index = ("--corpus", eval_corpus.settings.corpus, "--index", eval_corpus.settings.index)
        code = run([*corpus_and_index, "eval", str(file), *arguments])
        out = capsys.readouterr()
        return code, out.out, out.err

    return called


@pytest.fixture
def obedient_model(fake_ollama: FakeOllama) -> FakeOllama:
    """Ollama with a model that reads its prompt and keeps to it."""
    from scripted_model import obedient

    fake_ollama.model = obedient
    return fake_ollama


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """An empty corpus with an index folder beside it."""
    return Corpus(tmp_path)


class Corpus:
    """A corpus in a temporary folder, and its settings."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "corpus"
        self.folder.mkdir(exist_ok=True)
        self.settings = Settings(corpus=str(self.folder), index=str(folder / "index"))

    def write(self, path: str, text: str) -> Path:
        """Writes a file and makes it old enough for its time to be believed."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        settled = file.stat().st_mtime_ns - 10_000_000_000
        os.utime(file, ns=(settled, settled))
        return file
