"""The questions and answers of one session, newest last."""

from __future__ import annotations

from collections.abc import Sequence

from textual.containers import VerticalScroll

from qa_assistant.tui.turn_view import TurnView
from qa_assistant.tui.welcome import Welcome


class Transcript(VerticalScroll, can_focus=False):
    """Stays at its end while an answer comes in, unless the reader scrolled up."""

    @property
    def views(self) -> list[TurnView]:
        return list(self.query(TurnView))

    async def show(self, views: Sequence[TurnView]) -> None:
        """Shows these turns instead of what is there; a welcome if there are none."""
        with self.app.batch_update():
            await self.remove_children()
            await self.mount_all(views or [Welcome()])
        self.anchor(False)

    async def add(self, view: TurnView) -> None:
        await self.query(Welcome).remove()
        await self.mount(view)
        self.anchor(self.max_scroll_y > 0)

    def watch_virtual_size(self) -> None:
        """Follows the end as soon as there is more than fits: an anchor before that would push the text down."""
        if self.max_scroll_y > 0 and not self.is_anchored:
            self.anchor()
