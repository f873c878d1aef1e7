"""The questions and answers of one session, newest last."""

from __future__ import annotations

from collections.abc import Sequence

from textual.containers import VerticalScroll

from qa_assistant.tui.turn_view import TurnView
from qa_assistant.tui.welcome import Welcome


class Transcript(VerticalScroll, can_focus=False):
    """Stays at its end while an answer is written, unless the reader scrolled up."""

    _start: TurnView | None = None
    """The turn that is shown from its question on."""
    _at = 0.0
    """Where that was last."""

    @property
    def views(self) -> list[TurnView]:
        return list(self.query(TurnView))

    async def show(self, views: Sequence[TurnView]) -> None:
        """Shows these turns instead of what is there; a welcome if there are none."""
        with self.app.batch_update():
            await self.remove_children()
            await self.mount_all(views or [Welcome()])
        self.set_class(not views, "empty")
        self._start = None
        self._follow()

    async def add(self, view: TurnView) -> None:
        await self.query(Welcome).remove()
        self.remove_class("empty")
        await self.mount(view)
        self._start = None
        self.anchor(self._overflows)

    def read_from(self, view: TurnView) -> None:
        """Shows `view` from its question on: quotes come all at once, and the best stands first."""
        if self.is_anchored or not self._overflows:  # else the reader is somewhere else
            self._start, self._at = view, self.scroll_y
            self.anchor(False)
            self._follow()

    def watch_virtual_size(self) -> None:
        self._follow()

    def on_resize(self) -> None:
        self._follow()

    @property
    def _overflows(self) -> bool:
        return self.virtual_size.height > self.container_size.height

    def _follow(self) -> None:
        """Follows the end while there is more than fits: an anchor without that would push the text down."""
        if self._start:
            if self.scroll_y == self._at:  # else the reader scrolled
                top = self._start.virtual_region.y
                self.scroll_y = self.scroll_target_y = self._at = float(min(top, self.max_scroll_y))
            return
        if self._overflows != self.is_anchored:
            self.anchor(self._overflows)
        if not self._overflows:
            self.scroll_y = self.scroll_target_y = 0  # scroll_to() would stop the following
