"""From the modules of a package to a graph of who imports whom."""

from collections import Counter
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

from a2q.datasets.errors import DatasetError
from a2q.datasets.torch_imports.reading import Module, list_modules, read_module, resolve

_SUB_PACKAGES = 8
_FEWEST_MODULES = 8
_LARGEST_SHARE = 0.3
_WORDS = 1500
_WORDS_PER_MODULE = 40


def import_graph(root: Path) -> dict[str, np.ndarray]:
    """Read the package in folder `root` and return its import graph as arrays.

    Nodes are the modules of its 8 largest sub-packages, and a node's class is its sub-package. A word counts
    when it is in at least 8 and at most 30 % of the modules; the 1500 in most modules are the features, and a
    module has the 40 of them it uses most.

    Returns:
        `x` [nodes, words] bool, `directed_edge_index` [2, edges] int64 (importer, imported; no self-loops),
        `y` [nodes] int64, `node_names` [nodes], `class_names` [classes] and `words` [words] str.

    Raises:
        DatasetError: when the folder holds no module to read.
    """
    files = list_modules(root)
    sizes = Counter(_sub_package(name) for name in files)
    class_names = [name for name, _ in sizes.most_common(_SUB_PACKAGES)]
    read = (read_module(name, file) for name, file in files.items() if _sub_package(name) in class_names)
    modules = [module for module in read if module is not None]
    if not modules:
        raise DatasetError(
            f"The package {root.name} has no source files to read, so its import graph cannot be made: "
            "install it from its wheel."
        )
    x, words = _features(modules)
    return {
        "x": x,
        "directed_edge_index": _edges(modules),
        "y": np.array([class_names.index(_sub_package(module.name)) for module in modules], dtype=np.int64),
        "node_names": np.array([module.name for module in modules]),
        "class_names": np.array(class_names),
        "words": np.array(words),
    }


def _sub_package(name: str) -> str:
    return name.split(".")[1]


def _edges(modules: list[Module]) -> np.ndarray:
    index = {module.name: number for number, module in enumerate(modules)}
    edges = {
        (importer, imported)
        for importer, module in enumerate(modules)
        for name in module.imports
        if (imported := resolve(name, index)) is not None and imported != importer
    }
    return np.array(sorted(edges), dtype=np.int64).reshape(-1, 2).T.copy()


def _features(modules: list[Module]) -> tuple[np.ndarray, list[str]]:
    in_modules = Counter(word for module in modules for word in module.words)
    most = _LARGEST_SHARE * len(modules)
    usable = [word for word, count in in_modules.items() if _FEWEST_MODULES <= count <= most]
    # Ties go by the alphabet, so that the same source gives the same graph.
    vocabulary = sorted(usable, key=lambda word: (-in_modules[word], word))[:_WORDS]
    column = {word: number for number, word in enumerate(vocabulary)}
    rows, columns = [], []
    for row, module in enumerate(modules):
        known = [word for word in module.words if word in column]
        used_most = sorted(known, key=lambda word: (-module.words[word], word))[:_WORDS_PER_MODULE]
        rows += [row] * len(used_most)
        columns += [column[word] for word in used_most]
    shape = (len(modules), len(vocabulary))
    bags: np.ndarray = csr_matrix((np.ones(len(rows), dtype=bool), (rows, columns)), shape=shape).toarray()
    return bags, vocabulary
