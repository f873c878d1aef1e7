"""Processes that the program starts of its own: nothing that lies in the current folder is run in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_assistant.answering.local_model.gguf_file import GgufFile
from qa_assistant.answering.local_model.model_trial import trial_result
from qa_assistant.errors import IndexUnusable, ModelError
from qa_assistant.index.probe import stored_keys


def test_a_module_in_the_current_folder_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("json", "chromadb"):
        (tmp_path / f"{name}.py").write_text("open('was-run', 'w').close()", encoding="utf-8")
    (tmp_path / "store").mkdir()
    model = tmp_path / "model.gguf"
    model.write_bytes(b"no model")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(IndexUnusable, match="nobody"):
        stored_keys(tmp_path / "store", "", "nobody")
    assert not (tmp_path / "was-run").exists()
    with pytest.raises(ModelError, match=r"model\.gguf"):
        trial_result(GgufFile(model, 0, "llama", 4096, False))
    assert not (tmp_path / "was-run").exists()
