"""From the name of a dataset that is one graph to this graph."""

from typing import TYPE_CHECKING

from a2q.datasets.catalogue import SPECS, card, listing
from a2q.datasets.config import DatasetConfig, as_config
from a2q.datasets.errors import DatasetError
from a2q.datasets.importers.import_store import is_kept, is_own
from a2q.datasets.progress import Progress, no_progress

if TYPE_CHECKING:
    from a2q.datasets.dataset import Dataset


def load(dataset: str | DatasetConfig, progress: Progress | None = None) -> "Dataset":
    """Return the dataset, one graph whose nodes are classified, from its cache where there is one.

    Args:
        dataset: a name in the catalogue, or a config.
        progress: called with a fraction from 0 to 1 and a sentence for the user; what it raises stops the
            load and leaves nothing half done.

    Raises:
        DatasetError: with a sentence for the user, when there is no such set, it cannot be had, or it is a set of
            graphs: those are loaded with `load_graphs`.
    """
    config = as_config(dataset)
    chosen = card(config.name)
    if chosen.graph_level:
        offered = ", ".join(name for name, other in listing().items() if not other.graph_level)
        raise DatasetError(
            f"{chosen.title} is a set of {chosen.graphs:,} graphs, and one graph is needed here: "
            f"choose one of {offered}."
        )
    report = progress or no_progress
    if is_own(config.name):
        from a2q.datasets.importers.loading import own_graph

        return own_graph(config.name, config.fold or 0)
    one_graph = SPECS[config.name].one_graph
    assert one_graph is not None  # The card says that it is one graph.
    # Imports torch, which takes seconds; whoever asks only what is at hand need not wait for it.
    from a2q.datasets.dataset import Dataset

    data, source = one_graph(chosen, config, report)
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
    return SPECS[chosen.name].at_hand
