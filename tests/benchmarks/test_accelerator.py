"""The accelerator's benchmark and the table of the paper's speedup."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from a2q.accelerator import Adjacency, Layer
from a2q.experiments.workload import Workload

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _benchmarks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))


def _row(dataset: str = "cora") -> SimpleNamespace:
    """A ring of 40 nodes whose layer 1 keeps 0/1 features."""
    ring = np.arange(40)
    graph = Adjacency.from_edges(np.stack([ring, (ring + 1) % 40]), 40)
    bits = np.random.default_rng(0).integers(1, 4, size=40)
    layers = [
        Layer("Layer 1", 30, 16, np.ones_like(bits), nonzeros=np.full(40, 3), values="binary", kept=True),
        Layer("Layer 2", 16, 7, bits),
    ]
    run = SimpleNamespace(summary={"test_score": 0.8, "average_bits": float(bits.mean())})
    return SimpleNamespace(dataset=dataset, model="gcn", method="A²Q", run=run, work=Workload(graph, layers, "a run"))


def test_graphs_of_the_asked_sizes() -> None:
    from accelerator import ARXIV, measured, synthetic

    indptr, indices = synthetic(500, 3000)
    assert (len(indptr), indptr[-1], len(indices)) == (501, 3000, 3000)
    row = measured("small", (indptr, indices), (8, 4), 1)
    assert (row["graph"], row["nodes"], row["edges"], row["layers"]) == ("small", 500, 3000, 1)
    assert ARXIV[0] == "arxiv-size"


def test_every_convention_has_a_cell() -> None:
    pytest.importorskip("pymetis")
    from accelerator_table.page import FIRST_INPUT, LANES, REFERENCES, cells, grid, summary

    row = _row()
    found = cells(row)
    assert len(found) == len(FIRST_INPUT) * 2 * len(LANES)
    assert all(set(cell) == set(REFERENCES) for cell in found.values())
    # 0/1 features at 1 bit in every run: uniform and Degree-Quant INT4 are then the same.
    assert len(set(found["one-bit", False, "ideal"].values())) == 1
    stored = found["stored", False, "ideal"]
    assert stored["Degree-Quant INT4"] > stored["uniform INT4"]
    assert grid(row, found).count("\n| ") == 1 + len(FIRST_INPUT) * 2
    table = summary([(row, found), (_row("mutag"), found)])
    assert "2.00×, inside" in table or "2.00×, outside" in table
    assert table.rstrip().endswith("– |")


def test_the_page_has_its_marks_and_tables() -> None:
    from accelerator_table.page import BEGIN, END, PAGE

    page = PAGE.read_text(encoding="utf-8")
    assert page.count(BEGIN) == page.count(END) == 1
    tables = page.split(BEGIN)[1].split(END)[0]
    for dataset in ("cora", "citeseer", "pubmed"):
        for model in ("gcn", "gin", "gat"):
            assert f"#### {dataset}, {model}, " in tables
