"""The process that loads and measures one set. ``python -m a2q.datasets.statistics.worker CONFIG``"""

from a2q.datasets.card import DatasetCard
from a2q.datasets.catalogue import card
from a2q.datasets.config import DatasetConfig
from a2q.datasets.errors import DatasetError
from a2q.datasets.graph_sets.loading import load_graphs
from a2q.datasets.loading import load
from a2q.datasets.progress import Progress
from a2q.datasets.statistics.background import job_of
from a2q.datasets.statistics.compute import compute
from a2q.datasets.statistics.record import Statistics
from a2q.jobs import Say, as_process, run

_LOADING = 0.5


def main(written: str) -> int:
    """Compute the statistics of the set of this config (JSON); returns the process's exit code."""
    config = DatasetConfig.model_validate_json(written)

    def content(say: Say) -> bytes:
        return measure(config, card(config.name), say).model_dump_json().encode()

    return run(job_of(config), content, "The set could not be measured", (DatasetError, ValueError))


def measure(config: DatasetConfig, chosen: DatasetCard, progress: Progress) -> Statistics:
    """Load a set and return its statistics; loading is the first half of the progress."""
    dataset = (load_graphs if chosen.graph_level else load)(config, lambda part, said: progress(_LOADING * part, said))
    return compute(dataset, lambda part, said: progress(_LOADING + (1 - _LOADING) * part, said))


if __name__ == "__main__":
    as_process(main, "a2q.datasets.statistics.worker")
