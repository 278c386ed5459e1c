"""What one aggregation makes of the raw features, before any training: the paper's intuition, seen in the data."""

from collections.abc import Iterator

import numpy as np
from scipy.sparse import csr_matrix, diags_array
from scipy.stats import spearmanr

from a2q.datasets.progress import Progress
from a2q.datasets.statistics.flat import Flat
from a2q.datasets.statistics.record import Aggregation, Group, Operator

_MOST_POINTS = 1_500
_COLUMNS = 64
_EDGES_AT_ONCE = 100_000
# Products of an edge and a feature that are looked at; about two seconds of one core each.
_MOST_WORK = 600_000_000
_FEWEST_NODES = 2_000


def aggregation(flat: Flat, progress: Progress) -> tuple[tuple[Aggregation, ...], int | None]:
    """Return each operator's values by in-degree, and at how many nodes they were taken (None: all).

    Args:
        flat: the graph; of node types their one-hot codes are summed.
        progress: told which operator is at work, within 0 to 1.

    The operators are those of GIN, GraphSAGE, GCN (Kipf and Welling, ICLR 2017), and a softmax in the
    manner of GAT (Veličković et al., ICLR 2018) with the cosine similarity in place of a learned score.
    """
    x = _one_hot(flat) if flat.types else flat.x
    nodes = _sample(flat, x.shape[1] if isinstance(x, np.ndarray) else x.nnz / x.shape[0])
    in_degree = flat.in_degree[nodes]
    found = []
    operators: tuple[Operator, ...] = ("sum", "mean", "gcn", "attention")
    for number, operator in enumerate(operators):
        progress(number / len(operators), f"Aggregating the features: {operator}")
        values = mean_absolute(weights(flat, operator, nodes, x), x)
        found.append(_against(operator, in_degree, values))
    return tuple(found), None if nodes.size == flat.nodes else int(nodes.size)


def weights(flat: Flat, operator: Operator, nodes: np.ndarray, x: np.ndarray | csr_matrix) -> csr_matrix:
    """Return the rows of an operator for some nodes, [len(nodes), num_nodes]: who is heard, and with what factor."""
    rows = flat.messages[nodes]
    heard = np.asarray(rows.sum(axis=1)).ravel()
    itself = csr_matrix((np.ones(nodes.size, dtype=np.float32), (np.arange(nodes.size), nodes)), shape=rows.shape)
    match operator:
        case "sum":
            return rows
        case "mean":
            return csr_matrix(diags_array(1 / np.maximum(heard, 1)) @ rows)
        case "gcn":
            scale = 1 / np.sqrt(flat.in_degree + 1.0)
            return csr_matrix(diags_array(scale[nodes]) @ (rows + itself) @ diags_array(scale))
        case "attention":
            together = (rows + itself).tocoo()
            score = np.exp(_cosine(x, nodes[together.row], together.col)) * together.data
            total = np.bincount(together.row, weights=score, minlength=nodes.size)
            return csr_matrix((score / total[together.row], (together.row, together.col)), shape=rows.shape)


def mean_absolute(rows: csr_matrix, x: np.ndarray | csr_matrix) -> np.ndarray:
    """Return the mean absolute value of each row of ``rows @ x``, [rows]."""
    values: np.ndarray = x if isinstance(x, np.ndarray) else x.data
    if values.min(initial=0) >= 0:
        # Sums of values that are never negative: the mean may be taken first.
        means: np.ndarray = rows @ np.asarray(x.mean(axis=1)).ravel()
        return means
    width = x.shape[1]
    total = np.zeros(rows.shape[0])
    columns = x if isinstance(x, np.ndarray) else x.tocsc()
    for start in range(0, width, _COLUMNS):
        block = columns[:, start : start + _COLUMNS]
        total += np.abs(rows @ (block if isinstance(block, np.ndarray) else block.toarray())).sum(axis=1)
    share: np.ndarray = total / width
    return share


def _one_hot(flat: Flat) -> csr_matrix:
    kind = np.asarray(flat.x).ravel().astype(int)
    ones = np.ones(kind.size, dtype=np.float32)
    return csr_matrix((ones, (np.arange(kind.size), kind)), shape=(kind.size, flat.types))


def _sample(flat: Flat, per_row: float) -> np.ndarray:
    """Return the nodes to take values at: all, or as many as the work allows."""
    everyone = np.arange(flat.nodes)
    share = min(1.0, _MOST_WORK / max(1.0, (flat.edges + flat.nodes) * per_row))
    if not flat.large or share == 1.0:
        return everyone
    count = min(flat.nodes, max(_FEWEST_NODES, int(share * flat.nodes)))
    return np.sort(np.random.default_rng(0).choice(everyone, count, replace=False))


def _cosine(x: np.ndarray | csr_matrix, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the cosine similarity of pairs of rows, 0 where one of them is 0."""
    everyone = np.arange(x.shape[0])
    norm = np.sqrt(_products(x, everyone, everyone))
    product, lengths = _products(x, first, second), norm[first] * norm[second]
    cosine: np.ndarray = np.divide(product, lengths, out=np.zeros_like(product), where=lengths > 0)
    return cosine


def _products(x: np.ndarray | csr_matrix, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the inner products of pairs of rows, [pairs], some pairs at a time."""
    product = np.zeros(first.size)
    for start in range(0, first.size, _EDGES_AT_ONCE):
        these = slice(start, start + _EDGES_AT_ONCE)
        one, other = x[first[these]], x[second[these]]
        if isinstance(one, np.ndarray):
            product[these] = np.einsum("ij,ij->i", one, other)
        else:
            product[these] = np.asarray(one.multiply(other).sum(axis=1)).ravel()
    return product


def _against(operator: Operator, in_degree: np.ndarray, values: np.ndarray) -> Aggregation:
    varied = np.ptp(in_degree) > 0 and np.ptp(values) > 0
    points = _spread(in_degree)
    return Aggregation(
        operator=operator,
        groups=tuple(_groups(in_degree, values)),
        points=tuple(zip(in_degree[points].tolist(), values[points].astype(float).tolist(), strict=True)),
        rank_correlation=float(spearmanr(in_degree, values).statistic) if varied else None,
    )


def _groups(in_degree: np.ndarray, values: np.ndarray) -> Iterator[Group]:
    """Groups of in-degrees 0, 1, 2, 3–4, 5–8, 9–16 and so on, those that occur."""
    group = np.ceil(np.log2(np.maximum(in_degree, 1))).astype(int) + (in_degree > 0)
    for number in np.unique(group):
        of_group = values[group == number]
        low = 0 if number == 0 else 2 ** (int(number) - 2) + 1 if number > 1 else 1
        quartiles = np.percentile(of_group, [25, 50, 75])
        yield Group(
            low=low,
            high=0 if number == 0 else 2 ** (int(number) - 1),
            nodes=of_group.size,
            mean=float(of_group.mean()),
            quartile_low=float(quartiles[0]),
            median=float(quartiles[1]),
            quartile_high=float(quartiles[2]),
        )


def _spread(in_degree: np.ndarray) -> np.ndarray:
    """Choose nodes to draw as points: evenly over the order of in-degrees, so that the few hubs are among them."""
    order = np.argsort(in_degree, kind="stable")
    if order.size <= _MOST_POINTS:
        return order
    # Half by rank, half from the top: where most nodes are alike, the rare ones tell most.
    hubs = order[-_MOST_POINTS // 2 :]
    rest = order[: -_MOST_POINTS // 2]
    return np.concatenate([rest[np.linspace(0, rest.size - 1, _MOST_POINTS - hubs.size).astype(int)], hubs])
