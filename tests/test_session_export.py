"""Sessions as Markdown and JSON, with text of articles, models and users that would like to be markup."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from fake_ollama import FakeOllama
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from pilot import QUESTION

from qa_assistant import Assistant
from qa_assistant.answer_json import as_dict
from qa_assistant.display import REPLACEMENT, harmless
from qa_assistant.records import SURE, UNSURE, Answer, AnswerSentence, Article, Citation, Metadata, Usage
from qa_assistant.sessions.export import to_json, to_markdown
from qa_assistant.sessions.records import Session, StoredTurn
from qa_assistant.sessions.store import SessionStore
from qa_assistant.settings import Settings

ASKED = datetime(2024, 5, 1, 12, 30, 59, tzinfo=UTC)
SESSION = Session(1, "Energy", ASKED, ASKED, 1)

HOSTILE = [
    "<script>alert(1)</script> <b>&amp; <!-- x -->",
    "[click](javascript:alert(1)) ![x](http://evil.example/x.png) [a]: http://evil.example",
    "http://evil.example www.evil.example evil.example/path mail@evil.example <http://evil.example> ftp://a.example",
    "# heading\n## more\n- item\n  * nested\n+ plus\n1. one\n1) two\n99. three\n> quote\n---\n===\n***\n___",
    "    code\n\tmore code\n```python\nfence\n```\n~~~\nfence\n~~~ `code` ``a`b``",
    "*em* **strong** _em_ __strong__ ~~gone~~ ==mark== $math$ H~2~O x^2^ {{ template }} {% tag %}",
    "a | b\n--|--\n1 | 2\n\n|a|\n|:-|\n\nterm\n: definition\n:-\n:smile: :tada:",
    "Text\n---\nText\n===\n+++\ntoml\n+++",
    "trailing backslash \\\nnext \\[1\\] \\\\ `\\",
    "[1] [^1] [1]: http://evil.example\n[^1]: note\n(http://evil.example)",
    "\x1b[31mred\x1b[0m \x1b]8;;http://evil.example\x07link \u202egnp.exe \u200b \r\n \x85 \u2028 \x00",
    "[/] [@click=app.quit]quit[/] [bold red]x",
]

HARMLESS = {"inline", "text", "text_special", "hardbreak", "softbreak"} | {
    f"{name}_{end}" for name in ("heading", "paragraph", "em", "blockquote") for end in ("open", "close")
}


def tokens(markdown: str) -> list[Token]:
    """What a viewer with GitHub's extensions makes of it, links in running text included."""
    found: list[Token] = []
    for token in MarkdownIt("gfm-like", {"html": True}).parse(markdown):
        found += [token, *(token.children or [])]
    return found


def shown(markdown: str) -> str:
    """The text that a viewer shows, without white space and what stands for unsafe characters."""
    return squeezed("".join(token.content for token in tokens(markdown) if token.type != "inline"))


def blocks(markdown: str) -> list[str]:
    return [token.content for token in MarkdownIt("gfm-like").parse(markdown) if token.type == "inline"]


def squeezed(text: str) -> str:
    return "".join(harmless(text).replace(REPLACEMENT, " ").split())


def cited(number: int, quote: str, article: str = "a", start: int = 0) -> Citation:
    known = Metadata(f"Title {article}", "2022-12-03", "Baku", "AZERTAC", "de")
    return Citation(number, Article(article, f"{article}.txt", "", known), start, start + len(quote), 7, quote)


def answered(*parts: tuple[str, tuple[int, ...]], citations: tuple[Citation, ...] = (), kind: str = "ollama") -> Answer:
    sentences = tuple(
        AnswerSentence(text + (" " + "".join(f"[{n}]" for n in numbers) if numbers else ""), numbers, "supported")
        for text, numbers in parts
    )
    text = "\n".join(sentence.text for sentence in sentences)
    model = "qwen3:4b" if kind == "ollama" else None
    return Answer("q", "en", "answered", kind, model, text, sentences, citations, (), 0.9, Usage(), {"total": 1})


def turn(answer: Answer | None, ordinal: int = 1, question: str = "Why?", **more: object) -> StoredTurn:
    plain = StoredTurn(ordinal, question, answer, stopped=False, asked_at=ASKED)
    return replace(plain, **more)  # type: ignore[arg-type]


@pytest.fixture
def stored(shipped_index: Settings) -> tuple[Session, list[StoredTurn]]:
    """A session of two questions answered with quotes and one that is not answered, as the store gives it back."""
    store = SessionStore(None)
    session = store.create()
    with Assistant(replace(shipped_index, answer_with="quotes")) as assistant:
        for question in (QUESTION, "Worüber sprachen Bayramov und Takei?", "Who won the 2018 World Cup?"):
            store.add_turn(session.id, question, assistant.answer(question))
    return store.session(session.id), store.open(session.id)


def test_real_answers_and_the_sentences_they_rest_on(
    stored: tuple[Session, list[StoredTurn]], shipped_text: str
) -> None:
    session, turns = stored
    markdown = to_markdown(session, turns)
    lines = markdown.splitlines()
    assert lines[0] == f"# {QUESTION}"
    assert lines[2] == f"{session.created:%Y-%m-%d %H:%M} UTC · 3 questions"
    assert [line for line in lines if line.startswith("## ")] == [
        f"## 1. {QUESTION}", "## 2. Worüber sprachen Bayramov und Takei?", "## 3. Who won the 2018 World Cup?",
        "## References",
    ]  # fmt: skip
    assert markdown.count("*The articles' own sentences.") == 2
    assert markdown.count("*No answer in the articles.") == 1
    body, _, references = markdown.partition("## References")
    in_order = list(dict.fromkeys(int(number) for number in re.findall(r"\[(\d+)\]", body)))
    assert in_order == list(range(1, len(in_order) + 1))
    assert [int(number) for number in re.findall(r"^\[(\d+)\] ", references, re.MULTILINE)] == in_order
    quotes = {citation.quote for one in turns if one.answer for citation in one.answer.citations}
    assert len(in_order) == len(quotes) < sum(len(one.answer.citations) for one in turns if one.answer)
    for quote in quotes:
        assert quote in shipped_text
        assert squeezed(quote) in shown(references)
    assert "2022-12-03 · Baku · AZERTAC · 000\\_7a77cca594320ad7\\.txt:7" in references


def test_a_written_answer_names_its_model(shipped_index: Settings, fake_ollama: FakeOllama) -> None:
    fake_ollama.reply("They discussed **alternative energy sources** and investments [1].\n- And more.")
    with Assistant(replace(shipped_index, answer_with="ollama")) as assistant:
        answer = assistant.answer(QUESTION)
    markdown = to_markdown(SESSION, [turn(answer, stopped=True)])
    assert "*Written by fake:4b. Stopped before it was finished. 2024-05-01 12:30 UTC*" in markdown
    assert r"\*\*alternative energy sources\*\* and investments. [1]" in markdown


def test_numbers_run_through_the_document_and_the_same_sentence_keeps_its_number() -> None:
    first = answered(("A.", (1,)), ("B.", (1, 2)), citations=(cited(1, "Eins."), cited(2, "Zwei.", start=50)))
    second = answered(("C.", (1,)), ("D.", (2,)), citations=(cited(1, "Drei.", "b"), cited(2, "Zwei.", start=50)))
    markdown = to_markdown(SESSION, [turn(first), turn(second, 2)])
    assert blocks(markdown)[3] == "A. [1]\\\nB. [1][2]"
    assert blocks(markdown)[6] == "C. [3]\\\nD. [2]"
    assert markdown.split("## References\n\n")[1] == (
        "[1] 2022-12-03 · Baku · AZERTAC · Title a · a\\.txt:7\n\n> Eins.\n\n"
        "[2] 2022-12-03 · Baku · AZERTAC · Title a · a\\.txt:7\n\n> Zwei.\n\n"
        "[3] 2022-12-03 · Baku · AZERTAC · Title b · b\\.txt:7\n\n> Drei.\n"
    )


def test_numbers_of_the_articles_own_are_no_references() -> None:
    own = answered(("Wie [2] sagt [1].", (1,)), ("Ohne [1].", ()), citations=(cited(1, "Wie [2] sagt [1]."),))
    assert r"Wie \[2\] sagt \[1\]. [1]\\n".replace("\\n", "\n") + r"Ohne \[1\]." in to_markdown(SESSION, [turn(own)])


def test_a_question_that_was_rewritten_is_shown_as_it_was_read() -> None:
    answer = replace(answered(("Yes.", ())), standalone_question="What of *energy*?")
    assert "## 1. And energy?\n\nRead as: What of \\*energy\\*?\n" in to_markdown(
        SESSION, [turn(answer, question="And energy?")]
    )


def test_an_answer_that_may_be_none_is_marked() -> None:
    assert UNSURE not in to_markdown(SESSION, [turn(replace(answered(("Yes.", ())), confidence=SURE))])
    assert f"{UNSURE} 2024" in to_markdown(SESSION, [turn(replace(answered(("Yes.", ())), confidence=0.6))])


def test_an_answer_that_broke_off_is_marked() -> None:
    broken = replace(answered(("The minister sa", ())), timings_ms={})
    assert "*Written by qwen3:4b. Never finished. 2024" in to_markdown(SESSION, [turn(broken)])
    assert "Never finished" not in to_markdown(SESSION, [turn(answered(("The minister said.", ())))])


def test_what_was_stopped_or_never_finished_is_marked() -> None:
    partial = replace(answered(), text="They discussed energy. [1] And\n\nmore", timings_ms={})
    markdown = to_markdown(SESSION, [turn(partial, stopped=True), turn(None, 2)])
    assert "They discussed energy.  And\n\nmore\n\n*Written by qwen3:4b. Stopped before it was finished." in markdown
    assert "## 2. Why?\n\n*Never finished. 2024-05-01 12:30 UTC*\n" in markdown
    assert "References" not in markdown


def test_a_stopped_answer_keeps_the_references_that_came() -> None:
    """Its sentences are not known, only text and citations; the last mark may have come without its citation."""
    first = answered(("A.", (1,)), citations=(cited(1, "Eins."),))
    stopped = replace(
        answered(citations=(cited(1, "Zwei.", "b"), cited(2, "Eins."))),
        text="C. [1][2] D. [1] E. [3] And",
        sentences=(),
    )
    markdown = to_markdown(SESSION, [turn(first), turn(stopped, 2, stopped=True)])
    assert "\n\nC. [2][1] D. [2] E.  And\n\n*Written by qwen3:4b. Stopped" in markdown
    assert markdown.count("\n> ") == 2


def test_lines_and_paragraphs_of_answers_stay_apart() -> None:
    answer = answered(("They discussed:\n- energy\n- 2 more\n\n   And then:\n  1. x", ()))
    html = MarkdownIt("gfm-like").render(to_markdown(SESSION, [turn(answer)]))
    assert "<p>They discussed:<br />\n- energy<br />\n- 2 more</p>\n<p>And then:<br />\n1. x</p>" in html


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_to_the_letter_and_is_nothing_else(text: str) -> None:
    known = Metadata(text, text, text, text, text)
    citation = Citation(1, Article(text, text, "", known), 0, 1, 7, text)
    written = replace(answered((text, (1,)), (text, ()), citations=(citation,)), model=text, standalone_question=text)
    markdown = to_markdown(
        replace(SESSION, title=text),
        [turn(written, question=text), turn(replace(answered(), text=text.replace("[1]", "")), 2, question=text)],
    )
    found = tokens(markdown)
    assert {token.type for token in found} <= HARMLESS
    assert [token.tag for token in found if token.type == "heading_open"] == ["h1", "h2", "h2", "h2"]
    assert harmless(markdown) == markdown
    # The title; question, as read, answer twice, model; question, partial text; five of the reference, and the quote.
    assert shown(markdown).count(squeezed(text)) >= 13


def hostile_texts() -> st.SearchStrategy[str]:
    pieces = st.sampled_from(
        [*"\\`*_{}[]()<>#+-.!|~&:$^=@/\n\t 1aé。", "\n\n", "    ", "1.", "](", "[1]", "http", "www."]
    )
    return st.lists(pieces, max_size=25).map("".join)


@given(hostile_texts(), hostile_texts())
@example("。", "(javascript:alert(1))")
@example("x", ": http://evil.example")
def test_no_text_becomes_markup_even_beside_a_reference(before: str, after: str) -> None:
    citations = (cited(1, before or "x"),)
    marked = AnswerSentence(f"{before} [1]", (1,), "supported")
    answer = replace(answered(citations=citations), text=f"{marked.text}{after}", sentences=(marked,))
    markdown = to_markdown(replace(SESSION, title=after), [turn(answer, question=before)])
    found = tokens(markdown)
    assert {token.type for token in found} <= HARMLESS
    assert [token.tag for token in found if token.type == "heading_open"] == ["h1", "h2", "h2"]
    assert f"{squeezed(before)}[1]{squeezed(after)}" in shown(markdown)
    assert not re.search(r"www\.|(?<!\\)://", markdown), "of these GitHub makes links, whatever follows"


def test_json_has_the_answers_as_scripts_know_them(stored: tuple[Session, list[StoredTurn]]) -> None:
    session, turns = stored
    stopped = turn(None, 4, "They \x1b[31m \udcff", stopped=True)
    text = to_json(session, [*turns, stopped])
    assert "\x1b" not in text
    text.encode()
    data = json.loads(text)
    assert data["schema"] == 1
    assert data["session"] == {
        "id": session.id, "title": QUESTION, "created": session.created.isoformat(timespec="seconds"),
        "updated": session.updated.isoformat(timespec="seconds"), "turns": 3,
    }  # fmt: skip
    assert [one["answer"] for one in data["turns"][:3]] == [as_dict(one.answer) for one in turns if one.answer]
    assert data["turns"][3] == {
        "ordinal": 4, "question": stopped.question, "answer": None, "stopped": True, "partial_text": "",
        "asked_at": "2024-05-01T12:30:59+00:00",
    }  # fmt: skip
