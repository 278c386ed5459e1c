"""Step sizes to choose from."""

from collections.abc import Mapping, Sequence

import numpy as np

_CHOICES = 33


def step_scale(nodes: Mapping[str, np.ndarray]) -> list[float]:
    """33 step sizes from a fine ruler for the leaf to one mark for the hub, evenly on a logarithmic scale.

    Args:
        nodes: values of the "leaf" and of the "hub".
    """
    fine = float(nodes["leaf"].max()) / 32 or 0.01
    coarse = max(float(nodes["hub"].max()), 4 * fine)
    return [float(f"{step:.3g}") for step in np.geomspace(fine, coarse, _CHOICES)]


def nearest_step(scale: Sequence[float], step: float) -> float:
    """The choice that is nearest to a step size, by ratio."""
    return min(scale, key=lambda choice: abs(np.log(choice / step)))
