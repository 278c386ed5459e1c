"""Cora, CiteSeer and PubMed with the public split: from the cache, a folder or the network."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from filelock import FileLock
from torch_geometric.data import Data
from torch_geometric.datasets import Planetoid
from torch_geometric.io import fs

from data.catalogue import DatasetCard
from data.dataset import Progress
from data.errors import DatasetError
from data.planetoid_raw import cache_root, check, given_folder, given_folders, has_all, raw_names

_ORIGIN = "origin.txt"


def planetoid(card: DatasetCard, progress: Progress) -> tuple[Data, str]:
    """Return the graph and the phrase that says where it came from.

    Raw files in the cache are used first, then those in the folder `$A2Q_DATA`, which is only read; else they
    are downloaded. What is made of them is kept in the cache, whole or not at all.

    Raises:
        DatasetError: when the files are nowhere to be had, are not the published ones, or the graph has not
            the sizes on the card.

    Source: Yang et al., ICML 2016, through PyTorch Geometric; the search for the files is ours.
    """
    root = cache_root()
    root.mkdir(parents=True, exist_ok=True)
    with FileLock(root / f"{card.title}.lock"):
        data = _read(root, card.title)
        if data is None:
            _make(root, card.title, progress)
            data = _Planetoid(str(root), card.title)[0]
        origin = (root / card.title / _ORIGIN).read_text(encoding="utf-8")
    _compare(data, card)
    return data, f"{card.title} ({origin})"


# PyTorch Geometric is untyped to mypy here.
class _Planetoid(Planetoid):  # type: ignore[misc]
    """PyTorch Geometric's set, which unpickles only the published bytes and prints nothing."""

    def download(self) -> None:
        try:
            for name in self.raw_file_names:
                fs.cp(f"{self.url}/{name}", self.raw_dir, log=False)
        except Exception as error:
            # With no network this is a ClientConnectorDNSError, a URLError or another: no common type.
            raise DatasetError(_nowhere(self.name)) from error

    def _process(self) -> None:
        self.log = False
        super()._process()

    def process(self) -> None:
        check(Path(path) for path in self.raw_paths)
        super().process()


def _read(root: Path, title: str) -> Data | None:
    """Return the graph in the cache, or None where it is not there or damaged."""
    kept = root / title
    made = (kept / "processed" / "data.pt").is_file() and (kept / _ORIGIN).is_file()
    if not (made and has_all(kept / "raw", title)):
        return None
    try:
        return _Planetoid(str(root), title)[0]
    except Exception:
        # Whatever unpickling a damaged file raises, the raw files can mend it.
        return None


def _make(root: Path, title: str, progress: Progress) -> None:
    for left in root.glob(f".{title}-*"):
        shutil.rmtree(left)
    with TemporaryDirectory(dir=root, prefix=f".{title}-") as draft:
        made, kept = Path(draft) / title, root / title
        origin = _gather_raw(made / "raw", kept, title, progress)
        _Planetoid(draft, title)
        (made / _ORIGIN).write_text(origin, encoding="utf-8")
        if kept.exists():
            kept.replace(Path(draft) / "replaced")
        made.replace(kept)


def _gather_raw(raw: Path, kept: Path, title: str, progress: Progress) -> str:
    """Copy the raw files to the folder `raw` where there are any, and return where they come from."""
    origin = "read from the folder in $A2Q_DATA"
    folder = given_folder(title)
    if has_all(kept / "raw", title):
        folder = kept / "raw"
        known = kept / _ORIGIN
        origin = known.read_text(encoding="utf-8") if known.is_file() else "read from the folder in $A2Q_HOME"
    if folder is None:
        progress(0.0, f"Downloading {title}")
        return "downloaded"
    progress(0.0, f"Reading {title} from {folder}")
    raw.mkdir(parents=True)
    for name in raw_names(title):
        # Not copy or copy2: the source's file modes may forbid writing.
        shutil.copyfile(folder / name, raw / name)
    return origin


def _nowhere(title: str) -> str:
    looked = [cache_root() / title / "raw", *given_folders(title)]
    return (
        f"{title} is not on this machine (looked in {', '.join(map(str, looked))}) and could not be "
        "downloaded: connect to the network once, or set $A2Q_DATA to a folder that holds "
        f"Planetoid/{title}/raw."
    )


def _compare(data: Data, card: DatasetCard) -> None:
    found = (data.num_nodes, data.num_edges, data.num_features, int(data.y.max()) + 1)
    published = (card.nodes, card.edges, card.features, card.classes)
    if found != published:
        raise DatasetError(
            f"{card.title} has (nodes, edges, features, classes) {found} where {published} are published: "
            f"delete the folder {cache_root() / card.title} and load again."
        )
