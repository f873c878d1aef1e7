"""The components, used the way LlamaIndex's documentation uses its own."""

from __future__ import annotations

import asyncio

from llama_index.core import Settings as LlamaIndexSettings
from llama_index.core.base.response.schema import Response
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.response_synthesizers import ResponseMode
from llama_index.core.schema import TextNode

from qa_assistant import Assistant, Settings
from qa_assistant.llama_index import QAQueryEngine, QARetriever

QUESTION = "What did Bayramov and Takei discuss?"


def test_the_retriever_gives_nodes_with_exact_offsets(shipped_index: Settings, shipped_text: str) -> None:
    with Assistant(shipped_index) as assistant:
        nodes = QARetriever(assistant, similarity_top_k=2).retrieve(QUESTION)
    assert len(nodes) == 2
    assert (nodes[0].score or 0) > (nodes[1].score or 0)
    for found in nodes:
        assert isinstance(found.node, TextNode)
        assert shipped_text[found.node.start_char_idx : found.node.end_char_idx] == found.node.text
        assert found.node.metadata["agency"] == "AZERTAC"
        assert found.node.source_node is not None


def test_the_retriever_works_in_llama_indexs_own_query_engine(shipped_index: Settings) -> None:
    LlamaIndexSettings.llm = MockLLM()  # else LlamaIndex looks for OpenAI, even where no text is written
    with Assistant(shipped_index) as assistant:
        engine = RetrieverQueryEngine.from_args(QARetriever(assistant), response_mode=ResponseMode.NO_TEXT)
        assert engine.query(QUESTION).source_nodes


def test_the_query_engine_answers_with_sources(shipped_index: Settings) -> None:
    with Assistant(shipped_index) as assistant:
        engine = QAQueryEngine(assistant)
        response = engine.query(QUESTION)
        later = asyncio.run(engine.aquery(QUESTION))
    assert isinstance(response, Response)
    assert "Energiequellen" in str(response)
    assert str(later) == str(response)
    assert response.source_nodes
    assert response.metadata is not None
    assert response.metadata["answer"]["citations"]
