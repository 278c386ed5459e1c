"""Checkpoints that are damaged before their run goes on."""

import random
from pathlib import Path

from a2q.experiments import worker
from a2q.experiments.store import State
from a2q.experiments.store.history import CHECKPOINT
from injected.runs import config, home
from injected.trial import Trials

DAMAGED = 12
# What carries the digest, at the checkpoint's end: damage there alone may leave the rest as it was.
_DIGEST_BYTES = 43


def damaged(folder: Path, chance: random.Random) -> Trials:
    """Bytes of a checkpoint are changed, or its end is cut off; the run is resumed, then started over."""
    trials = Trials("checkpoint with bytes changed or cut off, run resumed, then started over", "told, then finished")
    with home(folder / "checkpoints") as store:
        whole = store.submit(config(0, epochs=5)).id
        worker.main(whole)
        checkpoint = store.payload(whole, CHECKPOINT)
        assert checkpoint is not None
        for number in range(DAMAGED):
            run_id = store.submit(config(number, epochs=5)).id
            store.put_payloads(run_id, {CHECKPOINT: _spoilt(checkpoint, chance)})
            worker.main(run_id)
            told = store.get(run_id).reason
            if "is damaged. Start the run over" not in told:
                trials.ended[f"{store.get(run_id).state}: {told[:80]}"] += 1
                continue
            store.requeue(run_id, start_over=True)
            worker.main(run_id)
            state = store.get(run_id).state
            trials.ended["right" if state == State.FINISHED else f"{state} after it was started over"] += 1
    return trials


def _spoilt(content: bytes, chance: random.Random) -> bytes:
    if chance.random() < 0.25:
        return content[: chance.randrange(len(content))]
    made = bytearray(content)
    for _ in range(chance.randint(1, 3)):
        made[chance.randrange(len(content) - _DIGEST_BYTES)] ^= chance.randint(1, 255)
    return bytes(made)
