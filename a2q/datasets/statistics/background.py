"""Statistics computed once, in the background: also the download or the build that has to come first."""

from dataclasses import dataclass

from a2q.datasets.config import DatasetConfig
from a2q.datasets.errors import OfflineError
from a2q.datasets.statistics.cache import cached, file_of
from a2q.datasets.statistics.record import Statistics
from a2q.jobs import Job


@dataclass(frozen=True)
class Standing:
    """How far the statistics of a set are.

    Args:
        statistics: the result; None before the end.
        progress: share done, from 0 to 1; None while nobody works on it.
        stage: what is being done, a sentence.
        reason: a sentence where it could not be done.
        offline: whether that is for want of a network alone.
    """

    statistics: Statistics | None = None
    progress: float | None = None
    stage: str = ""
    reason: str = ""
    offline: bool = False


def job_of(config: DatasetConfig) -> Job:
    """The job that measures a set."""
    module, who = "a2q.datasets.statistics.worker", "The process that measures the set"
    return Job(file_of(config), module, config.model_dump_json(), who)


def standing(config: DatasetConfig) -> Standing:
    """Return a set's statistics if they are there, else how far they are; computes nothing."""
    now = job_of(config).state()
    if now.done:
        # A file that cannot be read is no result.
        return Standing(cached(config))
    offline = now.kind == OfflineError.__name__
    return Standing(progress=now.progress, stage=now.stage, reason=now.reason, offline=offline)


def request(config: DatasetConfig, again: bool = False) -> None:
    """Have the statistics computed in the background, unless a process is at work or has been.

    Args:
        config: the set.
        again: also after a failure.
    """
    job = job_of(config)
    job.request(again or (job.state().done and cached(config) is None))


def cancel(config: DatasetConfig) -> None:
    """End the process that is at work on a set; what it had begun to download or build is removed."""
    job_of(config).cancel()
