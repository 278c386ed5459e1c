"""From the name of a data set to its graph."""

from typing import TYPE_CHECKING

from data.catalogue import card
from data.config import DEFAULT_NODES, DatasetConfig
from data.dataset import Dataset, Progress
from data.planetoid_raw import raw_files_at_hand
from data.torch_imports.cache import cache_file

if TYPE_CHECKING:
    from torch_geometric.data import Data


def load(dataset: str | DatasetConfig, progress: Progress | None = None) -> Dataset:
    """Return the data set, from its cache where there is one.

    Args:
        dataset: a name in the catalogue, or a config.
        progress: called with a fraction from 0 to 1 and a sentence for the user; what it raises stops the
            load and leaves nothing half done.

    Raises:
        DatasetError: with a sentence for the user, when there is no such set or it cannot be had.

    Source: ours.
    """
    config = _as_config(dataset)
    report = progress or _unheard
    data, source = _load(config, report)
    chosen = card(config.name)
    report(1.0, f"Loaded: {chosen.title}")
    return Dataset(data=data, card=chosen, source=source)


def is_ready(dataset: str | DatasetConfig) -> bool:
    """Return whether `load` needs neither a download nor a build of a minute.

    Raises:
        DatasetError: when there is no such set.
    """
    chosen = card(_as_config(dataset).name)
    match chosen.needs:
        case "nothing":
            return True
        case "download":
            return raw_files_at_hand(chosen.title)
        case "a build of about a minute":
            return cache_file().is_file()


def _as_config(dataset: str | DatasetConfig) -> DatasetConfig:
    return dataset if isinstance(dataset, DatasetConfig) else DatasetConfig(name=card(dataset).name)


def _load(config: DatasetConfig, progress: Progress) -> "tuple[Data, str]":
    # PyTorch Geometric takes seconds to import: only who loads a graph waits for it.
    match config.name:
        case "torch-imports":
            from data.torch_imports.loading import source_phrase, torch_imports

            return torch_imports(progress), source_phrase()
        case "karate-club":
            from data.karate import karate_club

            return karate_club(), "Zachary's karate club (shipped with PyTorch Geometric)"
        case "generated-citations":
            from data.generated_citations import generated_citations

            nodes, seed = config.nodes or DEFAULT_NODES, config.graph_seed or 0
            progress(0.0, f"Drawing a graph of {nodes:,} nodes")
            return generated_citations(nodes, seed), f"generated citations, {nodes:,} nodes, seed {seed}"
        case _:
            from data.planetoid import planetoid

            return planetoid(card(config.name), progress)


def _unheard(fraction: float, sentence: str) -> None:
    """Take a report of progress that nobody asked for."""
