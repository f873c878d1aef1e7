"""What goes wrong between here and Ollama, in the user's words."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator

from qa_assistant.environment import without_variables
from qa_assistant.errors import ModelError

START = "Start it with `ollama serve`, or use --answer-with quotes."
START_TO_PULL = "Start it with `ollama serve`."
AGAIN = "Ask again, or use --answer-with quotes."
LOGS = "Look at Ollama's log, or try another model with --model."
LONGEST_REASON = 160


@functools.cache
def _load_client() -> None:
    """Imports Ollama's client, which makes one for everybody then: no proxy or certificate it cannot use hinders it."""
    with without_variables("_proxy", "ssl_cert_file", "ssl_cert_dir"):
        import ollama  # noqa: F401


@contextlib.contextmanager
def explained(
    address: str, timeout: float, model: str = "", *, answering: bool = False, pulling: bool = False
) -> Iterator[None]:
    """Turns whatever Ollama's client raises inside into a ModelError. Everything else passes through."""
    _load_client()
    import httpx
    import ollama

    start = START_TO_PULL if pulling else START
    try:
        yield
    except (ConnectionError, httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol):
        raise ModelError(f"Ollama does not answer at {address}.", hint=start) from None
    except httpx.TimeoutException:
        raise ModelError(
            f"Ollama has given no sign of life for {timeout:g} seconds.",
            hint="Wait longer with QA_ASSISTANT_TIMEOUT, or choose a smaller model with --model.",
        ) from None
    except ollama.ResponseError as error:
        raise _refused(error, model, pulling) from None
    except httpx.HTTPError as error:
        if answering:
            raise cut_short(model) from None
        raise ModelError(f"The connection to Ollama at {address} broke: {_line(error)}", hint=start) from None
    # The client parses whatever it is sent: a line that is no JSON, no object, or lacks a field fails in its own way.
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise ModelError(
            f"What answers at {address} does not speak Ollama's protocol: {_line(error)}",
            hint="Check OLLAMA_HOST, or update Ollama.",
        ) from error


def cut_short(model: str) -> ModelError:
    return ModelError(f"The model {model} stopped mid-answer.", hint=AGAIN)


def _refused(error: Exception, model: str, pulling: bool) -> ModelError:
    """What the server said no to: an error status, or an error line in a stream (status -1)."""
    status = getattr(error, "status_code", -1)
    reason = _line(getattr(error, "error", error)) or f"HTTP status {status}"
    if pulling:
        return ModelError(
            f"Ollama cannot pull {model}: {reason}", hint="Look the name up at https://ollama.com/library."
        )
    if status == 404 and model:
        return ModelError(f"The model {model} is not installed.", hint=f"qa-assistant models pull {model}")
    return ModelError(f"Ollama failed: {reason}", hint=LOGS)


def _line(error: object) -> str:
    """One line of what the other side said, without anything a terminal would obey."""
    text = " ".join(str(error).split())
    return "".join(char for char in text if char.isprintable())[:LONGEST_REASON]
