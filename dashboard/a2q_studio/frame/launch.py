"""The command ``a2q-studio``: start the app."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from streamlit.web import cli

from a2q.version import VERSION

_HERE = Path(__file__).parent


def entry_point() -> Path:
    """The script that Streamlit runs: packed beside this module, or at the root of a checkout."""
    packed = _HERE / "streamlit_app.py"
    return packed if packed.is_file() else _HERE.parents[2] / "streamlit_app.py"


def start(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8501,
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 shares the app with the network.")] = "",
    read_only: Annotated[
        bool, typer.Option("--read-only", help="Only show what is there: no training, deletion, tags or notes.")
    ] = False,
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.")] = False,
) -> None:
    """Start A²Q Studio; open the address that it prints in a browser. Ctrl-C ends it."""
    if version:
        sys.stdout.write(f"a2q-studio {VERSION}\n")
        return
    if read_only:
        os.environ["A2Q_READONLY"] = "1"
    words = ["run", str(entry_point()), f"--server.port={port}"]
    cli.main([*words, f"--server.address={host}"] if host else words, prog_name="streamlit")


def main() -> None:
    """The console script."""
    typer.run(start)
