"""Processor seconds of one training step, as ratios: A²Q against PyG's own FP32 network and against our FP32 path.

All networks of a row train in turns in one process with one torch thread; the ratio of medians of processor time
is what counts. The last rows are the Nearest Neighbor Strategy's share of a graph-level training step. Run as
``python benchmarks/training.py [--quick] [--json]``.
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
from torch_geometric.data import Data

from a2q import GraphTask, Trainer, prepare
from a2q.datasets import DatasetConfig, DatasetError, load
from a2q.datasets.synthetic.citations import generated_citations
from a2q.experiments.presets import preset
from a2q.experiments.settings import change
from a2q.graph import Graph
from a2q.models.config import ModelName
from a2q.quantizers import NearestQuantizer
from networks import pyg_step

MODELS: tuple[ModelName, ...] = ("gcn", "gin", "gat")
LARGE_NODES = 170_000
# Two references a paper on average give the large graph about 1.1 M directed edges.
LARGE_REFERENCES = 2.0
LARGE_FEATURES = 256
# The first steps fill caches and are not counted.
WARM_UP = 5
# As large as a batch of superpixel graphs.
GROUPS, GRAPHS, GRAPH_NODES, NEIGHBOURS = 1000, 128, 70, 8


def main() -> None:
    """Measure the chosen graphs and print ratios."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="small graphs only, fewer steps")
    arguments.add_argument("--json", action="store_true", help="print a list of results as JSON")
    options = arguments.parse_args()
    torch.set_num_threads(1)
    steps = 40 if options.quick else 200
    rows = []
    for name in ("cora", "citeseer", "generated-citations"):
        try:
            data = load(name).data
        except DatasetError as error:
            print(error, file=sys.stderr)
            continue
        rows += [compare(name, model, data, DatasetConfig(name=name), steps) for model in MODELS]
    if not options.quick:
        large = DatasetConfig(name="generated-citations", nodes=LARGE_NODES)
        rows.append(compare("generated, large", "gcn", large_graph(), large, 10))
    rows += [nearest_share(model, steps // 4) for model in MODELS]
    print(json.dumps(rows, indent=2) if options.json else table(rows))


def compare(name: str, model: ModelName, data: Data, dataset: DatasetConfig, steps: int) -> dict[str, object]:
    """Medians over ``steps`` interleaved training steps of three networks on one graph."""
    graph = prepare(data)
    networks = {method: our_step(method, graph, dataset, model) for method in ("a2q", "fp32")}
    networks["pyg_fp32"] = pyg_step(model, data, preset("fp32", dataset, model).model.dropout)
    median = interleaved(networks, steps)
    return {
        "dataset": name,
        "model": model,
        "nodes": int(data.num_nodes or 0),
        "edges": int(data.edge_index.size(1)),
        "a2q_over_pyg_fp32": round(median["a2q"] / median["pyg_fp32"], 3),
        "a2q_over_our_fp32": round(median["a2q"] / median["fp32"], 3),
        "a2q_step_ms": round(1e3 * median["a2q"], 3),
        "peak_memory_mib": peak_memory_mib(),
    }


def our_step(method: str, graph: Graph, dataset: DatasetConfig, model: ModelName) -> Callable[[], object]:
    """One training step of a preset, distillation included; its FP32 network is trained for one epoch only."""
    trainer = Trainer(graph, change(preset(method, dataset, model), ["training.epochs=1"]))
    for _ in trainer.warm_up():
        pass
    return trainer.train_epoch


def interleaved(networks: dict[str, Callable[[], object]], steps: int) -> dict[str, float]:
    """Median seconds of a step of each network, all taking turns."""
    seconds: dict[str, list[float]] = {network: [] for network in networks}
    for step in range(steps + WARM_UP):
        for network, train in networks.items():
            started = time.process_time()
            train()
            if step >= WARM_UP:
                seconds[network].append(time.process_time() - started)
    return {network: statistics.median(values) for network, values in seconds.items()}


def nearest_share(model: ModelName, steps: int) -> dict[str, object]:
    """How much of a graph-level training step the search for groups takes: m = 1000, 128 graphs."""
    dataset = DatasetConfig(name="mnist-superpixels")
    config = change(preset("a2q-paper", dataset, model), [f"quantization.groups={GROUPS}"])
    trainer = Trainer(random_graphs(), config)
    spent: list[float] = []
    nearest = NearestQuantizer._nearest

    def timed(quantizer: NearestQuantizer, *given: torch.Tensor) -> torch.Tensor:
        started = time.process_time()
        chosen = nearest(quantizer, *given)
        spent.append(time.process_time() - started)
        return chosen

    shares = []
    NearestQuantizer._nearest = timed  # type: ignore[method-assign]
    try:
        for step in range(steps + WARM_UP):
            spent.clear()
            started = time.process_time()
            trainer.train_epoch()
            if step >= WARM_UP:
                shares.append(sum(spent) / (time.process_time() - started))
    finally:
        NearestQuantizer._nearest = nearest  # type: ignore[method-assign]
    return {
        "dataset": f"{GRAPHS} random graphs",
        "model": model,
        "groups": GROUPS,
        "nearest_share_of_step": round(statistics.median(shares), 4),
    }


def random_graphs() -> GraphTask:
    """128 graphs of 70 nodes in one batch, 8 neighbours each."""
    generator = torch.Generator().manual_seed(0)
    graphs = []
    for number in range(GRAPHS + 2):
        edge_index = torch.randint(GRAPH_NODES, (2, NEIGHBOURS * GRAPH_NODES), generator=generator)
        x = torch.rand(GRAPH_NODES, 3, generator=generator)
        graphs.append(Data(x=x, edge_index=edge_index, y=torch.tensor([number % 2])))
    numbers = torch.arange(GRAPHS + 2)
    return GraphTask(graphs, numbers[:GRAPHS], numbers[-2:-1], numbers[-1:], num_classes=2, batch_size=GRAPHS)


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
    """The results as Markdown tables, one for each kind of row."""
    tables = []
    for names in dict.fromkeys(tuple(row) for row in rows):
        lines = [list(names), ["---"] * len(names)]
        lines += [[str(value) for value in row.values()] for row in rows if tuple(row) == names]
        tables.append("\n".join(f"| {' | '.join(line)} |" for line in lines))
    return "\n\n".join(tables)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
