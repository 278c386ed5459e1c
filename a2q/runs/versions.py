"""What software a run was made with."""

import platform
from importlib.metadata import version


def versions() -> dict[str, str]:
    """Versions of Python, the libraries that decide numbers, and the operating system."""
    packages = ("torch", "torch_geometric", "numpy", "scipy")
    return {"python": platform.python_version(), "system": platform.platform()} | {
        package: version(package) for package in packages
    }
