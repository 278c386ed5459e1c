import gzip
from pathlib import Path

import pytest
import torch

from a2q.datasets import DatasetConfig, DatasetError, card, load
from a2q.datasets.catalogue import SPECS
from a2q.datasets.node_sets.published import published
from a2q.datasets.progress import no_progress

_TABLES = {
    "raw/edge": "0,1\n0,2\n3,0\n1,2\n",
    "raw/node-feat": "0.5,-1.25\n1.0,2.0\n0.0,0.0\n3.0,4.0\n",
    "raw/node-label": "0\n2\n1\n1\n",
    "split/time/train": "0\n1\n",
    "split/time/valid": "2\n",
    "split/time/test": "3\n",
}
_SMALL = card("ogbn-arxiv").model_copy(update={"nodes": 4, "edges": 4, "features": 2, "classes": 3})


def _write(folder: Path) -> Path:
    for name, lines in _TABLES.items():
        file = folder / f"{name}.csv.gz"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(gzip.compress(lines.encode()))
    return folder


def test_the_text_files_become_a_graph_whose_citations_go_both_ways(
    given: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(given / "ogbn_arxiv")
    data, source = published(_SMALL, DatasetConfig(name="ogbn-arxiv"), no_progress)
    assert source == "ogbn-arxiv (read from the folder in $A2Q_DATA)"
    both = {(0, 1), (1, 0), (0, 2), (2, 0), (0, 3), (3, 0), (1, 2), (2, 1)}
    assert set(map(tuple, data.edge_index.t().tolist())) == both
    assert data.edge_index.size(1) == len(both)
    assert data.x.dtype == torch.float32
    assert data.x[0].tolist() == [0.5, -1.25]
    assert data.y.tolist() == [0, 2, 1, 1]
    masks = torch.stack([data.train_mask, data.val_mask, data.test_mask])
    assert masks.tolist() == [[True, True, False, False], [False, False, True, False], [False, False, False, True]]
    monkeypatch.delenv("A2Q_DATA")
    again, _ = published(_SMALL, DatasetConfig(name="ogbn-arxiv"), no_progress)
    assert torch.equal(again.edge_index, data.edge_index)


def test_other_sizes_than_the_published_are_told(given: Path) -> None:
    _write(given / "ogbn_arxiv")
    with pytest.raises(DatasetError) as caught:
        load("ogbn-arxiv")
    assert str(caught.value).startswith(
        "ogbn-arxiv is not the set it should be (nodes 4 instead of 169343, edges 4 instead of 1166243, "
        "features 2 instead of 128, classes 3 instead of 40): delete the folder "
    )


def test_a_table_with_a_word_in_it_is_told(given: Path) -> None:
    _write(given / "ogbn_arxiv")
    (given / "ogbn_arxiv" / "raw" / "node-label.csv.gz").write_bytes(gzip.compress(b"0\none\n"))
    with pytest.raises(DatasetError, match="do not hold what they should"):
        published(_SMALL, DatasetConfig(name="ogbn-arxiv"), no_progress)


def test_the_published_archive_has_the_files_where_they_are_looked_for() -> None:
    (files,) = SPECS["ogbn-arxiv"].files
    (download,) = files.downloads
    assert download.names == files.names
    assert download.members == tuple(f"arxiv/{name}" for name in files.names)
