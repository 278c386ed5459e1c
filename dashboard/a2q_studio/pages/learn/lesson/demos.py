"""What "Show me" plays: the states of a step's widgets, one after the other."""

from collections.abc import Sequence

from a2q_studio.pages.learn.lesson.answers import leaf_and_hub
from a2q_studio.pages.learn.lesson.scales import nearest_step, step_scale
from a2q_studio.pages.learn.lesson.step import State
from a2q_studio.pages.learn.lesson.teaching import MAIN, Teaching
from a2q_studio.pages.learn.steps.budget.allocations import GROUPS, best_possible, fitted, group_of
from a2q_studio.pages.learn.steps.ruler.quantizer import best_step


def demo_listen(_: Teaching) -> Sequence[State]:
    """More and more neighbours, then other aggregations."""
    more = [{"edges": edges, "aggregation": "sum"} for edges in (1, 2, 4, 8, 11)]
    return [*more, *({"edges": 11, "aggregation": other} for other in ("gcn", "mean", "attention"))]


def demo_ruler(teaching: Teaching) -> Sequence[State]:
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


def demo_width(_: Teaching) -> Sequence[State]:
    """All widths from 8 down to 2."""
    return [{"uniform": bits} for bits in (8, 6, 4, 3, 2)]


def demo_budget(teaching: Teaching) -> Sequence[State]:
    """The same for all, then towards the best sharing out, then the reveal."""
    layer = teaching.main
    average = float(layer.bits.mean())
    best, member = best_possible(layer.table, average), group_of(layer.in_degree)
    halves = [round(2 * float(best[member == position].mean())) / 2 for position in range(len(GROUPS))]
    low = [float(int(average))] * len(GROUPS)
    return [
        _gives(low, revealed=False),
        _gives(fitted(halves, layer.in_degree, average), revealed=False),
        _gives(fitted(halves, layer.in_degree, average), revealed=True),
    ]


def _gives(bits: Sequence[float], revealed: bool) -> State:
    return {f"give{position}": given for position, given in enumerate(bits)} | {"reveal": revealed}


def demo_watch(teaching: Teaching) -> Sequence[State]:
    """Through every other epoch that is kept, the last one among them."""
    bundle = teaching.bundles[MAIN]
    epochs = list(bundle.snapshots(f"layer{bundle.layers[-1]}/bits"))
    return [{"epoch": epoch} for epoch in reversed(epochs[::-2])]


def demo_mess(_: Teaching) -> Sequence[State]:
    """Means, all nodes, then the error."""
    return [{"mess": view} for view in ("Group means", "All nodes", "Error by degree and bits")]


def demo_fails(_: Teaching) -> Sequence[State]:
    """Other widths and step sizes of the account, then the cycles."""
    accounts = ((16, 32), (16, 8), (64, 32), (256, 32))
    return [
        *({"buys": "Memory", "features": features, "step_bits": bits} for features, bits in accounts),
        {"buys": "Cycles"},
    ]
