import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace

import pytest
from tornado.ioloop import IOLoop

from a2q.experiments.launch import cluster, dispatch
from a2q.experiments.store import RunError, RunStore, State
from a2q.experiments.store.schema import ACTIVE

distributed = pytest.importorskip("distributed", reason="needs the package distributed (requirements-cluster.txt)")

ROOT = Path(__file__).parents[4]

pytestmark = [
    # Dask closes some of its own sockets and event loops late.
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:unclosed event loop:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def event_loop_elsewhere() -> Iterator[IOLoop]:
    """A running event loop in a thread: Dask gives one of its own ten seconds to start, too few on a busy machine."""
    there: Future[tuple[IOLoop, asyncio.Event]] = Future()

    async def run() -> None:
        stop = asyncio.Event()
        there.set_result((IOLoop.current(), stop))
        await stop.wait()

    thread = threading.Thread(target=lambda: asyncio.run(run()), name="event loop", daemon=True)
    thread.start()
    loop, stop = there.result()
    yield loop
    loop.add_callback(stop.set)
    thread.join()


@pytest.fixture
def in_process(store: RunStore, event_loop_elsewhere: IOLoop, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A scheduler and a worker with two threads, in this process."""
    with distributed.LocalCluster(
        n_workers=1,
        threads_per_worker=2,
        processes=False,
        protocol="tcp",
        host="127.0.0.1",
        # Any port: somebody else's cluster may have the usual one.
        dashboard_address=":0",
        silence_logs=50,
        loop=event_loop_elsewhere,
    ) as local:
        monkeypatch.setenv("A2Q_SCHEDULER", local.scheduler_address)
        monkeypatch.setattr(cluster, "CONNECT_SECONDS", 120.0)
        yield local.scheduler_address
        # Dask waits half a minute for tasks that a failed test left behind.
        for run in store.list(states=ACTIVE):
            store.cancel(run.id)


@pytest.fixture
def apart(store: RunStore, cache_home: Path, wait, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A scheduler and a worker in processes of their own, as on a real cluster."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    environment.pop("A2Q_SCHEDULER", None)
    started = []

    def start(*command: str) -> None:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        started.append(subprocess.Popen([sys.executable, "-m", "dask", *command], env=environment, **quiet))

    def answers() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    try:
        start("scheduler", "--host", address, "--no-dashboard", "--no-show")
        # A Dask worker that finds no scheduler sleeps long before it tries again.
        wait(answers)
        local_directory = ("--local-directory", str(cache_home))
        start("worker", address, "--no-nanny", "--no-dashboard", "--nthreads", "1", *local_directory)
        monkeypatch.setenv("A2Q_SCHEDULER", address)
        monkeypatch.setattr(cluster, "CONNECT_SECONDS", 120.0)
        yield
    finally:
        for process in started:
            process.kill()
            process.wait()


def test_a_run_goes_through_a_real_cluster(store: RunStore, small, apart: None, ended) -> None:
    run_id = store.submit(small()).id
    dispatch(store)
    dispatch(store)
    run = ended(run_id)
    assert run.state == State.FINISHED, run.reason + run.log
    assert len(store.epochs(run_id)) == 6
    assert run.process is not None
    assert run.process.pid != os.getpid()


def test_cancel_a_run_on_the_cluster_and_resume_it(
    store: RunStore, small, in_process: str, forks: SimpleNamespace, training, ended, wait
) -> None:
    run_id = store.submit(small("training.epochs=10000")).id
    dispatch(store)
    assert training(run_id).process is not None
    store.cancel(run_id)
    assert ended(run_id).state == State.CANCELLED
    done = len(store.epochs(run_id))
    store.requeue(run_id)
    dispatch(store)
    wait(lambda: len(store.epochs(run_id)) > done)
    process = store.get(run_id).process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    # The Dask task saw its process end: nobody here has looked.
    run = ended(run_id)
    assert run.state == State.INTERRUPTED
    assert "ended without a word" in run.reason


def test_a_run_handed_over_twice_runs_once(
    store: RunStore, small, in_process: str, forks: SimpleNamespace, ended, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "SUBMIT_AGAIN_SECONDS", -1.0)
    run_id = store.submit(small()).id
    dispatch(store)
    dispatch(store)
    assert ended(run_id).state == State.FINISHED
    assert cluster.work(store.url, run_id, in_process) == "taken"


def test_no_scheduler_is_a_sentence_and_the_run_waits(store: RunStore, small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.3)
    address = f"tcp://127.0.0.1:{free_port()}"
    monkeypatch.setenv("A2Q_SCHEDULER", address)
    dispatch(store)
    run_id = store.submit(small()).id
    for _ in range(2):
        with pytest.raises(RunError, match=f"No Dask scheduler answers at {address}; start it, or unset"):
            dispatch(store)
        assert store.get(run_id).state == State.QUEUED


@pytest.mark.parametrize("address", ["nonsense", "tcp://", "tcp://127.0.0.1:notaport", "http://127.0.0.1:1"])
def test_a_malformed_address_is_a_sentence(
    store: RunStore, small, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.3)
    monkeypatch.setenv("A2Q_SCHEDULER", address)
    run_id = store.submit(small()).id
    with pytest.raises(RunError, match=f"A2Q_SCHEDULER is {address!r}; it must be the address of a Dask scheduler, as"):
        dispatch(store)
    assert store.get(run_id).state == State.QUEUED


@pytest.mark.parametrize("silent", ["listens", "looks the name up"])
def test_what_is_no_scheduler_is_a_sentence(
    store: RunStore, small, monkeypatch: pytest.MonkeyPatch, silent: str
) -> None:
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.1)
    run_id = store.submit(small()).id
    asked = threading.Event()

    def look_up(*_: object, **__: object) -> None:
        asked.wait()
        raise OSError("no such name")

    with socket.create_server(("127.0.0.1", 0)) as other:
        monkeypatch.setenv("A2Q_SCHEDULER", f"127.0.0.1:{other.getsockname()[1]}")
        if silent != "listens":
            monkeypatch.setattr(socket, "create_connection", look_up)
        with pytest.raises(RunError, match=r"No Dask scheduler answers at 127\.0\.0\.1:"):
            dispatch(store)
    asked.set()
    assert store.get(run_id).state == State.QUEUED


def test_no_task_holds_the_databases_password(store: RunStore, small, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[object] = []
    client = SimpleNamespace(submit=lambda *arguments, **named: given.extend((*arguments, *named.values())))
    monkeypatch.setattr(cluster, "_client", lambda _: contextlib.nullcontext(client))
    monkeypatch.setattr(distributed, "fire_and_forget", lambda _: None)
    store.submit(small())
    monkeypatch.setattr(store, "url", "postgresql+psycopg://a2q:s3cret@db:5432/runs?sslmode=require&sslpassword=s3cret")
    monkeypatch.setenv("A2Q_SCHEDULER", "tcp://127.0.0.1:1")
    dispatch(store)
    assert given[1] == "postgresql+psycopg://a2q@db:5432/runs?sslmode=require"
    assert "s3cret" not in str(given)


def test_a_dask_worker_opens_the_store_of_its_own_surroundings(
    store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A2Q_DATABASE_URL", store.url)
    assert cluster.work("postgresql+nothing://db/runs", "no run", "tcp://127.0.0.1:1") == "taken"
    monkeypatch.delenv("A2Q_DATABASE_URL")
    with pytest.raises(RunError, match=r"cannot be opened .* given no password: set A2Q_DATABASE_URL"):
        cluster.work("postgresql+nothing://db/runs", "no run", "tcp://127.0.0.1:1")


def test_the_missing_package_is_a_sentence(store: RunStore, small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.setenv("A2Q_SCHEDULER", "tcp://127.0.0.1:1")
    run_id = store.submit(small()).id
    with pytest.raises(RunError, match="pip install distributed"):
        dispatch(store)
    assert store.get(run_id).state == State.QUEUED
