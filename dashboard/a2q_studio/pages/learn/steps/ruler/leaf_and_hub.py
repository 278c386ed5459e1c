"""A leaf and a hub on one ruler: their values, the step sizes to choose from, and what the hub loses."""

from collections.abc import Mapping, Sequence

import numpy as np

from a2q_studio.pages.learn.lesson.quantizer import best_step, errors
from a2q_studio.pages.learn.lesson.step import State
from a2q_studio.pages.learn.lesson.teaching import Teaching

HUB = 11
"""A hub of the lesson has at least this in-degree."""
_ANY = 10**9
_CHOICES = 33


def leaf_and_hub(teaching: Teaching) -> dict[str, np.ndarray]:
    """Features of a typical leaf and of a typical hub."""
    layer = teaching.main
    return {"leaf": layer.values[layer.typical(0, 1)], "hub": layer.values[layer.typical(HUB, _ANY)]}


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


def hub_clips(teaching: Teaching) -> int:
    """Rounding, clipping or hardly any, for the hub on the leaf's best ruler of 2 bits."""
    nodes = leaf_and_hub(teaching)
    found = errors(nodes["hub"], best_step(nodes["leaf"], 2), 2)
    if found.total < 0.05 * nodes["hub"].mean():
        return 2
    return 1 if found.clipping > found.rounding else 0


def hub_on_the_leafs_ruler(teaching: Teaching) -> str:
    """Both parts of the hub's error."""
    nodes = leaf_and_hub(teaching)
    found = errors(nodes["hub"], best_step(nodes["leaf"], 2), 2)
    return (
        f"The hub's values average {nodes['hub'].mean():.1f}, the leaf's {nodes['leaf'].mean():.1f}. On the leaf's "
        f"ruler the hub loses {found.clipping:.2f} per value by clipping and {found.rounding:.2f} by rounding."
    )


def demo(teaching: Teaching) -> Sequence[State]:
    """From the leaf's best step size to the hub's, then more bits."""
    nodes = leaf_and_hub(teaching)
    scale = step_scale(nodes)
    first, last = (scale.index(nearest_step(scale, best_step(nodes[name], 2))) for name in ("leaf", "hub"))
    between = sorted({first, first + (last - first) // 3, first + 2 * (last - first) // 3, last})
    wider = nearest_step(scale, best_step(nodes["hub"], 5))
    return [
        *({"width": 2, "step_size": scale[position]} for position in between),
        {"width": 5, "step_size": wider},
    ]
