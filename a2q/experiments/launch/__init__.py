"""How queued runs get a worker process: on this machine or on a Dask cluster."""

from a2q.experiments.launch.dispatch import dispatch as dispatch
