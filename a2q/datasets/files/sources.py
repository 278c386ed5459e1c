"""Where raw files are published: one function for each family of sets."""

from a2q.datasets.files.checksums import PLANETOID, REPOSITORIES
from a2q.datasets.files.raw_files import Download, RawFiles

_GEOM_GCN = "https://raw.githubusercontent.com/graphdml-uiuc-jlu/geom-gcn/master"
_BENCHMARKING = "https://raw.githubusercontent.com/graphdeeplearning/benchmarking-gnns/master"
_DRIVE = "https://drive.usercontent.google.com/download?confirm=t&id="


def planetoid(title: str) -> RawFiles:
    """A citation graph of Planetoid's."""
    sums = {name: sum_ for name, sum_ in PLANETOID.items() if name.startswith(f"ind.{title.lower()}.")}
    base = "https://github.com/kimiyoung/planetoid/raw/master/data"
    downloads = tuple(Download(f"{base}/{name}", (f"raw/{name}",), sha256=sum_) for name, sum_ in sums.items())
    names = tuple(f"raw/{name}" for name in sums)
    return RawFiles(title, f"Planetoid/{title}", names, (f"Planetoid/{title}", title), downloads=downloads)


def _file(title: str, folder: str, url: str) -> RawFiles:
    """A set of one file, which keeps its name."""
    file = url.rpartition("/")[2]
    download = Download(url, (f"raw/{file}",), sha256=REPOSITORIES.get(file, ""))
    return RawFiles(title, folder, download.names, downloads=(download,))


def shchur(title: str, folder: str, file: str) -> RawFiles:
    """A graph of co-purchases or co-authors."""
    return _file(title, folder, f"https://github.com/shchur/gnn-benchmark/raw/master/data/npz/{file}")


def bojchevski(title: str, graph: str) -> RawFiles:
    """A citation graph with no published split."""
    return _file(
        title, f"CitationFull/{graph}", f"https://github.com/abojchevski/graph2gauss/raw/master/data/{graph}.npz"
    )


def platonov(title: str, file: str) -> RawFiles:
    """A graph of `yandex-research/heterophilous-graphs`."""
    base = "https://github.com/yandex-research/heterophilous-graphs/raw/main/data"
    return _file(title, f"HeterophilousGraphDataset/{file}", f"{base}/{file}.npz")


def geom(title: str, folder: str, graph: str) -> RawFiles:
    """A graph of Geom-GCN's, with its ten splits."""
    addresses = [f"new_data/{graph}/out1_{kind}.txt" for kind in ("node_feature_label", "graph_edges")]
    addresses += [f"splits/{graph}_split_0.6_0.2_{number}.npz" for number in range(10)]
    files = [address.rpartition("/")[2] for address in addresses]
    downloads = tuple(
        Download(f"{_GEOM_GCN}/{address}", (f"raw/{file}",), sha256=REPOSITORIES[f"{folder.rpartition('/')[2]}/{file}"])
        for address, file in zip(addresses, files, strict=True)
    )
    return RawFiles(title, folder, tuple(f"raw/{file}" for file in files), downloads=downloads)


def tu(title: str, *parts: str) -> RawFiles:
    """A set of TUDataset's; `parts` are the files it has besides the three that all have."""
    files = [f"{title}_{part}.txt" for part in ("A", "graph_indicator", "graph_labels", *parts)]
    names = tuple(f"raw/{file}" for file in files)
    url = f"https://www.chrsmrrs.com/graphkerneldatasets/{title}.zip"
    download = Download(url, names, tuple(f"{title}/{file}" for file in files))
    return RawFiles(title, f"TUDataset/{title}", names, downloads=(download,))


def superpixels(title: str, name: str) -> RawFiles:
    """A set of images as graphs of regions."""
    url = f"https://data.pyg.org/datasets/benchmarking-gnns/{name}_v2.zip"
    download = Download(url, (f"raw/{name}_v2.pt",), (f"{name}_v2.pt",))
    return RawFiles(title, f"GNNBenchmarkDataset/{name}", download.names, downloads=(download,))


def _arxiv() -> RawFiles:
    names = tuple(f"raw/{name}.csv.gz" for name in ("edge", "node-feat", "node-label"))
    names += tuple(f"split/time/{name}.csv.gz" for name in ("train", "valid", "test"))
    url = "http://snap.stanford.edu/ogb/data/nodeproppred/arxiv.zip"
    download = Download(url, names, tuple(f"arxiv/{name}" for name in names))
    return RawFiles("ogbn-arxiv", "ogbn_arxiv", names, downloads=(download,))


def _zinc() -> RawFiles:
    pickles, rows = (tuple(f"raw/{part}.{kind}" for part in ("train", "val", "test")) for kind in ("pickle", "index"))
    molecules = Download(
        "https://www.dropbox.com/s/feo9qle74kg48gy/molecules.zip?dl=1",
        pickles,
        tuple(name.replace("raw/", "molecules/") for name in pickles),
    )
    indices = (Download(f"{_BENCHMARKING}/data/molecules/{name.removeprefix('raw/')}", (name,)) for name in rows)
    return RawFiles("ZINC", "ZINC", (*pickles, *rows), downloads=(molecules, *indices))


def flickr() -> RawFiles:
    """Flickr's files."""
    # The authors' folder; the addresses are those PyTorch Geometric's class has.
    ids = {
        "adj_full.npz": "1crmsTbd1-2sEXsGwa2IKnIB7Zd3TmUsy",
        "feats.npy": "1join-XdvX3anJU_MLVtick7MgeAQiWIZ",
        "class_map.json": "1uxIkbtg5drHTsKt-PAsZZ4_yJmgFmle9",
        "role.json": "1htXCtuktuCW8TR8KiKfrFDAxUgekQoV7",
    }
    downloads = tuple(Download(_DRIVE + key, (f"raw/{file}",)) for file, key in ids.items())
    return RawFiles("Flickr", "Flickr", tuple(f"raw/{file}" for file in ids), downloads=downloads)


def reddit() -> RawFiles:
    """Reddit's files."""
    files = ("reddit_data.npz", "reddit_graph.npz")
    download = Download("https://data.dgl.ai/dataset/reddit.zip", tuple(f"raw/{file}" for file in files), files)
    return RawFiles("Reddit", "Reddit", download.names, downloads=(download,))


MNIST_IMAGES = RawFiles(
    "MNIST superpixels (rebuilt)",
    "MNIST-t10k/MNIST",
    ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"),
    given=("MNIST-t10k", "MNIST/raw"),
    rebuilt="rebuilt from MNIST's test images",
)
"""Where only images are: the superpixels are made of them here."""


def _rebuilt(files: RawFiles, folder: str) -> RawFiles:
    return RawFiles(f"{files.title} (rebuilt)", folder, files.names, rebuilt="rebuilt")


_PUBLISHED_MNIST, _PUBLISHED_ZINC = superpixels("MNIST superpixels", "MNIST"), _zinc()

ARXIV = _arxiv()
MNIST = (_PUBLISHED_MNIST, _rebuilt(_PUBLISHED_MNIST, "GNNBenchmarkDataset-rebuilt/MNIST"), MNIST_IMAGES)
ZINC = (_PUBLISHED_ZINC, _rebuilt(_PUBLISHED_ZINC, "ZINC-rebuilt"))
