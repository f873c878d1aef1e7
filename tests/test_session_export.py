"""Sessions as Markdown and JSON, with text of articles, models and users that would like to be markup."""

from __future__ import annotations

import json
import re
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fake_ollama import FakeOllama
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from qa_assistant import Assistant
from qa_assistant.answer_json import as_dict
from qa_assistant.display import REPLACEMENT, harmless
from qa_assistant.errors import SessionError
from qa_assistant.records import Answer, AnswerSentence, Article, Citation, Metadata, Usage
from qa_assistant.sessions.export import LONGEST_NAME, slug, to_json, to_markdown, write_export
from qa_assistant.sessions.records import Session, StoredTurn
from qa_assistant.sessions.store import SessionStore
from qa_assistant.settings import Settings

QUESTION = "What did Bayramov and Takei discuss?"
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
    return Answer("q", "en", "answered", kind, model, text, sentences, citations, (), 0.9, Usage(), {})


def turn(answer: Answer | None, ordinal: int = 1, question: str = "Why?", **more: object) -> StoredTurn:
    plain = StoredTurn(ordinal, question, answer, stopped=False, partial_text="", asked_at=ASKED)
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


def test_what_was_stopped_or_never_finished_is_marked() -> None:
    partial = "They discussed energy. [1] And\n\nmore"
    markdown = to_markdown(SESSION, [turn(None, stopped=True, partial_text=partial), turn(None, 2)])
    assert "They discussed energy.  And\n\nmore\n\n*Stopped before it was finished." in markdown
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
        [turn(written, question=text), turn(None, 2, question=text, partial_text=text.replace("[1]", ""))],
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
    stopped = turn(None, 4, stopped=True, partial_text="They \x1b[31m \udcff")
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
        "ordinal": 4, "question": "Why?", "answer": None, "stopped": True, "partial_text": stopped.partial_text,
        "asked_at": "2024-05-01T12:30:59+00:00",
    }  # fmt: skip


# Files


def test_an_export_never_overwrites(tmp_path: Path) -> None:
    path = tmp_path / "energy.md"
    path.write_text("mine")
    (tmp_path / "energy-3.md").mkdir()
    written = [write_export(path, f"text {number} ü\n") for number in range(3)]
    assert [file.name for file in written] == ["energy-2.md", "energy-4.md", "energy-5.md"]
    assert path.read_text() == "mine"
    assert [file.read_bytes() for file in written] == [f"text {number} ü\n".encode() for number in range(3)]
    assert len(list(tmp_path.iterdir())) == 5, "nothing else is left"


def test_exports_at_once_do_not_meet(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        written = list(pool.map(lambda number: write_export(tmp_path / "a.md", str(number)), range(40)))
    assert [file.read_text() for file in written] == [str(number) for number in range(40)]


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "a.md").symlink_to(tmp_path / "elsewhere")
    assert write_export(tmp_path / "a.md", "text").name == "a-2.md"
    assert not (tmp_path / "elsewhere").exists()


def test_an_export_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    for path in (tmp_path / "none" / "a.md", tmp_path / ("x" * 300 + ".md")):
        with pytest.raises(SessionError, match="cannot be written") as caught:
            write_export(path, "text")
        assert caught.value.hint
    with pytest.raises(UnicodeEncodeError):
        write_export(tmp_path / "a.md", "\ud800")
    assert list(tmp_path.iterdir()) == []


def test_only_the_user_may_read_an_export(tmp_path: Path) -> None:
    assert stat.S_IMODE(write_export(tmp_path / "a.md", "text").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("What did they discuss?", "what-did-they-discuss"),
        ("Müller und Байрамов: 東京", "müller-und-байрамов-東京"),
        ("../../etc/passwd", "etc-passwd"),
        (".hidden", "hidden"),
        ("a\\b/c:d*e?f\"g<h>i|j\0k\nl", "a-b-c-d-e-f-g-h-i-j-k-l"),
        ("CON", "chat-con"),
        ("com1.", "chat-com1"),
        ("COM¹", "chat-com1"),
        ("", "chat"),
        ("?!", "chat"),
        ("\u202egpj.exe", "gpj-exe"),
        ("x" * 79 + " y", "x" * 79),
    ],
)  # fmt: skip
def test_a_title_as_a_file_name(title: str, name: str) -> None:
    assert slug(title) == name


@given(st.text(max_size=300) | st.text("\U00010330\U00020000é", min_size=80))
def test_any_title_makes_a_safe_file_name(title: str) -> None:
    name = slug(title)
    assert 1 <= len(name) <= LONGEST_NAME
    assert len(f"{name}-999.json".encode()) <= 255
    assert not re.search(r'[\s\\/:*?"<>|.\x00-\x1f]', name)
    assert name.strip("-") == name
    assert name.casefold() not in {"con", "prn", "aux", "nul", "com1", "lpt9"}
    assert Path(name).name == name


def test_the_longest_names_can_be_written(tmp_path: Path) -> None:
    for title in ("\U00020000" * 100, "x" * 100, "й" * 100):
        path = tmp_path / f"{slug(title)}.json"
        assert {write_export(path, "x").parent for _ in range(2)} == {tmp_path}
