"""Seconds that a simulation takes, on real and on large synthetic graphs; and the table of the paper's speedup.

    python benchmarks/accelerator.py             Cora, and graphs of 169,000 and 2.45 million nodes; memory too
    python benchmarks/accelerator.py --quick     Cora and the graph of 169,000 nodes
    python benchmarks/accelerator.py --scaling   time against edges, 1 to 32 million, drawn into docs/figures
    python benchmarks/accelerator.py --table     trains what is missing and writes docs/accelerator-speedup.md

One thread; each time is the median of several simulations on a fresh graph, nothing kept from one to the next.
On a busy machine `cpu_seconds` says what the simulation itself takes.
"""

import argparse
import itertools
import json
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import psutil

from a2q.accelerator import Adjacency, Layer, simulate
from a2q.datasets import DatasetError, load

CORA_WIDTHS = (1433, 16, 7)
# Nodes, edges and widths of layers, as ogbn-arxiv and ogbn-products have them.
ARXIV = ("arxiv-size", 169_343, 1_166_243, (128, 256, 256, 40))
PRODUCTS = ("products-size", 2_449_029, 61_859_140, (100, 256, 256, 47))
SCALING_EDGES = (1, 2, 4, 8, 16, 32)
MILLION = 1_000_000
FIGURE = Path(__file__).resolve().parents[1] / "docs" / "figures" / "accelerator-scaling.svg"


def main() -> int:
    """Measure the chosen graphs, or write the table."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--quick", action="store_true", help="small graphs only")
    arguments.add_argument("--scaling", action="store_true", help="time against the number of edges")
    arguments.add_argument("--table", action="store_true", help="the paper's speedup from trained runs")
    arguments.add_argument("--json", action="store_true", help="print a list of results as JSON")
    options = arguments.parse_args()
    if options.table:
        from accelerator_table.page import write

        return write()
    rows = scaling() if options.scaling else speeds(options.quick)
    if options.scaling:
        plot(rows)
    if options.json:
        print(json.dumps(rows, indent=2))
        return 0
    for row in rows:
        print(
            "  ".join(
                f"{name} {value:,}" if isinstance(value, int) else f"{name} {value}" for name, value in row.items()
            )
        )
    return 0


def speeds(quick: bool) -> list[dict[str, object]]:
    """Median seconds of one simulation, and the process's memory after it."""
    rows = [measured("cora", cora(), CORA_WIDTHS, 21)]
    name, nodes, edges, widths = ARXIV
    rows.append(measured(name, synthetic(nodes, edges), widths, 5))
    if not quick:
        name, nodes, edges, widths = PRODUCTS
        rows.append(measured(name, synthetic(nodes, edges), widths, 1))
    return rows


def scaling() -> list[dict[str, object]]:
    """Seconds against edges at ten edges a node."""
    sizes = [(count * MILLION // 10, count * MILLION) for count in SCALING_EDGES]
    return [measured(f"{edges:,} edges", synthetic(nodes, edges), (128, 64, 16), 3) for nodes, edges in sizes]


def plot(rows: list[dict[str, object]]) -> None:
    """docs/figures/accelerator-scaling.svg: seconds against edges, beside a line of slope one."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams.update({"svg.hashsalt": "a2q", "font.size": 9, "svg.fonttype": "none"})
    from matplotlib import pyplot as plt

    edges = [float(str(row["edges"])) for row in rows]
    seconds = [float(str(row["cpu_seconds"])) for row in rows]
    figure, axes = plt.subplots(figsize=(6, 3.6), layout="constrained")
    axes.loglog(edges, seconds, "o-", label="measured")
    axes.loglog(edges, [seconds[0] * count / edges[0] for count in edges], "--", color="grey", label="in proportion")
    axes.set(xlabel="Edges", ylabel="Seconds per simulation (GCN, 2 layers)", title="Time grows in proportion to edges")
    axes.legend()
    figure.savefig(FIGURE, metadata={"Date": None, "Creator": None})


def measured(name: str, edges: tuple[np.ndarray, np.ndarray], widths: tuple[int, ...], times: int) -> dict[str, object]:
    """Simulate a GCN of these widths with drawn bits."""
    indptr, indices = edges
    nodes = len(indptr) - 1
    bits = np.random.default_rng(1).choice([1, 2, 3, 4], size=nodes, p=[0.32, 0.66, 0.015, 0.005])
    layers = [
        Layer(f"Layer {number}", d_in, d_out, bits)
        for number, (d_in, d_out) in enumerate(itertools.pairwise(widths), start=1)
    ]
    seconds, busy = [], []
    for _ in range(times):
        # A graph keeps its partitions; a fresh one has none.
        graph = Adjacency(indptr, indices)
        started, worked = time.perf_counter(), time.process_time()
        report = simulate(graph, layers)
        seconds.append(time.perf_counter() - started)
        busy.append(time.process_time() - worked)
    return {
        "graph": name,
        "seconds": round(statistics.median(seconds), 5),
        "cpu_seconds": round(statistics.median(busy), 5),
        "nodes": nodes,
        "edges": len(indices),
        "layers": len(layers),
        "cycles": report.cycles,
        "peak_memory_gib": round(peak_memory_gib(), 2),
    }


def cora() -> tuple[np.ndarray, np.ndarray]:
    """Cora's edges; where it is not at hand, as many drawn ones."""
    try:
        data = load("cora").data
    except DatasetError as error:
        print(error, file=sys.stderr)
        return synthetic(2708, 10556)
    graph = Adjacency.from_edges(data.edge_index.numpy(), int(data.num_nodes))
    return graph.indptr, graph.indices


def synthetic(nodes: int, edges: int) -> tuple[np.ndarray, np.ndarray]:
    """Compressed rows of a random graph: in-degrees follow a power law, sources are drawn evenly."""
    rng = np.random.default_rng(0)
    weight = rng.pareto(2.0, size=nodes) + 1
    share = np.floor(np.cumsum(weight) / weight.sum() * edges).astype(np.int64)
    share[-1] = edges
    return np.append(0, share), rng.integers(0, nodes, size=edges, dtype=np.int32)


def peak_memory_gib() -> float:
    """Most memory that this process has held, in GiB."""
    memory = psutil.Process().memory_info()
    if sys.platform == "win32":
        return float(memory.peak_wset) / 2**30
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(peak) / (2**30 if sys.platform == "darwin" else 2**20)


if __name__ == "__main__":
    sys.exit(main())
