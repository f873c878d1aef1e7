"""What an answer is measured by: pure functions, each with the source of its formula. No I/O here.

A share is from 0 to 1. None means that the figure is not defined for the data, which is not the same as 0.
"""

from __future__ import annotations

import math
import re
import string
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence

Range = tuple[str, int, int]
"""An article's id or path, and a half-open range `[start, end)` of code points of its canonical text."""

_ARTICLES = {
    "en": r"\b(?:a|an|the)\b",
    "de": r"\b(?:ein|eine|einen|einem|eines|einer|der|die|das|den|dem|des)\b",
    "fr": r"\b(?:le|la|les|un|une|des|du)\b",
    "es": r"\b(?:un|una|unos|unas|el|la|los|las)\b",
    "vi": r"\b(?:của|là|cái|chiếc|những)\b",
    "ar": "ال",
}
_ELIDED_ARTICLE = re.compile(r"\bl['’]")
_CHINESE_CHARACTER = re.compile("[\u4e00-\u9fa5]")
_TURKIC_LOWER_CASE = str.maketrans({"I": "ı", "İ": "i"})


def hit_at(relevant: Sequence[bool], k: int) -> float:
    """1 if one of the first `k` of a ranking, best first, is relevant, else 0. Its mean is also called success@k."""
    return float(any(relevant[:k]))


def reciprocal_rank(relevant: Sequence[bool]) -> float:
    """1 / rank of the first relevant one of a ranking, best first; 0 if there is none.

    Its mean is MRR: Voorhees, "The TREC-8 Question Answering Track Report", 1999.
    """
    return next((1 / rank for rank, found in enumerate(relevant, start=1) if found), 0.0)


def ndcg(relevant: Sequence[bool], total: int, k: int) -> float:
    """nDCG of the first `k` of a ranking, best first, if `total` relevant ones exist: 0 to 1, gains of 0 and 1.

    DCG is Σ gain / log2(rank + 1); the ideal ranking has min(total, k) relevant ones on top. Järvelin and Kekäläinen,
    "Cumulated gain-based evaluation of IR techniques", 2002, with the discount now common.

    Raises ValueError if `total` is 0 or less than the relevant ones in the ranking, or if `k` is less than 1.
    """
    if total < max(1, sum(relevant)) or k < 1:
        raise ValueError(f"nDCG at {k} of {sum(relevant)} relevant among {total} is not defined")
    gained = sum(1 / math.log2(rank + 1) for rank, found in enumerate(relevant[:k], start=1) if found)
    return gained / sum(1 / math.log2(rank + 1) for rank in range(1, min(total, k) + 1))


def overlap(one: Range, other: Range) -> bool:
    """Whether both have a character in common: the same article, and ranges that meet in more than an end."""
    return one[0] == other[0] and max(one[1], other[1]) < min(one[2], other[2])


def citation_precision(cited: Collection[Range], expected: Collection[Range]) -> float | None:
    """Share of cited sentences that overlap an expected one; None if nothing is cited.

    A sentence that is cited twice counts once. Precision as in van Rijsbergen, "Information Retrieval", 1979, on
    sentences.
    """
    cites = set(cited)
    return _share(sum(any(overlap(cite, want) for want in expected) for cite in cites), len(cites))


def exact_match(answer: str, accepted: Sequence[str], language: str) -> float:
    """1 if `answer`, without citation marks, is one of `accepted` once both are normalised, else 0.

    As the evaluation script of SQuAD 2.0 does (Rajpurkar et al., 2018): if nothing is accepted, an empty answer is the
    right one. `language` is ISO 639-1, the answer's; for what is normalised see `_normalised`.
    """
    return float(_normalised(answer, language) in _gold(accepted, language))


def token_f1(answer: str, accepted: Sequence[str], language: str) -> float:
    """Harmonic mean of precision and recall of the answer's words, 0 to 1, for the accepted answer that it fits best.

    Words are a multiset. Source and normalisation as for `exact_match`; where either has no words, 1 if neither has.
    """
    words = _normalised(answer, language).split()
    return max(_f1(words, gold.split()) for gold in _gold(accepted, language))


def abstention_precision(answerable: Sequence[bool], refused: Sequence[float]) -> float | None:
    """Share of the refused questions that are unanswerable; None if none is refused.

    `refused` is True or False, or the share of a case's runs. Van Rijsbergen, 1979, as for `citation_precision`.
    """
    right = sum(share for can, share in zip(answerable, refused, strict=True) if not can)
    return _share(right, sum(refused))


def auroc(confidence: Sequence[float], answerable: Sequence[bool]) -> float | None:
    """Area under the ROC curve: how often an answerable case has more confidence than an unanswerable one.

    The Mann-Whitney form, in which ties count half: Hanley and McNeil, "The meaning and use of the area under a
    receiver operating characteristic (ROC) curve", 1982. None if there are only answerable cases, or none.
    """
    if len(confidence) != len(answerable):
        raise ValueError(f"{len(confidence)} confidences of {len(answerable)} cases")
    import numpy as np  # the bootstrap asks thousands of times

    values, can = np.asarray(confidence, dtype=float), np.asarray(answerable, dtype=bool)
    yes, no = values[can], np.sort(values[~can])
    wins = (np.searchsorted(no, yes, "left").sum() + np.searchsorted(no, yes, "right").sum()) / 2
    return _share(float(wins), len(yes) * len(no))


def cohen_kappa(one: Sequence[bool], other: Sequence[bool]) -> float | None:
    """Agreement of two judges beyond chance, -1 to 1; None if chance alone makes them agree, or without cases.

    Cohen, "A coefficient of agreement for nominal scales", 1960: (observed - chance) / (1 - chance).
    """
    count = len(one)
    observed = sum(a == b for a, b in zip(one, other, strict=True)) * count
    chance = sum(one) * sum(other) + (count - sum(one)) * (count - sum(other))
    # In whole numbers, times count², so that "chance alone" is exact.
    return (observed - chance) / (count**2 - chance) if count**2 != chance else None


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _gold(accepted: Sequence[str], language: str) -> list[str]:
    """The accepted answers, normalised, without those of which nothing is left; if there is none, the empty answer."""
    return [gold for text in accepted if (gold := _normalised(text, language))] or [""]


def _f1(words: Sequence[str], gold: Sequence[str]) -> float:
    if not words or not gold:
        return float(words == gold)
    # 2PR / (P + R) with P = common / len(words) and R = common / len(gold)
    return 2 * (Counter(words) & Counter(gold)).total() / (len(words) + len(gold))


def _normalised(text: str, language: str) -> str:
    """`text` in lower case without punctuation and articles, its words one space apart.

    English as in SQuAD's script, to the letter: ASCII punctuation, a, an, the. The others as in MLQA's (Lewis et al.,
    "MLQA: Evaluating Cross-lingual Extractive Question Answering", 2019): all of Unicode's punctuation, the articles of
    German, Spanish, Vietnamese and Arabic, and each Chinese character a word. French articles and the lower case of
    Turkish and Azerbaijani (İ is i, I is ı) are ours: no published script has them.
    """
    if language in ("tr", "az"):
        text = text.translate(_TURKIC_LOWER_CASE)
    text = text.lower()
    if language == "fr":  # while the apostrophe is there: without it, l'eau would be one word
        text = _ELIDED_ARTICLE.sub(" ", text)
    text = "".join(character for character in text if not _is_punctuation(character, language))
    if language in _ARTICLES:
        text = re.sub(_ARTICLES[language], " ", text)
    if language == "zh":
        text = _CHINESE_CHARACTER.sub(r" \g<0> ", text)
    return " ".join(text.split())


def _is_punctuation(character: str, language: str) -> bool:
    return character in string.punctuation or (language != "en" and unicodedata.category(character).startswith("P"))
