"""What a model can do, found out by trying: answer with citations, only translate, or nothing that is of use here.

The trial runs in a process of its own, because a file that is damaged where no check sees it may bring llama.cpp down,
and the process around it. Its verdict is kept in the cache folder, by the file's hash.

    python -m qa_assistant.answering.local_model.model_trial FILE
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import subprocess
import sys
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from qa_assistant.answering.engine import Completer, Engine
from qa_assistant.answering.local_model.gguf_file import GgufFile, read_gguf
from qa_assistant.errors import ModelError, QAError, SettingsError
from qa_assistant.files import cache_folder, write_whole
from qa_assistant.processes import run_module
from qa_assistant.records import Article, Hit, Metadata, Passage, Span

Ability = Literal["answers", "translations", "nothing"]

CONTEXT = 2048
SECONDS = 600
"""A trial that takes longer is of a model that is too slow to use."""

_TRIAL = 2
"""Counted up when what is tried changes, so that earlier verdicts no longer hold."""

_TRANSLATIONS = (
    ("Am Freitag wurden in Bergen drei neue Schulen eröffnet.", ("friday", "bergen", "school")),
    ("Die Zeitung hat ihren Sitz seit 1921 in Porto.", ("newspaper", "1921", "porto")),
    ("Der Fluss ist 120 Kilometer lang und mündet in die Nordsee.", ("river", "120", "north sea")),
)
"""German sentences, and what must be in their English translations."""
_ENOUGH_TRANSLATIONS = 2

_ARTICLES = (
    (
        Metadata(date="2017-06-01", place="Tromsø", agency="NTB"),
        "Das Museum in Tromsø ist nach dem Umbau wieder geöffnet. Der Eintritt kostet 12 Euro. "
        "Im ersten Monat kamen 9000 Besucher.",
    ),
    (
        Metadata(date="2017-06-02", place="Braga", agency="LUSA"),
        "Der Zug von Braga nach Porto braucht jetzt 38 Minuten. Die Strecke war drei Jahre lang gesperrt.",
    ),
)
_QUESTIONS = (
    ("How long does the train from Braga to Porto take now?", "en", "38", "[2]"),
    ("Wie viel kostet der Eintritt in das Museum?", "de", "12", "[1]"),
)
"""Questions over those, their language, what the answer must hold, and the mark of the passage it is from."""


@dataclass(frozen=True, slots=True)
class TrialResult:
    """What a model can do, and if nothing, why."""

    can: Ability
    why: str = ""


def try_model(file: GgufFile, model: Completer, engine: Engine) -> TrialResult:
    """Tries a loaded model. One without a chat template was not made to be told what to do: it is not asked to answer.

    Raises ModelError.
    """
    if file.chat_template and _answers(engine):
        return TrialResult("answers")
    if _translates(model):
        return TrialResult("translations")
    return TrialResult("nothing", "it neither follows the answer prompt nor translates")


def trial_result(file: GgufFile) -> TrialResult:
    """What `file` can do: as it was found before, else by a trial now. Raises ModelError if that cannot be made."""
    known = _known_result(file.path)
    if known is None:
        known = _tried(file)
        _remember(_key(sha256_of(file.path)), asdict(known))
    return known


def _known_result(path: Path) -> TrialResult | None:
    """What was found before about the file at `path`, without reading it; None if that is not known of it."""
    known = _remembered()
    with suppress(OSError, KeyError):
        found = known[_key(known[_stamp(path)]["sha256"])]
        return TrialResult(found["can"], found["why"])
    return None


def sha256_of(path: Path) -> str:
    """The file's hash, read only if its size or time changed since the last time. Raises OSError."""
    known = _remembered().get(_stamp(path))
    if known is None:
        with path.open("rb") as data:
            known = {"sha256": hashlib.file_digest(data, "sha256").hexdigest()}
        _remember(_stamp(path), known)
    return str(known["sha256"])


def _stamp(path: Path) -> str:
    stat = path.stat()
    return f"{path.resolve()} {stat.st_size} {stat.st_mtime_ns}"


def _key(sha256: str) -> str:
    return f"{sha256} trial {_TRIAL} xllamacpp {_version()}"


def _version() -> str:
    try:
        return importlib.metadata.version("xllamacpp")
    except importlib.metadata.PackageNotFoundError:
        return ""


def _tried(file: GgufFile) -> TrialResult:
    """Runs the trial in another process."""
    try:
        done = run_module(__name__, str(file.path), seconds=SECONDS)
    except subprocess.TimeoutExpired:
        return TrialResult("nothing", f"its trial took more than {SECONDS // 60} minutes")
    if done.returncode < 0:
        return TrialResult("nothing", f"llama.cpp crashed on it (signal {-done.returncode})")
    try:
        told = json.loads(done.stdout)
    except ValueError:
        last = (done.stderr.strip().splitlines() or ["no output"])[-1]
        raise ModelError(f"The trial of {file.path.name} failed: {last[:160]}", hint="Ask again.") from None
    if "message" in told:
        raise ModelError(told["message"], hint=told["hint"])
    return TrialResult(told["can"], told["why"])


def _translates(model: Completer) -> bool:
    from qa_assistant.answering.translation.gloss import translate

    good = 0
    for sentence, needed in _TRANSLATIONS:
        text = translate(sentence, "de", "en", 0, model).text.casefold()
        good += all(word in text for word in needed)
    return good >= _ENOUGH_TRANSLATIONS


def _answers(engine: Engine) -> bool:
    """Whether every question is answered rightly and in its language, with the mark of the right passage."""
    from qa_assistant.answering.prompting import build
    from qa_assistant.language import detect

    hits = [_hit(number, *article) for number, article in enumerate(_ARTICLES)]
    for question, language, fact, mark in _QUESTIONS:
        messages = build(question, language, hits, context_tokens=CONTEXT, answer_tokens=128).messages
        with closing(engine.chat("", messages, context_tokens=CONTEXT, answer_tokens=128)) as reply:
            text = "".join(chunk.text for chunk in reply)
        if fact not in text or mark not in text or detect(text, default=language) != language:
            return False
    return True


def _hit(number: int, metadata: Metadata, text: str) -> Hit:
    from qa_assistant.sentences import spans

    article = Article(f"trial-{number}", f"trial-{number}.txt", text, metadata)
    sentences = tuple(Span(one.start, one.end) for one in spans(text, "de"))
    passage = Passage(article.id, 0, 0, len(text), text, sentences)
    return Hit(passage, article, 1.0, sentence_scores=())


def _file() -> Path:
    return cache_folder() / "language-models.json"


def _remembered() -> dict[str, dict[str, Any]]:
    with suppress(OSError, ValueError, SettingsError):
        found = json.loads(_file().read_text(encoding="utf-8"))
        if isinstance(found, dict):
            return found
    return {}


def _remember(key: str, value: dict[str, Any]) -> None:
    """Where it cannot be written, it is found out anew each time."""
    with suppress(OSError, SettingsError):
        _file().parent.mkdir(parents=True, exist_ok=True)
        write_whole(_file(), json.dumps(_remembered() | {key: value}, indent=1), private=True)


def main(path: str) -> None:
    """Prints the verdict as JSON, or what went wrong."""
    from qa_assistant.answering.local_model.llamacpp import LlamaCpp

    try:
        file = read_gguf(Path(path))
        with closing(LlamaCpp(file, CONTEXT)) as model:
            print(json.dumps(asdict(try_model(file, model, model))))
    except QAError as error:
        print(json.dumps({"message": error.message, "hint": error.hint}))


if __name__ == "__main__":
    main(sys.argv[1])
