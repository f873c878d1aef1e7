"""An article into passages of whole sentences. LlamaIndex packs; the offsets are ours and exact."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import Any

from qa_assistant import sentences
from qa_assistant.records import Article, Passage, Span
from qa_assistant.settings import user_folder

_NO_SEPARATOR = "\0"
"""No canonical text has a NUL, so LlamaIndex never splits by paragraph before it asks for sentences."""


_VISIBLE = re.compile(r"\S")


class Splitter:
    """Packs sentences into passages of at most `most_tokens` tokens, as `count_tokens` counts them.

    Every character that is not white space lies in exactly one passage. Only a sentence that is longer than a whole
    passage is cut, between words where it has any.
    """

    def __init__(self, most_tokens: int, count_tokens: Callable[[str], int]) -> None:
        """Raises SettingsError as `user_folder()` does."""
        user_folder("data")  # LlamaIndex and Chroma cannot be imported where it is not known
        from llama_index.core.node_parser import SentenceSplitter

        self._sentences: list[str] = []
        self._packer: Any = SentenceSplitter(
            chunk_size=most_tokens,
            chunk_overlap=0,
            separator=" ",
            paragraph_separator=_NO_SEPARATOR,
            tokenizer=lambda text: range(count_tokens(text)),
            chunking_tokenizer_fn=self._pieces,
        )

    def split(self, article: Article) -> list[Passage]:
        """The passages of `article`, in order."""
        text = article.text
        spans = sentences.spans(text, article.metadata.language)
        starts = [0, *(span.start for span in spans[1:]), len(text)]
        self._sentences = [text[start:end] for start, end in itertools.pairwise(starts)]
        passages: list[Passage] = []
        for start, end in _located(text, self._packer.split_text(text)):
            # Searched, not gone through: an article of five million characters has thousands of passages.
            first = bisect_right(spans, start, key=lambda span: span.end)
            after = bisect_left(spans, end, key=lambda span: span.start)
            inside = tuple(
                cut
                for span in spans[first:after]
                if (cut := sentences.trim(text, Span(max(span.start, start), min(span.end, end)))) is not None
            )
            passages.append(Passage(article.id, len(passages), start, end, text[start:end], inside))
        return passages

    def _pieces(self, text: str) -> list[str]:
        """LlamaIndex asks for the sentences of a text too long for one passage, which is always the whole article."""
        return self._sentences if sum(map(len, self._sentences)) == len(text) else [text]


def _located(text: str, chunks: list[str]) -> list[tuple[int, int]]:
    """Where each chunk stands: chunks follow one another and differ from the text only by white space between them.

    LlamaIndex's own offsets are a search for the chunk's words and wrong where words recur.
    """
    ranges: list[tuple[int, int]] = []
    position = 0
    for chunk in chunks:
        words = chunk.strip()
        if not words:
            continue
        start = _VISIBLE.search(text, position)
        position = start.start() if start else len(text)
        if not text.startswith(words, position):
            raise AssertionError("LlamaIndex's splitter lost or changed a character")
        ranges.append((position, position + len(words)))
        position += len(words)
    if _VISIBLE.search(text, position):
        raise AssertionError("LlamaIndex's splitter dropped the end of a text")
    return ranges
