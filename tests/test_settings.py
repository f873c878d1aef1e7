"""Where settings come from, strongest first, and which values are refused."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from qa_assistant import Assistant
from qa_assistant.errors import SettingsError
from qa_assistant.settings import Settings, load, server_address


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text("", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *((word, True) for word in ("true", "True", "1", "yes", "ON", " on ")),
        *((word, False) for word in ("false", "FALSE", "0", "No", "off")),
    ],
)
def test_true_and_false_in_words(config: Path, written: str, value: bool) -> None:
    environ = {"QA_ASSISTANT_REWRITE_FOLLOWUPS": written}
    assert load(config=config, environ=environ).settings.rewrite_followups is value
    assert load({"rewrite_followups": written}, config=config, environ={}).settings.rewrite_followups is value


def test_true_and_false_of_toml_and_python(config: Path) -> None:
    assert load(config=config, environ={}).settings.rewrite_followups is True
    config.write_text("rewrite_followups = false", encoding="utf-8")
    loaded = load(config=config, environ={})
    assert (loaded.settings.rewrite_followups, loaded.origins["rewrite_followups"]) == (False, str(config))
    assert load({"rewrite_followups": True}, config=config, environ={}).settings.rewrite_followups is True


@pytest.mark.parametrize("value", ["perhaps", "2", 2, 1.0, "", Path("true/false")])
def test_neither_true_nor_false(config: Path, value: Any) -> None:
    with pytest.raises(SettingsError, match="“rewrite_followups” cannot be") as caught:
        load({"rewrite_followups": value}, config=config, environ={})
    assert caught.value.hint == "It is true or false."


@pytest.mark.parametrize(
    ("key", "hint"),
    [("top_k", "whole number"), ("min_confidence", "number"), ("answer_with", "one of"), ("model", "text")],
)
def test_true_is_no_number_and_no_text(config: Path, key: str, hint: str) -> None:
    config.write_text(f"{key} = true", encoding="utf-8")
    with pytest.raises(SettingsError, match=key) as caught:
        load(config=config, environ={})
    assert hint in caught.value.hint


def test_a_nul_is_no_text(config: Path) -> None:
    config.write_text('corpus = "a\\u0000b"', encoding="utf-8")
    with pytest.raises(SettingsError, match="corpus"):
        load(config=config, environ={})


@pytest.mark.skipif(sys.platform == "win32", reason="there every name has a home folder")
@pytest.mark.parametrize("key", ["corpus", "index", "gguf"])
def test_the_home_folder_of_nobody_is_no_path(config: Path, key: str) -> None:
    with pytest.raises(SettingsError, match=f"“{key}” cannot be '~nosuchuser/x'") as caught:
        load({key: "~nosuchuser/x"}, config=config, environ={})
    assert "~name" in caught.value.hint
    assert load({key: "~/x"}, config=config, environ={}).origins[key] == "option"


@pytest.mark.parametrize(
    "address", ["foo", "localhost:8000", "ftp://localhost", "http://", "http://host:port", "http://["]
)
def test_an_address_that_is_none(config: Path, address: str) -> None:
    with pytest.raises(SettingsError, match="“chroma” cannot be") as caught:
        load(config=config, environ={"QA_ASSISTANT_CHROMA": address})
    assert caught.value.hint == "It is http://host:port."


def test_an_address_without_a_port_has_the_usual_one() -> None:
    addresses = ("http://host", "https://host", "http://[::1]:80")
    assert [server_address(one) for one in addresses] == [
        ("host", 8000, False),
        ("host", 443, True),
        ("::1", 80, False),
    ]


def test_a_byte_order_mark_is_no_part_of_the_config_file(config: Path) -> None:
    config.write_text("top_k = 3", encoding="utf-8-sig")
    assert load(config=config, environ={}).settings.top_k == 3


@pytest.mark.parametrize(
    "written",
    [f"min_confidence = {'1' * 401}", f"top_k = {'1' * 5_000}", f"top_k = 0x{'1' * 5_000}", f"x = {'[' * 5_000}"],
)
def test_numbers_and_lists_that_are_beyond_all_measure(config: Path, written: str) -> None:
    config.write_text(written, encoding="utf-8")
    with pytest.raises(SettingsError, match="cannot be") as caught:
        load(config=config, environ={})
    assert caught.value.hint


@pytest.mark.parametrize(
    "values",
    [{"top_k": 0}, {"min_confidence": 2}, {"answer_with": "ollma"}, {"passage_tokens": -5}, {"corpus": None}],
)
def test_values_given_in_python_are_checked_too(values: dict[str, Any]) -> None:
    (key,) = values
    with pytest.raises(SettingsError, match=f"“{key}” cannot be"):
        Settings(**values)
    with pytest.raises(SettingsError, match=f"“{key}” cannot be"):
        Assistant(Settings(), **values)


def test_a_shared_index_needs_a_server(config: Path) -> None:
    environ = {"QA_ASSISTANT_SHARED_INDEX": "news"}
    with pytest.raises(SettingsError, match="“shared_index” needs “chroma”"):
        load(config=config, environ=environ)
    config.write_text('chroma = "http://127.0.0.1:8000"', encoding="utf-8")
    assert load(config=config, environ=environ).settings.shared_index == "news"


def test_values_given_in_python_get_their_type(tmp_path: Path) -> None:
    settings = replace(Settings(corpus=tmp_path), top_k="8", gloss="no")  # type: ignore[arg-type]
    assert (settings.corpus, settings.top_k, settings.gloss) == (str(tmp_path), 8, False)
