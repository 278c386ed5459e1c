"""How long the statistics of a dataset take, and by how much that grows with the graph.

`python benchmarks/dataset_statistics.py` measures generated graphs up to the largest that are measured exactly,
200,000 nodes and 2,000,000 edges, each in one thread; seconds are the processor's, so that other work on the machine
does not count.
"""

import time

import numpy as np
import torch
from torch_geometric.data import Data
from torch_geometric.utils import to_undirected

from a2q.datasets import Dataset, card
from a2q.datasets.statistics.compute import compute
from a2q.datasets.synthetic.edges import pairs_by_weight, power_law_weights

# Nodes, directed edges a node, features.
SIZES = ((2_000, 10, 128), (20_000, 10, 128), (200_000, 10, 128))


def main() -> None:
    """Print a table: one row a graph, and what took longest in it."""
    torch.set_num_threads(1)
    print(f"{'nodes':>9}{'edges':>11}{'seconds':>9}  longest")
    for nodes, degree, features in SIZES:
        graph = drawn(nodes, degree, features)
        stages: list[tuple[float, str]] = []

        def note(_: float, sentence: str, stages: list[tuple[float, str]] = stages) -> None:
            stages.append((time.process_time(), sentence))

        began = time.process_time()
        compute(graph, note)
        ended = time.process_time()
        ends = [moment for moment, _ in stages[1:]] + [ended]
        took = sorted(((end - start, what) for (start, what), end in zip(stages, ends, strict=True)), reverse=True)
        longest = ", ".join(f"{what} {seconds:.1f} s" for seconds, what in took[:3])
        print(f"{nodes:>9,}{graph.num_edges:>11,}{ended - began:>9.1f}  {longest}", flush=True)


def drawn(nodes: int, degree: int, features: int) -> Dataset:
    """A power-law graph with dense real-valued features and seven classes."""
    rng = np.random.default_rng(0)
    label = rng.integers(0, 7, nodes)
    ends = pairs_by_weight(label, power_law_weights(nodes, 2.5, rng), 0.8, degree, rng)
    part = torch.arange(nodes) % 3
    edges = to_undirected(torch.from_numpy(np.stack(ends)), num_nodes=nodes)
    data = Data(
        x=torch.from_numpy(rng.normal(size=(nodes, features)).astype(np.float32)),
        edge_index=edges[:, : nodes * degree],
        y=torch.from_numpy(label),
        train_mask=part == 0,
        val_mask=part == 1,
        test_mask=part == 2,
    )
    return Dataset(data, card("power-law"), "drawn for a benchmark")


if __name__ == "__main__":
    main()
