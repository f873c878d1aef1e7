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
        self.set_class(not views, "empty")
        self._follow()

    async def add(self, view: TurnView) -> None:
        await self.query(Welcome).remove()
        self.remove_class("empty")
        await self.mount(view)
        self.anchor(self._overflows)

    def watch_virtual_size(self) -> None:
        self._follow()

    def on_resize(self) -> None:
        self._follow()

    @property
    def _overflows(self) -> bool:
        return self.virtual_size.height > self.container_size.height

    def _follow(self) -> None:
        """Follows the end while there is more than fits: an anchor without that would push the text down."""
        if self._overflows != self.is_anchored:
            self.anchor(self._overflows)
        if not self._overflows:
            self.scroll_y = self.scroll_target_y = 0  # scroll_to() would stop the following
