"""An answer and its passages as the JSON that scripts rely on, and back. Fields are added, never renamed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from qa_assistant.records import Answer, AnswerSentence, Article, Citation, Hit, Metadata, Passage, Usage

SCHEMA = 1


def as_dict(answer: Answer) -> dict[str, Any]:
    usage = answer.usage
    return {
        "schema": SCHEMA,
        "question": answer.question,
        "standalone_question": answer.standalone_question,
        "language": answer.language,
        "status": answer.status,
        "answered_with": {"kind": answer.kind, "model": answer.model},
        "answer": answer.text,
        "sentences": [
            {"text": sentence.text, "citations": list(sentence.citations), "support": sentence.support,
             "reasons": list(sentence.reasons)}
            for sentence in answer.sentences
        ],
        "citations": [
            {"number": citation.number, **article_fields(citation.article), "start": citation.start,
             "end": citation.end, "line": citation.line, "quote": citation.quote, "gloss": citation.gloss}
            for citation in answer.citations
        ],
        "passages": passages(answer.hits, answer.citations),
        "confidence": round(answer.confidence, 3),
        "usage": {"prompt_tokens": usage.prompt_tokens, "completion_tokens": usage.completion_tokens,
                  "context_tokens": usage.context_tokens, "truncated": usage.truncated},
        "timings_ms": dict(answer.timings_ms),
    }  # fmt: skip


def from_dict(data: Mapping[str, Any]) -> Answer:
    """The answer that `as_dict` wrote, as far as JSON holds it; `as_dict` of it is `data` again.

    Articles come without text, passages without ordinal (0) and sentences, hits with their score only (else 0).
    """
    return Answer(
        question=data["question"],
        language=data["language"],
        status=data["status"],
        kind=data["answered_with"]["kind"],
        model=data["answered_with"]["model"],
        text=data["answer"],
        sentences=tuple(
            AnswerSentence(one["text"], tuple(one["citations"]), one["support"], tuple(one["reasons"]))
            for one in data["sentences"]
        ),
        citations=tuple(
            Citation(
                one["number"], _article(one), one["start"], one["end"], one["line"], one["quote"], one.get("gloss")
            )
            for one in data["citations"]
        ),
        hits=tuple(_hit(one) for one in data["passages"]),
        confidence=data["confidence"],
        usage=Usage(**data["usage"]),
        timings_ms=dict(data["timings_ms"]),
        standalone_question=data["standalone_question"],
    )


def passages(hits: Collection[Hit], citations: Collection[Citation]) -> list[dict[str, Any]]:
    """The hits in order; a passage is cited if it bears one of `citations`."""
    return [
        {
            "rank": rank,
            "score": round(hit.score, 4),
            **article_fields(hit.article),
            "start": hit.passage.start,
            "end": hit.passage.end,
            "text": hit.passage.text,
            "cited": any(map(hit.bears, citations)),
        }
        for rank, hit in enumerate(hits, start=1)
    ]


def article_fields(article: Article) -> dict[str, str | None]:
    """Everything about an article but its text."""
    known = article.metadata
    return {
        "article_id": article.id,
        "title": known.title,
        "date": known.date,
        "place": known.place,
        "agency": known.agency,
        "language": known.language,
        "path": article.path,
    }


def _article(fields: Mapping[str, Any]) -> Article:
    """Passages written before they had an article's fields have its id only."""
    known = Metadata(*(fields.get(name) for name in ("title", "date", "place", "agency", "language")))
    return Article(fields["article_id"], fields.get("path", ""), "", known)


def _hit(fields: Mapping[str, Any]) -> Hit:
    article = _article(fields)
    passage = Passage(article.id, 0, fields["start"], fields["end"], fields["text"], sentences=())
    return Hit(passage, article, fields["score"], sentence_scores=())
