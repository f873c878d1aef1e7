"""One index for several people: the catalogue, too, on the Chroma server, from where each client keeps a copy.

On the server, in the collection `qa-assistant-shared-NAME`: an entry an article (its text, its passages with all their
vectors), an entry a thousand words with their vectors, each with a stamp; and one entry, `state`, that names the whole:
its digest over all entries' names and stamps. The writer changes entries first, then `state`, and last removes the
collection of passages that clients searched in until then. A client fetches what it does not have and removes what is
not there, in one transaction, which is kept only if it ends with that digest: half a publication is never seen. Nothing
is embedded. What was built anew is fetched anew, beside the copy there is. `state` names its publisher, too, and nobody
else's index is published over it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from qa_assistant.errors import IndexBusy, IndexMissing, IndexOutdated, IndexUnusable
from qa_assistant.index import generations, shared_entries
from qa_assistant.settings import Settings

if TYPE_CHECKING:
    from qa_assistant.index.catalog import Catalog
    from qa_assistant.index.index import Index
    from qa_assistant.index.vector_store import EntryStore

_STATE = "state"
_KEPT = (
    "build", "embedding_model", "passage_tokens", "sentences", "collection", "store_offset", "store_counted",
    "updated_at",
)  # fmt: skip
_AT_ONCE = 50


def publish(index: Index) -> None:
    """Makes the server's entries those of this catalogue, and then removes what they replaced.

    Only for the process that holds the writer's lock.
    """
    from qa_assistant.index.publishing import drop_replaced

    _publish(index)
    drop_replaced(index)
    generations.remove_leftovers(index.settings)


def _publish(index: Index) -> None:
    catalog, settings = index.catalog, index.settings
    ours = shared_entries.stamps(catalog)
    digest = _digest(ours)
    kept = {key: catalog.meta(key) or "" for key in _KEPT}
    with closing(_entries(settings)) as store:
        before = _state(store) or {}
        _refuse_another(settings, before)
        kept["publisher"] = generations.publisher(settings, create=True)
        told = ("collection", "publisher")
        if before.get("digest") == digest and all(before.get(key) == kept[key] for key in told):
            return
        theirs = _stamps(store)
        changed = [name for name, stamp in ours.items() if theirs.get(name) != stamp]
        for names in _parts(changed):
            store.put({name: (ours[name], shared_entries.packed(catalog, name)) for name in names})
        store.remove([name for name in theirs if name not in ours])
        state = {"digest": digest, "means": shared_entries.means(catalog), **kept}
        store.put({_STATE: (digest, json.dumps(state))})


def follow(settings: Settings) -> None:
    """Makes this machine's copy what the server has now; does nothing on the machine that publishes.

    Raises IndexMissing if nothing was published yet, IndexUnusable if the server cannot be reached.
    """
    folder = generations.current_generation(settings.index_path)
    if folder and not is_copy(settings):
        return
    with closing(_entries(settings)) as store:
        state = _state(store)
        if state is None:
            raise IndexMissing(
                f"Nobody has published an index “{settings.shared_index}” on {settings.chroma} yet.",
                hint="Run `qa-assistant ingest` with these settings where the articles are.",
            )
        build, *held = (None,) if folder is None else _held(settings)
        if build != state.get("build", ""):
            _make_copy(settings, store, state)
        elif held != [state["digest"], state["collection"], settings.chroma]:
            from qa_assistant.index.lock import writer_lock

            # While another process fetches it, the copy there is will do.
            with suppress(IndexBusy), writer_lock(settings.index_path), closing(_opened(settings)) as catalog:
                _update(catalog, store, state, settings.chroma)


def is_copy(settings: Settings) -> bool:
    """Whether this machine's index is a copy of one that another machine publishes."""
    if generations.current_generation(settings.index_path) is None:
        return False
    try:
        with closing(_opened(settings)) as catalog:
            return bool(catalog.meta(generations.COPY))
    except IndexOutdated:
        return False  # it was made before indexes could be shared


def refuse_copy(settings: Settings) -> None:
    """Raises IndexUnusable if writing this index would be overwritten by, or would overwrite, somebody else's."""
    with closing(_entries(settings)) as store:
        _refuse_another(settings, _state(store) or {})
    # What published may be damaged, and is then built anew.
    if not generations.publisher(settings) and is_copy(settings):
        raise _published_elsewhere(settings)


def _refuse_another(settings: Settings, state: Mapping[str, Any]) -> None:
    """Raises IndexUnusable if what the server has is not of this machine's index."""
    publisher = state.get("publisher")
    # What earlier programs published names nobody: it may be of the index that is here, if one is.
    unknown = not publisher and generations.current_generation(settings.index_path) is not None
    if state and not unknown and publisher != generations.publisher(settings):
        raise _published_elsewhere(settings)


def _published_elsewhere(settings: Settings) -> IndexUnusable:
    return IndexUnusable(
        f"The index “{settings.shared_index}” on {settings.chroma} is published by another machine.",
        hint="Run `qa-assistant ingest` there, or share yours under another name: shared_index.",
    )


def published_collection(settings: Settings) -> str:
    """Name of the collection in Chroma that clients search in; empty if nothing was published yet."""
    with closing(_entries(settings)) as store:
        return str((_state(store) or {}).get("collection", ""))


def _make_copy(settings: Settings, store: EntryStore, state: Mapping[str, Any]) -> None:
    from qa_assistant.index.lock import writer_lock

    generations.refuse_in_corpus(settings)
    with writer_lock(settings.index_path):
        generations.remove_leftovers(settings)
        folder, catalog = generations.new_generation(settings)
        with closing(catalog):
            with catalog.transaction():
                catalog.set_meta(generations.COPY, "1")
                catalog.set_meta("building", "")
                catalog.set_meta("build", state.get("build", ""))
            _update(catalog, store, state, settings.chroma)
        generations.make_current(folder)
        generations.remove_leftovers(settings)


def _update(catalog: Catalog, store: EntryStore, state: Mapping[str, Any], address: str) -> None:
    """From the server at `address`.

    Raises IndexUnusable, and leaves the copy as it was, if the server's entries are being changed meanwhile.
    """
    theirs = _stamps(store)
    ours = shared_entries.stamps(catalog)
    dimension = shared_entries.dimension_of(state["means"])
    with shared_entries.checking():
        if shared_entries.dimension_of(shared_entries.means(catalog)) not in (0, dimension):
            raise ValueError("vectors of another length than it had")
    with catalog.transaction():
        for name in [name for name in ours if name not in theirs]:
            shared_entries.remove(catalog, name)
        for names in _parts([name for name, stamp in theirs.items() if ours.get(name) != stamp]):
            for name, entry in store.get(names).items():
                shared_entries.unpack(catalog, name, entry, dimension)
        # The server's, too, as they are by now: what was fetched last may be of the next build.
        if any(_digest(stamps) != state["digest"] for stamps in (_stamps(store), shared_entries.stamps(catalog))):
            raise IndexUnusable(
                "The shared index is being published at this moment.", hint="Try again when that is done."
            )
        shared_entries.set_means(catalog, state["means"])
        for key in _KEPT:
            catalog.set_meta(key, state.get(key, ""))
        catalog.set_meta("shared", state["digest"])
        last, centre = catalog.vectors.last_row(), catalog.vectors.centre()
        catalog.vectors.set_stored(state["collection"], last, centre, address)


def _held(settings: Settings) -> tuple[str | None, ...]:
    """Of this machine's copy: build, digest, collection, and the server's address."""
    with closing(_opened(settings)) as catalog:
        stored = catalog.vectors.stored()
        return catalog.meta("build") or "", catalog.meta("shared"), catalog.meta("collection"), stored.address


def _opened(settings: Settings) -> Catalog:
    from qa_assistant.index.catalog import Catalog

    while True:
        folder = generations.current_generation(settings.index_path)
        assert folder is not None
        try:
            return Catalog(folder)
        except IndexUnusable:
            if folder == generations.current_generation(settings.index_path):
                raise  # else another copy took over this very moment


def _entries(settings: Settings) -> EntryStore:
    from qa_assistant.index.vector_store import EntryStore

    return EntryStore(settings.chroma, f"qa-assistant-shared-{settings.shared_index}")


def _state(store: EntryStore) -> dict[str, Any] | None:
    """What the server says it has, checked; None if nothing was published. Raises IndexUnusable if it is damaged."""
    found = store.get([_STATE])
    if not found:
        return None
    with shared_entries.checking():
        state: dict[str, Any] = json.loads(found[_STATE])
        _check_state(state)
    return state


def _check_state(state: dict[str, Any]) -> None:
    """Raises one of the errors that `shared_entries.checking()` is for."""
    import numpy as np

    kept = {key: state.get(key, "") for key in _KEPT}
    shared_entries.check_harmless(state["digest"], state["collection"], *kept.values())
    if not all(re.fullmatch(r"[0-9]{0,18}", kept[key]) for key in ("passage_tokens", "store_counted")):
        raise ValueError("a number that is none")
    offset = np.frombuffer(bytes.fromhex(kept["store_offset"]), "<f4")
    if len(offset) not in (0, 1, shared_entries.dimension_of(state["means"])) or not np.isfinite(offset).all():
        raise ValueError("a vector that is none")
    if kept["updated_at"]:
        datetime.fromisoformat(kept["updated_at"]).astimezone()


def _stamps(store: EntryStore) -> dict[str, str]:
    """Of every entry but the state."""
    with shared_entries.checking():
        return {name: stamp for name, stamp in store.stamps().items() if name != _STATE}


def _digest(stamps: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(sorted(stamps.items())).encode()).hexdigest()


def _parts(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), _AT_ONCE):
        yield names[start : start + _AT_ONCE]
