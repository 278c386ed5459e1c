"""What software a run was made with."""

import platform
from importlib.metadata import version

from a2q.version import VERSION


def versions() -> dict[str, str]:
    """Versions of A²Q Studio, Python, the libraries that decide numbers, and the operating system."""
    packages = ("torch", "torch_geometric", "numpy", "scipy")
    return {"a2q": VERSION, "python": platform.python_version(), "system": platform.platform()} | {
        package: version(package) for package in packages
    }
