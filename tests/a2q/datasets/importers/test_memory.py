import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]


def growth(kind: str, mib: float) -> float:
    """How many MiB the peak of a fresh process grows by while it imports a file of about so many MiB."""
    script = ROOT / "benchmarks" / "imports.py"
    done = subprocess.run(
        [sys.executable, script, "--kind", kind, "--mib", str(mib)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    row = json.loads(done.stdout)
    return row["ratio"] * row["mib"]


@pytest.mark.timeout(900)
@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="the peak of memory is read from Linux's /proc")
def test_upload_of_more_takes_less_than_twice_as_much_memory() -> None:
    # What does not grow with the file cancels out: buffers, and pools that libraries keep, which double in steps of
    # dozens of MiB. Full size, and other kinds of files: benchmarks/imports.py.
    assert growth("names as upload", 100) - growth("names as upload", 32) < 2 * 68
