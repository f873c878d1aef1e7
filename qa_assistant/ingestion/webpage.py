"""A saved web page → the article in it, and what the page declares about it. Nothing is ever fetched."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from qa_assistant import written_dates
from qa_assistant.errors import CorpusError
from qa_assistant.ingestion.decoding import canonical, decode
from qa_assistant.ingestion.hidden import drop_children, remove_hidden
from qa_assistant.ingestion.raw import Flaw, Raw
from qa_assistant.settings import Settings

_DECLARED = re.compile(
    rb"""<(?:meta\b[^>]{0,200}?charset|\?xml\b[^>]{0,100}?encoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.I
)
_DATE_KEY_LIST = """
article:published_time og:published_time datepublished date dc.date dc.date.issued dc.date.created dcterms.date
dcterms.issued citation_publication_date pubdate publishdate publish-date parsely-pub-date sailthru.date
"""
_DATE_KEYS = frozenset(_DATE_KEY_LIST.split())
_INLINE = ("span", "font", "b", "i", "em", "strong", "u", "small", "mark")
_MOST_INLINE = 1_000
"""Inline elements in one paragraph, which has a few dozen unless each word is marked up. So many cost trafilatura a
quarter of a second."""
_ARTICLE_TYPES = ("Article", "Posting", "WebPage")


def html(data: bytes, settings: Settings) -> Iterator[Raw | Flaw]:
    """The article of a page, without navigation, comments and what the page hides; no other text of the page.

    Raises CorpusError if no article is found in it.
    """
    import trafilatura

    declared = _DECLARED.search(data[:4096])
    tree = trafilatura.load_html(canonical(decode(data, declared=declared[1].decode("ascii") if declared else None)))
    if tree is None:
        raise CorpusError("holds no web page that can be read")
    # trafilatura's own date is a guess: from the address, from any date in the text, from the names of images.
    date, publisher = _declared_date(tree), next(_meta(tree, frozenset(("og:site_name",))), None)
    remove_hidden(tree)
    _unwrap_crowds(tree)
    page = trafilatura.bare_extraction(
        tree,
        include_comments=False,
        with_metadata=True,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    # The type of the result depends on an option that is not used here.
    if page is None or isinstance(page, dict) or not (page.text or "").strip():
        raise CorpusError("holds no article that can be told from the rest of the page")
    yield Raw(page.text or "", title=page.title, date=date, publisher=publisher)


def _unwrap_crowds(tree: Any) -> None:
    """Leaves only the text of inline elements where one block holds very many: trafilatura takes their number squared.

    Elsewhere they stay, because trafilatura goes by their classes and ids.
    """
    blocks: dict[Any, Any] = {}
    """For each inline element the one that it stands in, directly or inside other inline elements."""
    for element in tree.iter(*_INLINE):
        parent = element.getparent()
        blocks[element] = blocks.get(parent, parent)
    counts = Counter(blocks.values())
    parents = dict.fromkeys(inline.getparent() for inline, block in blocks.items() if counts[block] > _MOST_INLINE)
    for parent in reversed(parents):  # the innermost first
        drop_children(parent, {one for one in parent if one.tag in _INLINE and not len(one)}, keep_text=True)


def _declared_date(tree: Any) -> str | None:
    """The day of publication that the page states in its head, in its JSON-LD or in a marked <time> element."""
    times = tree.xpath("//time[@pubdate or @itemprop='datePublished']/@datetime")
    for value in (*_meta(tree, _DATE_KEYS), *_json_ld_dates(tree), *map(str, times)):
        if date := written_dates.normalise(value):
            return date
    return None


def _meta(tree: Any, keys: frozenset[str]) -> Iterator[str]:
    for element in tree.iter("meta"):
        names = (element.get("property"), element.get("name"), element.get("itemprop"))
        content = (element.get("content") or "").strip()
        if content and any(name and name.strip().lower() in keys for name in names):
            yield content


def _json_ld_dates(tree: Any) -> Iterator[str]:
    for script in tree.xpath("//script[@type='application/ld+json']/text()"):
        try:
            document: Any = json.loads(str(script))
        except (ValueError, RecursionError):
            continue
        things = document if isinstance(document, list) else [document]
        for thing in things:
            # Other articles that a page lists stand deeper than the article itself.
            graph = thing.get("@graph") if isinstance(thing, dict) else None
            for item in graph if isinstance(graph, list) else [thing]:
                if isinstance(item, dict) and _is_article(item.get("@type")):
                    value = item.get("datePublished")
                    if isinstance(value, str):
                        yield value


def _is_article(kind: Any) -> bool:
    kinds = kind if isinstance(kind, list) else [kind]
    return any(isinstance(name, str) and name.endswith(_ARTICLE_TYPES) for name in kinds)
