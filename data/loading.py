"""From the name of a data set to its graph."""

from torch_geometric.data import Data

from data.catalogue import card
from data.config import DEFAULT_NODES, DatasetConfig
from data.dataset import Dataset, Progress
from data.generated_citations import generated_citations
from data.karate import karate_club
from data.planetoid import planetoid, planetoid_is_ready
from data.torch_imports import cache_file, source_phrase, torch_imports


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
            return planetoid_is_ready(chosen)
        case "a build of about a minute":
            return cache_file().is_file()


def _as_config(dataset: str | DatasetConfig) -> DatasetConfig:
    return dataset if isinstance(dataset, DatasetConfig) else DatasetConfig(name=card(dataset).name)


def _load(config: DatasetConfig, progress: Progress) -> tuple[Data, str]:
    match config.name:
        case "torch-imports":
            return torch_imports(progress), source_phrase()
        case "karate-club":
            return karate_club(), "Zachary's karate club (shipped with PyTorch Geometric)"
        case "generated-citations":
            nodes, seed = config.nodes or DEFAULT_NODES, config.graph_seed or 0
            progress(0.0, f"Drawing a graph of {nodes:,} nodes")
            return generated_citations(nodes, seed), f"generated citations, {nodes:,} nodes, seed {seed}"
        case _:
            return planetoid(card(config.name), progress)


def _unheard(fraction: float, sentence: str) -> None:
    """Take a report of progress that nobody asked for."""
