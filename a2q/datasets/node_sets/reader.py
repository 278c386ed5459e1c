"""Which class reads a set that is one graph."""

from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from torch_geometric.data import Data


class Reader(NamedTuple):
    """How a set's folder becomes a graph.

    Args:
        of: the class that reads the raw files, as `module:name`; PyTorch Geometric takes seconds to import, so only who
            loads a graph looks it up.
        name: the set's name to the class, which then looks for a folder of that name; None where it takes the
            set's folder itself.
        both_ways: whether edges published in one direction are to go both ways, as in the paper's network.
        sparse: whether features are kept sparse (CSR): of those published dense nearly all are 0.
    """

    of: str
    name: str | None = None
    both_ways: bool = False
    sparse: bool = False

    def read(self, folder: Path) -> "Data":
        """Return the graph in `folder`: made before, or made now of its raw files. Raises what the class does."""
        from a2q.datasets.files.pyg import Quiet

        of = resolve_name(self.of)
        quiet: Any = type(of.__name__, (Quiet, of), {})
        place = (str(folder),) if self.name is None else (str(folder.parent), self.name)
        return quiet(*place, pre_transform=_with_sparse_features if self.sparse else None)[0]


def _with_sparse_features(data: "Data") -> "Data":
    from a2q.datasets.sparse_features import as_csr

    data.x = as_csr(data.x)
    return data
