"""Charts of the HTML report as SVG. They hold numbers and fixed words only; colours come from the page's CSS classes.

Every function returns one `<svg>` with a text alternative. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markupsafe import Markup

_WIDE, _HIGH = 200.0, 18.0
"""Of a chart in a table's cell, in CSS pixels."""

_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Axis:
    """Bins and labelled ticks along a horizontal axis. `edges` ascend; `log` if distances are ratios."""

    edges: tuple[float, ...]
    ticks: Mapping[float, str]
    log: bool = False

    def at(self, value: float) -> float:
        """Where `value` lies, 0 at the first edge and 1 at the last; values outside lie on the nearer end."""
        first, last = self.edges[0], self.edges[-1]
        inside = min(max(value, first), last)
        if self.log:
            return math.log(inside / first) / math.log(last / first)
        return (inside - first) / (last - first)

    def counts(self, values: Sequence[float]) -> list[int]:
        """How many values each bin holds; the last bin has both of its edges."""
        found = [0] * (len(self.edges) - 1)
        for value in values:
            found[sum(edge <= value for edge in self.edges[1:-1])] += 1
        return found


def share_axis(bins: int = 20) -> Axis:
    """0 to 1 in equal bins."""
    ticks = {tick: f"{tick:g}" for tick in (0.0, 0.25, 0.5, 0.75, 1.0)}
    return Axis(tuple(number / bins for number in range(bins + 1)), ticks)


def time_axis(milliseconds: Sequence[float], bins: int = 24) -> Axis:
    """From the 1-2-5 step under the shortest time to the one over the longest, in bins of equal ratio."""
    low, high = max(1.0, min(milliseconds)), max(2.0, *milliseconds)
    steps = [step * 10.0**power for power in range(math.ceil(math.log10(high)) + 1) for step in _STEPS]
    first = max(step for step in steps if step <= low)
    last = min(step for step in steps if step >= high and step > first)
    ratio = (last / first) ** (1 / bins)
    edges = (*(first * ratio**number for number in range(bins)), last)
    ticks = {step: f"{step:g} ms" if step < 1000 else f"{step / 1000:g} s" for step in steps if first <= step <= last}
    return Axis(edges, ticks, log=True)


def interval(value: float, low: float | None, high: float | None, axis: tuple[float, float] = (0.0, 1.0)) -> Markup:
    """A dot for `value` and a line from `low` to `high` on an axis with ticks at its ends and its middle."""
    first, last = axis

    def x(number: float) -> float:
        return 6 + (_WIDE - 12) * (min(max(number, first), last) - first) / (last - first)

    middle = _HIGH / 2
    drawn = [_line("axis", x(first), middle, x(last), middle)]
    drawn += [_line("tick", x(at), middle - 4, x(at), middle + 4) for at in (first, (first + last) / 2, last)]
    label = f"{value:.3f}"
    if low is not None and high is not None:
        drawn.append(_line("interval", x(low), middle, x(high), middle))
        label += f", interval from {low:.3f} to {high:.3f}"
    drawn.append(_element("circle", class_="dot", cx=x(value), cy=middle, r=4))
    return _svg(_WIDE, _HIGH, label, drawn)


def stack(counts: Mapping[str, int], width: float = _WIDE, height: float = 12.0) -> Markup:
    """One bar, cut into a part for each name, whose CSS class is the name. Names must be fixed words."""
    total, left = sum(counts.values()) or 1, 0.0
    drawn: list[Markup] = []
    for name, count in counts.items():
        wide = (width * count) / total
        if count:
            drawn.append(_element("rect", class_=name, x=left, y=0, width=max(wide - 1.5, 1), height=height))
        left += wide
    label = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    return _svg(width, height, label, drawn, preserveAspectRatio="none")


def mirrored(axis: Axis, up: Sequence[float], down: Sequence[float], label: str, mark: float | None = None) -> Markup:
    """Two histograms on one axis, the first above it and the second below; `mark` is a line across both."""
    width, half, top = 560.0, 84.0, 20.0
    above, below = axis.counts(up), axis.counts(down)
    unit = half / max(1, *above, *below)
    centre = top + half

    def x(value: float) -> float:
        return 8 + (width - 16) * axis.at(value)

    bottom = top + 2 * half + 36
    drawn = [_line("grid", x(tick), top, x(tick), bottom - 16) for tick in axis.ticks]
    for (start, end), high, low in zip(pairwise(axis.edges), above, below, strict=True):
        place: dict[str, float] = {"x": x(start) + 0.75, "width": max(1.0, x(end) - x(start) - 1.5)}
        middle: dict[str, float | str] = {"x": (x(start) + x(end)) / 2, "text_anchor": "middle"}
        if high:
            drawn.append(_element("rect", class_="up", y=centre - high * unit, height=high * unit - 1, **place))
            drawn.append(_element("text", str(high), y=centre - high * unit - 4, **middle))
        if low:
            drawn.append(_element("rect", class_="down", y=centre + 1, height=low * unit - 1, **place))
            drawn.append(_element("text", str(low), y=centre + low * unit + 12, **middle))
    drawn.append(_line("axis", 8, centre, width - 8, centre))
    if mark is not None:
        drawn.append(_line("mark", x(mark), 0, x(mark), bottom - 14))
    for number, (tick, text) in enumerate(axis.ticks.items()):
        anchor = "start" if number == 0 else "end" if number == len(axis.ticks) - 1 else "middle"
        drawn.append(_element("text", text, x=x(tick), y=bottom, text_anchor=anchor))
    return _svg(width, bottom + 4, label, drawn)


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> Markup:
    return _element("line", class_=kind, x1=x1, y1=y1, x2=x2, y2=y2)


def _svg(width: float, height: float, label: str, drawn: Sequence[Markup], **attributes: str) -> Markup:
    from markupsafe import Markup

    inner = Markup().join(drawn)
    box = f"0 0 {width:g} {height:g}"
    return _element("svg", inner, viewBox=box, width=width, role="img", aria_label=label, **attributes)


def _element(name: str, inner: str = "", /, **attributes: str | float) -> Markup:
    """`<name …>inner</name>`, everything escaped that is not Markup; `class_` is `class`, `a_b` is `a-b`."""
    from markupsafe import Markup

    pairs = ((key.rstrip("_").replace("_", "-"), value) for key, value in attributes.items())
    written = Markup().join(
        Markup(' {}="{}"').format(key, f"{value:.5g}" if isinstance(value, float) else value) for key, value in pairs
    )
    return Markup("<{name}{attributes}>{inner}</{name}>").format(name=name, attributes=written, inner=inner)
