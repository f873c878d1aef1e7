"""Two readers and one writer over one index, for a while: does every citation resolve to an article that existed?

The readers are processes that open the index once; the writer adds, edits and removes articles, brings the index in
line each time, and now and then builds it anew.
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from killing import FORK, WORDS, import_everything

from qa_assistant.files import write_whole
from qa_assistant.settings import Settings

ARTICLES = 30


@dataclass(frozen=True)
class Soaked:
    """Figures of one run; `unresolved`, `stale` and `faults` must be 0 or empty."""

    answers: int
    citations: int
    unresolved: int
    """Citations that are no part of any version of an article that was ever written."""
    stale: int
    """Articles that an ingest had brought in and a search begun later did not find."""
    writes: Counter[str]
    faults: tuple[str, ...]


class Ledger:
    """Every version that was ever written, a file each, and what the last ingest brought in."""

    def __init__(self, folder: Path) -> None:
        self.versions = folder / "versions"
        self.newest = folder / "newest.json"
        self.versions.mkdir(exist_ok=True)

    def note(self, number: int, text: str) -> None:
        write_whole(self.versions / f"{number}.txt", text)

    def texts(self) -> set[str]:
        return {file.read_text(encoding="utf-8") for file in self.versions.glob("[!.]*.txt")}

    def publish(self, text: str) -> None:
        """From now on a search must find `text`, until another one, or nothing, is published."""
        write_whole(self.newest, json.dumps(text))

    def published(self) -> str:
        found: str = json.loads(self.newest.read_text(encoding="utf-8"))
        return found


def soak(folder: Path, seconds: float, seed: int = 1) -> Soaked:
    """Runs all three for so long; at least two ingests and two answers a reader."""
    import_everything()
    settings = Settings(
        corpus=str(folder / "corpus"), index=str(folder / "index"), answer_with="quotes", min_confidence=0.0
    )
    settings.corpus_path.mkdir()
    Ledger(folder)
    ready, results = FORK.Event(), FORK.Queue()
    until = time.monotonic() + seconds
    works: list[tuple[Callable[..., Any], int]] = [(_write, seed), (_read, seed + 1), (_read, seed + 2)]
    processes = [FORK.Process(target=work, args=(settings, folder, until, own, ready, results)) for work, own in works]
    for process in processes:
        process.start()
    found = [results.get(timeout=seconds + 300) for _ in processes]
    for process in processes:
        process.join()
    total = sum((part for part, _ in found), Counter[str]())
    faults = tuple(fault for _, faults in found for fault in faults)
    writes = Counter({name: count for name, count in total.items() if name.startswith("to ")})
    return Soaked(total["answers"], total["citations"], total["unresolved"], total["stale"], writes, faults)


def _write(settings: Settings, folder: Path, until: float, seed: int, ready: Any, results: Any) -> None:
    from qa_assistant.index.index import Index
    from qa_assistant.index.integrity import examine
    from qa_assistant.ingestion.ingest import ingest

    chance, ledger = random.Random(seed), Ledger(folder)
    done: Counter[str] = Counter()
    there: dict[str, str] = {}
    written = 0

    def write(path: str) -> None:
        nonlocal written
        written += 1
        first, second = chance.choice(WORDS), chance.choice(WORDS)
        there[path] = (
            f"Leipzig, 3. Mai 2021 (dpa) - {first} Nummer {written} ist seit heute offen. "
            f"Der Umbau von {second} {written} kostete {written} Euro."
        )
        ledger.note(written, there[path])
        write_whole(settings.corpus_path / path, there[path])

    for number in range(ARTICLES):
        write(f"{number}.txt")
    faults: list[str] = []
    while True:
        rebuild = done["to ingest"] % 10 == 9
        report = ingest(settings, rebuild=rebuild)
        faults += [f"{problem.path} {problem.reason}" for problem in report.problems]
        done["to rebuild" if rebuild else "to ingest"] += 1
        done["to ingest"] += rebuild
        ledger.publish(chance.choice(sorted(there.values())))
        ready.set()
        if time.monotonic() > until and done["to ingest"] > 1:
            break
        for path in chance.sample(sorted(there), 3):
            what = chance.choice(("to add", "to edit", "to remove"))
            done[what] += 1
            if what == "to remove" and len(there) > ARTICLES // 2:
                del there[path]
                (settings.corpus_path / path).unlink()
            else:
                write(path if what == "to edit" else f"{written}-new.txt")
        if ledger.published() not in there.values():
            ledger.publish("")  # the next ingest takes it out before it says so
    index = Index.open(settings)
    found = {article.path: article.text for article in index.catalog.articles()}
    if found != there:
        faults.append("the index does not hold what the corpus holds")
    integrity = examine(index)
    index.close()
    results.put((done, faults if integrity.sound else [*faults, str(integrity)]))


def _read(settings: Settings, folder: Path, until: float, seed: int, ready: Any, results: Any) -> None:
    from qa_assistant import Assistant

    chance, ledger = random.Random(seed), Ledger(folder)
    done: Counter[str] = Counter()
    faults: list[str] = []
    ready.wait(300)
    with Assistant(replace(settings)) as assistant:
        while time.monotonic() < until or done["answers"] < 2:
            newest = ledger.published()
            try:
                answer = assistant.answer(f"Was kostete der Umbau von {chance.choice(WORDS)}?")
                hits = assistant.search(newest or "Umbau", 5)
            except Exception as error:  # noqa: BLE001 - counted, whatever it is
                faults.append(f"{type(error).__name__}: {error}")
                continue
            written = ledger.texts()
            done["answers"] += 1
            for citation in answer.citations:
                done["citations"] += 1
                text = citation.article.text
                done["unresolved"] += text not in written or text[citation.start : citation.end] != citation.quote
            if newest and newest not in {hit.article.text for hit in hits} and newest == ledger.published():
                done["stale"] += 1
    results.put((done, faults))
