"""Sharing out a budget of bits among nodes: by hand, evenly, as A²Q did, and as well as possible."""

from collections.abc import Sequence

import numpy as np

from a2q.units import MOST_BITS
from a2q_studio.pages.learn.lesson.groups import GROUPS, group_of, groups
from a2q_studio.pages.learn.lesson.layer import LayerInput
from a2q_studio.pages.learn.lesson.step import State, nearest
from a2q_studio.pages.learn.lesson.teaching import Teaching


def spent(mean_bits: Sequence[float], in_degree: np.ndarray) -> float:
    """Average bits over all nodes when each group has these mean bits."""
    return float(sum(bits * group.share for bits, group in zip(mean_bits, groups(in_degree), strict=True)))


def shared_out(mean_bits: Sequence[float], in_degree: np.ndarray, largest: np.ndarray) -> np.ndarray:
    """Whole bits of every node so that each group has its mean bits.

    Of a mean of 2.5 half of the group's nodes get 3, those with the largest values, and the others 2.

    Args:
        mean_bits: of each group, 1 to 8.
        in_degree: [num_nodes].
        largest: the largest value of each node, [num_nodes].
    """
    bits = np.empty(len(in_degree), dtype=np.int64)
    member = group_of(in_degree)
    for position, mean in enumerate(mean_bits):
        nodes = np.flatnonzero(member == position)
        low = int(np.floor(mean))
        more = round((mean - low) * len(nodes))
        bits[nodes] = low
        # Stable, so that equal values give the same result everywhere.
        bits[nodes[np.argsort(-largest[nodes], kind="stable")[:more]]] = low + 1
    return bits


def mean_error(table: np.ndarray, bits: np.ndarray) -> float:
    """Mean |x_q - x| over all nodes with these bits and, for each node, its best step size.

    Args:
        table: of :func:`~a2q_studio.pages.learn.lesson.quantizer.error_table`, [num_nodes, 8].
        bits: 1 to 8, [num_nodes].
    """
    return float(table[np.arange(len(bits)), bits - 1].mean())


def even(average: float, count: int) -> np.ndarray:
    """The same bits for everyone as far as whole bits allow: the first nodes get the fraction, [count]."""
    low = int(np.floor(average))
    bits = np.full(count, low)
    bits[: round((average - low) * count)] += 1
    return np.asarray(np.clip(bits, 1, MOST_BITS))


def best_possible(table: np.ndarray, average: float) -> np.ndarray:
    """Bits per node, [num_nodes], with the least mean error that any choice within the budget has.

    Every node takes the bits that minimise its error plus a price per bit; the price is raised until the average
    fits. Exact but for the last node's bit. Lagrangian of the knapsack.
    """
    prices = np.arange(1, MOST_BITS + 1)
    low, high = 0.0, float(table[:, 0].max()) + 1e-9
    for _ in range(60):
        price = (low + high) / 2
        bits = 1 + np.argmin(table + price * prices, axis=1)
        low, high = (low, price) if bits.mean() <= average else (price, high)
    return np.asarray(1 + np.argmin(table + high * prices, axis=1))


def fitted(mean_bits: Sequence[float], in_degree: np.ndarray, average: float, grain: float = 0.5) -> list[float]:
    """The same wishes lowered until the average fits: each time the group with the most bits gives up a grain."""
    bits = list(mean_bits)
    counts = [group.nodes for group in groups(in_degree)]
    while spent(bits, in_degree) > average + 1e-9 and max(bits) > 1:
        # Of equals the largest group: it frees the most.
        richest = max(range(len(bits)), key=lambda position: (bits[position], counts[position]))
        bits[richest] = max(1.0, bits[richest] - grain)
    return bits


YOU, SAME, LEARNED, BEST = "You", "Same bits for all", "A²Q's bits", "Best possible"


def contest(layer: LayerInput, given: Sequence[float]) -> dict[str, float]:
    """Mean |x_q - x| of each allocation, with the best step size for each node.

    Args:
        layer: the values, and the bits that A²Q learned; their average is the budget.
        given: the learner's mean bits of each group of in-degrees.
    """
    average, table = float(layer.bits.mean()), layer.table
    allocations: dict[str, np.ndarray] = {
        YOU: shared_out(given, layer.in_degree, layer.values.max(1)),
        SAME: even(average, len(layer.bits)),
        LEARNED: layer.bits,
        BEST: best_possible(table, average),
    }
    return {name: mean_error(table, bits) for name, bits in allocations.items()}


def learned_means(layer: LayerInput) -> list[float]:
    """Mean bits that A²Q learned for each group of in-degrees; 0 of an empty one."""
    member = group_of(layer.in_degree)
    return [
        float(layer.bits[member == position].mean()) if (member == position).any() else 0.0
        for position in range(len(GROUPS))
    ]


def verdict(errors: dict[str, float]) -> str:
    """Who won, by how much, in a sentence."""
    you, learned, same = errors[YOU], errors[LEARNED], errors[SAME]
    ratio = learned / you if you else 1.0
    if you <= learned:
        return f"**You beat A²Q**: its bits make {ratio - 1:.0%} more error than yours. Share the link."
    if you <= same:
        return f"**Better than the same for all**, and {1 / ratio - 1:.0%} more error than A²Q's bits. Try again?"
    return f"The same bits for all would have been better; yours make {1 / ratio - 1:.0%} more error than A²Q's."


def best_means(teaching: Teaching, average: float) -> list[float]:
    """Mean bits of leaves and hubs when bits are shared out as well as possible."""
    best, member = best_possible(teaching.main.table, average), group_of(teaching.main.in_degree)
    return [float(best[member == position].mean()) for position in (0, 4)]


def best_ratio(teaching: Teaching) -> int:
    """Among equal, half as many more and twice or more: bits of hubs over bits of leaves, shared out best."""
    leaves, hubs = best_means(teaching, teaching.main.bits.mean())
    return nearest(hubs / leaves, (1.0, 1.5, 2.2))


def best_share(teaching: Teaching) -> str:
    """What the best sharing out of A²Q's own budget gives leaves and hubs."""
    average = float(teaching.main.bits.mean())
    leaves, hubs = best_means(teaching, average)
    return (
        f"Of {average:.2f} bits on average the best sharing out gives leaves {leaves:.1f} and hubs {hubs:.1f}. "
        "Now try to come near it."
    )


def demo(teaching: Teaching) -> Sequence[State]:
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
