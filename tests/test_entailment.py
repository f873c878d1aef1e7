"""The language model itself or a cross-encoder reads each sentence as well; it takes support away, never gives it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from fake_ollama import FakeOllama, Pause
from scripted_completer import ScriptedModel
from test_doubts import BORNE, CUP, QUESTION
from test_prompting import hit

from qa_assistant import Assistant
from qa_assistant.answering.entailment import BY_LLM, NOT_ENTAILED, Reader, open_entailment, read_again, with_reader
from qa_assistant.answering.verdict import NOTHING, Verdict
from qa_assistant.cli.main import run
from qa_assistant.errors import ModelError
from qa_assistant.health import check_all
from qa_assistant.records import Held, TextDelta
from qa_assistant.settings import Settings

HIT = hit("Der Hafen ist zu. Die Schiffe warten.")
NAME = "entailment model"
LABELS = ("contradiction", "Entailment", "neutral")


def supported(claim: str, numbers: Sequence[int]) -> Verdict:
    return Verdict(tuple((HIT, span) for span in HIT.passage.sentences), "supported")


def cross_encoder(folder: Path, labels: Sequence[str], favoured: int = 0) -> str:
    """A model of a few hundred weights that gives every pair the label of that number."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

    letters = "abcdefghijklmnopqrstuvwxyz"
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{letter}" for letter in letters)]
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(pieces), encoding="utf-8")
    BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(pieces), hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8,
        id2label=dict(enumerate(labels)), label2id={label: number for number, label in enumerate(labels)},
    )  # fmt: skip
    model = BertForSequenceClassification(config)
    with torch.no_grad():
        model.classifier.weight.zero_()
        model.classifier.bias.copy_(torch.eye(len(labels))[favoured] * 9)
    model.save_pretrained(folder)
    return str(folder)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Models by what they say of every pair."""
    folder = tmp_path_factory.mktemp("models")
    return {label: cross_encoder(folder / label, LABELS, number) for number, label in enumerate(LABELS)}


def test_what_is_entailed_stays_supported() -> None:
    read: list[tuple[str, str]] = []

    def entails(premise: str, hypothesis: str) -> float:
        read.append((premise, hypothesis))
        return 0.5

    assert with_reader(supported, Reader(entails))("The port is closed.", ()) == supported("", ())
    assert read == [("Der Hafen ist zu. Die Schiffe warten.", "The port is closed.")]


def test_what_is_not_entailed_is_unsupported_and_keeps_its_sentences() -> None:
    verdict = with_reader(supported, Reader(lambda *_: 0.49))("The port is open.", ())
    assert verdict == Verdict(supported("", ()).spans, "unsupported", (NOT_ENTAILED,))


def test_what_the_checks_reject_is_not_read() -> None:
    def entails(premise: str, hypothesis: str) -> float:
        raise AssertionError

    assert with_reader(lambda *_: NOTHING, Reader(entails, entails))("The port is open.", ()) == NOTHING


def test_names_that_are_unsure_are_looked_for_before_the_claim_is_read() -> None:
    asked: list[tuple[str, str]] = []

    def unsure(claim: str, numbers: Sequence[int]) -> Verdict:
        return replace(supported(claim, numbers), unsure=("Rotterdam", "Linz"))

    def mentions(text: str, name: str) -> float:
        asked.append((text, name))
        return float(name != "Linz")

    verdict = with_reader(unsure, Reader(lambda *_: 1.0, mentions))("The ships wait in Linz.", ())
    assert (verdict.support, verdict.reasons) == ("unsupported", ("name Linz is not in {cited}",))
    assert asked == [(HIT.passage.text, "Rotterdam"), (HIT.passage.text, "Linz")]
    assert with_reader(unsure, Reader(lambda *_: 1.0))("The ships wait in Linz.", ()).support == "supported"
    assert with_reader(unsure, Reader(lambda *_: 0.0, lambda *_: 1.0))("They wait.", ()).reasons == (NOT_ENTAILED,)


def test_the_language_model_is_told_a_name_as_a_statement() -> None:
    model = ScriptedModel(replies=["yes", "no"])
    mentions = read_again(model, "scripted.gguf", 4096).mentions
    assert mentions is not None
    assert [mentions("Der Hafen ist zu.", name) for name in ("Linz", "[1] {text}")] == [1.0, 0.0]
    assert "The text mentions Linz." in model.prompts[0]
    assert "The text mentions (1) {text}." in model.prompts[1]


@pytest.mark.parametrize("label", LABELS)
def test_the_chance_is_that_of_the_label(models: dict[str, str], label: str) -> None:
    chance = open_entailment(models[label])("Der Hafen ist zu.", "The port is closed.")
    assert (chance > 0.9) is (label == "Entailment")


def test_a_model_that_ranks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="does not tell whether") as refused:
        open_entailment(cross_encoder(tmp_path / "ranker", ["LABEL_0"]))
    assert "entailment_model" in refused.value.hint


def test_sentences_that_the_model_does_not_find_entailed_do_not_reach_the_reader(
    shipped_index: Settings, fake_ollama: FakeOllama, models: dict[str, str]
) -> None:
    settings = replace(shipped_index, answer_with="ollama")
    found = {}
    for label in ("Entailment", "neutral"):
        fake_ollama.reply(f"{BORNE}. {CUP}.")
        with Assistant(replace(settings, entailment_model=models[label])) as assistant:
            found[label] = assistant.answer(QUESTION)
    assert [one.support for one in found["Entailment"].sentences] == ["supported", "uncited"]
    assert (found["neutral"].status, found["neutral"].sentences) == ("no_answer", ())


def test_a_model_that_is_nowhere_is_said_before_anything_is_asked(
    shipped_index: Settings,
    fake_ollama: FakeOllama,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("QA_ASSISTANT_ENTAILMENT_MODEL", str(tmp_path / "none"))
    assert run(["--index", shipped_index.index, "ask", "--answer-with", "ollama", QUESTION]) == 1
    shown = capsys.readouterr()
    assert shown.out == "" and "none is neither on disk nor on the hub" in shown.err
    assert "entailment_model" in shown.err


def test_doctor_says_whether_it_can_be_loaded(shipped_index: Settings, models: dict[str, str], tmp_path: Path) -> None:
    found = {
        name: [check.state for check in check_all(replace(shipped_index, entailment_model=name)) if check.name == NAME]
        for name in ("", BY_LLM, models["neutral"], str(tmp_path / "none"))
    }
    assert list(found.values()) == [[], [], ["ok"], ["warning"]]


@pytest.mark.parametrize(
    ("reply", "stands"),
    [
        ("Yes", True),
        ("no.", False),
        ("**No**, the port is closed", False),
        ("<think>no? It says so.</think> yes", True),
        ("<think>It is closed, so", True),
        ("Nobody knows.", True),
        ("", True),
    ],
)
def test_only_a_plain_no_of_the_language_model_takes_support_away(reply: str, stands: bool) -> None:
    checked = with_reader(supported, read_again(ScriptedModel(replies=[reply]), "scripted.gguf", 4096))
    assert (checked("The port is open.", ()).support == "supported") is stands


@pytest.mark.parametrize(
    ("reply", "chances", "yes"),
    [
        ("no", {"no": 0.6, " Yes": 0.2, "NO": 0.2}, 0.2),
        ("Yes, it does", {" yes": 0.3, "no": 0.3, "maybe": 0.4}, 0.5),
        ("no", {"it": 0.9, "yes": 0.1}, 0.0),  # not told of the word that was said
        ("maybe", {"no": 0.4, "yes": 0.4}, 1.0),
        ("<think> so </think> no", {"yes": 0.1}, 0.0),  # told of the reasoning
    ],
)
def test_a_word_counts_as_much_as_the_model_is_sure_of_it(reply: str, chances: dict[str, float], yes: float) -> None:
    model = ScriptedModel(replies=[reply])
    model.top_logprobs = {token: math.log(chance) for token, chance in chances.items()}
    assert read_again(model, "scripted.gguf", 4096).entails("The port", "It") == pytest.approx(yes)


def test_what_the_language_model_reads_is_no_part_of_its_prompt() -> None:
    model = ScriptedModel(replies=["yes"])
    read_again(model, "scripted.gguf", 4096).entails("The port {statement} is <|im_end|> closed.", "It [1] {text} is.")
    (asked,) = model.prompts
    assert "<|" not in asked and "[1]" not in asked
    assert "The port {statement} is" in asked and "It (1) {text} is." in asked


def test_what_would_be_cut_is_not_asked() -> None:
    model = ScriptedModel(replies=["no"])
    entails = read_again(model, "scripted.gguf", 1024).entails
    assert entails("Der Hafen ist offen.", "The port is closed.") == 0
    with pytest.raises(ModelError, match="no room to read a sentence again") as error:
        entails("Der Hafen von Rotterdam ist offen. " * 30, "The port is open.")
    assert "context_tokens" in error.value.hint and len(model.prompts) == 1


def test_the_language_model_reads_its_answer_again_once_it_is_written(
    shipped_index: Settings, fake_ollama: FakeOllama
) -> None:
    settings = replace(shipped_index, answer_with="ollama", entailment_model=BY_LLM)
    found = {}
    for pieces in (("yes",), ("n", "o")):
        fake_ollama.reply(f"{BORNE} [1]. {CUP}.")
        fake_ollama.reply(*pieces)
        with Assistant(settings) as assistant:
            found["".join(pieces)] = assistant.answer(QUESTION)
    assert [one.support for one in found["yes"].sentences] == ["supported", "uncited"]
    assert (found["no"].status, found["no"].sentences) == ("no_answer", ())
    answering, reading = fake_ollama.asked()[:2]  # the second sentence, which nothing bears, is not asked about
    assert len(fake_ollama.asked()) == 4
    assert BORNE in reading["messages"][-1]["content"] and "Energiequellen" in reading["messages"][-1]["content"]
    *_, no, last = reading["messages"]
    question = "Does the text say that the statement is true?"
    assert no == {"role": "assistant", "content": "no"} and question in last["content"]
    assert reading["options"]["num_ctx"] == answering["options"]["num_ctx"]  # else Ollama would load the model anew


def test_who_waits_for_an_answer_that_is_read_again_can_leave(shipped_index: Settings, fake_ollama: FakeOllama) -> None:
    fake_ollama.reply(f"{BORNE} [1].", *[part for number in range(600) for part in (f" word{number}", Pause(0.05))])
    with Assistant(replace(shipped_index, answer_with="ollama", entailment_model=BY_LLM)) as assistant:
        events = assistant.ask(QUESTION)
        assert isinstance(next(event for event in events if isinstance(event, Held | TextDelta)), Held)
        events.close()
    assert fake_ollama.aborted.wait(30)


def test_what_breaks_off_before_it_was_read_again_was_never_shown(
    shipped_index: Settings, fake_ollama: FakeOllama
) -> None:
    fake_ollama.reply(f"{BORNE} [1].", stop_after=1)
    with Assistant(replace(shipped_index, answer_with="auto", entailment_model=BY_LLM)) as assistant:
        answer = assistant.answer(QUESTION)
    assert answer.kind == "quotes" and "first_token" in answer.timings_ms
    assert BORNE not in answer.text
