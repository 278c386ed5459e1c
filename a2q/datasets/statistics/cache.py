"""Statistics kept in files, so that a set is measured once."""

import hashlib
from pathlib import Path

from pydantic import ValidationError

from a2q.datasets.catalogue import SPECS
from a2q.datasets.config import DatasetConfig
from a2q.datasets.statistics.record import Statistics
from a2q.home import cache_file
from a2q.jobs import write_whole

# Part of the files' names: raise it when a number is computed otherwise, or an old one would go by the new one's name.
_RECIPE = 1


def cached(config: DatasetConfig) -> Statistics | None:
    """Return the statistics kept of a set, or None where there are none or they are unreadable."""
    try:
        return Statistics.model_validate_json(file_of(config).read_bytes())
    except (OSError, ValidationError):
        return None


def store(config: DatasetConfig, statistics: Statistics) -> None:
    """Keep the statistics of a set, whole or not at all."""
    write_whole(file_of(config), statistics.model_dump_json().encode())


def file_of(config: DatasetConfig) -> Path:
    """Return the file that holds a set's statistics, there or not.

    Its name follows from what is chosen of the set and from what the set is made of on this machine.
    """
    name = config.name
    made_of = SPECS[name].made_of if name in SPECS else ""
    key = hashlib.sha256(f"{_RECIPE} {made_of} {config.model_dump_json()}".encode()).hexdigest()[:16]
    return cache_file("statistics", f"{name}-{key}.json")
