"""Goals, figures and the Markdown table that sets them side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal


@dataclass(frozen=True)
class Goal:
    """What a figure has to be. `show` writes a figure with its unit."""

    text: str
    side: Literal["at least", "at most"]
    bound: float
    show: Callable[[float], str]

    def verdict(self, figure: float) -> str:
        """`met`, or by how much not, in parts of the goal."""
        short = self.bound - figure if self.side == "at least" else figure - self.bound
        return "met" if short <= 0 else f"**not met**, by {short / self.bound:.1%}"


@dataclass(frozen=True)
class Line:
    """One line of the table. `figures`: one a repetition. `beside`: what they are compared with."""

    goal: Goal
    figures: Sequence[float]
    beside: str = "–"

    def cells(self) -> list[str]:
        """The texts of its columns."""
        figure = median(self.figures)
        shown = self.goal.show(figure)
        return [self.goal.text, shown, spread(self.figures, self.goal.show), self.beside, self.goal.verdict(figure)]


def spread(figures: Sequence[float], show: Callable[[float], str]) -> str:
    """From the least to the greatest of repeated figures, `once` for a single one."""
    if len(figures) < 2:
        return "once"
    return f"{show(min(figures))} to {show(max(figures))}, {len(figures)} times"


def beside(figures: Sequence[float], show: Callable[[float], str]) -> str:
    """The median of the comparison, and its spread."""
    suffix = f" ({spread(figures, show)})" if len(figures) > 1 else ""
    return f"{show(median(figures))}{suffix}"


def markdown(lines: Sequence[Line]) -> str:
    """The table, its columns padded to equal width."""
    head = ["Goal", "Figure", "Spread", "Beside it", "Verdict"]
    rows = [head, *(line.cells() for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    rows.insert(1, ["-" * width for width in widths])
    return "\n".join(
        f"| {' | '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))} |" for row in rows
    )


def percent(figure: float) -> str:
    return f"{figure:.2%}"


def a_second(figure: float) -> str:
    return f"{figure:.0f}/s"


def milliseconds(figure: float) -> str:
    return f"{figure:.2f} ms"


def times(figure: float) -> str:
    return f"{figure:.2f} ×"


def megabytes(figure: float) -> str:
    return f"{figure:.0f} MB"


def kilobytes(figure: float) -> str:
    return f"{figure:.2f} KB"


def seconds(figure: float) -> str:
    return f"{figure:.1f} s"
