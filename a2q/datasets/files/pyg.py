"""What every set of PyTorch Geometric has here in common."""

from torch_geometric.data import InMemoryDataset


# PyTorch Geometric is untyped to mypy here.
class Quiet(InMemoryDataset):  # type: ignore[misc]
    """Put before a class of PyTorch Geometric: says nothing of its processing. Its raw files are there before it is
    made: `a2q.datasets.files.downloads` downloads.
    """

    def _process(self) -> None:
        self.log = False
        super()._process()
