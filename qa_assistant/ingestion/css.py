"""As much of CSS as tells whether text can be seen: declarations, simple selectors, lengths, colors. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

Color = tuple[int, int, int]
"""Red, green, blue, 0 to 255."""

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))")
_SIMPLE = re.compile(r"([a-z][a-z0-9]*|\*)?((?:[.#][\w-]+)*)", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)")
_LENGTH = re.compile(rf"({_NUMBER.pattern})\s*([a-z%]*)")
_PIXELS = {
    "": 1.0,
    "px": 1.0,
    "pt": 4 / 3,
    "pc": 16.0,
    "mm": 3.8,
    "cm": 38.0,
    "in": 96.0,
    "rem": 16.0,
    "vw": 10.0,
    "vh": 8.0,
}
_NAMED: dict[str, Color] = {
    "white": (255, 255, 255), "snow": (255, 250, 250), "ivory": (255, 255, 240), "whitesmoke": (245, 245, 245),
    "ghostwhite": (248, 248, 255), "floralwhite": (255, 250, 240), "mintcream": (245, 255, 250),
    "azure": (240, 255, 255), "black": (0, 0, 0), "red": (255, 0, 0), "yellow": (255, 255, 0), "blue": (0, 0, 255),
    "gray": (128, 128, 128), "grey": (128, 128, 128), "silver": (192, 192, 192), "green": (0, 128, 0),
}  # fmt: skip
_MOST_CHARACTERS = 2_000_000
"""Of style sheets that are read."""

Declaration = tuple[str, str, bool]
"""Property, value, whether it is `!important`; in lower case."""


class StyleSheet:
    """The rules of a page's own style sheets whose selectors name one element, without conditions (`@media`)."""

    def __init__(self, source: str) -> None:
        self._rules: defaultdict[str, list[tuple[int, int, str, frozenset[str], list[Declaration]]]] = defaultdict(list)
        """By one of the names that must be there: specificity, order, tag, names, declarations."""
        for order, (selectors, body) in enumerate(_rules(_COMMENT.sub(" ", source[:_MOST_CHARACTERS]))):
            declared = list(declarations(body))
            for selector in selectors.split(",") if declared else ():
                simple = _SIMPLE.fullmatch(selector.strip())
                if simple and selector.strip():
                    names = frozenset(re.findall(r"[.#][\w-]+", simple[2]))
                    tag = (simple[1] or "*").lower()
                    specificity = sum(100 if name[0] == "#" else 10 for name in names) + (tag != "*")
                    self._rules[min(names, default=tag)].append((specificity, order, tag, names, declared))

    def style_of(self, element: Any) -> dict[str, str]:
        """What applies to an lxml element: its own style and the rules for it, the strongest of each property."""
        names = {f".{name}" for name in (element.get("class") or "").split()}
        names |= {f"#{element.get('id')}"} if element.get("id") else set()
        found = [
            (important, specificity, order, name, value)
            for key in (*names, element.tag, "*")
            for specificity, order, tag, needed, declared in self._rules.get(key, ())
            if tag in ("*", element.tag) and needed <= names
            for name, value, important in declared
        ]
        own = declarations(_COMMENT.sub(" ", element.get("style") or ""))
        found += [(important, 1_000_000, order, name, value) for order, (name, value, important) in enumerate(own)]
        return {name: value for *_, name, value in sorted(found)}


def declarations(source: str) -> Iterator[Declaration]:
    """`color: Red !important; top: 0` → (color, red, True), (top, 0, False)."""
    for part in source.split(";"):
        name, colon, value = _ESCAPE.sub(_unescaped, part).partition(":")
        if colon:
            value, mark, _ = value.strip().lower().partition("!")
            yield name.strip().lower(), value.strip(), bool(mark)


def numbers(value: str) -> list[float]:
    """Every number in a value, whatever its unit."""
    return [float(number) for number in _NUMBER.findall(value)]


def length(value: str, font_size: float) -> float | None:
    """Pixels of a length; `em` and `%` are of `font_size` (pixels). None for what is none, `auto` for instance."""
    found = _LENGTH.fullmatch(value)
    if not found:
        return None
    unit = {"em": font_size, "ex": font_size / 2, "ch": font_size / 2, "%": font_size / 100}.get(
        found[2], _PIXELS.get(found[2])
    )
    return None if unit is None else float(found[1]) * unit


def color(value: str, *, clear: Color | None = None) -> Color | None:
    """The color a value names; `clear` for one that is transparent; None for one that is not known."""
    value = value.strip().lower()
    if value == "transparent":
        return clear
    if value.startswith("#") and re.fullmatch(r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})", value):
        digits = "".join(char * 2 for char in value[1:]) if len(value) < 7 else value[1:]
        red, green, blue, alpha = (int(digits[at : at + 2] or "ff", 16) for at in (0, 2, 4, 6))
        return clear if alpha < 16 else (red, green, blue)
    if value.startswith("rgb"):
        parts = [number * (2.55 if "%" in value else 1) for number in numbers(value)[:3]]
        seen = numbers(value)[3:]
        if seen and seen[0] < 0.06:
            return clear
        return (round(parts[0]), round(parts[1]), round(parts[2])) if len(parts) == 3 else None
    if value.startswith("hsl"):
        parts = numbers(value)
        return (255, 255, 255) if len(parts) > 2 and parts[2] >= 97 else None
    return _NAMED.get(value)


def ground(value: str) -> Color | None:
    """The color of a background; None if it is a picture or not known."""
    if any(word in value for word in ("url(", "gradient(", "var(", "image(")):
        return None
    return color(value) or next(filter(None, map(color, value.split())), None)


def _rules(source: str) -> Iterator[tuple[str, str]]:
    """Selectors and body of each rule; blocks after `@` are left out whole, for they may not apply."""
    at, start, depth = 0, 0, 0
    for brace in re.finditer(r"[{};]", source):
        if brace[0] == "{":
            if depth == 0:
                at = brace.start()
            depth += 1
        elif brace[0] == "}" and depth:
            depth -= 1
            if depth == 0:
                if not (selectors := source[start:at].strip()).startswith("@"):
                    yield selectors, source[at + 1 : brace.start()]
                start = brace.end()
        elif depth == 0:
            start = brace.end()  # `@import …;`


def _unescaped(match: re.Match[str]) -> str:
    if not match[1]:
        return match[2] or ""
    point = int(match[1], 16)
    return chr(point) if point < 0x110000 else ""
