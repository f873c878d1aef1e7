"""Whether a language model can answer now, cheap enough to be asked every few seconds."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal

from qa_assistant.answering.llm import Ollama, address, reachable
from qa_assistant.display import one_line, shortened
from qa_assistant.errors import NoModel, QAError
from qa_assistant.settings import Settings

KNOWN_SECONDS = 30.0
"""How long a model that could answer is believed to be there while Ollama's port is open."""

_TIMEOUT_SECONDS = 5.0
_LONGEST_TEXT = 60


@dataclass(frozen=True, slots=True)
class ModelState:
    """`text` is one short harmless line: the model's name if it is ready, else what is not in order."""

    state: Literal["absent", "no_model", "ready", "error", "off"]
    text: str


class ModelWatch:
    """Remembers which model is ready, so that a check costs no more than opening a connection. For one thread."""

    def __init__(self) -> None:
        self._asked: tuple[str, ...] = ()
        self._ready: ModelState | None = None
        self._until = 0.0

    def check(self, settings: Settings) -> ModelState:
        """What is found now; never raises, takes at most a few seconds.

        Ollama is asked again once half a minute has passed, or if anything was not in order.
        """
        if settings.answer_with == "llamacpp":
            return ModelState("off", "Model inside the program")
        if settings.answer_with == "quotes":
            return ModelState("off", "Quotes only")
        try:
            where = address()
        except ValueError as error:
            return _failed(f"OLLAMA_HOST is not an address: {error}")
        if not reachable():
            self._ready = None
            text = "No Ollama: answers are quotes" if settings.answer_with == "auto" else "Ollama is not running"
            return ModelState("absent", text)
        asked = (where, settings.model)
        if self._ready is None or asked != self._asked or time.monotonic() > self._until:
            found = _ask(settings.model)
            self._ready = found if found.state == "ready" else None
            self._asked, self._until = asked, time.monotonic() + KNOWN_SECONDS
            return found
        return self._ready


def _ask(wanted: str) -> ModelState:
    try:
        with Ollama(timeout=_TIMEOUT_SECONDS) as server:
            model = server.choose(wanted).name
    except NoModel as error:
        return ModelState("no_model", _short(error.message))
    except QAError as error:
        return _failed(error.message)
    except Exception as error:  # noqa: BLE001 - a status line must survive whatever a server sends
        return _failed(f"Ollama: {type(error).__name__}: {error}")
    return ModelState("ready", _short(model))


def _failed(message: str) -> ModelState:
    return ModelState("error", _short(message))


def _short(text: str) -> str:
    return shortened(one_line(text), _LONGEST_TEXT)
