"""The model behind Ollama's protocol: through the official client, against a scripted server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fake_ollama import FakeOllama, Line, Part, Pause, Raw, Reply, Thinking

from qa_assistant.answering import llm
from qa_assistant.answering.engine import Chunk
from qa_assistant.answering.llm import Ollama, PullProgress
from qa_assistant.answering.llm_choice import ModelInfo
from qa_assistant.errors import ModelError

MESSAGES = ({"role": "system", "content": "Rules."}, {"role": "user", "content": "Question?"})


@pytest.fixture
def ollama(fake_ollama: FakeOllama) -> Iterator[Ollama]:
    with Ollama() as client:
        yield client


def chat(model: str = "fake:4b", **kwargs: Any) -> list[Chunk]:
    with Ollama(**kwargs) as ollama:
        return list(ollama.chat(model, MESSAGES, context_tokens=4096, answer_tokens=64))


def test_the_probabilities_of_words_are_asked_for_and_told(ollama: Ollama, fake_ollama: FakeOllama) -> None:
    likely = [{"token": "yes", "logprob": -0.1}, {"token": "no", "logprob": -2.5}]
    told = {"logprobs": [{"token": "yes", "logprob": -0.1, "top_logprobs": likely}]}
    fake_ollama.reply(Line({"model": "fake:4b", "message": {"role": "assistant", "content": "yes"}, **told}))
    said = list(ollama.chat("fake:4b", MESSAGES, context_tokens=4096, answer_tokens=64, top_logprobs=2))
    assert (said[0].text, said[0].top_logprobs) == ("yes", {"yes": -0.1, "no": -2.5})
    (body,) = fake_ollama.asked()
    assert (body["logprobs"], body["top_logprobs"]) == (True, 2)


def test_an_answer_does_without_probabilities(fake_ollama: FakeOllama) -> None:
    assert [chunk.top_logprobs for chunk in chat()] == [{}] * len(chat())
    assert not {"logprobs", "top_logprobs"} & set(fake_ollama.asked()[0])


def text(chunks: list[Chunk]) -> str:
    return "".join(chunk.text for chunk in chunks)


def test_models_as_the_server_lists_them(ollama: Ollama, fake_ollama: FakeOllama) -> None:
    fake_ollama.install("a:1b", parameter_size="1.2B", family="llama", size=123)
    assert ollama.models() == [
        ModelInfo("a:1b", 123, "1.2B", "llama", ("llama",), "Q4_K_M"),
        ModelInfo("fake:4b", 2_500_000_000, "4.0B", "qwen3", ("qwen3",), "Q4_K_M"),
    ]


def test_choose_the_one_named(ollama: Ollama, fake_ollama: FakeOllama) -> None:
    fake_ollama.install("mine:latest")
    assert ollama.choose("fake:4b").name == "fake:4b"
    assert ollama.choose("mine").name == "mine:latest"
    assert ollama.choose("mine:latest").name == "mine:latest"


def test_choose_one_that_is_not_installed(ollama: Ollama, fake_ollama: FakeOllama) -> None:
    for name in ("fake:1b", "b:1b", "c:1b"):
        fake_ollama.install(name)
    with pytest.raises(ModelError) as caught:
        ollama.choose("fake:9b")
    assert "fake:9b is not installed" in caught.value.message
    assert "fake:4b" in caught.value.message
    assert caught.value.message.count(":1b") == 2, "three installed names at most"
    assert caught.value.hint == "qa-assistant models pull fake:9b"


def test_choose_the_best_leaves_out_what_cannot_answer(ollama: Ollama, fake_ollama: FakeOllama) -> None:
    fake_ollama.models.clear()
    fake_ollama.install("nomic-embed-text:latest", family="nomic-bert", parameter_size="137M")
    fake_ollama.install("told:13b", parameter_size="13B", capabilities=("embedding",))
    fake_ollama.install("gpt:120b-cloud", parameter_size="120B")
    with pytest.raises(ModelError) as caught:
        ollama.choose()
    assert caught.value.hint.startswith("Get one with `qa-assistant models pull")
    fake_ollama.install("old:1b", parameter_size="1B", capabilities=None)
    assert ollama.choose().name == "old:1b"


def test_context_length(ollama: Ollama, fake_ollama: FakeOllama) -> None:
    fake_ollama.install("untold:1b", context=None)
    assert ollama.context_length("fake:4b") == 32768
    assert ollama.context_length("untold:1b") == llm.DEFAULT_CONTEXT
    with pytest.raises(ModelError, match="not installed"):
        ollama.context_length("gone:1b")


def test_chat_streams_and_counts(fake_ollama: FakeOllama) -> None:
    fake_ollama.reply("Hello ", Thinking("Hm."), "wörld [1].", prompt_tokens=77, done_reason="length")
    chunks = chat()
    assert text(chunks) == "Hello wörld [1]."
    assert "".join(chunk.thinking for chunk in chunks) == "Hm."
    assert chunks[-1] == Chunk(prompt_tokens=77, completion_tokens=2, done_reason="length")
    assert all(chunk.done_reason is None and chunk.prompt_tokens is None for chunk in chunks[:-1])


def test_chat_asks_for_the_same_answer_every_time(fake_ollama: FakeOllama) -> None:
    chat()
    (body,) = fake_ollama.asked()
    assert body["messages"] == list(MESSAGES)
    assert body["stream"] is True
    assert body["options"] == {"temperature": 0, "seed": llm.SEED, "num_ctx": 4096, "num_predict": 64}
    assert "think" not in body, "a model that cannot think rejects the request"


def test_chat_turns_thinking_off_where_there_is_any(fake_ollama: FakeOllama) -> None:
    fake_ollama.install("thinker:4b", capabilities=("completion", "thinking"))
    chat("thinker:4b")
    assert fake_ollama.asked()[0]["think"] is False


def test_a_model_that_always_thinks_is_told_to_so_that_ollama_takes_it_out(fake_ollama: FakeOllama) -> None:
    opens = "{{ .Prompt }}<|im_start|>assistant\n<think>\n"
    fake_ollama.install("thinker:4b", capabilities=("completion", "thinking"), template=opens)
    chat("thinker:4b")
    assert fake_ollama.asked()[0]["think"] is True


def test_closing_the_stream_stops_the_server(ollama: Ollama, fake_ollama: FakeOllama) -> None:
    endless: list[Part] = [part for _ in range(500) for part in ("word " * 200, Pause(0.01))]
    fake_ollama.reply(*endless)
    stream = ollama.chat("fake:4b", MESSAGES, context_tokens=4096, answer_tokens=64)
    assert next(iter(stream)).text.startswith("word")
    stream.close()
    assert fake_ollama.aborted.wait(5)


def test_the_first_word_does_not_wait_for_the_last(ollama: Ollama, fake_ollama: FakeOllama) -> None:
    fake_ollama.reply("first", Pause(1), "last")
    started = time.monotonic()
    stream = iter(ollama.chat("fake:4b", MESSAGES, context_tokens=4096, answer_tokens=64))
    assert next(stream).text == "first"
    assert time.monotonic() - started < 0.9
    assert next(stream).text == "last"


def test_no_server() -> None:
    client = Ollama()
    calls: dict[str, Callable[[], object]] = {
        "list": client.models, "choose": client.choose, "chat": chat, "pull": lambda: list(client.pull("x"))
    }  # fmt: skip
    for name, call in calls.items():
        with pytest.raises(ModelError, match=r"Ollama does not answer at http://127\.0\.0\.1:9") as caught:
            call()
        assert "ollama serve" in caught.value.hint
        assert ("--answer-with quotes" in caught.value.hint) is (name != "pull")
    client.close()


def test_an_address_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "host:notaport")
    with pytest.raises(ModelError, match="host:notaport") as caught:
        Ollama()
    assert "OLLAMA_HOST" in caught.value.hint


def test_a_model_that_is_gone(fake_ollama: FakeOllama) -> None:
    with pytest.raises(ModelError, match=r"gone:1b is not installed") as caught:
        chat("gone:1b")
    assert caught.value.hint == "qa-assistant models pull gone:1b"


@pytest.mark.parametrize("stop_after", [1, 2])
def test_a_connection_lost_in_the_midst(ollama: Ollama, fake_ollama: FakeOllama, stop_after: int) -> None:
    fake_ollama.reply("One ", "two ", "three.", stop_after=stop_after)
    stream = iter(ollama.chat("fake:4b", MESSAGES, context_tokens=4096, answer_tokens=64))
    assert [next(stream).text for _ in range(stop_after)] == ["One ", "two "][:stop_after]
    with pytest.raises(ModelError, match="stopped mid-answer"):
        next(stream)


def test_a_stream_that_ends_without_saying_so(fake_ollama: FakeOllama) -> None:
    fake_ollama.reply("One ", finished=False)
    with pytest.raises(ModelError, match="stopped mid-answer"):
        chat()


def test_an_error_line_in_the_stream(fake_ollama: FakeOllama) -> None:
    fake_ollama.reply("One ", Line({"error": "an error\n was \x1b[31mencountered"}))
    with pytest.raises(ModelError, match="Ollama failed: an error was") as caught:
        chat()
    assert "\x1b" not in caught.value.message


@pytest.mark.parametrize("status", [400, 500, 503])
def test_an_http_error(fake_ollama: FakeOllama, status: int) -> None:
    fake_ollama.reply(status=status, error="model requires more system memory")
    with pytest.raises(ModelError, match="more system memory") as caught:
        chat()
    assert caught.value.hint


@pytest.mark.parametrize(
    "line",
    [b"garbage\n", b"\n", b"[1]\n", b'"text"\n', b'{"message": 5}\n', b'{"done": false}\n', b'{"a":\n', b"\xff\xfe\n"],
)
def test_lines_that_are_not_the_protocol(fake_ollama: FakeOllama, line: bytes) -> None:
    fake_ollama.reply(Raw(line))
    with pytest.raises(ModelError, match="does not speak Ollama's protocol"):
        chat()


def test_another_server_at_the_address(ollama: Ollama, fake_ollama: FakeOllama) -> None:
    fake_ollama.overrides["/api/tags"] = Reply((Raw(b"<html>hello</html>"),), finished=False)
    with pytest.raises(ModelError, match="does not speak Ollama's protocol"):
        ollama.models()


def test_a_server_that_falls_silent(fake_ollama: FakeOllama) -> None:
    fake_ollama.reply("One ", Pause(3), "two")
    with pytest.raises(ModelError, match=r"no sign of life for 0\.3 seconds") as caught:
        chat(timeout=0.3)
    assert "QA_ASSISTANT_TIMEOUT" in caught.value.hint


def test_prompts_do_not_follow_a_redirect(fake_ollama: FakeOllama) -> None:
    with FakeOllama() as elsewhere:
        elsewhere.install()
        fake_ollama.reply(status=307, error="moved", headers={"Location": f"{elsewhere.host}/api/chat"})
        with pytest.raises(ModelError):
            chat()
        assert not elsewhere.requests


def test_prompts_do_not_go_through_a_proxy(
    ollama: Ollama, fake_ollama: FakeOllama, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeOllama() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.host)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        assert text(chat()) == "OK."
        assert not proxy.requests


@pytest.mark.parametrize(("name", "value"), [("ALL_PROXY", "socks://127.0.0.1:1"), ("SSL_CERT_FILE", "nowhere")])
def test_the_client_is_imported_whatever_proxy_or_certificate_is_named(
    fake_ollama: FakeOllama, name: str, value: str
) -> None:
    """A process of its own: the client is imported once."""
    code = (
        "import os; from qa_assistant.answering.llm import Ollama; "
        f"print([model.name for model in Ollama().models()], os.environ[{name!r}])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, name: value}, capture_output=True, text=True, check=False
    )
    assert (done.stderr, done.stdout.strip()) == ("", f"['fake:4b'] {value}")


def test_pull_reports_its_progress(ollama: Ollama, fake_ollama: FakeOllama) -> None:
    steps = list(ollama.pull("new:1b"))
    assert steps[0] == PullProgress("pulling manifest")
    assert PullProgress("pulling 0123", 100, 100) in steps
    assert steps[-1].status == "success"
    assert fake_ollama.asked("/api/pull")[0]["model"] == "new:1b"


def test_pull_of_what_does_not_exist(ollama: Ollama, fake_ollama: FakeOllama) -> None:
    fake_ollama.pulls.append(Reply((Line({"error": "pull model manifest: file does not exist"}),), finished=False))
    with pytest.raises(ModelError, match="cannot pull new:1b: pull model manifest") as caught:
        list(ollama.pull("new:1b"))
    assert "library" in caught.value.hint


def test_a_pull_that_breaks_off(ollama: Ollama, fake_ollama: FakeOllama) -> None:
    progress = Line({"status": "pulling 0123", "total": 100, "completed": 5})
    for reply in (Reply((progress,), finished=False), Reply((progress,), stop_after=1)):
        fake_ollama.pulls.append(reply)
        with pytest.raises(ModelError) as caught:
            list(ollama.pull("new:1b"))
        assert caught.value.hint


def test_the_fake_keeps_what_it_was_asked(fake_ollama: FakeOllama) -> None:
    chat()
    assert [request.path for request in fake_ollama.requests] == ["/api/show", "/api/chat"]
    assert json.dumps(fake_ollama.asked()[0])
