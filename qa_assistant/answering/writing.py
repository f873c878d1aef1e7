"""Passages to an answer: quoted sentences, or a language model's words with every citation narrowed to a sentence."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from qa_assistant.answering.asking import content
from qa_assistant.answering.citations import cite, renumbered
from qa_assistant.answering.focus import focus, naming, says_little
from qa_assistant.answering.late_interaction import LateInteraction
from qa_assistant.answering.llm_choice import RECOMMENDED
from qa_assistant.answering.parts import parts
from qa_assistant.answering.quotes import MOST_QUOTES, Quote, best_sentences, first_sentences
from qa_assistant.errors import ModelError, PromptError
from qa_assistant.generators import Loop
from qa_assistant.index.words import words_of
from qa_assistant.records import (
    AnswerSentence,
    Checked,
    Citation,
    Cited,
    Held,
    Notice,
    Span,
    Started,
    TextDelta,
    Usage,
    Withdrawn,
)
from qa_assistant.settings import Settings

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from qa_assistant.answering.engine import Chunk, Chunks, Engine
    from qa_assistant.answering.prompting import Prompt
    from qa_assistant.answering.retrieval import Retrieval
    from qa_assistant.index.embedding import Embedder
    from qa_assistant.index.index import Index

Writing = Generator[Started | Held | TextDelta | Cited | Checked | Withdrawn | Notice, None, "Draft"]
"""Events while an answer is written, and the answer when it is."""

_LEAST_SHARE = 0.25
"""Share of the estimated tokens that the server must at least have counted; estimates are up to 3.4 times too
high (Thai)."""

_OFTEN, _LONG_ENOUGH = 3, 20
"""Times that a sentence of so many characters is said before a model is stopped; items of a list may be alike."""

_TELL_REASONING_APART = "Update Ollama, which can tell the two apart, or choose another --model."

HOW_TO_GET_WRITTEN_ANSWERS = (
    "These are the articles' own sentences. For written answers, start Ollama (https://ollama.com) "
    f"and get a model: qa-assistant models pull {RECOMMENDED}"
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A written answer; no sentences if the passages were found not to answer the question."""

    kind: str
    model: str | None = None
    text: str = ""
    sentences: tuple[AnswerSentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    usage: Usage = field(default_factory=Usage)


def chosen_quotes(embedder: Embedder, retrieval: Retrieval, typed: str) -> list[Quote]:
    """The sentences that answer best, best first: of articles that name who is asked about, if any does. How articles
    begin if their gist is asked for. Of a follow-up, what it was completed to finds the articles, and what was `typed`
    the sentences, unless it says too little. Of a question that asks for two things, those for each.
    """
    if retrieval.opening:
        return first_sentences(retrieval.hits)
    asked = retrieval.asked
    read = LateInteraction(embedder, naming(asked.text, asked.language, asked.names, retrieval.hits))
    wanted = parts(asked.text if says_little(typed) else typed)
    chosen: dict[tuple[str, Span], Quote] = {}
    for part in wanted:
        for quote in _best_for(embedder, retrieval, part, read)[: MOST_QUOTES // len(wanted) or 1]:
            chosen.setdefault((quote.hit.article.id, quote.span), quote)
    return list(chosen.values())


def _best_for(embedder: Embedder, retrieval: Retrieval, asking: str, read: LateInteraction) -> list[Quote]:
    """The best sentences for `asking`, which is what the retrieval's question asks for, or part of it.

    Its words count in a sentence if more is asked about than the names that are taken off: else they tell who met, not
    what about.
    """
    focused = focus(asking, retrieval.asked.names, [hit.passage.text for hit in read.hits])
    vector = embedder.questions([focused])[0]
    cosines = {key: vectors @ vector for key, vectors in retrieval.sentence_vectors.items()}
    asked = {word.folded for word in words_of(asking)}
    left = {word.folded for word in words_of(focused)}
    words = retrieval.asked.alike.words
    counting = [place for place in content(words) if words[place].folded in asked]
    if not any(words[place].folded in left for place in counting):
        counting = []
    most = max(1, len(counting))
    matches = {key: found[:, counting].sum(axis=1) / most for key, found in retrieval.sentence_matches.items()}
    return best_sentences(read.hits, cosines, matches, read.matches(asking, focused), asking)


def write_quotes(embedder: Embedder, retrieval: Retrieval, typed: str) -> Writing:
    """What `chosen_quotes()` chooses, in the articles' own words, each with its citation."""
    yield Started("quotes", None)
    yield Notice(HOW_TO_GET_WRITTEN_ANSWERS)
    sentences: list[AnswerSentence] = []
    citations: list[Citation] = []
    for number, quote in enumerate(chosen_quotes(embedder, retrieval, typed), start=1):
        citation = cite(number, quote.hit, quote.span)
        words = f"{quote.words} [{number}]"
        sentences.append(AnswerSentence(words, (number,), "supported"))
        citations.append(citation)
        yield TextDelta(words if number == 1 else f"\n{words}")
        yield Cited(citation)
        yield Checked(sentences[-1])
    text = "\n".join(sentence.text for sentence in sentences)
    return Draft("quotes", None, text, tuple(sentences), tuple(citations))


def write_with_model(
    engine: AbstractContextManager[Engine],
    settings: Settings,
    index: Index,
    retrieval: Retrieval,
    question: str,
    language: str,
) -> Writing:
    """What the language model answers, each sentence of it checked against the passages and cited to what bears it.

    `engine` is opened at the first event and closed after the last. Raises ModelError if it cannot answer, or if the
    reply breaks off, or if there is no such entailment model as the settings name.
    """
    from qa_assistant.answering.checks import Checker
    from qa_assistant.answering.citations import CitationStream
    from qa_assistant.answering.entailment import BY_LLM, open_reader, with_reader
    from qa_assistant.answering.links import with_known_links
    from qa_assistant.answering.passage_words import bracketed_numbers
    from qa_assistant.answering.prompting import build
    from qa_assistant.answering.reasoning import Reasoning

    with engine as server:
        model = server.choose(settings.model).name
        yield Started(server.kind, model)
        context = min(settings.context_tokens, server.context_length(model))
        prompt = build(question, language, retrieval.hits, context_tokens=context, answer_tokens=settings.answer_tokens)
        checker = Checker.of(index, prompt.hits, retrieval.sentence_vectors, question, language)
        check = with_known_links(checker.check, prompt.hits)
        reader = settings.entailment_model
        if reader:
            check = with_reader(check, open_reader(reader, server, model, context))
        bracketed = bracketed_numbers(hit.passage.text for hit in prompt.hits)
        stream = CitationStream(check, passages=len(prompt.hits), bracketed=bracketed, language=language)
        reasoning = Reasoning()
        usage = Usage(context_tokens=context)
        reply = server.chat(model, prompt.messages, context_tokens=context, answer_tokens=settings.answer_tokens)
        try:
            with closing(reply):
                for chunk in (yield from _whole(reply)) if reader == BY_LLM else reply:
                    text = reasoning.feed(chunk.text)
                    if reasoning.restarted:
                        raise ModelError(f"{model} wrote its reasoning into the answer.", hint=_TELL_REASONING_APART)
                    yield from stream.feed(text)
                    if chunk.done_reason:
                        usage = _usage(chunk, context, prompt)
                        yield from _notices(chunk, usage, settings.answer_tokens)
                    elif repeats_itself(stream.sentences):
                        yield Notice(f"{model} began to repeat itself and was stopped.")
                        break
        except ModelError:
            if not reasoning.restarted:
                yield from stream.break_off()
            raise
        yield from stream.feed(reasoning.close())
        yield from stream.close()
    if not stream.text and not stream.refused:
        raise ModelError(
            f"{model} replied with nothing but reasoning, or with nothing at all.",
            hint="Raise answer_tokens, choose another --model, or use --answer-with quotes.",
        )
    return Draft(server.kind, model, stream.text, tuple(stream.sentences), tuple(stream.citations), usage)


def _whole(reply: Chunks) -> Generator[Held, None, list[Chunk]]:
    """The reply once it is written: a model that serves one at a time cannot be asked about a sentence before.

    Whoever waits can leave at every piece.
    """
    chunks = []
    for chunk in reply:
        chunks.append(chunk)
        yield Held()
    return chunks


def repeats_itself(sentences: Sequence[AnswerSentence]) -> bool:
    """Whether the last sentence was said `_OFTEN` times: small models go on like that to the end of their tokens."""
    last = sentences[-1].text if sentences else ""
    return len(last) >= _LONG_ENOUGH and sum(sentence.text == last for sentence in sentences) >= _OFTEN


def first_that_works(writing: Writing, instead: Writing) -> Writing:
    """`writing`, or `instead` if it fails before its first sentence that a passage bears: until then nothing it wrote
    counts. A failure after that is raised."""
    wrote = answered = False
    loop = Loop(writing)
    try:
        for event in loop:
            wrote = wrote or isinstance(event, TextDelta)
            answered = answered or (isinstance(event, Checked) and event.sentence.support == "supported")
            yield event
    except (ModelError, PromptError) as error:
        if answered:
            raise
        if wrote:
            yield Withdrawn(())
        yield Notice(f"{error.message} {error.hint}")
        return (yield from instead)
    return loop.result


def supported_only(writing: Writing) -> Writing:
    """`writing` without the sentences that no passage bears, a line each, and without what only those cite."""
    loop = Loop(writing)
    known: list[Citation] = []
    numbers: dict[int, int] = {}
    sentences: list[AnswerSentence] = []
    citations: list[Citation] = []
    for event in loop:
        match event:
            case TextDelta():
                pass
            case Cited(citation):
                known.append(citation)
            case Checked(sentence) if sentence.support == "supported":
                kept, new = renumbered(sentence, numbers, known)
                yield TextDelta(f"\n{kept.text}" if sentences else kept.text)
                yield from map(Cited, new)
                yield Checked(kept)
                sentences.append(kept)
                citations += new
            case Checked():
                pass
            case _:
                yield event
    text = "\n".join(sentence.text for sentence in sentences)
    return replace(loop.result, text=text, sentences=tuple(sentences), citations=tuple(citations))


def borne(writing: Writing) -> Writing:
    """`writing`, which is withdrawn at its end if no passage bears any sentence of it."""
    draft = yield from writing
    if not draft.sentences or any(sentence.support == "supported" for sentence in draft.sentences):
        return draft
    yield Withdrawn(draft.sentences)
    yield Notice(f"{draft.model} wrote an answer that no passage bears. It was withdrawn.")
    return replace(draft, text="", sentences=(), citations=())


def _usage(chunk: Chunk, context: int, prompt: Prompt) -> Usage:
    """Ollama cuts a prompt that is too long without a word; then it counts far fewer tokens than were sent."""
    counted = chunk.prompt_tokens or 0
    truncated = counted >= context or 0 < counted < prompt.tokens * _LEAST_SHARE
    return Usage(counted, chunk.completion_tokens or 0, context, truncated)


def _notices(chunk: Chunk, usage: Usage, answer_tokens: int) -> Iterator[Notice]:
    if usage.truncated:
        yield Notice(
            f"The model saw only {usage.prompt_tokens} tokens of the prompt: passages were cut. "
            "Lower top_k or raise context_tokens."
        )
    if chunk.done_reason == "length":
        yield Notice(f"The answer was cut after {answer_tokens} tokens. Raise answer_tokens for a longer one.")
