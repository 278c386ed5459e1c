"""Bits that a run with fixed bits takes from another run or from a file."""

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from a2q.config import ConfigError
from a2q.experiments.store.arrays import pack
from a2q.experiments.store.errors import RunError
from a2q.experiments.store.run import Run
from a2q.experiments.store.run_store import RunStore
from a2q.experiments.store.schema import State
from a2q.methods.fixed_bits import FILE, FixedBitsConfig
from a2q.reports.layer_labels import input_prefixes
from a2q.units import MOST_BITS

if TYPE_CHECKING:
    from a2q.training import Trainer

GIVEN = "given/"
"""Names of arrays start so that hold the bits a run was given, by layer, as ``given/layer2``; [num_nodes]."""

_COLUMN = re.compile(r"layer\d+(-map\d+)?")
_DIGITS = 12


def read_bits(file: Path) -> tuple[str, dict[str, bytes]]:
    """What ``bits_of`` calls a file of bits, and its content as a run keeps it.

    Args:
        file: CSV with a row for each node, in their order, and a column of whole numbers from 0 to 8 for each quantized
            layer input, called as in node tables (layer2, layer2-map3); other columns are left out.

    Raises:
        ConfigError: it cannot be read, has no such column, or holds something else.
    """
    import pandas as pd

    try:
        table = pd.read_csv(file, skipinitialspace=True)
    except OSError as error:
        raise ConfigError(f"The file of bits, {file}, cannot be opened ({error.strerror}); give a CSV file.") from error
    except ValueError as error:
        raise ConfigError(
            f"The bits in {file} cannot be read as CSV ({error}); give a row for each node and columns like layer2."
        ) from error
    chosen = [name for name in table if _COLUMN.fullmatch(str(name))]
    if not chosen or table.empty:
        raise ConfigError(
            f"{file.name} has the columns {', '.join(map(str, table.columns))}; give the bits in columns called after "
            "the layer whose input they are for, such as layer2."
        )
    arrays: dict[str, np.ndarray] = {}
    for name in chosen:
        values = pd.to_numeric(table[name], errors="coerce").to_numpy(dtype=float)
        wrong = np.flatnonzero(~np.isin(values, np.arange(MOST_BITS + 1)))
        if len(wrong):
            row = int(wrong[0])
            raise ConfigError(
                f"Row {row + 2} of {file.name} has {str(table[name].iloc[row])!r} bits in column {name}; give whole "
                f"numbers from 0 to {MOST_BITS}."
            )
        arrays[f"{GIVEN}{name}"] = values.astype(np.uint8)
    content = hashlib.sha256(b"".join(name.encode() + arrays[name].tobytes() for name in sorted(arrays)))
    return f"{FILE}{content.hexdigest()[:_DIGITS]}", {name: pack(array) for name, array in arrays.items()}


def give_bits(store: RunStore, run: Run, trainer: "Trainer") -> None:
    """Hand a trainer the bits that its settings take from elsewhere, and keep them with the run.

    So the run can be done again, and its report read, when the other one has been deleted.

    Raises:
        ConfigError: the run or file does not have them.
    """
    settings = run.config.quantization
    if not isinstance(settings, FixedBitsConfig) or not settings.takes_bits:
        return
    import torch

    prefixes = input_prefixes(trainer.model)
    mine = {name: payload for name, payload in store.arrays(run.id).items() if name.startswith(GIVEN)}
    if not mine:
        mine = _of_run(store, run, settings.bits_of)
        store.put(run.id, mine)
    trainer.give_bits(
        {
            name: torch.from_numpy(mine[f"{GIVEN}{prefix}"].astype(np.int64))
            for name, prefix in prefixes.items()
            if f"{GIVEN}{prefix}" in mine
        }
    )


def _of_run(store: RunStore, run: Run, wanted: str) -> dict[str, np.ndarray]:
    """The bits of the wanted run's repeat that has this run's seed."""
    if wanted.startswith(FILE):
        raise ConfigError(
            f"The bits of {wanted} are not kept with this run; give the file again to `a2q train --bits`."
        )
    try:
        source = store.get(wanted)
    except RunError as error:
        raise ConfigError(f"The bits are to be those of run {wanted}, which is not in this store. {error}") from error
    if source.config.seed != run.config.seed:
        repeat = store.find(source.config.model_copy(update={"seed": run.config.seed}))
        if repeat is None:
            raise ConfigError(
                f"The bits are to be those of run {source.id} with seed {run.config.seed}, which was not trained; "
                "train it with the same settings first."
            )
        source = repeat
    if source.state != State.FINISHED:
        raise ConfigError(
            f"The bits are to be those of run {source.id}, which is {source.state}; wait until it is done."
        )
    found = {
        f"{GIVEN}{name.removesuffix('/bits')}": values
        for name, values in store.arrays(source.id).items()
        if name.endswith("/bits")
    }
    if not found:
        raise ConfigError(
            f"The bits are to be those of run {source.id} ({source.title}), which has no bits for each node; choose a "
            "run of a2q on one graph."
        )
    return found
