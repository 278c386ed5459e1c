"""A ZIP of everything measured: tables as Parquet and CSV, graphs as GraphML, settings, and what each column means."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from a2q.experiments.reproduce import command_line
from a2q.experiments.results import result
from a2q.reports.csv_table import csv_bytes
from a2q.version import VERSION
from a2q_studio.charts import palette
from a2q_studio.comparison.compared import Compared
from a2q_studio.comparison.tables import differences_table, seeds_table
from a2q_studio.run_report.contents import Contents, Places
from a2q_studio.run_report.graph_file import MOST_EDGES, graph_of, graphml
from a2q_studio.run_report.nodes import exported_nodes, layers_to_export
from a2q_studio.run_report.readme import readme

Put = Callable[[str, bytes], None]


def build_archive(contents: Contents) -> bytes:
    """The ZIP as bytes."""
    buffer = io.BytesIO()
    moment = datetime.fromtimestamp(contents.made, UTC).timetuple()[:6]
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:

        def put(name: str, payload: bytes) -> None:
            entry = zipfile.ZipInfo(name, moment)
            # A Parquet file is compressed by itself.
            entry.compress_type = zipfile.ZIP_STORED if name.endswith(".parquet") else zipfile.ZIP_DEFLATED
            archive.writestr(entry, payload)

        put("README.md", readme(contents).encode())
        runs = pd.DataFrame([{"letter": one.mark.letter} | result(one.run) for one in contents.compared])
        _table(put, "runs", runs)
        _table(put, "seeds", seeds_table(contents.compared, contents.repeats))
        if len(contents.compared) > 1:
            _table(put, "settings-that-differ", differences_table(contents.compared))
        for one, places, snapshots in zip(contents.compared, contents.places, contents.snapshots, strict=True):
            _run(put, one, places, snapshots)
    return buffer.getvalue()


def folder(one: Compared) -> str:
    """Where a run's files lie in the ZIP."""
    return f"{one.mark.letter}-{one.run.id}"


def _run(put: Put, one: Compared, places: Places | None, snapshots: dict[int, dict[int, np.ndarray]]) -> None:
    here, run = folder(one), one.run
    put(f"{here}/config.json", _json(run.config.model_dump(mode="json")))
    put(f"{here}/command.txt", f"{command_line(run.config)}\n".encode())
    about = {
        "run": run.id,
        "state": str(run.state),
        "reason": run.reason,
        "source": run.source,
        "seed": run.config.seed,
        "versions": run.versions,
        "report_made_with": VERSION,
        "summary": run.summary,
    }
    put(f"{here}/about.json", _json(about))
    if run.summary:
        _table(put, f"{here}/account", pd.DataFrame(run.summary["items"]))
    if one.history:
        epochs = pd.DataFrame([vars(metrics) for metrics in one.history])
        epochs["bit_counts"] = [json.dumps(counts) for counts in epochs["bit_counts"]]
        _table(put, f"{here}/epochs", epochs)
    tables = {layer: exported_nodes(one, layer, places, palette("light")) for layer in layers_to_export(one)}
    for layer, table in tables.items():
        _table(put, f"{here}/nodes-layer{layer}", table)
    for layer, by_epoch in snapshots.items():
        if by_epoch:
            bits = pd.DataFrame({f"epoch_{epoch}": values for epoch, values in by_epoch.items()})
            put(f"{here}/bits-by-epoch-layer{layer}.parquet", bits.to_parquet(index=False))
    if places is not None:
        edges = pd.DataFrame({"source": places.edges[0], "target": places.edges[1]})
        put(f"{here}/edges.parquet", edges.to_parquet(index=False))
        if tables and len(edges) <= MOST_EDGES:
            put(f"{here}/graph.graphml", graphml(graph_of(tables, places)))


def _table(put: Put, name: str, table: pd.DataFrame) -> None:
    put(f"{name}.csv", csv_bytes(table))
    put(f"{name}.parquet", table.to_parquet(index=False))


def _json(value: object) -> bytes:
    return json.dumps(value, indent=2, ensure_ascii=False).encode()
