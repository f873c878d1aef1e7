"""The README is true: what it shows a command print is what the command prints.

`make readme` writes the outputs anew.
"""

from __future__ import annotations

import os
import re
import shlex
from dataclasses import fields
from pathlib import Path

import pytest

from qa_assistant.cli.main import run
from qa_assistant.settings import Settings

README = Path(__file__).parents[1] / "README.md"
MEASURED = Path(__file__).parent / "benchmarks" / "README.md"
_SHOWN = re.compile(r"<!-- output: (.+?) -->\n```\n(.*?)```\n", re.DOTALL)


def shown() -> list[tuple[str, str]]:
    return [(match[1], match[2]) for match in _SHOWN.finditer(README.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("command", [command for command, _ in shown()])
def test_outputs_in_the_readme_are_the_programs(
    command: str, capsys: pytest.CaptureFixture[str], shipped_index: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QA_ASSISTANT_INDEX", shipped_index.index)
    monkeypatch.setenv("COLUMNS", "80")
    run(shlex.split(command)[1:])
    printed = capsys.readouterr().out
    if os.environ.get("UPDATE_README"):
        text = README.read_text(encoding="utf-8")
        block = f"<!-- output: {command} -->\n```\n"
        start = text.index(block) + len(block)
        README.write_text(text[:start] + printed + text[text.index("```\n", start) :], encoding="utf-8")
        return
    assert dict(shown())[command] == printed


def test_every_command_has_its_help_in_the_readme() -> None:
    from qa_assistant.cli.main import _COMMANDS

    assert {f"qa-assistant {name} --help" for name in _COMMANDS} <= {command for command, _ in shown()}


def test_every_setting_is_in_the_readme_with_its_default_and_meaning() -> None:
    text = README.read_text(encoding="utf-8")
    for item in fields(Settings):
        written = str(item.default).lower() if isinstance(item.default, bool) else item.default
        default = f"`{written}`" if item.default != "" else ""
        assert f"| `{item.name}` | {default} | {item.metadata['explanation']} |" in text


def test_the_python_it_shows_runs(
    capsys: pytest.CaptureFixture[str], shipped_index: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QA_ASSISTANT_INDEX", shipped_index.index)
    code = re.search(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert code
    exec(code[1], {})
    assert "2022-12-03 " in capsys.readouterr().out


def test_places_it_points_to_exist() -> None:
    headings = re.findall(r"^#+ (.*)$", MEASURED.read_text(encoding="utf-8"), re.MULTILINE)
    anchors = {heading.lower().replace(" ", "-").replace(",", "") for heading in headings}
    linked = set(re.findall(r"tests/benchmarks/README\.md#([\w-]+)", README.read_text(encoding="utf-8")))
    assert linked
    assert linked <= anchors


@pytest.mark.parametrize("page", [README, MEASURED], ids=["README", "benchmarks"])
def test_every_file_it_names_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = re.findall(r"[`(]((?:tests|prompts|corpus|qa_assistant)/[\w./]*)[`)#]", text)
    assert named
    assert [path for path in named if not (README.parent / path).exists()] == []


def commands() -> list[list[str]]:
    """The words of each command that the README, or the page of what was measured, tells one to type."""
    pages = "".join(page.read_text(encoding="utf-8") for page in (README, MEASURED))
    blocks = re.findall(r"```sh\n(.*?)```", pages, re.DOTALL)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    return [words for line in lines if (words := shlex.split(line, comments=True))]


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_command_it_tells_one_to_type_can_be_typed(words: list[str]) -> None:
    program, *arguments = words
    options = {word.partition("=")[0] for word in arguments if word.startswith("--")}
    if program.endswith("qa-assistant"):
        documented = "".join(output for _, output in shown())
        assert options <= set(re.findall(r"--[a-z-]+", documented))
    elif program == "python":
        assert options <= set(re.findall(r"--[a-z-]+", (README.parent / arguments[0]).read_text(encoding="utf-8")))
    elif program == "make":
        assert f"\n{arguments[0]}:" in (README.parent / "Makefile").read_text(encoding="utf-8")
    else:
        assert program in ("ollama", "source")
