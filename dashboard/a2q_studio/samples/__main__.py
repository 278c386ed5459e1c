"""Train all sample runs anew: ``python -m a2q_studio.samples``; about two minutes of one core."""

import os
import sys
import tempfile
from dataclasses import replace

import numpy as np

from a2q.experiments import worker
from a2q.experiments.bundle.arrays import LATEST, Arrays
from a2q.experiments.bundle.bundle import Bundle, bundle_of
from a2q.experiments.bundle.file import write_bundle
from a2q.experiments.store import RunStore, State
from a2q.reports.input_samples import SAMPLE, sampled_nodes
from a2q.reports.tensors import EDGES, PREFIX
from a2q_studio.samples.listing import FOLDER, SAMPLES, Sample


def make(sample: Sample) -> None:
    """Train a sample run as any other and keep it."""
    with RunStore() as store:
        run_id = store.submit(sample.config).id
    worker.main(run_id)
    with RunStore() as store:
        bundle = bundle_of(store, store.get(run_id))
    if bundle.run.state != State.FINISHED:
        sys.exit(f"Sample {sample.name} is {bundle.run.state}: {bundle.run.reason}")
    bundle = replace(bundle, run=replace(bundle.run, id=sample.run_id))
    write_bundle(reduced(bundle, sample.inputs_of), sample.file)
    size = sample.file.stat().st_size / 1024
    sys.stdout.write(f"{sample.file.name}: {size:.0f} KiB, {(bundle.run.summary or {})['test_score']:.1%} on test\n")


def reduced(bundle: Bundle, inputs_of: int = 0) -> Bundle:
    """The same run as small as it still teaches: measurements in half precision (11 significant bits), and of the
    tensors only the input of the last layer and what was sent to make it; that of ``inputs_of`` nodes at every epoch
    with a snapshot."""
    number = max(bundle.layers, default=0)
    sender = number if bundle.arrays["aggregates_first"][0] else number - 1
    last, sent = f"layer{number}/", f"{PREFIX}layer{sender}/sent"
    in_degree = bundle.arrays["in_degree"]
    kept: Arrays = {}
    for (name, epoch), array in bundle.all_arrays.items():
        if name.startswith(f"{SAMPLE}{last}") and epoch != LATEST and inputs_of:
            which = bundle.all_arrays[f"{SAMPLE}{last}nodes", epoch]
            kept[name, epoch] = array[sampled_nodes(in_degree[which], inputs_of)]
        elif not name.startswith(PREFIX) or name in (EDGES, sent) or name.startswith(f"{PREFIX}{last}"):
            # Step sizes may be smaller than the smallest half.
            halve = array.dtype == np.float32 and not name.endswith("/step")
            kept[name, epoch] = array.astype(np.float16) if halve else array
    return replace(bundle, all_arrays=kept)


if __name__ == "__main__":
    # A store of its own, whatever the environment points to.
    for variable in ("A2Q_DATABASE_URL", "A2Q_SCHEDULER"):
        os.environ.pop(variable, None)
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        os.environ["A2Q_HOME"] = home
        for wanted in SAMPLES.values():
            make(wanted)
