"""Four articles, of which more or less is known."""

from __future__ import annotations

from qa_assistant.records import Article, Metadata

PORT = Article("p", "2022/hafen.txt", "Der Hafen ist zu.", Metadata("Hafen zu", "2022-12-03", "Kiel", "dpa/AFP", "de"))
SNOW = Article("s", "b.csv#12", "Es schneit in München.", Metadata(None, "2021-05", "München", "AZERTAC", "de"))
TALK = Article("t", "c.txt", "Встреча министров.", Metadata("Байрамов в Токио", "2023", "Москва", None, "ru"))
BARE = Article("b", "z.txt", "Nothing is known.\nReally.")
ALL = [SNOW, PORT, TALK, BARE]
