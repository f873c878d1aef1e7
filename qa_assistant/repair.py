"""Brings an index back in line with itself and with its corpus, from whatever state, and says what was done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

from qa_assistant.errors import IndexMissing, IndexTooNew, IndexUnusable, OtherModel
from qa_assistant.index.generations import COPY, remove_leftovers, restore_current
from qa_assistant.index.index import Index
from qa_assistant.index.integrity import Integrity, examine
from qa_assistant.index.lock import stale_holder, writer_lock
from qa_assistant.index.publishing import publish_anew, sweep_stores
from qa_assistant.ingestion.changes import Progress
from qa_assistant.ingestion.ingest import embed_missing, ingest
from qa_assistant.settings import Settings


def repair(settings: Settings, progress: Callable[[Progress], None] = lambda _: None) -> list[str]:
    """What was done, a sentence each; empty if nothing was to be done.

    Texts come from the catalogue as long as it can be read, and nothing that it has is embedded again. A damaged one is
    built anew from the corpus. Raises IndexUnusable if another process writes, or the index is of a newer schema;
    CorpusError if the corpus is needed and cannot be read.
    """
    if not settings.index_path.is_dir():
        return []
    killed = stale_holder(settings.index_path)
    done = [f"Freed the lock that {killed} left when it was killed."] if killed else []
    with writer_lock(settings.index_path):
        if restored := restore_current(settings):
            done.append(f"Found {restored}, which is complete and nothing pointed to any more.")
        done += [f"Removed {name}, which an interrupted run left." for name in remove_leftovers(settings)]
        rebuild = ""
        try:
            index = Index.open(settings, locked=True)
        except IndexMissing:
            return done
        except (IndexTooNew, OtherModel):
            raise
        except IndexUnusable as error:
            rebuild = error.message
        else:
            with closing(index):
                found = examine(index, thorough=True)
                rebuild = found.damage
                if not rebuild:
                    done += _mended(index, found)
    if rebuild:
        report = ingest(settings, rebuild=True, progress=progress)
        done.append(
            f"Built the index anew from the corpus, {report.articles} articles in {report.passages} passages: {rebuild}"
        )
    return done


def _mended(index: Index, found: Integrity) -> Iterator[str]:
    if not found.sound and index.catalog.meta(COPY):
        raise IndexUnusable(
            f"This copy of a shared index is not sound: {found}.",
            hint=f"Remove {index.settings.index_path}, it is fetched again; or repair it where it is published.",
        )
    if found.no_vector:
        yield f"Embedded {embed_missing(index)} passages that had no vector."
    if found.unusable:
        publish_anew(index)
        yield f"Built Chroma's store anew from the catalogue: {found.unusable}"
    elif found.orphans or found.absent:
        publish_anew(index)
        if found.orphans:
            yield f"Removed {len(found.orphans)} vectors from Chroma that belonged to no passage."
        if found.absent:
            yield f"Put {len(found.absent)} passages' vectors back into Chroma, from the catalogue."
    if index.settings.shared_index and not found.sound:
        from qa_assistant.index.sharing import publish

        publish(index)
    for folder in sweep_stores(index):
        yield f"Removed {folder.name}, which an interrupted run left."
