"""How the bits of groups of in-degrees move in training."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from a2q.reports.node_table import degree_groups
from a2q_studio.pages.learn.lesson.groups import group_means
from a2q_studio.pages.learn.lesson.step import State
from a2q_studio.pages.learn.lesson.teaching import MAIN, Teaching, a2q_settings


def shares(in_degree: np.ndarray, bits: np.ndarray) -> pd.DataFrame:
    """Share of each bitwidth that occurs (columns) within each group of in-degrees that occurs (rows)."""
    counted = pd.crosstab(pd.Series(degree_groups(in_degree), name="group"), pd.Series(bits, name="bits"))
    return counted.div(counted.sum(axis=1), axis=0)


def ends(in_degree: np.ndarray, snapshots: Mapping[int, np.ndarray]) -> dict[int, tuple[float, float]]:
    """By epoch the mean bits of the group of lowest and of that of highest in-degree."""
    found = {}
    for epoch, bits in snapshots.items():
        means = group_means(in_degree, bits)["mean"]
        found[epoch] = (float(means.iloc[0]), float(means.iloc[-1]))
    return found


def final_means(teaching: Teaching) -> tuple[float, float]:
    """Mean bits of the groups of lowest and highest in-degree as reported."""
    means = group_means(teaching.main.in_degree, teaching.main.bits)["mean"]
    return float(means.iloc[0]), float(means.iloc[-1])


def who_gives_up(teaching: Teaching) -> int:
    """Leaves, hubs or all alike: who has fewer bits in the end."""
    leaves, hubs = final_means(teaching)
    return 2 if abs(leaves - hubs) < 0.3 else int(leaves > hubs)


def how_they_part(teaching: Teaching) -> str:
    """Bits of leaves and hubs in the end."""
    leaves, hubs = final_means(teaching)
    start = a2q_settings(teaching.bundles[MAIN].run).initial_bits
    return f"All start with {start} bits; at the reported epoch leaves have {leaves:.2f} and hubs {hubs:.2f}."


def demo(teaching: Teaching) -> Sequence[State]:
    """Through every other epoch that is kept, the last one among them."""
    bundle = teaching.bundles[MAIN]
    epochs = list(bundle.snapshots(f"layer{bundle.layers[-1]}/bits"))
    return [{"epoch": epoch} for epoch in reversed(epochs[::-2])]
