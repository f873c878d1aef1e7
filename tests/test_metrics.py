"""Metrics: worked examples, what must always hold, and agreement with libraries that define the same."""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from qa_assistant.evaluation import metrics

RANKINGS = st.lists(st.booleans(), min_size=1, max_size=12)
JUDGED = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=30)
WORDS = st.lists(st.sampled_from(["the", "a", "An", "cat", "Cat", "cats,", "sat-on", "U.S.", "‘q’", "İl"]), max_size=7)
TEXTS = WORDS.map(" ".join) | st.text(st.sampled_from(string.ascii_letters + string.punctuation + " \n\té’ßİ"))

AGREEMENT = settings(deadline=None)
"""The first example imports the library."""


# Rankings


def ids_of(relevant: Sequence[bool], unfound: int) -> dict[str, Any]:
    """The ranking as LlamaIndex takes it: what was retrieved, and what is expected, of which `unfound` is not there."""
    expected = [str(at) for at, found in enumerate(relevant) if found]
    return {
        "retrieved_ids": [str(at) for at in range(len(relevant))],
        "expected_ids": [*expected, *(f"unfound {at}" for at in range(unfound))],
    }


@AGREEMENT
@given(RANKINGS, st.integers(0, 4), st.integers(1, 12))
def test_rankings_agree_with_llama_index(relevant: list[bool], unfound: int, k: int) -> None:
    from llama_index.core.evaluation.retrieval.metrics import MRR, NDCG, HitRate

    assume(sum(relevant) + unfound)
    assert metrics.reciprocal_rank(relevant) == MRR().compute(**ids_of(relevant, unfound)).score
    first = ids_of(relevant[:k], unfound + sum(relevant[k:]))
    assert metrics.hit_at(relevant, k) == HitRate().compute(**first).score
    # LlamaIndex counts all expected ones in the ideal, even if there are more than are looked at.
    total = sum(relevant) + unfound
    if total <= k:
        assert metrics.ndcg(relevant, total, k) == pytest.approx(NDCG().compute(**first).score)


@AGREEMENT
@given(RANKINGS, st.integers(0, 4), st.integers(1, 12))
def test_ndcg_agrees_with_scikit_learn(relevant: list[bool], unfound: int, k: int) -> None:
    from sklearn.metrics import ndcg_score

    total = sum(relevant) + unfound
    assume(total and len(relevant) + unfound > 1)
    # What was not retrieved comes after all that k looks at.
    everything = [*relevant, *[False] * k, *[True] * unfound]
    scores = range(len(everything), 0, -1)
    assert metrics.ndcg(relevant, total, k) == pytest.approx(ndcg_score([everything], [list(scores)], k=k))


@given(RANKINGS, st.integers(1, 12))
def test_an_ideal_ranking_scores_1_and_each_rank_lost_costs(relevant: list[bool], k: int) -> None:
    total = sum(relevant)
    assume(total)
    best = sorted(relevant, reverse=True)
    assert metrics.ndcg(best, total, k) == pytest.approx(1)
    assert metrics.reciprocal_rank(best) == metrics.hit_at(best, 1) == 1
    assert metrics.ndcg([False, *relevant], total, k) <= metrics.ndcg(relevant, total, k) <= 1 + 1e-12
    assert metrics.reciprocal_rank([False, *relevant]) < metrics.reciprocal_rank(relevant)


def test_a_ranking_without_anything_relevant_scores_0() -> None:
    for ranking in ([], [False], [False, False]):
        assert metrics.hit_at(ranking, 5) == metrics.reciprocal_rank(ranking) == metrics.ndcg(ranking, 1, 5) == 0


@pytest.mark.parametrize(("relevant", "total", "k"), [([True, True], 1, 2), ([False], 0, 1), ([True], 1, 0)])
def test_an_ndcg_that_is_not_defined_is_an_error(relevant: list[bool], total: int, k: int) -> None:
    with pytest.raises(ValueError, match="not defined"):
        metrics.ndcg(relevant, total, k)


# Citations


@pytest.mark.parametrize(
    ("other", "meets"),
    [
        (("a", 10, 20), True),
        (("a", 19, 30), True),
        (("a", 0, 11), True),
        (("a", 12, 13), True),
        (("a", 0, 99), True),
        (("a", 20, 30), False),
        (("a", 0, 10), False),
        (("a", 15, 15), False),
        (("b", 10, 20), False),
    ],
)
def test_ranges_overlap_if_they_share_a_character(other: metrics.Range, meets: bool) -> None:
    assert metrics.overlap(("a", 10, 20), other) is metrics.overlap(other, ("a", 10, 20)) is meets


SENTENCES = st.sets(st.integers(0, 8))


@AGREEMENT
@given(SENTENCES, SENTENCES, st.integers(0, 3))
def test_citations_agree_with_scikit_learn_however_exactly_they_are_cut(
    cited: set[int], expected: set[int], cut: int
) -> None:
    from sklearn.metrics import precision_score

    cites = [("a", 10 * at + cut, 10 * at + 10) for at in cited]
    wants = [("a", 10 * at, 10 * at + 10 - cut) for at in expected]
    truth, found = ([at in those for at in range(9)] for those in (expected, cited))
    precision = metrics.citation_precision(cites, wants)
    assert precision == (pytest.approx(precision_score(truth, found, zero_division=0)) if cited else None)


def test_a_citation_of_two_expected_sentences_and_a_repeated_one_count_once() -> None:
    wants = [("a", 0, 10), ("a", 10, 20), ("b", 0, 10)]
    cites = [("a", 5, 15), ("a", 5, 15), ("a", 30, 40)]
    assert metrics.citation_precision(cites, wants) == 1 / 2


# Wording


def squad(answer: str, accepted: Sequence[str]) -> tuple[float, float]:
    """Exact match and F1 by torchmetrics, which are those of SQuAD."""
    from torchmetrics.functional.text import squad as reference

    target: dict[str, Any] = {"id": "1", "answers": {"answer_start": [0] * len(accepted), "text": list(accepted)}}
    scores = reference({"id": "1", "prediction_text": answer}, target)
    return float(scores["exact_match"]) / 100, float(scores["f1"]) / 100


@AGREEMENT
@given(TEXTS, st.lists(TEXTS, min_size=1, max_size=3))
def test_english_agrees_with_torchmetrics_squad(answer: str, accepted: list[str]) -> None:
    # SQuAD 2.0 drops accepted answers of which normalising leaves nothing, unless it is all of them.
    telling = [text for text in accepted if not squad("", [text])[0]] or [""]
    exact, f1 = squad(answer, telling)
    assert metrics.exact_match(answer, accepted, "en") == exact
    assert metrics.token_f1(answer, accepted, "en") == pytest.approx(f1, abs=1e-6)


@pytest.mark.parametrize(
    ("language", "answer", "accepted"),
    [
        ("en", "The U.S. Army!", "us army"),
        ("en", "A cat, the hat.", "cat hat"),
        ("de", "„Das Haus“ – des Präsidenten", "haus präsidenten"),
        ("de", "Einem Freund", "freund"),
        ("fr", "L’eau, les « droits » du peuple", "eau droits peuple"),
        ("fr", "l'Azerbaïdjan", "Azerbaïdjan"),
        ("ru", "«Баку», столица…", "Баку столица"),
        ("tr", "İLK IŞIK", "ilk ışık"),
        ("az", "BAKI şəhəri", "Bakı şəhəri"),
        ("es", "El presidente ¿de una unión?", "presidente de unión"),
        ("vi", "Những con sông của Hà Nội", "con sông Hà Nội"),
        ("zh", "二〇二二年，北京。", "二〇二二年北京"),
        ("ar", "الرئيس،", "رئيس"),
        ("xx", "Some, “other” tongue", "some other tongue"),
    ],
)
def test_wordings_that_are_the_same(language: str, answer: str, accepted: str) -> None:
    assert metrics.exact_match(answer, ["nothing like it", accepted], language) == 1
    assert metrics.token_f1(answer, ["nothing like it", accepted], language) == 1


@pytest.mark.parametrize(
    ("language", "answer", "accepted", "f1"),
    [
        ("en", "“Baku”", "Baku", 0),  # SQuAD's script knows ASCII punctuation only
        ("en", "die Stadt", "Stadt", 2 / 3),  # each language has its own articles
        ("de", "the Stadt", "Stadt", 2 / 3),
        ("ru", "a город", "город", 2 / 3),
        ("fr", "aujourd'hui", "hui", 0),
        ("zh", "北京市", "北京", 0.8),  # each character is a word
        ("de", "Baku Baku", "Baku", 2 / 3),  # words are a multiset
        ("de", "", "Baku", 0),
        ("de", "Baku", "", 0),
        ("de", "", "", 1),
    ],
)
def test_f1_of_wordings(language: str, answer: str, accepted: str, f1: float) -> None:
    assert metrics.token_f1(answer, [accepted], language) == pytest.approx(f1)
    assert metrics.exact_match(answer, [accepted], language) == (f1 == 1)


def test_where_nothing_is_accepted_only_silence_is_right() -> None:
    assert metrics.exact_match("", [], "en") == metrics.token_f1("", [], "en") == 1
    assert metrics.exact_match("Baku", [], "en") == metrics.token_f1("Baku", [], "en") == 0


@given(st.text(), st.lists(st.text(), max_size=3), st.sampled_from(["en", "de", "fr", "tr", "ru", "zh", "ar"]))
def test_exact_match_implies_full_f1(answer: str, accepted: list[str], language: str) -> None:
    exact, f1 = metrics.exact_match(answer, accepted, language), metrics.token_f1(answer, accepted, language)
    assert exact in (0, 1)
    assert exact <= f1 <= 1
    assert metrics.token_f1("x", [*accepted, "x"], language) == 1


# Over all cases


@AGREEMENT
@given(JUDGED)
def test_abstention_agrees_with_scikit_learn(cases: list[tuple[bool, bool]]) -> None:
    from sklearn.metrics import precision_score

    answerable, refused = ([pair[at] for pair in cases] for at in (0, 1))
    precision = metrics.abstention_precision(answerable, refused)
    truth = [not can for can in answerable]
    assert precision == (pytest.approx(precision_score(truth, refused, zero_division=0)) if any(refused) else None)


def test_abstention_takes_shares_of_runs() -> None:
    assert metrics.abstention_precision([True, False, False], [0.5, 1.0, 0.5]) == 0.75


@AGREEMENT
@given(st.lists(st.tuples(st.sampled_from([0, 0.1, 0.5, 0.9, 1]) | st.floats(0, 1), st.booleans()), max_size=30))
def test_auroc_agrees_with_scikit_learn(cases: list[tuple[float, bool]]) -> None:
    from sklearn.metrics import roc_auc_score

    confidence, answerable = [value for value, _ in cases], [can for _, can in cases]
    found = metrics.auroc(confidence, answerable)
    if len(set(answerable)) < 2:
        assert found is None
    else:
        assert found == pytest.approx(roc_auc_score(answerable, confidence))


@AGREEMENT
@given(JUDGED)
def test_kappa_agrees_with_scikit_learn(cases: list[tuple[bool, bool]]) -> None:
    from sklearn.metrics import cohen_kappa_score

    one, other = [pair[0] for pair in cases], [pair[1] for pair in cases]
    found = metrics.cohen_kappa(one, other)
    if set(one) == set(other) and len(set(one)) == 1:
        assert found is None
    else:
        assert found == pytest.approx(cohen_kappa_score(one, other))


def test_figures_over_no_cases_are_not_defined() -> None:
    assert metrics.auroc([], []) is metrics.cohen_kappa([], []) is None
    assert metrics.abstention_precision([], []) is metrics.citation_precision([], []) is None


def test_columns_of_different_lengths_are_an_error() -> None:
    for call in (metrics.abstention_precision, metrics.auroc, metrics.cohen_kappa):
        with pytest.raises(ValueError, match=r"zip|1 confidences of 2 cases"):
            call([True], [True, False])
