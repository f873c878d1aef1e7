"""A model that goes on with a text as a script says, in the place of llama.cpp."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qa_assistant.answering.engine import Chunk, Chunks
from qa_assistant.answering.llm_choice import ModelInfo
from qa_assistant.answering.local_model.embedded import Embedded
from qa_assistant.answering.local_model.model_trial import Ability
from qa_assistant.errors import QAError
from qa_assistant.settings import Settings


class ScriptedModel:
    """Continues a prompt whose last sentence is a key of `script` with its values, one after the other, the last for
    ever; else with nothing. Chats reply with `replies`, in order. `prompts` are those it was given,
    `top_logprobs` what it tells with each word of a chat."""

    kind = "llamacpp"

    def __init__(self, script: Mapping[str, Sequence[str]] | None = None, replies: Sequence[str] = ()) -> None:
        self._script = {sentence: list(texts) for sentence, texts in (script or {}).items()}
        self._replies = list(replies)
        self.prompts: list[str] = []
        self.logprob: float | None = -0.1
        self.top_logprobs: Mapping[str, float] = {}
        self.done_reason = "stop"
        self.fails: QAError | None = None

    def choose(self, wanted: str = "") -> ModelInfo:
        return ModelInfo("scripted.gguf")

    def context_length(self, model: str) -> int:
        return 4096

    def chat(
        self,
        model: str,
        messages: Sequence[Mapping[str, str]],
        *,
        context_tokens: int,
        answer_tokens: int,
        top_logprobs: int = 0,
    ) -> Chunks:
        self.prompts.append(messages[-1]["content"])
        yield from self._said(self._replies.pop(0))

    def complete(self, prompt: str, *, most_tokens: int, stop: Sequence[str] = ()) -> Chunks:
        self.prompts.append(prompt)
        if self.fails:
            raise self.fails
        sentence = prompt.splitlines()[-2].partition(": ")[2]
        texts = self._script.get(sentence, [""])
        yield from self._said(texts.pop(0) if len(texts) > 1 else texts[0])

    def _said(self, text: str) -> Chunks:
        for word in text.split(" "):
            yield Chunk(text=f" {word}", top_logprobs=self.top_logprobs)
        yield Chunk(
            done_reason=self.done_reason,
            prompt_tokens=100,
            completion_tokens=20,
            logprob=self.logprob,
            least_logprob=self.logprob,
        )


class ScriptedEmbedded(Embedded):
    """A scripted model that is loaded; or none, with the reason."""

    def __init__(self, model: ScriptedModel | None, can: Ability = "translations", why: str = "") -> None:
        super().__init__(Settings())
        self._scripted, self._can = model, can
        self._notices = [why] if why else []

    def loaded(self) -> ScriptedModel | None:  # type: ignore[override]
        return self._scripted

    def ability(self) -> Ability:
        return self._can

    def __enter__(self) -> ScriptedModel:  # type: ignore[override]
        assert self._scripted
        return self._scripted

    def close(self) -> None:
        pass
