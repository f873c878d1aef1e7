"""Nothing leaves the machine: what the commands connect to, and what they write beside their answers.

`unshare` gives a command a network of its own that has loopback only. `strace` records every connection, those of
libraries in C and Rust too, of which Python is told nothing. `.ci/run` installs both.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from chroma_server import free_port, serving
from fake_ollama import FakeOllama
from pilot import QUESTION
from terminal import terminal

from qa_assistant import Assistant
from qa_assistant.answering.local_model.embedded import available
from qa_assistant.index.lock import writer_lock
from qa_assistant.settings import Settings

PROGRAM = str(Path(sys.executable).parent / "qa-assistant")
WRITTEN = "They discussed alternative energy and investment [1]."
QUESTIONS = f"""\
cases:
  - id: energy
    question: {QUESTION}
    facts: [energy]
  - id: none
    question: Who won the 2018 World Cup?
    answerable: false
"""
_WITH_OLLAMA = f"""
import subprocess, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from fake_ollama import FakeOllama
with FakeOllama(11434) as fake:
    fake.install()
    fake.model = lambda _: {WRITTEN!r}
    sys.exit(subprocess.run(sys.argv[1:]).returncode)
"""
_LOOPBACK_ONLY = 'ip link set lo up && exec "$@"'
_NAME_SERVICE_CACHE = "/var/run/nscd/socket"
"""libc asks it for the user's name, where it runs."""


def needs(*tools: str) -> None:
    """Skips where one of them is not installed, but not in CI."""
    if missing := [tool for tool in tools if not shutil.which(tool)]:
        assert not os.environ.get("CI"), f"{missing} not installed: see .ci/run"
        pytest.skip(f"{missing} not installed")


def alone(*command: str) -> list[str]:
    """`command` in a network that has only loopback, where the scripted Ollama is at its usual address."""
    unshare = ["unshare", "-n"] if os.geteuid() == 0 else ["unshare", "-rn"]
    return [*unshare, "sh", "-c", _LOOPBACK_ONLY, "sh", sys.executable, "-c", _WITH_OLLAMA, *command]


def traced(record: Path, *command: str) -> list[str]:
    """`command`, of which every connection and datagram of all its threads and children is recorded."""
    calls = "trace=connect,sendto,sendmsg,sendmmsg"
    strace = ["strace", "-f", "--seccomp-bpf", "-qq", "-s", "0", "-e", calls, "-e", "signal=none", "-o", str(record)]
    return [*strace, *command]


def connections(record: Path) -> set[str]:
    """Addresses with ports, and paths of sockets; without what only the kernel hears (netlink)."""
    found = set()
    for line in record.read_text(encoding="utf-8", errors="replace").splitlines():
        for family, rest in re.findall(r"\{sa_family=AF_(\w+), ([^}]*)", line):
            if family in ("INET", "INET6"):
                port, address = re.search(r"htons\((\d+)\)", rest), re.search(r'"([^"]+)"', rest)
                assert port and address, line
                found.add(f"{address[1]}:{port[1]}")
            elif family != "NETLINK":
                path = re.search(r'"([^"]*)"', rest)
                found.add(path[1] if path else line)
    return found


def leaked(text: str, *secrets: str) -> list[str]:
    """Four words in a row of one of `secrets` that are in `text`."""
    said = f" {' '.join(_words(text))} "
    rows = [_words(secret) for secret in secrets]
    fours = (" ".join(row[at : at + 4]) for row in rows for at in range(len(row) - 3))
    return [four for four in fours if f" {four} " in said]


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text)


class Commands:
    """The commands over one index, each behind what `around` puts in front of it.

    Their environment is that of a desk: libraries that report home do not where `CI` is set.
    """

    def __init__(self, folder: Path, around: Callable[..., list[str]], index: str = "", **more: str) -> None:
        self.folder = folder
        self.around = around
        self.index = index or str(folder / "index")
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH", "OLLAMA_HOST") if name in os.environ}
        self.environment = {
            **kept,
            "TERM": "screen-256color",
            "LC_ALL": "C.UTF-8",
            "QA_ASSISTANT_GLOSS": "false",
            **more,
        }
        self.questions = folder / "questions.yaml"
        self.questions.write_text(QUESTIONS, encoding="utf-8")

    def command(self, *arguments: str) -> list[str]:
        variables = [f"{name}={value}" for name, value in self.environment.items()]
        return self.around("env", "-i", *variables, PROGRAM, "--index", self.index, *arguments)

    def run(self, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(self.command(*arguments), capture_output=True, text=True, timeout=120)
        assert done.returncode == code, done.stdout + done.stderr
        return done

    def chat(self) -> None:
        with terminal(self.folder, self.command("chat"), {}) as it:
            it.until("Ready", "fake:4b")
            it.write(QUESTION)
            it.press("Enter")
            it.until("energy and investment. [1]", "Written by fake:4b")
            it.press("C-q")
            assert it.exit_code() == 0

    def all(self) -> None:
        """Everything that a user does: with Ollama, and without."""
        self.run("ingest")
        assert "energy and investment" in self.run("ask", QUESTION).stdout
        assert "Energiequellen" in self.run("ask", QUESTION, "--answer-with", "quotes").stdout
        assert "2 of 2 cases passed" in self.run("eval", str(self.questions)).stdout
        self.chat()


def test_all_works_where_there_is_no_network_but_loopback(tmp_path: Path) -> None:
    needs("unshare", "ip")
    elsewhere = "import socket; socket.create_connection(('192.0.2.1', 80), 5)"
    refused = subprocess.run(alone(sys.executable, "-c", elsewhere), capture_output=True, text=True, timeout=60)
    assert "Network is unreachable" in refused.stderr, "the control: there is a way out"
    Commands(tmp_path, alone, OLLAMA_HOST="127.0.0.1:11434").all()


@pytest.mark.parametrize("chroma", ["in the process", "on a server"])
def test_nobody_is_connected_to_but_ollama_and_chroma(tmp_path: Path, fake_ollama: FakeOllama, chroma: str) -> None:
    needs("strace")
    records: list[Path] = []

    def around(*command: str) -> list[str]:
        records.append(tmp_path / f"{len(records)}.strace")
        return traced(records[-1], *command)

    fake_ollama.model = lambda _: WRITTEN
    ollama = fake_ollama.host.removeprefix("http://")
    if chroma == "in the process":
        Commands(tmp_path, around).all()
        expected = {ollama}
    else:
        port = free_port()
        expected = {ollama, f"127.0.0.1:{port}"}
        with serving(tmp_path, port):
            commands = Commands(tmp_path, around, QA_ASSISTANT_CHROMA=f"http://127.0.0.1:{port}")
            commands.run("ingest")
            commands.run("ask", QUESTION)
    seen = {record.name: connections(record) - {_NAME_SERVICE_CACHE} for record in records}
    assert all(addresses <= expected for addresses in seen.values()), seen
    assert set.union(*seen.values()) == expected, "the recorder sees what there is"


@pytest.mark.skipif(not available(Settings()), reason="the extra `embedded` is not installed")
def test_quotes_are_translated_without_a_connection(tmp_path: Path, shipped_index: Settings) -> None:
    needs("strace")
    record = tmp_path / "ask.strace"
    nobody = f"127.0.0.1:{free_port()}"
    commands = Commands(
        tmp_path, lambda *command: traced(record, *command), shipped_index.index,
        OLLAMA_HOST=nobody, QA_ASSISTANT_GLOSS="true",
    )  # fmt: skip
    done = commands.run("ask", QUESTION)
    assert "Gemma Terms of Use" in done.stdout + done.stderr, "the model was loaded"
    assert connections(record) - {_NAME_SERVICE_CACHE} == {nobody}, "Ollama is looked for, and nobody else"


def test_the_recorder_would_notice(tmp_path: Path) -> None:
    """Streams and datagrams, of Python and of another program, to names that are to be looked up too."""
    needs("strace", "unshare", "ip")
    code = (
        "import socket, subprocess, sys\n"
        "for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):\n"
        "    socket.socket(socket.AF_INET, kind).connect_ex(('192.0.2.1', 80 + kind))\n"
        "socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).connect_ex(('::1', 5353))\n"
        "one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
        "try: one.sendto(b'x', ('192.0.2.2', 53))\n"
        "except OSError: pass\n"
        "socket.socket(socket.AF_UNIX).connect_ex('/run/some.sock')\n"
        "subprocess.run([sys.executable, '-c', 'import socket; socket.socket().connect_ex((\"192.0.2.3\", 443))'])\n"
    )
    record = tmp_path / "control.strace"
    subprocess.run(alone(*traced(record, sys.executable, "-c", code)), check=True, timeout=60)
    assert connections(record) == {
        "192.0.2.1:81", "192.0.2.1:82", "::1:5353", "192.0.2.2:53", "/run/some.sock", "192.0.2.3:443",
    }  # fmt: skip


def test_neither_stderr_nor_files_tell_what_was_asked_and_read(
    tmp_path: Path, shipped_index: Settings, shipped_text: str, fake_ollama: FakeOllama
) -> None:
    fake_ollama.model = lambda _: WRITTEN
    commands = Commands(tmp_path, lambda *command: [*command], shipped_index.index)
    secrets = (QUESTION, "Who won the 2018 World Cup?", shipped_text)
    done = [commands.run("ask", QUESTION, "--answer-with", "quotes")]
    assert leaked(done[0].stdout, *secrets), "the control: this would be found"
    done += [commands.run("ingest"), commands.run("search", QUESTION), commands.run("ask", QUESTION)]
    done += [commands.run("ask", "Who won the 2018 World Cup?", code=3), commands.run("eval", str(commands.questions))]
    fake_ollama.reply(WRITTEN, stop_after=1)
    fake_ollama.reply(status=500, error="out of memory")
    done += [commands.run("ask", QUESTION, code=1), commands.run("ask", QUESTION)]
    commands.chat()
    for one in done:
        assert not leaked(one.stderr, *secrets), one.stderr
    home = Path(os.environ["HOME"])
    files = [file for file in home.rglob("*") if file.is_file()]
    assert all("qa-assistant" in file.relative_to(home).parts for file in files), "a library keeps something"
    telling = {file.name for file in files if leaked(file.read_bytes().decode("utf-8", "replace"), *secrets)}
    assert {name.removesuffix("-wal") for name in telling} == {"chat.sqlite", "last-answer.json"}


def test_libraries_log_neither_question_nor_article(
    shipped_index: Settings, shipped_text: str, fake_ollama: FakeOllama, caplog: pytest.LogCaptureFixture
) -> None:
    """Not even at the level at which they tell most."""
    fake_ollama.reply(WRITTEN)
    with caplog.at_level(logging.DEBUG), Assistant(replace(shipped_index, answer_with="ollama")) as assistant:
        assert assistant.answer(QUESTION).status == "answered"
    assert caplog.text, "the control: there are logs"
    assert not leaked(caplog.text, QUESTION, WRITTEN, shipped_text)


def test_an_index_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    with writer_lock(tmp_path / "index"):
        assert (tmp_path / "index").stat().st_mode & 0o777 == 0o700


def test_who_holds_the_lock_is_named_without_what_was_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`ask` builds an index that is not there yet."""
    monkeypatch.setattr(sys, "argv", ["/usr/bin/qa-assistant", "ask", QUESTION])
    with writer_lock(tmp_path):
        told = "".join(file.read_text(encoding="utf-8") for file in tmp_path.iterdir())
    assert "qa-assistant" in told
    assert not leaked(told, QUESTION)
