"""The terminal UI as a user feels it, driven through a pseudo-terminal of 120 × 40.

    python tests/benchmarks/terminal_ui.py [--baseline-python VENV/bin/python] [--runs 5] [--keys 60] [--json FILE]

First paint: from starting the process until the question line is on the screen; typing: until a key pressed right then
is; first answer: until a question typed right then is answered with quotes. Beside them, in turns, the seconds
that the quick-start baseline (`../shared/bench/quickstart_baseline.py`) needs for its imports alone. Where the extra
`embedded` is installed, the same with translations: until the first quote is on the screen, and until all is.

Keys: from writing a key to the terminal until its letter comes back, while a model (scripted, behind Ollama's
protocol) streams 100 tokens a second into a resumed session of 200 answers.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import importlib.util
import json
import os
import pty
import select
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from pathlib import Path

from startup import BASELINE, QUESTION, ROOT

sys.path.insert(0, str(ROOT / "tests"))
from fake_ollama import FakeOllama, Pause

from qa_assistant import Assistant, Settings, ingest
from qa_assistant.sessions.store import SessionStore, default_path

ANSWERS = 200
LETTERS = "абвгдежзийклмнопрстуфхцчшщъыьэюяАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"
"""Each is pressed once, so that it cannot be on the screen already; the streamed words are Latin."""

READY = "sk the corpus"
"""Of the question line's placeholder; the cursor stands on its first letter."""

ANSWERED = "own sentences ·"


class Terminal:
    """A process in a pseudo-terminal, and what it wrote."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self.started = time.perf_counter()
        self._pid, self._fd = pty.fork()
        if self._pid == 0:
            os.execvpe(command[0], command, environment)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        self._output = b""

    def write(self, text: str) -> None:
        os.write(self._fd, text.encode())

    def seconds_until(self, text: str, since: float, limit: float = 60) -> float:
        """Seconds from `since` until `text` was written. What came before is not looked at again."""
        wanted = text.encode()
        while wanted not in self._output:
            if time.perf_counter() - since > limit:
                sys.exit(f"“{text}” did not come within {limit} s. The end of what did:\n{self._output[-3000:]!r}")
            if select.select([self._fd], [], [], 0.5)[0]:
                self._output += os.read(self._fd, 65536)
        taken = time.perf_counter() - since
        self._output = self._output.partition(wanted)[2]
        return taken

    def close(self) -> None:
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._fd)


@contextlib.contextmanager
def terminal(environment: dict[str, str]) -> Iterator[Terminal]:
    program = shutil.which("qa-assistant", path=str(Path(sys.executable).parent)) or "qa-assistant"
    it = Terminal([program, "chat"], environment)
    try:
        yield it
    finally:
        it.close()


def fill_session() -> None:
    """A session of 200 real answers, in the store that the UI will open."""
    store = SessionStore(default_path())
    session = store.create("Two hundred answers")
    with Assistant(answer_with="quotes", gloss=False) as assistant:
        answer = assistant.answer(QUESTION)
    for _ in range(ANSWERS):
        store.add_turn(session.id, QUESTION, answer)
    store.close()


def first_paint(environment: dict[str, str]) -> dict[str, float]:
    with terminal(environment) as it:
        paint = it.seconds_until(READY, it.started)
        it.write("Ж")
        typing = it.seconds_until("Ж", it.started)
    return {"first_paint_s": paint, "typing_s": typing, "first_answer_s": first_answer(environment)[1]}


def translated(environment: dict[str, str]) -> dict[str, float]:
    quoted, whole = first_answer(environment | {"QA_ASSISTANT_GLOSS": "true"})
    return {"first_quote_translating_s": quoted, "translated_s": whole}


def first_answer(environment: dict[str, str]) -> tuple[float, float]:
    """Seconds from the start until the first quote is on the screen, and until the answer is complete."""
    with Assistant(answer_with="quotes", gloss=False) as assistant:
        quote = assistant.answer(QUESTION).citations[0].quote
    with terminal(environment) as it:
        it.seconds_until(READY, it.started)
        it.write(f"{QUESTION}\r")
        return it.seconds_until(max(quote.split(), key=len), it.started), it.seconds_until(ANSWERED, it.started)


def key_times(environment: dict[str, str], keys: int) -> list[float]:
    """Seconds from each key to its letter, while an answer streams in."""
    words = [part for number in range(6000) for part in (f"word{number} ", Pause(0.01))]
    with FakeOllama() as fake:
        fake.install()
        fake.reply(*words)
        as_they_are = {"QA_ASSISTANT_REWRITE_FOLLOWUPS": "false"}
        with terminal(environment | as_they_are | {"OLLAMA_HOST": fake.host}) as it:
            it.seconds_until("Ready", it.started)
            it.write("\x1bOQ")  # F2: sessions
            it.seconds_until("Two hundred", time.perf_counter())
            it.write("\r")
            it.seconds_until(ANSWERED, time.perf_counter())
            it.write(f"{QUESTION}\r")
            it.seconds_until("word50 ", time.perf_counter())
            times = []
            for letter in LETTERS[:keys]:
                time.sleep(0.1)
                started = time.perf_counter()
                it.write(letter)
                times.append(it.seconds_until(letter, started))
            if fake.aborted.is_set() or len(fake.replies):
                sys.exit("The answer did not stream all the while.")
    return times


def baseline_imports(python: str, folder: str) -> float:
    command = [python, str(BASELINE), "--corpus", str(ROOT / "corpus"), "--index", folder, "--question", QUESTION]
    done = subprocess.run(command, env=os.environ | {"HF_HUB_OFFLINE": "1"}, check=True, capture_output=True, text=True)
    return float(json.loads(done.stdout)["import_s"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--baseline-python")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--keys", type=int, default=60)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name in [name for name in os.environ if name.startswith(("QA_ASSISTANT_", "XDG_"))]:
            del os.environ[name]
        os.environ |= {"HOME": folder, "OLLAMA_HOST": "127.0.0.1:9", "TERM": "xterm-256color"}
        ingest(Settings())
        environment = os.environ | {"QA_ASSISTANT_GLOSS": "false"}
        first_paint(environment)  # fills the file cache
        rows: dict[str, list[float]] = {}
        for _ in range(args.runs):
            figures = first_paint(environment)
            if importlib.util.find_spec("xllamacpp"):
                figures |= translated(environment)
            if args.baseline_python:
                figures["baseline_imports_s"] = baseline_imports(args.baseline_python, f"{folder}/baseline")
            for name, value in figures.items():
                rows.setdefault(name, []).append(value)
        fill_session()
        times = key_times(environment, args.keys)
    report = {name: round(statistics.median(values), 3) for name, values in rows.items()}
    if args.baseline_python:
        report["first_paint_share_of_imports"] = round(report["first_paint_s"] / report["baseline_imports_s"], 3)
    report["key_to_paint_median_ms"] = round(1000 * statistics.median(times), 1)
    report["key_to_paint_p95_ms"] = round(1000 * statistics.quantiles(times, n=20)[-1], 1)
    print(json.dumps(report, indent=2))
    if args.json:
        args.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
