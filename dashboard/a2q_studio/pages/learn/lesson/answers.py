"""Right answers and what there is to say about them, computed from the runs that the lesson is taught on."""

import numpy as np

from a2q_studio.pages.learn.lesson.teaching import ATTENTION, EVEN_DEGREES, MAIN, Teaching
from a2q_studio.pages.learn.steps.budget.allocations import best_possible, group_of, groups, needed
from a2q_studio.pages.learn.steps.listen.aggregation import heard
from a2q_studio.pages.learn.steps.mess.correlations import low_degree_share, rank_correlation
from a2q_studio.pages.learn.steps.ruler.quantizer import best_step, errors, quantized
from a2q_studio.pages.learn.steps.watch.settling import group_means

HUB = 11
"""A hub of the lesson has at least this in-degree."""
_ANY = 10**9


def nearest(value: float, candidates: tuple[float, ...]) -> int:
    """Position of the candidate that is nearest to a value."""
    return int(np.argmin([abs(value - candidate) for candidate in candidates]))


# 1: a node listens


def growth(aggregation: str) -> float:
    """How many-fold the toy's value grows from 4 to 8 neighbours."""
    return heard(8, aggregation) / heard(4, aggregation)


def sum_doubles(_: Teaching) -> int:
    """Among staying, growing 1.4-fold and doubling."""
    return nearest(growth("sum"), (1.0, 1.4, 2.0))


def growths(_: Teaching) -> str:
    """Of all four aggregations."""
    return (
        f"From 4 to 8 neighbours the sum grows {growth('sum'):.2f}-fold, with GCN's norm {growth('gcn'):.2f}-fold, "
        f"the mean {growth('mean'):.2f}-fold and attention {growth('attention'):.2f}-fold."
    )


# 2: a ruler with few marks


def leaf_and_hub(teaching: Teaching) -> dict[str, np.ndarray]:
    """Features of a typical leaf and of a typical hub."""
    layer = teaching.main
    return {"leaf": layer.values[layer.typical(0, 1)], "hub": layer.values[layer.typical(HUB, _ANY)]}


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


# 3: one width for all


def uniform_error(teaching: Teaching, bits: int) -> np.ndarray:
    """Mean |x_q - x| of each node when all have the same bits and the same, best, step size."""
    values = teaching.main.values
    step = best_step(values.ravel(), bits)
    return np.abs(quantized(values, step, bits) - values).mean(1)


def needed_alone(teaching: Teaching, bits: int) -> np.ndarray:
    """The fewest bits, with a step size of its own, that keep each node's error to the mean one of ``bits`` for all."""
    return needed(teaching.main.table, float(uniform_error(teaching, bits).mean()))


def worst_group(teaching: Teaching) -> int:
    """Leaves, middle or hubs: whose mean error is largest at 2 bits for all."""
    error, member = uniform_error(teaching, 2), group_of(teaching.main.in_degree)
    return int(np.argmax([error[member == position].mean() for position in (0, 2, 4)]))


def who_errs(teaching: Teaching) -> str:
    """Errors of leaves and hubs at 2 bits for all."""
    error, member = uniform_error(teaching, 2), group_of(teaching.main.in_degree)
    hubs = groups(teaching.main.in_degree)[4]
    return (
        f"At 2 bits the mean error is {error[member == 0].mean():.2f} for leaves and {error[member == 4].mean():.2f} "
        f"for hubs: {hubs.share:.0%} of the nodes carry {error[member == 4].sum() / error.sum():.0%} of it."
    )


# 4: your budget


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


# 5: watch it learn


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
    start = teaching.bundles[MAIN].run.config.quantization.initial_bits
    return f"All start with {start} bits; at the reported epoch leaves have {leaves:.2f} and hubs {hubs:.2f}."


# 6: real graph, real mess


def mess_correlation(teaching: Teaching) -> float:
    """Spearman's correlation of in-degree and bits, GCN."""
    return rank_correlation(teaching.layer(teaching.bundles[EVEN_DEGREES]).nodes)


def how_correlated(teaching: Teaching) -> int:
    """Among +0.9, +0.5 and +0.2."""
    return nearest(mess_correlation(teaching), (0.9, 0.5, 0.2))


def why_so_small(teaching: Teaching) -> str:
    """The correlation beside the group means and the share of nodes with few edges."""
    nodes = teaching.layer(teaching.bundles[EVEN_DEGREES]).nodes
    means = group_means(nodes["in_degree"].to_numpy(), nodes["bits"].to_numpy())["mean"]
    return (
        f"It is {mess_correlation(teaching):+.2f}, although group means go from {means.iloc[0]:.2f} to "
        f"{means.iloc[-1]:.2f} bits: {low_degree_share(nodes):.0%} of the nodes have an in-degree of 4 or less, and "
        "among those bits hardly differ."
    )


# 7: when it fails, and what it buys


def attention_turns(teaching: Teaching) -> int:
    """Rise, stay or fall: bits over in-degree with attention."""
    nodes = teaching.layer(teaching.bundles[ATTENTION]).nodes
    means = group_means(nodes["in_degree"].to_numpy(), nodes["bits"].to_numpy())["mean"]
    change = means.iloc[-1] - means.iloc[0]
    return 1 if abs(change) < 0.15 else (0 if change > 0 else 2)


def what_attention_does(teaching: Teaching) -> str:
    """Bits and magnitudes of GAT's leaves and hubs."""
    nodes = teaching.layer(teaching.bundles[ATTENTION]).nodes
    degree = nodes["in_degree"].to_numpy()
    bits, sizes = (group_means(degree, nodes[column].to_numpy())["mean"] for column in ("bits", "magnitude"))
    return (
        f"GAT's bits go from {bits.iloc[0]:.2f} (leaves) to {bits.iloc[-1]:.2f} (hubs): an average does not grow, "
        f"mean |x| goes from {sizes.iloc[0]:.2f} to {sizes.iloc[-1]:.2f}."
    )
