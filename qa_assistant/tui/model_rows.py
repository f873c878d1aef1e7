"""The lines of the list of models, and what each of them chooses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from textual.content import Content

from qa_assistant.answering.llm_choice import ModelInfo, ranked, size_text, why_unusable
from qa_assistant.display import one_line

HEADER = ("Model", "Params", "On disk", "Quant.")

_FIGURES = (7, 8, 7)
"""Widths of the columns after the name, in cells."""
_AROUND = 48
"""Cells of the screen that are not the name's: mark, figures, the longest note, gaps, padding and scrollbar."""
_LEAST_NAME = 12


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """The model of this name; with no name the best one, or only the articles' own sentences and no model."""

    name: str | None = None
    quotes_only: bool = False


BEST = ModelChoice()
QUOTES = ModelChoice(quotes_only=True)


@dataclass(frozen=True, slots=True)
class Row:
    """One line; it cannot be chosen if it has no `choice`."""

    text: Content
    choice: ModelChoice | None = None


def header(models: Sequence[ModelInfo], width: int) -> Content:
    return Content(_line(" ", HEADER, _name_width(models, width)))


def rows(models: Sequence[ModelInfo], current: ModelChoice, width: int, *, translated: bool = False) -> list[Row]:
    """The best one, whichever it is; models that can answer, best first; quotes; the other models with the reason.
    `current` is marked.

    `width`: cells of the screen. `translated`: whether the model inside the program translates quotes while no
    model of Ollama can answer; that is what the best one stands for then.
    """
    usable, name_width = ranked(models), _name_width(models, width)
    found = [_wordy("The best one installed", BEST, current)] if usable else []
    for at, model in enumerate(usable):
        used = is_named(model.name, current.name)
        notes = ", ".join(note for note, holds in (("current", used), ("best", at == 0)) if holds)
        line = _line("●" if used else " ", _cells(model), name_width)
        found.append(Row(Content(f"{line}  {notes}"), ModelChoice(model.name)))
    if translated and not usable:
        found.append(_wordy("Quotes, translated by the model inside the program", BEST, current))
    found.append(_wordy("Quotes only, no model", QUOTES, current))
    return [*found, *_unusable(models, current, name_width)]


def _wordy(text: str, choice: ModelChoice, current: ModelChoice) -> Row:
    mark, note = ("●", "  current") if choice == current else (" ", "")
    return Row(Content(f"{mark} {text}{note}"), choice)


def is_named(model: str, wanted: str | None) -> bool:
    """Whether Ollama means `model` by the name `wanted`."""
    return wanted is not None and model in (wanted, f"{wanted}:latest")


def _unusable(models: Sequence[ModelInfo], current: ModelChoice, name_width: int) -> Iterator[Row]:
    left = [model for model in models if why_unusable(model)]
    if left:
        yield Row(Content(""))
        yield Row(Content("  Not usable for answers"))
    for model in left:
        mark = "●" if is_named(model.name, current.name) else " "
        yield Row(Content(f"{mark} {_cell(model.name, name_width)}  {why_unusable(model)}"))


def _cells(model: ModelInfo) -> tuple[str, ...]:
    return model.name, model.parameter_size, size_text(model.size), model.quantization


def _line(mark: str, cells: Sequence[str], name_width: int) -> str:
    figures = (_cell(text, width, right=True) for text, width in zip(cells[1:], _FIGURES, strict=True))
    return "  ".join((f"{mark} {_cell(cells[0], name_width)}", *figures))


def _name_width(models: Sequence[ModelInfo], width: int) -> int:
    longest = max((Content(one_line(model.name)).cell_length for model in models), default=0)
    return max(_LEAST_NAME, min(longest, width - _AROUND))


def _cell(text: str, width: int, *, right: bool = False) -> str:
    """`text` on exactly `width` cells, cut with an ellipsis if it is longer."""
    cut = Content(one_line(text)).truncate(width, ellipsis=True)
    filling = " " * (width - cut.cell_length)
    return filling + cut.plain if right else cut.plain + filling
