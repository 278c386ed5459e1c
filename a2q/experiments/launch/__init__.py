"""How queued runs get a worker process, on this machine or on a Dask cluster, and how a worker is ended."""

from a2q.experiments.launch.dispatch import dispatch as dispatch
from a2q.experiments.launch.ending import cancel as cancel
from a2q.experiments.launch.ending import release as release
