"""One answer beside what was expected of it: outcome and scores. Pure, but for the similarity it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from qa_assistant.evaluation import metrics
from qa_assistant.evaluation.facts import covered
from qa_assistant.evaluation.locating import Place, Places
from qa_assistant.evaluation.records import Case, Expected, Outcome, Run
from qa_assistant.records import Answer
from qa_assistant.references import without_marks

Similarity = Callable[[str, str], float]
"""Cosine of two texts in the embedding model."""


def measured(case: Case, answer: Answer, places: Places, texts: Mapping[str, str], similarity: Similarity) -> Run:
    """The run that `answer` makes of `case`. `texts` are the articles' canonical texts by id.

    A score that does not apply is left out: nothing says how well an unanswerable question's sentences are cited.
    """
    answered = answer.status == "answered"
    said = without_marks(answer.text) if answered else ""
    spoken = _by_language(answer) if answered else {}
    lost = [
        fact[0]
        for fact in case.facts
        if not any(covered(fact, text, language, answer.language) for language, text in spoken.items())
    ]
    cited = [Place(one.article.id, one.start, one.end) for one in answer.citations]
    uncited = [one for one in case.cites if not any(metrics.overlap(a, b) for a in places[one] for b in cited)]
    scores = dict(_always(answer, texts))
    if case.answerable:
        scores |= {"answered": float(answered), **_retrieval(case, answer, places)}
        if case.facts:
            scores["facts"] = 1 - len(lost) / len(case.facts)
        if case.cites:
            scores["citation_recall"] = 1 - len(uncited) / len(case.cites)
            if cited:
                expected = [place for one in case.cites for place in places[one]]
                scores["citation_precision"] = metrics.citation_precision(cited, expected) or 0.0
        scores |= _wording(case, said, next(iter(spoken), answer.language), similarity)
    else:
        scores["refused"] = float(not answered)
    outcome = _outcome(case, answered=answered, lost=lost, uncited=uncited)
    scores["passed"] = float(outcome == "passed")
    return Run(outcome, scores, tuple(lost), tuple(one.quote for one in uncited), answer)


def _by_language(answer: Answer) -> dict[str, str]:
    """What it says in each language: a quote speaks its article's, if that is known, all else the question's."""
    if answer.kind != "quotes":
        return {answer.language: without_marks(answer.text)}
    said: dict[str, str] = {}
    for sentence, citation in zip(answer.sentences, answer.citations, strict=True):
        language = citation.article.metadata.language or answer.language
        said[language] = f"{said.get(language, '')}{without_marks(sentence.text)}\n"
    return said


def _outcome(case: Case, *, answered: bool, lost: Sequence[object], uncited: Sequence[Expected]) -> Outcome:
    if not case.answerable:
        return "invented" if answered else "passed"
    if not answered:
        return "refused"
    if lost:
        return "incomplete"
    return "uncited" if uncited else "passed"


def _always(answer: Answer, texts: Mapping[str, str]) -> Iterator[tuple[str, float]]:
    """What can be said of every answer, whatever was expected."""
    yield "confidence", answer.confidence
    yield "total_ms", answer.timings_ms["total"]
    if "first_token" in answer.timings_ms:
        yield "first_token_ms", answer.timings_ms["first_token"]
    if answer.usage.completion_tokens:
        yield "completion_tokens", answer.usage.completion_tokens
    if answer.citations:
        exact = [texts.get(one.article.id, "")[one.start : one.end] == one.quote for one in answer.citations]
        yield "verbatim", sum(exact) / len(exact)
    if answer.sentences:
        yield "support", sum(one.support == "supported" for one in answer.sentences) / len(answer.sentences)


def _retrieval(case: Case, answer: Answer, places: Places) -> dict[str, float]:
    """Scores of the ranking: a passage is relevant if an expected sentence stands in it, at least in part."""
    if not case.cites or not answer.hits:
        return dict.fromkeys(("hit@1", "hit@k", "mrr", "ndcg"), 0.0) if case.cites else {}
    passages = [Place(hit.article.id, hit.passage.start, hit.passage.end) for hit in answer.hits]
    found = [{one for one in case.cites if any(metrics.overlap(a, b) for a in places[one])} for b in passages]
    relevant = [bool(those) for those in found]
    lost = len(set(case.cites).difference(*found))  # for each of them there is one more passage
    return {
        "hit@1": metrics.hit_at(relevant, 1),
        "hit@k": metrics.hit_at(relevant, len(relevant)),
        "mrr": metrics.reciprocal_rank(relevant),
        "ndcg": metrics.ndcg(relevant, sum(relevant) + lost, len(relevant)),
    }


def _wording(case: Case, said: str, language: str, similarity: Similarity) -> dict[str, float]:
    """How near the answer's words are to the expected ones; the wordings of an only fact will do too, as in SQuAD."""
    if not case.answer:
        return {}
    accepted = (case.answer, *(case.facts[0] if len(case.facts) == 1 else ()))
    scores = {
        "f1": metrics.token_f1(said, accepted, language),
        "exact_match": metrics.exact_match(said, accepted, language),
    }
    return scores | ({"similarity": similarity(said, case.answer)} if said else {})
