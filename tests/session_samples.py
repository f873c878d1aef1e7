"""Sessions as tests make and list them."""

from __future__ import annotations

from qa_assistant.sessions.store import SessionStore


def asked(store: SessionStore, *questions: str, title: str = "") -> int:
    session = store.create(title)
    for question in questions:
        store.add_turn(session.id, question)
    return session.id


def titles(store: SessionStore, search: str = "") -> list[str]:
    return [session.title for session in store.list(search)]
