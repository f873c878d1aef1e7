"""The report's colours can be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from qa_assistant.evaluation import html_report

STYLE = (Path(html_report.__file__).parent / "report.css").read_text(encoding="utf-8")


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_has_contrast_enough_to_be_read(scheme: int) -> None:
    colours = dict(re.findall(r"--(\w+): (#\w{6})", STYLE.split("prefers-color-scheme")[scheme]))
    texts = ("ink", "soft", "accent", "passed", "invented")
    pairs = [(one, ground) for one in texts for ground in ("paper", "card")]
    pairs += [("on", tone) for tone in html_report.OUTCOMES] + [("ink", "inserted"), ("ink", "deleted")]
    low = {pair: ratio for pair in pairs if (ratio := _contrast(colours[pair[0]], colours[pair[1]])) < 4.5}
    assert not low, "WCAG 2.2 asks for 4.5"


def _contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2.2, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
