"""Whoever has no home folder of use, as in some containers, can ask all the same, and is told what else needs one."""

from __future__ import annotations

import errno
import os
import pwd
from pathlib import Path

import pytest
from conftest import Corpus
from test_cli import QUESTION, Run, call, shipped  # noqa: F401 - fixtures

from qa_assistant.errors import SettingsError
from qa_assistant.files import cache_folder
from qa_assistant.sessions.last_answer import last_answer
from qa_assistant.settings import Settings, default_config_path, load


@pytest.fixture
def homeless(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(_: int) -> pwd.struct_passwd:
        raise KeyError

    monkeypatch.delenv("HOME")
    monkeypatch.setattr(pwd, "getpwuid", unknown)


@pytest.mark.usefixtures("homeless")
def test_whatever_needs_a_folder_of_the_users_says_so_without_a_home() -> None:
    assert load({"index": "x"}).settings.index_path == Path("x")
    for needs in (lambda: Settings().index_path, default_config_path, cache_folder, last_answer):
        with pytest.raises(SettingsError, match="home folder is not known") as caught:
            needs()
        assert "HOME" in caught.value.hint


@pytest.mark.usefixtures("homeless")
def test_ask_and_search_need_no_home(shipped: Run) -> None:  # noqa: F811
    code, out, err = shipped("ask", QUESTION)
    assert (code, "Energiequellen" in out, "home" in err) == (0, True, False)
    assert shipped("search", QUESTION)[0] == 0


@pytest.mark.usefixtures("homeless")
def test_what_cannot_be_done_without_a_home_takes_two_lines(call: Run, corpus: Corpus) -> None:  # noqa: F811
    corpus.write("a.txt", "Der Hafen von Hamburg bleibt bis Montag geschlossen.")
    for arguments in (("config", "path"), ("--corpus", corpus.settings.corpus, "ingest")):
        code, _, err = call(*arguments)
        assert (code, err) == (1, "qa-assistant: Your home folder is not known.\nSet HOME to a folder of yours.\n")
    code, _, err = call("--corpus", corpus.settings.corpus, "--index", corpus.settings.index, "ingest")
    assert (code, "Set HOME to a folder of yours." in err) == (1, True)


def test_a_home_that_is_no_folder_has_no_config_file(shipped: Run, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setenv("HOME", os.devnull)
    code, out, err = shipped("ask", QUESTION)
    assert (code, "Energiequellen" in out, "config" in err) == (0, True, False)
    code, _, err = shipped("--config", f"{os.devnull}/x.toml", "search", QUESTION)
    assert (code, err.splitlines()[0]) == (1, f"qa-assistant: There is no config file at {os.devnull}/x.toml.")
    assert last_answer() is None


def test_a_home_that_cannot_be_entered_is_not_to_be_mended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def barred(path: Path, **_: object) -> str:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr(Path, "read_text", barred)  # for root no folder is barred
    with pytest.raises(SettingsError, match="Permission denied") as caught:
        load()
    assert caught.value.hint == "Set HOME to a folder of yours, or name another with --config FILE."
    with pytest.raises(SettingsError, match="Permission denied") as caught:
        load(config=tmp_path / "x.toml")
    assert caught.value.hint == "Mend or remove it."
