"""What every set of PyTorch Geometric has here in common."""

from torch_geometric.data import InMemoryDataset

from data.files.keep import NotDownloadedError


# PyTorch Geometric is untyped to mypy here.
class Quiet(InMemoryDataset):  # type: ignore[misc]
    """Put before a class of PyTorch Geometric: says nothing of its processing, and of downloads that they failed.

    Source: ours.
    """

    def download(self) -> None:
        try:
            super().download()
        except Exception as error:
            # With no network this is a ClientConnectorDNSError, a URLError or another: no common type.
            raise NotDownloadedError from error

    def _process(self) -> None:
        self.log = False
        super()._process()
