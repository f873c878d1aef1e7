"""As much of CSS as tells whether text can be seen: declarations, simple selectors, lengths, colors. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

Color = tuple[int, int, int]
"""Red, green, blue, 0 to 255."""

# One that is not closed goes to the end, as in a browser; else its end would be looked for from each `/*` in it.
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))")
_SIMPLE = re.compile(r"([a-z][a-z0-9]*|\*)?((?:[.#][\w-]+)*)", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)")
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
_PROPERTIES = """
background background-color background-image bottom clip clip-path color content-visibility display font-size height
left margin-left margin-top max-height max-width opacity overflow right text-indent top transform visibility width
"""
_TELLING = frozenset(_PROPERTIES.split())
"""The properties that tell whether text can be seen; style sheets are not searched for others."""
_MOST_CHARACTERS = 2_000_000
"""Of style sheets that are read."""
_MOST_SELECTORS = 200
"""Under one name: each is tried on each element that has the name."""
_LONGEST_VALUE = 200
"""Characters; only pictures that are written out are longer, and of them the beginning is enough."""

Declaration = tuple[str, str, bool]
"""Property, value, whether it is `!important`; in lower case."""
Selector = tuple[str, frozenset[str]]
"""Tag or `*`; the classes and ids that must be there, each with its `.` or `#`."""
Strength = tuple[bool, int, int]
"""Whether it is `!important`, specificity, place: of two declarations of a property the greater one counts."""
Style = dict[str, tuple[Strength, str]]
"""For each property the value that counts."""


class StyleSheet:
    """The rules of a page's own style sheets whose selectors name one element, without conditions (`@media`)."""

    def __init__(self, source: str) -> None:
        self._rules: defaultdict[str, dict[Selector, Style]] = defaultdict(dict)
        """By one of the names that must be there. Merged, so that no element is compared with a selector twice."""
        for order, (selectors, body) in enumerate(_rules(_COMMENT.sub(" ", source[:_MOST_CHARACTERS]))):
            declared: Style = {}
            for name, value, important in declarations(body):
                if name in _TELLING:
                    _overrule(declared, {name: ((important, 0, order), value)})
            for selector in selectors.split(",") if declared else ():
                simple = _SIMPLE.fullmatch(selector.strip())
                if simple and selector.strip():
                    self._add((simple[1] or "*").lower(), frozenset(re.findall(r"[.#][\w-]+", simple[2])), declared)

    def _add(self, tag: str, names: frozenset[str], declared: Style) -> None:
        rules = self._rules[min(names, default=tag)]
        if (tag, names) in rules or len(rules) < _MOST_SELECTORS:
            specificity = sum(100 if name[0] == "#" else 10 for name in names) + (tag != "*")
            style = {
                name: ((important, specificity, order), value)
                for name, ((important, _, order), value) in declared.items()
            }
            _overrule(rules.setdefault((tag, names), {}), style)

    def style_of(self, element: Any) -> dict[str, str]:
        """What applies to an lxml element: its own style and the rules for it, the strongest of each property."""
        names = {f".{name}" for name in (element.get("class") or "").split()}
        names |= {f"#{element.get('id')}"} if element.get("id") else set()
        style: Style = {}
        for key in (*names, element.tag, "*"):
            for (tag, needed), declared in self._rules.get(key, {}).items():
                if tag in ("*", element.tag) and needed <= names:
                    _overrule(style, declared)
        own = declarations(_COMMENT.sub(" ", element.get("style") or ""))
        for order, (name, value, important) in enumerate(own):
            _overrule(style, {name: ((important, 1_000_000, order), value)})
        return {name: value for name, (_, value) in style.items()}


def _overrule(style: Style, stronger: Style) -> None:
    """Puts into `style` what in `stronger` is as strong at least."""
    for name, declared in stronger.items():
        if name not in style or declared[0] >= style[name][0]:
            style[name] = declared


def declarations(source: str) -> Iterator[Declaration]:
    """`color: Red !important; top: 0` → (color, red, True), (top, 0, False)."""
    for part in source.split(";"):
        name, colon, value = _ESCAPE.sub(_unescaped, part).partition(":")
        if colon:
            value, mark, _ = value.strip().lower().partition("!")
            value = value.strip()
            short = value if len(value) <= _LONGEST_VALUE else f"{value[:_LONGEST_VALUE]}…"  # a length becomes none
            yield name.strip().lower(), short, bool(mark)


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
