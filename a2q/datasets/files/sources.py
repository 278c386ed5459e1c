"""Which raw files each set is made of, in the order of preference, and where they are published."""

from collections.abc import Mapping
from types import MappingProxyType

from a2q.datasets.files.checksums import PLANETOID, REPOSITORIES
from a2q.datasets.files.raw_files import Download, RawFiles

_GEOM_GCN = "https://raw.githubusercontent.com/graphdml-uiuc-jlu/geom-gcn/master"
_BENCHMARKING = "https://raw.githubusercontent.com/graphdeeplearning/benchmarking-gnns/master"
_DRIVE = "https://drive.usercontent.google.com/download?confirm=t&id="


def _planetoid(title: str) -> RawFiles:
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


def _shchur(title: str, folder: str, file: str) -> RawFiles:
    return _file(title, folder, f"https://github.com/shchur/gnn-benchmark/raw/master/data/npz/{file}")


def _bojchevski(title: str, graph: str) -> RawFiles:
    return _file(
        title, f"CitationFull/{graph}", f"https://github.com/abojchevski/graph2gauss/raw/master/data/{graph}.npz"
    )


def _platonov(title: str, file: str) -> RawFiles:
    base = "https://github.com/yandex-research/heterophilous-graphs/raw/main/data"
    return _file(title, f"HeterophilousGraphDataset/{file}", f"{base}/{file}.npz")


def _geom(title: str, folder: str, graph: str) -> RawFiles:
    addresses = [f"new_data/{graph}/out1_{kind}.txt" for kind in ("node_feature_label", "graph_edges")]
    addresses += [f"splits/{graph}_split_0.6_0.2_{number}.npz" for number in range(10)]
    files = [address.rpartition("/")[2] for address in addresses]
    downloads = tuple(
        Download(f"{_GEOM_GCN}/{address}", (f"raw/{file}",), sha256=REPOSITORIES[f"{folder.rpartition('/')[2]}/{file}"])
        for address, file in zip(addresses, files, strict=True)
    )
    return RawFiles(title, folder, tuple(f"raw/{file}" for file in files), downloads=downloads)


def _tu(title: str, *parts: str) -> RawFiles:
    files = [f"{title}_{part}.txt" for part in ("A", "graph_indicator", "graph_labels", *parts)]
    names = tuple(f"raw/{file}" for file in files)
    url = f"https://www.chrsmrrs.com/graphkerneldatasets/{title}.zip"
    download = Download(url, names, tuple(f"{title}/{file}" for file in files))
    return RawFiles(title, f"TUDataset/{title}", names, downloads=(download,))


def _superpixels(title: str, name: str) -> RawFiles:
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


def _flickr() -> RawFiles:
    # The authors' folder; the addresses are those PyTorch Geometric's class has.
    ids = {
        "adj_full.npz": "1crmsTbd1-2sEXsGwa2IKnIB7Zd3TmUsy",
        "feats.npy": "1join-XdvX3anJU_MLVtick7MgeAQiWIZ",
        "class_map.json": "1uxIkbtg5drHTsKt-PAsZZ4_yJmgFmle9",
        "role.json": "1htXCtuktuCW8TR8KiKfrFDAxUgekQoV7",
    }
    downloads = tuple(Download(_DRIVE + key, (f"raw/{file}",)) for file, key in ids.items())
    return RawFiles("Flickr", "Flickr", tuple(f"raw/{file}" for file in ids), downloads=downloads)


def _reddit() -> RawFiles:
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


_MNIST, _ZINC = _superpixels("MNIST superpixels", "MNIST"), _zinc()

SOURCES: Mapping[str, tuple[RawFiles, ...]] = MappingProxyType(
    {
        "cora": (_planetoid("Cora"),),
        "citeseer": (_planetoid("CiteSeer"),),
        "pubmed": (_planetoid("PubMed"),),
        "ogbn-arxiv": (_arxiv(),),
        "amazon-computers": (_shchur("Amazon Computers", "Amazon/Computers", "amazon_electronics_computers.npz"),),
        "amazon-photo": (_shchur("Amazon Photo", "Amazon/Photo", "amazon_electronics_photo.npz"),),
        "coauthor-cs": (_shchur("Coauthor CS", "Coauthor/CS", "ms_academic_cs.npz"),),
        "coauthor-physics": (_shchur("Coauthor Physics", "Coauthor/Physics", "ms_academic_phy.npz"),),
        "cora-ml": (_bojchevski("Cora-ML", "cora_ml"),),
        "citeseer-full": (_bojchevski("CiteSeer, all papers", "citeseer"),),
        "actor": (_geom("Actor", "Actor", "film"),),
        "texas": (_geom("Texas", "WebKB/texas", "texas"),),
        "cornell": (_geom("Cornell", "WebKB/cornell", "cornell"),),
        "wisconsin": (_geom("Wisconsin", "WebKB/wisconsin", "wisconsin"),),
        "roman-empire": (_platonov("Roman-empire", "roman_empire"),),
        "tolokers": (_platonov("Tolokers", "tolokers"),),
        "flickr": (_flickr(),),
        "reddit": (_reddit(),),
        "reddit-binary": (_tu("REDDIT-BINARY"),),
        "proteins": (_tu("PROTEINS", "node_labels"),),
        "mutag": (_tu("MUTAG", "node_labels"),),
        "enzymes": (_tu("ENZYMES", "node_labels", "node_attributes"),),
        "imdb-binary": (_tu("IMDB-BINARY"),),
        "imdb-multi": (_tu("IMDB-MULTI"),),
        "nci1": (_tu("NCI1", "node_labels"),),
        "mnist-superpixels": (_MNIST, _rebuilt(_MNIST, "GNNBenchmarkDataset-rebuilt/MNIST"), MNIST_IMAGES),
        "cifar10-superpixels": (_superpixels("CIFAR10 superpixels", "CIFAR10"),),
        "zinc": (_ZINC, _rebuilt(_ZINC, "ZINC-rebuilt")),
    }
)
"""By the name of each set that has raw files; the published ones come first and are those to download."""


def at_hand(name: str) -> bool:
    """Return whether the set called `name` can be made with no download."""
    return any(files.at_hand for files in SOURCES[name])


def to_use(name: str) -> RawFiles:
    """Return the first files of the set called `name` that are at hand, else those to download."""
    return next((files for files in SOURCES[name] if files.at_hand), SOURCES[name][0])
