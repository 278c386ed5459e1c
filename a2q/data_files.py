"""The data that come with A²Q Studio: frozen graphs, sample runs, golden vectors."""

from pathlib import Path


def data_file(name: str) -> Path:
    """Where a file or folder of ``data/`` lies: inside of an installed package, or beside the package in a checkout.

    Args:
        name: relative to ``data/``, such as "samples".
    """
    package = Path(__file__).parent
    installed = package / "data"
    return (installed if installed.is_dir() else package.parent / "data") / name
