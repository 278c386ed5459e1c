"""Starts workers in milliseconds: loads the libraries once, then forks for each request.

Reads JSON lines from stdin (run, env, log, stuck, offline), writes the new process's id for each to stdout. Without
a run, the process starts what is queued and is killed.
"""

import json
import os
import signal
import socket
import sys
import time

from a2q.experiments import lifeline, worker
from a2q.experiments.launch import dispatch
from a2q.experiments.store import RunStore


def child(request: dict) -> None:
    """Become the worker of one run."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    log = os.open(request["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.environ.clear()
    os.environ.update(request["env"])
    if request["run"] is None:
        dispatch(RunStore())
        os.kill(os.getpid(), signal.SIGKILL)
    worker.CHECKPOINT_SECONDS = 0.1
    if not request["stuck"]:
        # On a busy machine an epoch and a checkpoint take longer than the grace of a worker.
        lifeline.GRACE_SECONDS = 60.0
    if request["offline"]:
        socket.getaddrinfo = unreachable
    if request["stuck"]:
        worker.Trainer.run_epoch = lambda _: time.sleep(600)
    os._exit(worker.main(request["run"]))


def unreachable(*_: object, **__: object) -> None:
    """What a machine without network says."""
    raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")


if __name__ == "__main__":
    # Ended children shall not stay as zombies.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            child(json.loads(line))
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()
