"""Whatever articles, files, models and callers say: no command passes on what a terminal obeys or nobody sees."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from fake_ollama import FakeOllama, Line, Reply
from hostile import (
    ARGUMENT,
    BROKEN_UTF8,
    HOSTILE,
    NASTY,
    QUESTION,
    SENTENCE,
    Result,
    argument,
    assert_harmless,
    on_terminal,
)

from qa_assistant.cli.main import _COMMANDS, run
from qa_assistant.settings import Settings

Call = Callable[..., Result]


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes]) -> Call:
    """Runs the command line in this process; fails for a traceback and for output that is not harmless."""

    def called(*arguments: str, expect: int = 0) -> Result:
        code = run(list(arguments))
        out, err = capfdbinary.readouterr()
        assert_harmless(out, err)
        result = Result(code, out.decode(), err.decode())
        assert code == expect, result.err[-2_000:]
        if "--verbose" not in arguments:
            assert "Traceback" not in result.err
            assert code != 1 or len(result.err.splitlines()) <= 3 or "ingest" in arguments
        return result

    return called


@pytest.fixture
def over(call: Call, hostile_ingest: tuple[Settings, bytes], monkeypatch: pytest.MonkeyPatch) -> Call:
    """The command line over the hostile index; every question is answered, however odd."""
    settings, _ = hostile_ingest
    monkeypatch.setenv("QA_ASSISTANT_MIN_CONFIDENCE", "0")
    return lambda *arguments, **how: call("--corpus", settings.corpus, "--index", settings.index, *arguments, **how)


def test_ingest_on_a_terminal(hostile_ingest: tuple[Settings, bytes]) -> None:
    _, seen = hostile_ingest
    assert_harmless(seen, terminal=True)
    assert b"added: name-csi" in seen
    assert b"Indexing" in seen


def test_ingest_in_a_pipe(over: Call, hostile_ingest: tuple[Settings, bytes], tmp_path: Path) -> None:
    assert "no Word file" not in over("ingest", expect=1).err
    report = over("ingest", "--json", expect=1).json
    assert len(report["problems"]) > len(HOSTILE)
    assert len(report["skipped"]) > len(HOSTILE)
    anew = ("--index", str(tmp_path / "index"))
    listed = over(*anew, "ingest", "--dry-run", expect=1)
    assert listed.out.count("\nadded: ") > 4 * len(HOSTILE)
    assert "name-osc_title-" in listed.out
    assert over(*anew, "ingest", "--dry-run", "--json", expect=1).json["added"]


def test_search_finds_every_article(over: Call) -> None:
    everything = ("search", QUESTION, "--limit", "1000")
    shown = over(*everything).out
    found = over(*everything, "--json").json["passages"]
    assert len(found) > 5 * len(HOSTILE)
    assert "text-csi.txt" in shown and "rows.csv#" in shown and "matter-tags.md" in shown
    canonical: dict[str, str] = {}
    for passage in found[::10]:
        id_ = passage["article_id"]
        text = canonical.setdefault(id_, over("articles", "show", id_, "--text").out)
        assert text[passage["start"] : passage["end"]] == passage["text"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_queries_and_filters(over: Call, name: str) -> None:
    nasty = argument(HOSTILE[name][:2_000])
    query = f"{nasty} Hafen"
    assert over("search", query, "--limit", "3").out
    assert over("search", query, "--limit", "3", "--json").json["passages"]
    over("search", "Hafen", "--agency", nasty, "--json")


def test_articles(over: Call) -> None:
    listed = over("articles", "list").out.splitlines()
    articles = over("articles", "list", "--json").json
    assert len(listed) == len(articles) > 5 * len(HOSTILE)
    for line, article in zip(listed, articles, strict=True):
        assert line.startswith(article["article_id"])
    for article in articles[::8]:
        assert article["path"] in over("articles", "show", article["article_id"]).out.replace("\n", " ")
    for name in HOSTILE:
        over("articles", "show", argument(HOSTILE[name]), expect=1)


@pytest.mark.parametrize("how", [(), ("--json",), ("--strict",)])
def test_quotes_of_hostile_articles(over: Call, how: tuple[str, ...]) -> None:
    said = over("ask", f"{QUESTION} {ARGUMENT}"[:3_000], *how, "--answer-with", "quotes", "--top-k", "50")
    assert "Montag" in said.out
    if how == ("--json",):
        assert said.json["status"] == "answered"


@pytest.mark.parametrize("name", BROKEN_UTF8)
def test_a_question_of_broken_bytes(over: Call, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for how in ((), ("--json",)):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(QUESTION.encode() + BROKEN_UTF8[name])))
        assert "Montag" in over("ask", "-", *how, "--answer-with", "quotes").out


@pytest.mark.parametrize("how", [(), ("--json",), ("--strict",)])
def test_a_hostile_model(over: Call, fake_ollama: FakeOllama, how: tuple[str, ...]) -> None:
    model = argument(f"evil{HOSTILE['csi']}{HOSTILE['bidi_override']}:4b")
    fake_ollama.install(model, parameter_size=HOSTILE["osc_title"], family=HOSTILE["c1"])
    ask = ("ask", QUESTION, *how, "--answer-with", "ollama", "--model", model)
    fake_ollama.reply(f"{SENTENCE} [1]. {NASTY}", *NASTY, "\n\nDer Sturm kam auf [2].")
    said = over(*ask)
    assert "Der Hafen von Hamburg" in said.out and "[1]" in said.out
    fake_ollama.reply(SENTENCE, HOSTILE["model_tokens"])
    over(*ask, expect=1)
    for name in () if how else ("csi", "osc_title", "c1", "bidi_override", "tags", "lone_surrogates", "rich_markup"):
        fake_ollama.reply(status=500, error=HOSTILE[name])
        over(*ask, expect=1)
        fake_ollama.reply(f"{SENTENCE} ", Line({"error": HOSTILE[name]}))
        over(*ask, expect=1)


def test_models_list(call: Call, fake_ollama: FakeOllama) -> None:
    for number, nasty in enumerate(HOSTILE.values()):
        fake_ollama.install(f"{nasty[:200]}:{number}b", parameter_size=f"{number}B{nasty[:200]}", family=nasty[:200])
    assert len(call("models", "list").out.splitlines()) == len(HOSTILE) + 1
    fake_ollama.overrides["/api/tags"] = Reply((), status=500, error=NASTY)
    assert "Ollama failed" in call("models", "list", expect=1).err


def test_models_pull(call: Call, fake_ollama: FakeOllama) -> None:
    steps = [Line({"status": nasty[:500], "total": 10, "completed": 5}) for nasty in HOSTILE.values()]
    fake_ollama.pulls.append(Reply((*steps, Line({"status": "success"})), finished=False))
    assert "is ready" in call("models", "pull", ARGUMENT).err
    for last in (Line({"error": NASTY}), Line({"status": NASTY}), Line([NASTY])):
        fake_ollama.pulls.append(Reply((last,), finished=False))
        call("models", "pull", ARGUMENT, expect=1)
    fake_ollama.pulls.append(Reply((), status=500, error=NASTY))
    call("models", "pull", ARGUMENT, expect=1)


def test_models_pull_on_a_terminal(fake_ollama: FakeOllama) -> None:
    steps = [Line({"status": nasty[:500], "total": 10, "completed": 5}) for nasty in HOSTILE.values()]
    fake_ollama.pulls.append(Reply((*steps, Line({"status": "success"})), finished=False))
    code, seen = on_terminal("models", "pull", ARGUMENT)
    assert_harmless(seen, terminal=True)
    assert code == 0, seen
    assert b"is ready" in seen


def test_answers_on_a_terminal(hostile_ingest: tuple[Settings, bytes], fake_ollama: FakeOllama) -> None:
    settings, _ = hostile_ingest
    where = ("--corpus", settings.corpus, "--index", settings.index)
    fake_ollama.reply(f"{SENTENCE} [1].\n{NASTY}")
    code, seen = on_terminal(*where, "ask", f"{QUESTION} {ARGUMENT}"[:3_000], QA_ASSISTANT_MIN_CONFIDENCE="0")
    assert_harmless(seen, terminal=True)
    assert code == 0, seen
    code, seen = on_terminal(*where, "articles", "list")
    assert_harmless(seen, terminal=True)
    assert (code, b"name-csi" in seen) == (0, True)
    code, seen = on_terminal(*where, ARGUMENT)
    assert_harmless(seen, terminal=True)
    assert (code, b"No such command" in seen) == (2, True)


@pytest.mark.parametrize("name", HOSTILE)
def test_wrong_calls(over: Call, name: str) -> None:
    nasty = argument(HOSTILE[name])
    for arguments in (
        (f"x{nasty}",),
        (f"--x{nasty}",),
        ("search", "Hafen", "--since", nasty),
        ("ask", "Hafen", "--until", f"2022{nasty}"),
        ("ask", "Hafen", "--answer-with", nasty),
        ("ask", "Hafen", "--top-k", nasty),
        ("ask", "Hafen", f"--top-{nasty}"),
        ("articles", f"x{nasty}"),
        ("ask", "Hafen", nasty),
    ):
        assert "Error" in over(*arguments, expect=2).err


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_found(over: Call, call: Call, fake_ollama: FakeOllama, name: str) -> None:
    nasty = argument(HOSTILE[name])
    over("ingest", f"nowhere/{nasty}", expect=1)
    over("ask", "Hafen von Hamburg", "--answer-with", "ollama", "--model", f"x{nasty}", expect=1)
    call("--corpus", f"/nowhere/{nasty}", "ingest", expect=1)
    call("--verbose", "--corpus", f"/nowhere/{nasty}", "ingest", expect=1)
    call("--config", f"/nowhere/{nasty}", "config", "show", expect=1)
    call("--config", f"/nowhere/{nasty}", "config", "path")
    call("--corpus", f"/nowhere/{nasty}", "--index", "/nowhere", "articles", "list", expect=1)


@pytest.mark.parametrize("name", HOSTILE)
def test_settings(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    nasty = HOSTILE[name]
    config = tmp_path / "config.toml"
    quoted = '"' + "".join(f"\\U{ord(char):08x}" for char in nasty) + '"'
    for text, expected in (
        (f"model = {quoted}", 1 if name == "lone_surrogates" or "\0" in nasty else 0),
        (f"{quoted} = 1", 1),
        (f"top_k = {quoted}", 1),
        (f"# {nasty}\nmodel = {nasty}", 1),
    ):
        config.write_bytes(text.encode("utf-8", "surrogatepass"))
        call("--config", str(config), "config", "show", expect=expected)
        call("--verbose", "--config", str(config), "config", "show", expect=expected)
    value = argument(nasty)
    monkeypatch.setenv("QA_ASSISTANT_MODEL", value)
    monkeypatch.setenv("OLLAMA_HOST", value)
    assert "QA_ASSISTANT_MODEL" in call("config", "show").out
    call("models", "list", expect=1)
    monkeypatch.setenv("QA_ASSISTANT_TOP_K", value)
    call("config", "show", expect=1)
    monkeypatch.delenv("QA_ASSISTANT_TOP_K")
    monkeypatch.setenv("QA_ASSISTANT_CHROMA", value)
    call("doctor", expect=1)


@pytest.mark.parametrize("how", ["pipe", "terminal"])
def test_eval(over: Call, hostile_ingest: tuple[Settings, bytes], tmp_path: Path, how: str) -> None:
    settings, _ = hostile_ingest
    questions = tmp_path / "questions.yaml"
    cases: list[dict[str, object]] = [
        {"id": name, "question": f"Hafen {nasty[:500]}?", "answer": nasty[:500] or "x",
         "facts": [nasty[:500] + " nowhere"],
         "tags": [f"x{''.join(nasty[:20].split())}"]}
        for name, nasty in ((name, nasty.encode("utf-8", "replace").decode()) for name, nasty in HOSTILE.items())
    ]  # fmt: skip
    questions.write_text(yaml.safe_dump({"cases": cases}), encoding="utf-8")
    files = [tmp_path / f"report.{kind}" for kind in ("json", "junit", "html")]
    words = [word for file in files for word in (f"--{file.suffix[1:]}", str(file))]
    if how == "pipe":
        out = over("eval", str(questions), *words).out
    else:
        code, seen = on_terminal("--corpus", settings.corpus, "--index", settings.index, "eval", str(questions), *words)
        assert_harmless(seen, terminal=True)
        assert code == 0
        out = seen.decode("utf-8", "replace")
    assert f"0 of {len(HOSTILE)} cases passed" in out
    for file in files:
        assert_harmless(file.read_bytes())
    over("eval", f"/nowhere/{ARGUMENT}", expect=2)
    over("eval", str(questions), "--baseline", str(questions), expect=2)
    over("eval", str(questions), "--tag", ARGUMENT, expect=2)
    questions.write_text(f"cases: [{ARGUMENT}: 1]", encoding="utf-8", errors="surrogateescape")
    over("eval", str(questions), expect=2)


def test_doctor(over: Call, call: Call, hostile_ingest: tuple[Settings, bytes], fake_ollama: FakeOllama) -> None:
    settings, _ = hostile_ingest
    fake_ollama.install(f"evil{HOSTILE['csi']}:14b", parameter_size="14B")
    for how in ((), ("--json",)):
        assert "evil" in over("doctor", *how).out
        call("--corpus", f"{settings.corpus}/{ARGUMENT}", "doctor", *how, expect=1)
    code, seen = on_terminal("--corpus", settings.corpus, "--index", f"/nowhere/{ARGUMENT}", "doctor")
    assert_harmless(seen, terminal=True)
    assert code == 1


def test_a_bug_in_a_hostile_place(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(NASTY)

    monkeypatch.setattr("qa_assistant.cli.context.load", broken)
    assert "This is a bug" in call("config", "show", expect=1).err
    assert "Traceback" in call("--verbose", "config", "show", expect=1).err


def test_chat_in_a_pipe(over: Call) -> None:
    assert "needs a terminal" in over("chat", expect=1).err
    over("chat", ARGUMENT, expect=2)
    over("--index", f"/nowhere/{ARGUMENT}", "chat", expect=1)


def test_every_command_is_called_here() -> None:
    """A command that is new has no hostile test yet."""
    assert set(_COMMANDS) == {"ask", "chat", "search", "ingest", "articles", "eval", "models", "config", "doctor"}
