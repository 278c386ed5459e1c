"""The citation graphs of Planetoid, whose raw files are pickles."""

from pathlib import Path

from torch_geometric.datasets import Planetoid

from a2q.datasets.files.checksums import check


class CheckedPlanetoid(Planetoid):  # type: ignore[misc]
    """PyTorch Geometric's set, which unpickles only the published bytes.

    Source: Yang et al., ICML 2016, through PyTorch Geometric.
    """

    def process(self) -> None:
        check(Path(path) for path in self.raw_paths)
        super().process()
