"""Markdown of models as styled text: what is a citation, what is Markdown, and what is neither."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content

from qa_assistant.display import harmless
from qa_assistant.tui.answer_text import literal, markdown


def links(content: Content) -> list[tuple[str, str]]:
    """Text and action of everything that can be clicked."""
    found = []
    for span in content.spans:
        style = span.style
        if not isinstance(style, str) and "@click" in style.meta:
            found.append((content.plain[span.start : span.end], style.meta["@click"]))
    return found


def test_a_citation_is_a_link_and_an_unknown_number_is_text() -> None:
    content = markdown("They met [1][2] in Baku [9].", {1, 2})
    assert content.plain == "They met [1][2] in Baku [9]."
    assert links(content) == [("[1]", "cite(1)"), ("[2]", "cite(2)")]


def test_emphasis_lists_headings_and_code() -> None:
    text = "# Topics\n\nThey **agreed**:\n\n- *energy* [1]\n- `transport`\n  - roads\n\n3. third\n4. fourth\n"
    content = markdown(text, {1})
    assert content.plain == "Topics\n\nThey agreed:\n\n• energy [1]\n• transport\n  • roads\n\n3. third\n4. fourth"
    assert [content.plain[span.start : span.end] for span in content.spans if getattr(span.style, "bold", False)] == [
        "Topics", "agreed", "[1]",
    ]  # fmt: skip


def test_the_chosen_citation_is_marked() -> None:
    reversed_ = [
        content.plain[span.start : span.end]
        for content in [markdown("a [1] b [2]", {1, 2}, selected=2)]
        for span in content.spans
        if getattr(span.style, "reverse", False)
    ]
    assert reversed_ == ["[2]"]


@pytest.mark.parametrize(
    "text",
    [
        "[@click=app.quit]x[/]", "[/", "[bold red]x", "[link](file:///etc/passwd)", "![image](http://127.0.0.1/x.png)",
        "<b>x</b> <script>1</script>", "http://127.0.0.1/ www.example.org", "[1](http://127.0.0.1)", "[a]: http://127.0.0.1",
        "| a | b |\n|---|---|\n| 1 | 2 |",
    ],
)  # fmt: skip
def test_nothing_else_can_be_clicked(text: str) -> None:
    for render in (markdown, literal):
        assert links(render(text, {7})) == []
        assert all(part in render(text, {7}).plain for part in text.split("\n"))


def test_sentences_of_articles_are_no_markdown() -> None:
    content = literal("* 1. **Preis** _x_ # [1]\n> [2]", {1})
    assert content.plain == "* 1. **Preis** _x_ # [1]\n\n> [2]"
    assert links(content) == [("[1]", "cite(1)")]


@given(st.text(alphabet=st.sampled_from("ab [](){}<>!*_`#->1234567890.\n\\\x1b\u202e@=/")), st.sets(st.integers(1, 12)))
def test_only_known_numbers_are_links_and_nothing_is_unsafe(text: str, numbers: set[int]) -> None:
    for render in (markdown, literal):
        content = render(text, numbers)
        assert all(action == f"cite({shown[1:-1]})" and int(shown[1:-1]) in numbers for shown, action in links(content))
        assert harmless(content.plain) == content.plain


def test_items_of_lists_hang_below_their_first_line_and_what_follows_does_not() -> None:
    text = "1. one two three [1]\n   - four five six\n\nAfter the list."
    assert markdown(text, {1}, width=14).plain.split("\n") == [
        "1. one two",
        "   three [1]",
        "  • four five",
        "    six",
        "",
        "After the list.",
    ]
    assert links(markdown(text, {1}, width=14)) == links(markdown(text, {1}))
