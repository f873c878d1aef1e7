"""An answer and its passages as the JSON that scripts rely on. Fields are added, never renamed."""

from __future__ import annotations

from typing import Any

from qa_assistant.records import Answer, Citation, Hit

SCHEMA = 1


def as_dict(answer: Answer) -> dict[str, Any]:
    usage = answer.usage
    cited = {(citation.article.id, citation.start) for citation in answer.citations}
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
        "citations": [_citation(citation) for citation in answer.citations],
        "passages": passages(answer.hits, cited),
        "confidence": round(answer.confidence, 3),
        "usage": {"prompt_tokens": usage.prompt_tokens, "completion_tokens": usage.completion_tokens,
                  "context_tokens": usage.context_tokens, "truncated": usage.truncated},
        "timings_ms": dict(answer.timings_ms),
    }  # fmt: skip


def passages(hits: tuple[Hit, ...], cited: set[tuple[str, int]]) -> list[dict[str, Any]]:
    """The hits in order; `cited` holds article id and start of each cited sentence."""
    return [
        {
            "rank": rank,
            "score": round(hit.score, 4),
            "article_id": hit.article.id,
            "start": hit.passage.start,
            "end": hit.passage.end,
            "text": hit.passage.text,
            "cited": any((hit.article.id, span.start) in cited for span in hit.passage.sentences),
        }
        for rank, hit in enumerate(hits, start=1)
    ]


def _citation(citation: Citation) -> dict[str, Any]:
    known = citation.article.metadata
    return {
        "number": citation.number,
        "article_id": citation.article.id,
        "title": known.title,
        "date": known.date,
        "place": known.place,
        "agency": known.agency,
        "language": known.language,
        "path": citation.article.path,
        "start": citation.start,
        "end": citation.end,
        "line": citation.line,
        "quote": citation.quote,
    }
