"""From the name of a set of graphs to its graphs."""

import torch

from a2q.datasets.catalogue import SPECS, card, listing
from a2q.datasets.config import DatasetConfig, as_config
from a2q.datasets.dataset import GraphDataset
from a2q.datasets.errors import DatasetError
from a2q.datasets.files.published_sizes import compare
from a2q.datasets.importers.import_store import is_own
from a2q.datasets.progress import Progress, no_progress


def load_graphs(dataset: str | DatasetConfig, progress: Progress | None = None) -> GraphDataset:
    """Return the set of graphs, from its cache where there is one.

    Args:
        dataset: a name in the catalogue, or a config, which may choose the fold.
        progress: called with a fraction from 0 to 1 and a sentence for the user; what it raises stops the
            load and leaves nothing half done.

    Raises:
        DatasetError: with a sentence for the user, when there is no such set of graphs, it cannot be had, or it is
            not of the sizes on its card.
    """
    config = as_config(dataset)
    report = progress or no_progress
    if not card(config.name).graph_level:
        offered = ", ".join(name for name, other in listing().items() if other.graph_level)
        raise DatasetError(f"{card(config.name).title} is one graph, not a set of graphs: choose one of {offered}.")
    if is_own(config.name):
        from a2q.datasets.importers.loading import own_graphs

        return own_graphs(config.name, config.fold or 0)
    spec = SPECS[config.name]
    assert spec.many_graphs is not None  # The card says that it is a set of graphs.
    loaded = spec.many_graphs(spec.card, config, report)
    compare(loaded.card, _sizes(loaded), spec.to_use().kept)
    report(1.0, f"Loaded: {loaded.card.title}")
    return loaded


def _sizes(loaded: GraphDataset) -> dict[str, float | None]:
    """Return the set's sizes by the names of its card's fields."""
    graphs, count = loaded.graphs, len(loaded.graphs)
    labels = torch.cat([graph.y for graph in graphs])
    sizes = {
        "graphs": count,
        "mean_nodes": round(sum(graph.num_nodes for graph in graphs) / count, 1),
        "mean_edges": round(sum(graph.num_edges for graph in graphs) / count, 1),
        "features": loaded.num_features,
        "classes": None if labels.is_floating_point() else len(labels.unique()),
    }
    if loaded.num_types is not None:
        # Not every type need occur; one beyond the last could not be embedded.
        highest = max(int(graph.x.max()) for graph in graphs)
        sizes["types"] = max(loaded.num_types, highest + 1)
    return sizes
