"""What is found when a claim is held beside sentences, and what of it speaks against the claim, in words. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from qa_assistant.answering.verdict import CITED

NAME_MISSING, WORD_MISSING = 0.76, 0.73
"""Matches below which a name or a word counts as missing, where reasons are given: 5 % of the true claims about XQuAD's
even articles (in another language than the article's) have a worse one. Of 546 claims with a name of another article
that were caught there by nothing but their words, 538 are told a name and 524 of them that one.
"""

NAME_SURE = 0.78
"""Match below which a language model that reads again looks for a name. Of XQuAD's even articles, Qwen2.5-Coder 1.5B
that says yes or no then takes back 0.978 of the claims with a name of another article, 0.842 when it is not asked about
names, and 1 % of the true ones more; at 0.85 it is 0.993 and 4 %, at 0.76 0.950 and 1 %.
"""

ABOUT_IT = 0.35
"""Centred cosine from which a sentence is about what is claimed: below it nothing is borne, and a claim that fails
above it is shown beside the sentence. Of 140 English translations of German sentences (xquad-dev) none was below 0.55.
"""

RESTATED = 0.5
"""The same for a claim that says no more than the question: “Takei will visit again” takes for granted what was asked.
"""

ALL_WORDS = 0.9
"""Mean match from which every new word of a claim stands in a sentence."""


@dataclass(frozen=True, slots=True)
class Findings:
    """How a claim stands to one or two sentences. Matches are cosines or likenesses up to 1, and 1 if there is nothing
    to match.

    What the question does not say must be in the sentences; what it says may stand anywhere in their passage.
    """

    similarity: float
    """Centred cosine."""
    missing_values: tuple[str, ...]
    """Numbers and dates that the question does not have and the sentences do not, as the claim writes them."""
    missing_asked: tuple[str, ...]
    """Those of the question that the passage does not have."""
    missing_countries: tuple[str, ...]
    """Countries that the passage does not speak of, as the claim writes them."""
    new: float
    """Mean match of the tokens that are not the question's, each in its context."""
    new_words: float
    """Mean match of the words that are not the question's."""
    new_word: float
    """Match of the one that is matched worst."""
    name: float
    """Match of the name that is matched worst, asked or not."""
    names: float
    """Mean match of the names."""
    sentence: float
    """How much better another sentence of the passage matches the question's words: 0 or less."""
    window: float
    """The same of a run of words, the one around what is new and any other."""
    denies: bool
    """Whether the claim denies something and the sentences nothing."""
    denied: bool
    """The other way round."""
    restates: bool = False
    """Whether the claim says no more than the question; then all its words count as new."""
    worst_name: str = ""
    """As the claim writes it; empty if it has no name."""
    worst_word: str = ""
    """The same of the words that are not the question's."""
    unsure: tuple[str, ...] = ()
    """Names with a word that is matched less than `NAME_SURE`, as the claim writes them."""


def is_about(found: Findings) -> bool:
    """Whether sentences are about what is claimed: near to it, or all its words are theirs (a short answer: “112”).

    What a question takes for granted and no article says (“Takei resigned”) is near to nothing.
    """
    if found.restates:
        return found.similarity >= RESTATED
    return found.similarity >= ABOUT_IT or found.new_words >= ALL_WORDS


def reasons(found: Findings) -> tuple[str, ...]:
    """What speaks against the claim, in words."""
    said = [f"number {value} is not in {CITED}" for value in (*found.missing_values, *found.missing_asked)]
    said += [f"country {name} is not in {CITED}" for name in found.missing_countries]
    if found.name < NAME_MISSING and found.worst_name not in found.missing_countries:
        said.append(f"name {found.worst_name} is not in {CITED}")
    if found.denies or found.denied:
        said.append(f"{'the sentence' if found.denies else CITED} denies what {CITED if found.denies else 'it'} says")
    if not said and found.new_word < WORD_MISSING:
        said.append(f"“{found.worst_word}” is not in {CITED}")
    return tuple(said) or (f"{CITED} does not say that",)
