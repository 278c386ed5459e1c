"""From the name of a data set that is one graph to this graph."""

from typing import TYPE_CHECKING

from a2q.datasets.catalogue import card, listing
from a2q.datasets.config import DatasetConfig, as_config
from a2q.datasets.dataset import Dataset
from a2q.datasets.errors import DatasetError
from a2q.datasets.files.sources import at_hand
from a2q.datasets.importers.import_store import is_kept, is_own
from a2q.datasets.progress import Progress, unheard

if TYPE_CHECKING:
    from torch_geometric.data import Data


def load(dataset: str | DatasetConfig, progress: Progress | None = None) -> Dataset:
    """Return the data set, one graph whose nodes are classified, from its cache where there is one.

    Args:
        dataset: a name in the catalogue, or a config.
        progress: called with a fraction from 0 to 1 and a sentence for the user; what it raises stops the
            load and leaves nothing half done.

    Raises:
        DatasetError: with a sentence for the user, when there is no such set, it cannot be had, or it is a set of
            graphs: those are loaded with `load_graphs`.

    Source: ours.
    """
    config = as_config(dataset)
    chosen = card(config.name)
    if chosen.graph_level:
        offered = ", ".join(name for name, other in listing().items() if not other.graph_level)
        raise DatasetError(
            f"{chosen.title} is a set of {chosen.graphs:,} graphs, and one graph is needed here: "
            f"choose one of {offered}."
        )
    report = progress or unheard
    if is_own(config.name):
        from a2q.datasets.importers.loading import own_graph

        return own_graph(config.name)
    data, source = _load(config, report)
    report(1.0, f"Loaded: {chosen.title}")
    return Dataset(data=data, card=chosen, source=source)


def is_ready(dataset: str | DatasetConfig) -> bool:
    """Return whether `load` or `load_graphs` needs no download.

    Raises:
        DatasetError: when there is no such set.
    """
    chosen = card(as_config(dataset).name)
    if is_own(chosen.name):
        return is_kept(chosen.name)
    return chosen.needs == "nothing" or at_hand(chosen.name)


def _load(config: DatasetConfig, progress: Progress) -> "tuple[Data, str]":
    # PyTorch Geometric takes seconds to import: only who loads a graph waits for it.
    match config.name:
        case "torch-imports":
            from a2q.datasets.torch_imports.loading import SOURCE, torch_imports

            return torch_imports(), SOURCE
        case "karate-club":
            from a2q.datasets.node_sets.karate import karate_club

            return karate_club(), "Zachary's karate club (shipped with PyTorch Geometric)"
        case "generated-citations":
            from a2q.datasets.synthetic.citations import generated_citations

            nodes, seed = int(config.option("nodes")), int(config.option("graph_seed"))
            progress(0.0, f"Drawing a graph of {nodes:,} nodes")
            return generated_citations(nodes, seed), f"generated citations, {nodes:,} nodes, seed {seed}"
        case "power-law" | "stochastic-blocks" | "star" | "ring" as shape:
            from a2q.datasets.synthetic.shapes import generated_shape

            progress(0.0, f"Drawing a graph of {int(config.option('nodes')):,} nodes")
            return generated_shape(shape, config)
        case _:
            from a2q.datasets.node_sets.published import published

            return published(card(config.name), config, progress)
