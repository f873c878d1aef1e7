"""Is everything there that an answer needs? What was found, and the command that mends what was not."""

from __future__ import annotations

import shlex
import shutil
import socket
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from qa_assistant.display import counted
from qa_assistant.errors import CorpusError, IndexMissing, IndexUnusable, NoModel, OtherModel, QAError
from qa_assistant.settings import Settings, server_address

if TYPE_CHECKING:
    from qa_assistant.index.index import Index
    from qa_assistant.index.integrity import Integrity

_REPAIR = "qa-assistant doctor --repair"

_LEAST_FREE = 1_000_000_000
"""Bytes below which the disk counts as full: an index of 50,000 passages takes about that."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check: `failed` keeps questions from being answered, `warning` does not. `mend` is what to run."""

    name: str
    state: Literal["ok", "warning", "failed"]
    found: str
    mend: str = ""


def check_all(settings: Settings) -> list[Check]:
    """Every check, in the order in which things are needed. Raises nothing: a failure is a finding."""
    steps: tuple[tuple[str, Callable[[Settings], list[Check]]], ...] = (
        ("corpus", _corpus),
        ("index", _index),
        ("leftovers", _leftovers),
        ("embedding model", _embedding),
        ("entailment model", _entailment),
        ("ollama", _ollama),
        ("llama.cpp", _embedded),
        ("disk", _disk),
    )
    checks: list[Check] = []
    for name, step in steps:
        try:
            checks += step(settings)
        except QAError as error:
            checks.append(Check(name, "failed", error.message, error.hint))
        except Exception as error:  # noqa: BLE001 - whatever is broken is what doctor is for
            checks.append(Check(name, "failed", f"{type(error).__name__}: {error}", "qa-assistant --verbose doctor"))
    return checks


def _corpus(settings: Settings) -> list[Check]:
    from qa_assistant.ingestion.corpus import scan
    from qa_assistant.ingestion.left_out import left_out

    another = "qa-assistant --corpus DIR ingest"
    try:
        found = scan(settings.corpus_path)
    except CorpusError as error:
        return [Check("corpus", "failed", error.message, another)]
    text = f"{len(found.files)} files in {settings.corpus_path}"
    if found.skipped:
        text += f"; {left_out(found.skipped)}"
    if not found.files:
        return [Check("corpus", "failed", text, another)]
    if found.problems:
        problem = found.problems[0]
        more = f"{len(found.problems)} cannot be read, {problem.path} first"
        return [Check("corpus", "warning", f"{text}; {more}", "qa-assistant ingest --dry-run")]
    return [Check("corpus", "ok", text)]


def _index(settings: Settings) -> list[Check]:
    from qa_assistant.index.index import Index
    from qa_assistant.index.integrity import examine
    from qa_assistant.ingestion.status import pending_files, unread_files

    try:
        index = Index.open(settings)
    except IndexMissing as error:
        return [Check("index", "failed", error.message, "qa-assistant ingest")]
    except IndexUnusable as error:
        return [Check("index", "failed", error.message, _mend(settings, error))]
    with closing(index):
        catalog = index.catalog
        articles, passages = catalog.counts()
        text = f"{articles} articles in {passages} passages, updated {catalog.meta('updated_at')}"
        found = examine(index)
        if not found.sound:
            return [_unsound(index, found, text)]
        if other := index.made_otherwise(settings):
            return [Check("index", "warning", f"{text}; {other}", "qa-assistant ingest")]
        if pending := pending_files(index, settings):
            changed = f"{counted(pending, 'file')} changed since"
            return [Check("index", "warning", f"{text}; {changed}", "qa-assistant ingest")]
        if unread := unread_files(index):
            lacking = f"{counted(unread, 'file')} could not be read, or not whole"
            return [Check("index", "warning", f"{text}; {lacking}", "qa-assistant ingest --dry-run")]
    return [Check("index", "ok", text)]


def _unsound(index: Index, found: Integrity, text: str) -> Check:
    """What is `found`: without a store of our own questions are answered, without a server's they are not."""
    from qa_assistant.index.database import READ_ONLY

    chroma = index.settings.chroma
    if found.damage:
        return Check("index", "failed", f"{text}; {found}", _REPAIR)
    elsewhere = index.catalog.vectors.stored().elsewhere(chroma)
    if chroma and found.unusable and not elsewhere:
        return Check("index", "failed", f"{text}; {found}", _start(chroma) or _REPAIR)
    if index.catalog.only_read:
        return Check("index", "warning", f"{text}; {READ_ONLY} Questions work.", "qa-assistant --index DIR ingest")
    if elsewhere:
        return Check("index", "warning", f"{text}; {found}", (chroma and _start(chroma)) or "qa-assistant ingest")
    return Check("index", "warning", f"{text}; {found}", _REPAIR)


def _mend(settings: Settings, error: IndexUnusable) -> str:
    """The command that mends an index that cannot be opened, or what else is to be done."""
    if isinstance(error, OtherModel):
        return "qa-assistant ingest --rebuild"
    if settings.chroma and (start := _start(settings.chroma)):
        return start
    return _REPAIR if _REPAIR in error.hint else error.hint


def _start(chroma: str) -> str:
    """The command that starts the Chroma server at this address; empty if something answers there."""
    host, port, _ = server_address(chroma)
    try:
        socket.create_connection((host, port), timeout=5).close()
    except OSError:
        return f"chroma run --host {shlex.quote(host)} --port {port}"
    return ""


def _leftovers(settings: Settings) -> list[Check]:
    """What others do, or left: a process that writes now, one that was killed, an index that was begun."""
    from qa_assistant.index.generations import current_generation, leftovers, unfinished_generation
    from qa_assistant.index.lock import current_writer, stale_holder

    root = settings.index_path
    if writer := current_writer(root):
        return [Check("writer", "ok", f"{writer} writes the index")]
    found: list[Check] = []
    if killed := stale_holder(root):
        found.append(Check("writer", "warning", f"{killed}, was killed while it wrote", "qa-assistant ingest"))
    if left := leftovers(settings):
        text = f"{len(left)} leftovers of interrupted runs in {root}, {left[0].name} first"
        found.append(Check("leftovers", "warning", text, _REPAIR))
    if begun := unfinished_generation(settings):
        begun[1].close()
        mend = "qa-assistant ingest" + (" --rebuild" if current_generation(root) else "")
        found.append(
            Check("leftovers", "warning", "an index that was begun is not complete; it can be gone on with", mend)
        )
    return found


def _embedding(settings: Settings) -> list[Check]:
    from qa_assistant.index.embedding import open_embedder

    embedder = open_embedder(settings)
    embedder.questions(["test"])
    return [Check("embedding model", "ok", f"{embedder.name}, {embedder.dimension} dimensions")]


def _entailment(settings: Settings) -> list[Check]:
    """Where the settings name one of its own; quotes need none."""
    from qa_assistant.answering.entailment import BY_LLM, open_entailment

    if settings.entailment_model in ("", BY_LLM):
        return []
    try:
        open_entailment(settings.entailment_model)
    except QAError as error:
        return [Check("entailment model", "warning", error.message, error.hint)]
    return [Check("entailment model", "ok", settings.entailment_model)]


def _ollama(settings: Settings) -> list[Check]:
    """Ollama and its model: without them, answers are quotes, unless the settings have others answer."""
    from qa_assistant.answering.llm import Ollama, reachable
    from qa_assistant.answering.llm_choice import RECOMMENDED

    bad: Literal["warning", "failed"] = "failed" if settings.answer_with == "ollama" else "warning"
    checks: list[Check] = []
    try:
        with Ollama(timeout=10) as server:
            if not reachable():
                quotes = "; answers are quotes" if settings.answer_with in ("auto", "quotes") else ""
                text = f"nothing answers at {server.address}{quotes}"
                return [Check("ollama", bad, text, "ollama serve")]
            checks.append(Check("ollama", "ok", f"{server.address}, {len(server.models())} models"))
            model = server.choose(settings.model)
            context = server.context_length(model.name)
            return [*checks, Check("model", "ok", f"{model.name}, {context} tokens of context")]
    except NoModel as error:
        pull = f"qa-assistant models pull {settings.model or RECOMMENDED}"
        return [*checks, Check("model", bad, error.message, pull)]
    except QAError as error:
        return [*checks, Check("model" if checks else "ollama", bad, error.message, error.hint)]


def _embedded(settings: Settings) -> list[Check]:
    """The language model inside the program, which is optional: without it, quotes are not translated."""
    from qa_assistant.answering.local_model.embedded import available, examine

    asked_for = settings.answer_with == "llamacpp"
    if not available(settings) and not asked_for and not settings.gguf:
        return []
    try:
        return [Check("llama.cpp", "ok", examine(settings))]
    except QAError as error:
        return [Check("llama.cpp", "failed" if asked_for else "warning", error.message, error.hint)]


def _disk(settings: Settings) -> list[Check]:
    folder = settings.index_path
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    text = f"{free / 1e9:.1f} GB free at {folder}"
    if free < _LEAST_FREE:
        return [Check("disk", "warning", text, "qa-assistant --index DIR ingest")]
    return [Check("disk", "ok", text)]
