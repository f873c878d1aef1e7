"""What interrupted runs leave in the index folder is removed, and nothing else that is there."""

from __future__ import annotations

from conftest import Corpus

from qa_assistant.ingestion.ingest import ingest
from qa_assistant.repair import repair


def test_what_the_user_has_in_the_index_folder_stays(corpus: Corpus) -> None:
    corpus.write("a.txt", "Hamburg (dpa) - Der Hafen bleibt geschlossen.")
    ingest(corpus.settings)
    root = corpus.settings.index_path
    names = (
        ".env", ".bashrc", ".cache/a", ".0123456789abcdef/a", ".0123456789abcdef.txt", "generation-2024-photos/a",
        "generation-20240131/a.jpg", "generation-0123456789/a",
    )  # fmt: skip
    for name in names:
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text("mine", encoding="utf-8")
    links = [root / "generation-abcdef01", root / ".fedcba9876543210"]
    for link, name in zip(links, ("generation-20240131", ".env"), strict=True):
        link.symlink_to(root / name)
    corpus.write("c.txt", "Köln (dpa) - Der Dom bleibt offen.")
    ingest(corpus.settings, rebuild=True)
    assert repair(corpus.settings) == []
    assert all((root / name).read_text(encoding="utf-8") == "mine" for name in names)
    assert all(link.is_symlink() for link in links)
