"""The generations of an index: each is complete in its own folder, and readers use the one that `current` names.

INDEX/current            name of that generation; replaced in one step
INDEX/publisher          on the machine that publishes a shared index: a random name it goes by there
INDEX/<generation>/      catalog.sqlite and, unless Chroma runs elsewhere, chroma-<name>/
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Set
from pathlib import Path

from qa_assistant import sentences
from qa_assistant.errors import IndexUnusable, SettingsError
from qa_assistant.files import write_whole
from qa_assistant.index.catalog import FILE_NAME, Catalog
from qa_assistant.index.lock import FILES, writing
from qa_assistant.settings import Settings

_POINTER, _PUBLISHER = "current", "publisher"

# The folder may hold files of the user's, too (`--index .`): only what this program names so is taken for its own.
_GENERATION = re.compile(r"generation-[0-9a-f]{8}")
_HALF_FILE = re.compile(r"\.[0-9a-f]{16}(\.json)?")

COPY = "shared_copy"
"""What the catalogue of a copy of a shared index notes."""


def current_generation(root: Path) -> Path | None:
    """The folder that readers use now, or None if nothing was ever completed."""
    try:
        name = (root / _POINTER).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return root / name if name else None


def publisher(settings: Settings, *, create: bool = False) -> str:
    """What this index goes by where it is shared; empty if it never was. Whatever is built anew here keeps it."""
    file, name = settings.index_path / _PUBLISHER, ""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        name = file.read_text(encoding="utf-8").strip()
    if create and not name:
        name = secrets.token_hex(8)
        with writing(file.parent):
            write_whole(file, name)
    return name


def is_to_be_built(settings: Settings) -> bool:
    """Whether there is no index yet, and none that somebody else may share, which would be fetched."""
    return current_generation(settings.index_path) is None and not settings.shared_index


def refuse_in_corpus(settings: Settings) -> None:
    """Raises SettingsError if a new index would be made in the corpus, where the settings name a folder for it.

    One that is there already, complete or not, is used on.
    """
    root, corpus = settings.index_path, settings.corpus_path
    # Path.resolve() raises where a link leads to itself, which is told better by who makes the folder.
    inside = Path(os.path.realpath(root)).is_relative_to(os.path.realpath(corpus))
    if settings.index and inside and not _generations(root):
        raise SettingsError(
            f"The index {root} would be in the corpus {corpus}.", hint="Name a folder outside it with --index DIR."
        )


def index_files(folder: Path, names: Set[str]) -> Set[str]:
    """Those of the `names` in `folder` that an index in it has; none if there is none."""
    found = {name for name in names if _GENERATION.fullmatch(name) and (folder / name / FILE_NAME).is_file()}
    return found | names & {_POINTER, _PUBLISHER, *FILES} if found else found


def made_with(settings: Settings) -> dict[str, str]:
    """What must be the same for two runs to build the same index, as the catalogue notes it."""
    from importlib.metadata import version

    return {
        "embedding_model": settings.embedding_model,
        "passage_tokens": str(settings.passage_tokens),
        "sentences": sentences.VERSION,
        "corpus": corpus_noted(settings),
        "chroma": settings.chroma,
        "program": version("qa_assistant"),
    }


def corpus_noted(settings: Settings) -> str:
    """The corpus' place as the catalogue notes it: what is no UTF-8 is written as `\\udcff`."""
    return str(settings.corpus_path.resolve()).encode("utf-8", "backslashreplace").decode("utf-8")


def new_generation(settings: Settings) -> tuple[Path, Catalog]:
    """A new, empty generation, which readers do not see before `make_current()`."""
    folder = settings.index_path / f"generation-{secrets.token_hex(4)}"
    with writing(settings.index_path):
        folder.mkdir(parents=True)
    catalog = Catalog(folder, create=True)
    with catalog.transaction():
        for key, value in made_with(settings).items():
            catalog.set_meta(key, value)
        catalog.set_meta("building", "1")
        catalog.set_meta("build", secrets.token_hex(8))
        catalog.set_meta("collection", f"qa-assistant-{secrets.token_hex(8)}")
    return folder, catalog


def unfinished_generation(settings: Settings) -> tuple[Path, Catalog] | None:
    """One that was begun with the same settings and then interrupted, if there is any."""
    begun = {"building": "1", **made_with(settings)}
    current = current_generation(settings.index_path)
    for folder, catalog in _opened(settings.index_path):
        if folder != current and all(catalog.meta(key) == value for key, value in begun.items()):
            return folder, catalog
        catalog.close()
    return None


def _opened(root: Path) -> Iterator[tuple[Path, Catalog]]:
    """The generations that can be opened. Whoever takes one closes its catalogue."""
    for folder in _generations(root):
        with contextlib.suppress(IndexUnusable):  # damaged, or nothing is in it yet
            yield folder, Catalog(folder)


def _generations(root: Path) -> list[Path]:
    """Those in `root`, complete or not, by name."""
    return [one for one in sorted(root.glob("generation-*")) if _GENERATION.fullmatch(one.name) and _is_ours(one)]


def _is_ours(folder: Path) -> bool:
    """Whether nothing is in it that this program does not write: `generation-20240131` may be somebody's photos."""
    if folder.is_symlink() or not folder.is_dir():
        return False
    try:
        return all(one.name.startswith((FILE_NAME, "chroma")) for one in folder.iterdir())
    except OSError:
        return False


def make_current(folder: Path) -> None:
    """Readers use this generation from now on. Raises IndexUnusable if that cannot be written."""
    with writing(folder.parent):
        write_whole(folder.parent / _POINTER, folder.name)


def restore_current(settings: Settings) -> str:
    """Has readers use the newest complete generation if they are told none that is there. Its name, or empty."""
    root = settings.index_path
    current = current_generation(root)
    if current and current.is_dir():
        return ""
    complete: list[Path] = []
    for folder, catalog in _opened(root):
        if catalog.meta("building") == "":
            complete.append(folder)
        catalog.close()
    if not complete:
        return ""
    newest = max(complete, key=lambda one: one.stat().st_mtime)
    make_current(newest)
    return newest.name


def leftovers(settings: Settings) -> list[Path]:
    """What interrupted runs left in the index folder and nobody will use: generations, Chroma stores, half files."""
    root = settings.index_path
    kept = {current_generation(root)}
    found = unfinished_generation(settings)
    if found:
        kept.add(found[0])
        found[1].close()
    return [
        *(folder for folder in _generations(root) if folder not in kept),
        *(one for one in sorted(root.glob(".*")) if _HALF_FILE.fullmatch(one.name) and _is_file(one)),
    ]


def _is_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def remove_leftovers(settings: Settings) -> list[str]:
    """The names of what was removed: not a generation that clients of a shared index are still told to search in."""
    return [folder.name for folder in leftovers(settings) if _remove_generation(settings, folder)]


def _remove_generation(settings: Settings, folder: Path) -> bool:
    """Removes a folder or file of `leftovers()`, and what a generation holds on a Chroma server. Whether it may be."""
    if settings.chroma and (folder / FILE_NAME).is_file():
        from qa_assistant.index.sharing import published_collection
        from qa_assistant.index.vector_store import VectorStore

        try:
            catalog = Catalog(folder)
            collection, copy = catalog.meta("collection"), catalog.meta(COPY)
            catalog.close()
            if collection and not copy:  # that of a copy is its publisher's
                if settings.shared_index and collection == published_collection(settings):
                    return False
                with contextlib.closing(VectorStore(folder, settings.chroma, collection)) as store:
                    store.drop()
        except IndexUnusable:
            pass  # of another schema, or the server is gone: then the collection stays there, unused
    if folder.is_dir():
        shutil.rmtree(folder, ignore_errors=True)
    else:
        with writing(settings.index_path):
            folder.unlink(missing_ok=True)
    return True
