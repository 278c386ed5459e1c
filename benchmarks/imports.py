"""Memory and seconds of importing large files: peak growth of the process over the size of the file.

Each row runs in a process of its own, which first imports a small graph, so that libraries are loaded and pools
filled, and then the large one. The peak is what the kernel saw (VmHWM, Linux only). "as upload" holds the whole file in
memory besides, as the browser's upload does. Run as ``python benchmarks/imports.py [--mib 200] [--json]``.
"""

import argparse
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import pandas as pd
import psutil

from a2q.datasets.importers.config import ImportConfig
from a2q.datasets.importers.importing import import_graph
from a2q.datasets.importers.reading import Files
from a2q.datasets.importers.uploads import Upload

MIB = 2**20
KINDS = ("numbers", "names", "features", "words", "numbers as upload", "names as upload")
_ROWS = 100_000
# As many nodes as give 7 edges a node in an edge list.
_NODES_A_MIB = 5_000


def write(kind: str, folder: Path, mib: float) -> tuple[Path, Path | None]:
    """Write a graph of about so many MiB; return the edge list and, where that is what is large, the node table."""
    rng = np.random.default_rng(0)
    edges, nodes = folder / "edges.csv", folder / "nodes.csv"
    if kind in ("features", "words"):
        _pour(nodes, mib, _tables(kind, rng))
        count = sum(1 for _ in nodes.open("rb")) - 1
        ends = rng.integers(0, count, (50_000, 2))
        pd.DataFrame(ends, columns=["source", "target"]).to_csv(edges, index=False)
        return edges, nodes
    _pour(edges, mib, _edge_lists(kind, round(mib * _NODES_A_MIB), rng))
    return edges, None


def _edge_lists(kind: str, nodes: int, rng: np.random.Generator) -> Iterator[pd.DataFrame]:
    while True:
        ends = pd.DataFrame(rng.integers(0, nodes, (_ROWS, 2)), columns=["source", "target"])
        yield "paper-" + ends.astype(str) if kind.startswith("names") else ends


def _tables(kind: str, rng: np.random.Generator) -> Iterator[pd.DataFrame]:
    start, columns, rows = 0, 100, _ROWS // 100
    while True:
        values = rng.random((rows, columns)).round(4) if kind == "features" else rng.integers(0, 2, (rows, columns))
        table = pd.DataFrame(values, columns=[f"f{number}" for number in range(columns)])
        table.insert(0, "id", range(start, start + rows))
        table["label"] = rng.integers(0, 7, rows)
        yield table
        start += rows


def _pour(file: Path, mib: float, tables: Iterator[pd.DataFrame]) -> None:
    with file.open("w") as stream:
        first = True
        while stream.tell() < mib * MIB:
            next(tables).to_csv(stream, index=False, header=first)
            first = False


def measure(kind: str, mib: float) -> dict[str, float]:
    """Import a large file in this process; call it in a fresh one."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["A2Q_HOME"] = folder
        edges, nodes = write(kind, Path(folder), mib)
        config = ImportConfig(stand_in_labels=nodes is None)
        import_graph(Files(Upload.of(b"0,1\n1,2\n2,3\n3,4\n0,2\n0,3", "small.csv")), ImportConfig(stand_in_labels=True))
        size = (nodes or edges).stat().st_size
        before = psutil.Process().memory_info().rss
        # Forgets the peak so far.
        Path("/proc/self/clear_refs").write_text("5")
        started = time.perf_counter()
        upload = (
            Upload.of(io.BytesIO(edges.read_bytes()), edges.name) if kind.endswith("as upload") else Upload.of(edges)
        )
        found = import_graph(Files(upload, None if nodes is None else Upload.of(nodes)), config)
        seconds = time.perf_counter() - started
        status = Path("/proc/self/status").read_text()
        peak = int(status.split("VmHWM:")[1].split()[0]) * 1024
        return {
            "mib": size / MIB,
            "ratio": (peak - before) / size,
            "seconds": seconds,
            "nodes": found.card.nodes or 0,
            "edges": found.card.edges or 0,
        }


def main() -> None:
    """Print a row for each kind of file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mib", type=float, default=200)
    parser.add_argument("--kind", choices=KINDS)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if given.kind:
        print(json.dumps(measure(given.kind, given.mib)))
        return
    rows = {}
    for kind in KINDS:
        done = subprocess.run(
            [sys.executable, __file__, "--kind", kind, "--mib", str(given.mib)],
            check=True,
            capture_output=True,
            text=True,
        )
        rows[kind] = json.loads(done.stdout)
        if not given.json:
            row = rows[kind]
            print(
                f"{kind:17} {row['mib']:6.0f} MiB  {row['nodes']:9,} nodes  {row['edges']:10,} directed edges  "
                f"peak growth {row['ratio']:.2f} × file  {row['seconds']:5.1f} s",
                flush=True,
            )
    if given.json:
        print(json.dumps(rows, indent=2))


if __name__ == "__main__":
    main()
