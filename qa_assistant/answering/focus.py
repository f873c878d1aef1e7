"""What a question asks about, once the article has been found: the question without the names it was found by.

„What did Bayramov and Takei discuss?“ is nearest to the sentences that name both, which say who met, not what about.
The sentences that answer speak of “the talks”. “What did and discuss?” is nearest to those.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from qa_assistant.answering.asking import says
from qa_assistant.answering.countries import absent, countries
from qa_assistant.answering.word_matching import sounds_alike
from qa_assistant.index.words import SHORTEST, WORD, Word, fold, words_of
from qa_assistant.records import Article, Hit

if TYPE_CHECKING:
    from qa_assistant.index.arrays import Array


LEAST_LETTERS = 10
"""Letters that must be left: “Who is” without the name asks nothing any more."""

NAMED = 0.7
"""How alike a name and a word of an article, or of a passage, sound from which it has that name."""

NAMED_WITHIN = 100_000
"""Characters of an article, beside its passages that were found, that are read for names: not the whole of a book."""

_SPACES = re.compile(r"\s+")


def names_of(question: str, language: str | None, count_tokens: Callable[[str], int]) -> list[Word]:
    """The names in a question: capitalised words that the embedding model's tokenizer does not know as one piece.

    Common nouns, which German capitalises too, are one piece; so is many a name. “Who is Norman?” asks about nothing
    else, so it is one, too. In “what did bayramov and takei discuss?” nothing is capitalised: there all that is asked
    about are names, or nothing.
    """
    one_piece = count_tokens("a")
    asked = _asked(question)
    if question.islower():
        return asked if all(count_tokens(word.written.capitalize()) > one_piece for word in asked) else []
    names = [word for word in asked if word.written[0].isupper()]
    if names == asked and language != "de":
        return names
    return [word for word in names if count_tokens(word.written) > one_piece]


def only_names(question: str, names: Sequence[Word]) -> Sequence[Word]:
    """The `names` in a question that asks about nothing else; none if it does."""
    return names if len(names) == len(_asked(question)) else []


def focus(question: str, names: Sequence[Word], found_in: Sequence[str]) -> str:
    """`question` without those of its `names` that stand, in any spelling, in the texts `found_in`; as it was if
    little is left."""
    alike = _alike(names, found_in)
    return without(question, [name.written for name, best in zip(names, alike, strict=True) if best > 0])


def naming(question: str, language: str | None, names: Sequence[Word], hits: Sequence[Hit]) -> list[Hit]:
    """The hits whose article has one of the question's `names`, in any spelling, or speaks of a country that it names;
    all if none does. Where there is no name, but one word alone says what is asked about, it counts as one.

    Where one article names who is asked about, what another says is beside the point, however near its sentences are:
    “Who is Takei?” is near to any of people. Where more is asked, an article that has no name (it may write it in a way
    of its own) is left out only if the best one has.
    """
    articles, asked = {hit.article.id: hit.article for hit in hits}, _asked(question)
    names = names or (asked if len(asked) == 1 else [])
    if not names or len(articles) == 1:
        return list(hits)
    told = countries(question, language or "")
    named = named_in(names, hits) | {key for key, one in articles.items() if _speaks_of(told, language, one)}
    nothing_else = len(names) == len(asked)
    if not named or not (nothing_else or hits[0].article.id in named):
        return list(hits)
    return [hit for hit in hits if hit.article.id in named]


def named_first(language: str | None, names: Sequence[Word], hits: Sequence[Hit]) -> list[Hit]:
    """The ranked `hits`, those first whose article has one of the `names` of a question in `language`, if the best one
    is in that language and no article in it has any.

    Passages in the question's language share its everyday words, those that answer may share its names alone: “What did
    Overchuk say about the corridor?” is near to all that is said of corridors in English.
    """
    own = {hit.article.id for hit in hits if hit.article.metadata.language == language}
    if not names or not hits or hits[0].article.id not in own or len(own) == len({hit.article.id for hit in hits}):
        return list(hits)
    named = named_in(names, hits)
    return list(hits) if named & own else sorted(hits, key=lambda hit: hit.article.id not in named)


def named_in(names: Sequence[Word], hits: Sequence[Hit]) -> set[str]:
    """Ids of the hits' articles that have one of `names`, in any spelling."""
    texts: dict[str, list[str]] = {}
    for hit in hits:
        told = hit.article.metadata
        whole = [hit.article.text[:NAMED_WITHIN], told.title or "", told.place or "", told.agency or ""]
        texts.setdefault(hit.article.id, whole).append(hit.passage.text)
    return {key for key, own in texts.items() if _alike(names, own).max() > NAMED}


def _speaks_of(told: Mapping[str, str], language: str | None, article: Article) -> bool:
    """Whether an article speaks of any of these `countries`, whose names are in this language."""
    text = article.text[:NAMED_WITHIN]
    return len(absent(told, language or "", text, article.metadata.language)) < len(told)


def _asked(question: str) -> list[Word]:
    """The words that say what is asked, as far as they may be looked for: “How old is Takei?” is about Takei."""
    words = [word for word in words_of(question) if says(word)]
    return [word for word in words if word.written[0].isupper() or len(word.folded) >= SHORTEST]


def _alike(names: Sequence[Word], texts: Sequence[str]) -> Array:
    """How alike each name and the word nearest to it are spelled, 0 to 1, shape `(names,)`."""
    vocabulary = sorted({fold(written) for written in {word for text in texts for word in WORD.findall(text)}} - {""})
    alike: Array = sounds_alike(names, vocabulary).max(axis=1, initial=0)
    return alike


def without(question: str, written: Collection[str]) -> str:
    """`question` without these words; as it was if little is left."""
    rest = _SPACES.sub(" ", WORD.sub(lambda match: "" if match[0] in written else match[0], question)).strip()
    return question if says_little(rest) else rest


def says_little(question: str) -> bool:
    """Whether it has too few letters to stand alone."""
    return sum(map(str.isalpha, question)) < LEAST_LETTERS
