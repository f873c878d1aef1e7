"""The figures of an evaluation: what each is called, and what it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Kind:
    """One figure. A `share` is from 0 to 1."""

    label: str
    explanation: str
    unit: Literal["share", "ms", "tokens"] = "share"


FIGURES: Mapping[str, Kind] = {
    "passed": Kind("passed", "cases whose answer has every fact and cites every sentence, or is rightly refused"),
    "answered": Kind("answerable answered", "answerable questions that were answered"),
    "refused": Kind("unanswerable refused", "unanswerable questions that were refused (recall of abstention)"),
    "abstention_precision": Kind("refusals right", "refused questions that were unanswerable"),
    "auroc": Kind("confidence AUROC", "how often an answerable question has more confidence than an unanswerable one"),
    "facts": Kind("facts covered", "expected facts that stand in the answer"),
    "citation_recall": Kind("citation recall", "expected sentences that are cited"),
    "citation_precision": Kind("citation precision", "cited sentences that are expected"),
    "verbatim": Kind("citations verbatim", "citations that stand in their article to the letter"),
    "support": Kind("sentences supported", "sentences of the answer that a cited sentence bears"),
    "hit@1": Kind("hit@1", "questions whose first passage holds an expected sentence"),
    "hit@k": Kind("hit@k", "questions with an expected sentence among the passages used"),
    "mrr": Kind("MRR", "reciprocal rank of the first passage with an expected sentence"),
    "ndcg": Kind("nDCG", "normalised discounted cumulative gain of the passages used"),
    "f1": Kind("token F1", "overlap of the answer's words with the expected answer's, as SQuAD counts"),
    "exact_match": Kind("exact match", "answers that are the expected one, as SQuAD counts"),
    "similarity": Kind("similarity", "cosine of the answer and the expected answer in the embedding model"),
    "judged": Kind("right, says the judge", "answers that the judging model finds right"),
    "judge_agreement": Kind("judge agrees", "answers that the judge finds right if and only if all facts are there"),
    "first_token_ms": Kind("first word", "milliseconds from question to first word", "ms"),
    "total_ms": Kind("whole answer", "milliseconds from question to the end of the answer", "ms"),
    "completion_tokens": Kind("tokens written", "tokens the language model wrote", "tokens"),
}
"""In the order in which reports show them."""
