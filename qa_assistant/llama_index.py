"""The retriever and the query engine as LlamaIndex components, for people who build on LlamaIndex.

    from qa_assistant import Assistant
    from qa_assistant.llama_index import QAQueryEngine, QARetriever

    retriever = QARetriever(Assistant(), similarity_top_k=5)
    nodes = retriever.retrieve("What did Bayramov and Takei discuss?")
    response = QAQueryEngine(Assistant()).query("What did Bayramov and Takei discuss?")

This module imports LlamaIndex (about 2 s); nothing else in the package imports this module.
"""

from __future__ import annotations

from typing import Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.response.schema import RESPONSE_TYPE, Response
from llama_index.core.callbacks import CallbackManager
from llama_index.core.schema import NodeRelationship, NodeWithScore, QueryBundle, RelatedNodeInfo, TextNode

from qa_assistant.answer_json import article_fields, as_dict
from qa_assistant.assistant import NO_FILTERS, Assistant
from qa_assistant.records import Answer, Filters, Hit


class QARetriever(BaseRetriever):
    """Passages of the assistant's index as nodes, best first, with exact offsets into the article's text."""

    def __init__(
        self,
        assistant: Assistant,
        similarity_top_k: int = 5,
        filters: Filters = NO_FILTERS,
        callback_manager: CallbackManager | None = None,
    ) -> None:
        self._assistant = assistant
        self._top_k = similarity_top_k
        self._filters = filters
        super().__init__(callback_manager=callback_manager)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits = self._assistant.search(query_bundle.query_str, self._top_k, self._filters)
        return [node(hit) for hit in hits]


class QAQueryEngine(BaseQueryEngine):
    """Answers with the assistant. The response's nodes are the passages; `metadata["answer"]` is the whole answer."""

    def __init__(
        self, assistant: Assistant, filters: Filters = NO_FILTERS, callback_manager: CallbackManager | None = None
    ) -> None:
        self._assistant = assistant
        self._filters = filters
        super().__init__(callback_manager=callback_manager)

    def _query(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        return response(self._assistant.answer(query_bundle.query_str, self._filters))

    async def _aquery(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        return self._query(query_bundle)

    def _get_prompt_modules(self) -> dict[str, Any]:
        return {}


def node(hit: Hit) -> NodeWithScore:
    """One retrieved passage as LlamaIndex has it; `start_char_idx` and `end_char_idx` are ours, and exact."""
    known = article_fields(hit.article)
    text_node = TextNode(
        id_=hit.passage.key,
        text=hit.passage.text,
        start_char_idx=hit.passage.start,
        end_char_idx=hit.passage.end,
        metadata={key: value for key, value in known.items() if value is not None and key != "article_id"},
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=hit.article.id)},
    )
    return NodeWithScore(node=text_node, score=hit.score)


def response(answer: Answer) -> Response:
    """An answer as LlamaIndex has it."""
    return Response(
        response=answer.text, source_nodes=[node(hit) for hit in answer.hits], metadata={"answer": as_dict(answer)}
    )
