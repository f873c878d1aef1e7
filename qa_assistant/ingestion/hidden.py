"""Takes out of a web page what its reader does not see, so that nothing hides in an article.

What is seen follows from elements, attributes, inline styles, and those rules of the page's own style sheets that name
one element (`p`, `.a`, `#b`, `p.a`). Linked style sheets are not fetched, and what scripts do is not known.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from qa_assistant.ingestion.css import Color, StyleSheet, color, ground, length, numbers

_ELEMENTS = """
template noscript noembed noframes datalist iframe canvas audio video object svg textarea select
"""
_NO_TEXT = frozenset(_ELEMENTS.split())
"""Elements whose text is not shown, or is no part of what is written on the page."""
_FOR_SCREEN_READERS = frozenset(
    ["sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "element-invisible"]
)
"""Class names of the usual frameworks, whose style sheets are linked and thus unknown."""

_OFFSETS = ("left", "right", "top", "bottom", "text-indent", "margin-left", "margin-top")
_OUTSIDE = (-900.0, 4_000.0)
"""Pixels; what is moved further is beside every screen."""
_LEAST_FONT_SIZE = 3.0
"""Pixels."""
_LEAST_OPACITY = 0.05
_LEAST_DIFFERENCE = 24
"""Of 255, between text and ground in one of red, green and blue."""


@dataclass(frozen=True, slots=True)
class _Look:
    """What an element hands down to those inside it."""

    visible: bool = True
    font_size: float = 16.0
    """Pixels."""
    color: Color | None = (0, 0, 0)
    ground: Color | None = (255, 255, 255)
    """None if it is not known: a picture, for instance."""

    def legible(self) -> bool:
        if not self.visible or self.font_size < _LEAST_FONT_SIZE:
            return False
        if self.color is None or self.ground is None:
            return True
        return max(abs(a - b) for a, b in zip(self.color, self.ground, strict=True)) >= _LEAST_DIFFERENCE


def remove_hidden(tree: Any) -> None:
    """Removes from `tree` (an lxml HTML document) the elements and the text that a reader of the page does not see."""
    sheet = StyleSheet("\n".join(style.text or "" for style in tree.iter("style")))
    for script in tree.xpath("//script[contains(text(), 'articleBody')]"):
        script.text = None  # trafilatura reads it as text if it finds little else
    todo = [(body, sheet.style_of(body), _Look()) for body in tree.iter("body")]
    while todo:
        element, style, look = todo.pop()
        look = _look(element, style, look)
        if not look.legible():
            element.text = None
            for child in element:
                child.tail = None
        children = [(child, sheet.style_of(child)) for child in element if isinstance(child.tag, str)]
        gone = {child for child, style in children if child.tag != "body" and _gone(child, style)}
        drop_children(element, gone)
        todo += [(child, style, look) for child, style in children if child not in gone]


def drop_children(element: Any, gone: Collection[Any], *, keep_text: bool = False) -> None:
    """Removes the children `gone`, but not the text behind each, nor with `keep_text` that inside.

    lxml's `drop_tree` would copy the text time and again, its `strip_tags` leave many pieces of it.
    """
    behind: list[str] = []
    """Texts between the last child that stays and the one after it, from the end on."""
    for child in reversed([*element]):
        if child in gone:
            behind += (child.tail or "", (child.text or "") if keep_text else "")
            element.remove(child)
        elif behind:
            child.tail = "".join((child.tail or "", *reversed(behind)))
            behind.clear()
    if behind:
        element.text = "".join((element.text or "", *reversed(behind)))


def _gone(element: Any, style: dict[str, str]) -> bool:
    """Whether nothing inside `element` can be seen, whatever its style."""
    if element.tag in _NO_TEXT or (element.tag == "dialog" and "open" not in element.attrib):
        return True
    if element.get("aria-hidden") == "true" or _FOR_SCREEN_READERS & set((element.get("class") or "").split()):
        return True
    display = style.get("display", "none" if "hidden" in element.attrib else "")
    return (
        display == "none"
        or style.get("content-visibility") == "hidden"
        or _transparent(style.get("opacity", ""))
        or any(_outside(style.get(side, "")) for side in _OFFSETS)
        or _cut_away(style)
        or _transformed_away(style.get("transform", ""))
    )


def _transparent(opacity: str) -> bool:
    return any(value / (100 if "%" in opacity else 1) < _LEAST_OPACITY for value in numbers(opacity)[:1])


def _outside(offset: str) -> bool:
    pixels = length(offset, 16)
    return pixels is not None and not _OUTSIDE[0] < pixels < _OUTSIDE[1]


def _cut_away(style: dict[str, str]) -> bool:
    """Whether a box of no size, or a clip of no area, leaves nothing over."""
    sizes = (length(style.get(side, ""), 16) for side in ("width", "height", "max-width", "max-height"))
    overflow = style.get("overflow", "")
    if overflow.startswith(("hidden", "clip")) and any(size is not None and size <= 1 for size in sizes):
        return True
    clip, path = style.get("clip", ""), style.get("clip-path", "")
    if clip.startswith("rect") and "auto" not in clip and max(numbers(clip), default=2) <= 1:
        return True
    if path.startswith("inset"):
        return "%" in path and min(numbers(path), default=0) >= 50
    return path.startswith(("circle(0", "ellipse(0"))


def _transformed_away(transform: str) -> bool:
    if transform.startswith("scale"):
        return 0 in numbers(transform)
    return transform.startswith("translate") and any(
        _outside(part) for part in transform.partition("(")[2].rstrip(")").replace(",", " ").split()
    )


def _look(element: Any, style: dict[str, str], above: _Look) -> _Look:
    visible = {"hidden": False, "collapse": False, "visible": True}.get(style.get("visibility", ""), above.visible)
    size = length(style.get("font-size", ""), above.font_size)
    behind = next(_grounds(element, style), above.ground)
    written = style.get("color") or (element.get("color") if element.tag == "font" else None)
    # Without a color of its own (`transparent`), text has that of its ground.
    text = above.color if written in (None, "inherit") else color(written, clear=behind)
    return _Look(visible, above.font_size if size is None else size, text, behind)


def _grounds(element: Any, style: dict[str, str]) -> Iterator[Color | None]:
    """The background that `element` sets, if it sets one."""
    for written in (style.get("background-color"), style.get("background"), element.get("bgcolor")):
        if written and not written.startswith(("transparent", "none", "inherit")):
            yield ground(written)
    if style.get("background-image", "none") != "none":
        yield None
