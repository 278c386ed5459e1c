"""The process that loads and measures one set. ``python -m a2q.datasets.statistics.worker CONFIG``"""

import os
import signal
import sys

from a2q.datasets.card import DatasetCard
from a2q.datasets.catalogue import card
from a2q.datasets.config import DatasetConfig
from a2q.datasets.errors import DatasetError, OfflineError
from a2q.datasets.graph_sets.loading import load_graphs
from a2q.datasets.loading import load
from a2q.datasets.progress import Progress
from a2q.datasets.statistics.background import Files
from a2q.datasets.statistics.cache import store
from a2q.datasets.statistics.compute import compute
from a2q.datasets.statistics.record import Statistics

NICENESS = 10
_LOADING = 0.5


def main(written: str) -> int:
    """Compute the statistics of the set of this config (JSON); returns the process's exit code."""
    config = DatasetConfig.model_validate_json(written)
    files = Files(config)
    files.result.parent.mkdir(parents=True, exist_ok=True)

    def say(share: float, stage: str) -> None:
        files.write(files.progress, pid=os.getpid(), share=share, stage=stage)

    try:
        store(config, measure(config, card(config.name), say))
    except OfflineError as error:
        return _fail(files, str(error), offline=True)
    except (DatasetError, ValueError) as error:
        return _fail(files, str(error))
    except MemoryError:
        return _fail(files, "The machine ran out of memory; choose a smaller graph.")
    except Exception as error:
        return _fail(files, f"The set could not be measured ({type(error).__name__}: {error}).")
    files.progress.unlink(missing_ok=True)
    return 0


def measure(config: DatasetConfig, chosen: DatasetCard, progress: Progress) -> Statistics:
    """Load a set and return its statistics; loading is the first half of the progress. Source: ours."""
    dataset = (load_graphs if chosen.graph_level else load)(config, lambda part, said: progress(_LOADING * part, said))
    return compute(dataset, lambda part, said: progress(_LOADING + (1 - _LOADING) * part, said))


def _fail(files: Files, reason: str, offline: bool = False) -> int:
    files.write(files.failure, reason=reason, offline=offline)
    files.progress.unlink(missing_ok=True)
    return 1


if __name__ == "__main__":
    # Pages stay quick while a graph is measured; and who is told to end cleans up behind itself.
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if len(sys.argv) != 2:
        sys.exit("Usage: python -m a2q.datasets.statistics.worker CONFIG")
    sys.exit(main(sys.argv[1]))
