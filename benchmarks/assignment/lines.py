"""The study's differences, one line for each cell and average."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import mean, stdev

from a2q.datasets import card
from a2q.reports.worth import Difference, paired_difference
from assignment.cells import CELLS, Cell
from assignment.trials import Trial, Trials

CONTRASTS = {
    "learned": ("learned", "learned, permuted"),
    "kept": ("learned, kept", "learned, permuted"),
    "by in-degree": ("learned, by in-degree", "learned, permuted"),
    "sensitivity": ("sensitivity", "sensitivity, permuted"),
}
"""What is held against what, by a short name."""


@dataclass(frozen=True)
class Line:
    """All seeds of one cell at one average.

    Attributes:
        cell: the cell.
        bits: the average that was asked for.
        seeds: every arm of each seed.
    """

    cell: Cell
    bits: float
    seeds: tuple[dict[str, Trial], ...]

    @property
    def title(self) -> str:
        """As in "Cora, GCN, without distillation"."""
        extra = f", {self.cell.title}" if self.cell.title else ""
        return f"{card(self.cell.dataset).title}, {self.cell.model.upper()}{extra}"

    def values(self, arm: str, measure: str = "test_score") -> list[float]:
        """One measure of an arm, seed by seed."""
        return [arms[arm][measure] for arms in self.seeds]

    def score(self, arm: str) -> str:
        """Mean ± standard deviation of test scores in percent."""
        values = [100 * value for value in self.values(arm)]
        return f"{mean(values):.1f} ± {stdev(values):.1f}" if len(values) > 1 else f"{values[0]:.1f}"

    def difference(self, contrast: str, measure: str = "test_score") -> Difference:
        """First minus second arm of a contrast."""
        first, second = CONTRASTS[contrast]
        return paired_difference(self.values(first, measure), self.values(second, measure))

    @cached_property
    def differences(self) -> dict[str, Difference]:
        """Of test scores, by contrast."""
        return {name: self.difference(name) for name in CONTRASTS}

    def follows_in_degree(self, arm: str) -> str:
        """Mean rank correlation of bits with in-degree in the last quantized layer input; "–" where bits are alike."""
        found = [list(arms[arm]["bits_with_in_degree"].values())[-1] for arms in self.seeds]
        known = [value for value in found if value is not None]
        return f"{mean(known):+.2f}" if known else "–"


def lines(trials: Trials) -> list[Line]:
    """Every cell and average with at least two seeds, in the order of the study."""
    made = []
    for cell in CELLS:
        for bits in cell.bits:
            seeds = [trials.of(cell, bits, seed) for seed in range(cell.seeds)]
            done = tuple(arms for arms in seeds if arms is not None)
            if len(done) > 1:
                made.append(Line(cell, bits, done))
    return made


def missing(trials: Trials) -> list[str]:
    """Cells and averages without, or with fewer than their seeds, in words."""
    told: Sequence[tuple[str, int, int]] = [
        (
            f"{cell.name} at {bits:g} bits",
            sum(trials.of(cell, bits, seed) is not None for seed in range(cell.seeds)),
            cell.seeds,
        )
        for cell in CELLS
        for bits in cell.bits
    ]
    return [f"{name} ({done} of {wanted} seeds)" for name, done, wanted in told if done < wanted]
