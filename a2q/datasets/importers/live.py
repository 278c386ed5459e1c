"""Graphs of PyTorch Geometric that are in memory, imported as files are."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from a2q.datasets.errors import DatasetError
from a2q.datasets.importers.config import ImportConfig
from a2q.datasets.importers.import_store import Imported
from a2q.datasets.importers.importing import import_graph
from a2q.datasets.importers.reading import Files
from a2q.datasets.importers.uploads import Upload, harmless

if TYPE_CHECKING:
    from torch_geometric.data import Data, Dataset


def import_data(
    data: "Data | Dataset | Sequence[Data] | Mapping[str, Any]", name: str, config: ImportConfig | None = None
) -> Imported:
    """Keep a graph of PyTorch Geometric, or a set of graphs, as one of the user's own, as its file by torch.save is.

    Args:
        data: a ``Data``, a ``Dataset``, a list of ``Data``, or a dict of tensors by the names that ``Data`` has.
        name: the title to print.
        config: what to do without labels, features or a split, and the seed of what is drawn.

    Returns:
        What is known of it: train on it by ``DatasetConfig(name=imported.card.name)``.

    Raises:
        DatasetError: with one sentence, when it cannot be read.
    """
    import torch

    several = not isinstance(data, Mapping) and not hasattr(data, "to_dict") and hasattr(data, "__len__")
    if several and not len(data):
        raise DatasetError(f"{name} holds no graph; give at least one.")
    graphs = [_fields(data[number]) for number in range(len(data))] if several else [_fields(data)]  # type: ignore[index]
    content = BytesIO()
    torch.save(graphs[0] if len(graphs) == 1 else graphs, content)
    settings = config or ImportConfig()
    titled = settings if settings.title else settings.model_copy(update={"title": harmless(name)[:60]})
    return import_graph(Files(Upload.of(content, f"{name}.pt")), titled)


def _fields(given: Any) -> dict[str, Any]:
    """Tensors, arrays and lists of text by name; others are not read of files either."""
    import torch

    if not isinstance(given, Mapping):
        if not hasattr(given, "edge_index") or not hasattr(given, "to_dict"):
            raise DatasetError(
                f"An object of class {type(given).__name__} is no graph; give torch_geometric.data.Data (of nodes of "
                "several types, data.to_homogeneous()), or a dict of tensors."
            )
        given = given.to_dict()
    tensors = {name: torch.from_numpy(value) if _numbers(value) else value for name, value in given.items()}
    return {
        str(name): value
        for name, value in tensors.items()
        if isinstance(value, torch.Tensor | int)
        or (isinstance(value, list) and all(isinstance(text, str) for text in value))
    }


def _numbers(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind in "biuf"
