"""Seconds of one training step, as ratios: A²Q against PyG's own FP32 GCN and against our FP32 path.

All networks of a row train in turns in one process with one torch thread, so that a busy machine slows all
of them alike; the ratio of medians is what counts. Run as ``python benchmarks/training.py [--quick] [--json]``.
"""

import argparse
import json
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psutil
import torch
from torch import nn
from torch_geometric.data import Data
from torch_geometric.nn import GCNConv

from a2q import Trainer, prepare
from a2q.config.presets import preset
from data import DatasetConfig, DatasetError, load
from data.generated_citations import generated_citations

LARGE_NODES = 170_000
# Two references a paper on average give the large graph about 1.1 M directed edges.
LARGE_REFERENCES = 2.0
LARGE_FEATURES = 256


class PygGCN(nn.Module):
    """The two-layer GCN as PyG's documentation writes it: ``GCNConv(cached=True)``, dense features."""

    def __init__(self, features: int, hidden: int, classes: int, dropout: float) -> None:
        super().__init__()
        self.first = GCNConv(features, hidden, cached=True)
        self.second = GCNConv(hidden, classes, cached=True)
        self.dropout = dropout

    def forward(self, x: torch.Tensor, edge_index: torch.Tensor) -> torch.Tensor:
        """Class scores, [num_nodes, num_classes]."""
        hidden = torch.relu(self.first(x, edge_index))
        return self.second(nn.functional.dropout(hidden, self.dropout, self.training), edge_index)


def main() -> None:
    """Measure the chosen graphs and print ratios."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="citation graphs only, fewer steps")
    arguments.add_argument("--json", action="store_true", help="print a list of results as JSON")
    options = arguments.parse_args()
    torch.set_num_threads(1)
    steps = 60 if options.quick else 200
    rows = []
    for name in ("cora", "citeseer"):
        try:
            data = load(name).data
        except DatasetError as error:
            print(error, file=sys.stderr)
            continue
        rows.append(compare(name, data, DatasetConfig(name=name), steps))
    small = DatasetConfig(name="generated-citations")
    rows.append(compare("generated-citations", load(small).data, small, steps))
    if not options.quick:
        large = DatasetConfig(name="generated-citations", nodes=LARGE_NODES)
        rows.append(compare("generated, large", large_graph(), large, 10))
    print(json.dumps(rows, indent=2) if options.json else table(rows))


def compare(name: str, data: Data, dataset: DatasetConfig, steps: int) -> dict[str, object]:
    """Medians over ``steps`` interleaved training steps of three networks on one graph."""
    graph = prepare(data)
    ours = {method: Trainer(graph, preset(method, dataset)).train_step for method in ("a2q", "fp32")}
    networks = {**ours, "pyg_fp32": pyg_step(data, preset("fp32", dataset).model.dropout)}
    seconds: dict[str, list[float]] = {network: [] for network in networks}
    for step in range(steps + 5):
        for network, train in networks.items():
            started = time.perf_counter()
            train()
            if step >= 5:
                seconds[network].append(time.perf_counter() - started)
    median = {network: statistics.median(values) for network, values in seconds.items()}
    return {
        "dataset": name,
        "nodes": int(data.num_nodes or 0),
        "edges": int(data.edge_index.size(1)),
        "a2q_over_pyg_fp32": round(median["a2q"] / median["pyg_fp32"], 3),
        "a2q_over_our_fp32": round(median["a2q"] / median["fp32"], 3),
        "a2q_step_ms": round(1e3 * median["a2q"], 3),
        "peak_memory_mib": peak_memory_mib(),
    }


def pyg_step(data: Data, dropout: float) -> Callable[[], None]:
    """One training step of PyG's network with its dense features."""
    dense = data.x if data.x.layout == torch.strided else data.x.to_dense()
    network = PygGCN(dense.size(1), 16, int(data.y.max()) + 1, dropout)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.01, weight_decay=5e-4)

    def step() -> None:
        network.train()
        optimizer.zero_grad()
        scores = network(dense, data.edge_index)
        nn.functional.cross_entropy(scores[data.train_mask], data.y[data.train_mask]).backward()
        optimizer.step()

    return step


def large_graph() -> Data:
    """170,000 nodes, about 1.1 M directed edges, its first 256 words: dense features that fit in memory."""
    data = generated_citations(LARGE_NODES, seed=0, references=LARGE_REFERENCES)
    data.x = data.x.to_dense()[:, :LARGE_FEATURES].contiguous()
    return data


def peak_memory_mib() -> int:
    """Largest resident memory of this process so far, in MiB."""
    info = psutil.Process().memory_info()
    peak = getattr(info, "peak_wset", None)
    if peak is None:
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return round(peak / 2**20)


def table(rows: list[dict[str, object]]) -> str:
    """The results as a Markdown table."""
    names = list(rows[0])
    lines = [names, ["---"] * len(names), *[[str(value) for value in row.values()] for row in rows]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
