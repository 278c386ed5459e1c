"""What can be taken along: numbers, and traces for other tools."""

import json

import streamlit as st

from a2q.accelerator.export import chrome_trace, dram_trace
from a2q.accelerator.presets import marks
from a2q.reports.csv_table import csv_bytes
from a2q_studio.pages.accelerator.keys import key
from a2q_studio.pages.accelerator.work import Bench


def downloads(bench: Bench, run_id: str, preset: str) -> None:
    """JSON and CSV of the report, a trace for Perfetto, and requests for DRAM simulators."""
    report = bench.report()
    name = f"a2q-{run_id}-{preset}"

    def everything() -> bytes:
        found = {"run": run_id, "title": bench.work.title, "left_out": bench.work.left_out} | report.to_dict()
        sources = {"hardware_preset": preset, "hardware_sources": marks(bench.hardware, preset)}
        return json.dumps(found | sources, indent=2).encode()

    with st.popover("Download", icon=":material/download:", key=key("downloads")):
        st.download_button(
            "Report (JSON)",
            everything,
            f"{name}.json",
            "application/json",
            key=key("report_json"),
            icon=":material/data_object:",
        )
        st.download_button(
            "Layers (CSV)",
            lambda: csv_bytes(report.table()),
            f"{name}-layers.csv",
            "text/csv",
            key=key("report_csv"),
            icon=":material/table:",
        )
        st.download_button(
            "Tiles for Perfetto (Chrome trace)",
            lambda: chrome_trace(report).encode(),
            f"{name}-trace.json",
            "application/json",
            key=key("chrome_trace"),
            icon=":material/timeline:",
            help="Open it at ui.perfetto.dev or in chrome://tracing; one microsecond is one clock cycle.",
        )
        st.download_button(
            "Memory requests (DRAM trace)",
            lambda: dram_trace(report).encode(),
            f"{name}-requests.trace",
            "text/plain",
            key=key("dram_trace"),
            icon=":material/memory:",
            help="One line per burst, 0xADDRESS READ or WRITE and cycle, as DRAMsim3 reads; beyond a million bursts "
            "every k-th one.",
        )
