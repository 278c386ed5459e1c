"""Arrays of a run bundle: read without trust, and held against each other."""

import io
import re
from collections.abc import Mapping
from tokenize import TokenError

import numpy as np

from a2q.datasets.unicode import is_unicode
from a2q.reports.input_samples import LEARNED_PARTS, PARTS, SAMPLE
from a2q.reports.network_record import INPUT_NONZEROS, WORKLOAD, NetworkRecord
from a2q.reports.node_table import SPLITS
from a2q.reports.tensors import EDGES, MOST_VALUES, PREFIX
from a2q.reports.worth import WARM_START_PREDICTION
from a2q.units import MOST_BITS

NAME = re.compile(r"[a-z0-9_-]{1,40}(/[a-z0-9_-]{1,40}){0,3}")
"""Names of arrays; at most 80 characters, as the store keeps."""
LATEST = 0
"""The "epoch" of arrays as at the end of the run."""

Arrays = dict[tuple[str, int], np.ndarray]
"""Arrays by name and epoch."""

# What NumPy's reading of a header as Python literal raises, besides its own ValueError.
_HEADER_FAULTS = (
    ValueError,
    KeyError,
    EOFError,
    TypeError,
    SyntaxError,
    OverflowError,
    RecursionError,
    MemoryError,
    TokenError,
)
_KINDS = "biufU"
_MOST_DIMENSIONS = 3
# Dimensions and kind of number of what tensors hold of each node besides values.
_OF_NODES = {"sent": (2, "f"), "signed": (1, "iu"), "learned_bits": (1, "f")}
_NODE_NAME = "node_name"
_MOST_CHARACTERS = 10_000
_MOST_COUNT = 2**31 - 1
"""Largest in-degree, number of a graph or class: pages and files reckon with such numbers in 64 bits."""
_MEASURED = ("step", "magnitude", "error", "relative_error", "clipped")
"""What is measured of every quantized layer input besides its bits, always all of it."""
_SUMMED = ("aggregation", "aggregation_fp32")
_PREDICTED = ("label", "prediction", "prediction_fp32", WARM_START_PREDICTION)
_LAYER = re.compile(r"(?:.*/)?layer(\d+)(?:-map\d+)?(?:/.*)?")
# Of [num_nodes] each; others, such as "aggregates_first", have a shape of their own.
_PER_NODE = re.compile(
    r"layer\d+(-map\d+)?/.+|given/.+|workload/.+|in_degree|label|prediction|prediction_fp32|prediction_warm_start|split"
    r"|node_name|graph|correct"
)


def packed(array: np.ndarray) -> bytes:
    """The array as an .npy file."""
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.ascontiguousarray(array), allow_pickle=False)
    return buffer.getvalue()


def unpacked(content: bytes, name: str) -> np.ndarray:
    """The array of an .npy file; half precision becomes single, but for samples of layer inputs.

    Raises:
        ValueError: it is no such file, holds anything but numbers and texts, or is not as long as it says.
    """
    file = io.BytesIO(content)
    try:
        version = np.lib.format.read_magic(file)
        # The header names shape and type; what it promises is compared with what is there before any is allocated.
        read_header = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
        shape, _, dtype = read_header[version](file)
        count = int(np.prod([int(size) for size in shape], dtype=object))
        fits = dtype.kind in _KINDS and count * dtype.itemsize == len(content) - file.tell()
        if not fits or len(shape) > _MOST_DIMENSIONS:
            raise ValueError("its type or size is not allowed")
        file.seek(0)
        array: np.ndarray = np.lib.format.read_array(file, allow_pickle=False)
    except _HEADER_FAULTS as error:
        raise ValueError(f"Its array {name} is not a plain NumPy array of numbers; export the run again.") from error
    if array.dtype.kind == "U":
        _check_text(array, name)
    # Samples are kept in half precision in a store too.
    return array.astype(np.float32) if array.dtype == np.float16 and f"/{SAMPLE}" not in name else array


def check_arrays(arrays: Arrays) -> None:
    """Hold shapes, bitwidths and node numbers against each other, so that no page meets what it cannot draw.

    Raises:
        ValueError: some do not agree.
    """
    latest = {name: array for (name, epoch), array in arrays.items() if epoch == LATEST}
    nodes = _num_nodes(latest)
    for (name, _), array in arrays.items():
        if _PER_NODE.fullmatch(name) and (array.ndim != 1 or nodes not in (None, len(array))):
            raise ValueError(f"Its array {name} has shape {list(array.shape)}, but the run has {nodes} nodes.")
        if name != EDGES and not _PER_NODE.fullmatch(name) and array.size > MOST_VALUES:
            raise ValueError(f"Its array {name} has {array.size:,} values, and at most {MOST_VALUES:,} are kept.")
        _check_values(name, array)
    if "split" in latest and not _within(latest["split"], len(SPLITS) - 1):
        raise ValueError(f"Its array split has values outside 0 to {len(SPLITS) - 1}.")
    _check_together(latest)
    _check_tensors(latest, nodes)
    for prefix, epoch in {(name.rpartition("/")[0], epoch) for name, epoch in arrays if name.startswith(SAMPLE)}:
        _check_sample(arrays, prefix, epoch, nodes or 0)


def check_extent(arrays: Arrays, layers: int, epochs: int) -> None:
    """Hold layers and epochs that arrays are of against the run's settings.

    Raises:
        ValueError: some are of a layer or an epoch that the run does not have.
    """
    for name, epoch in arrays:
        if epoch > epochs:
            raise ValueError(f"Its array {name} is of epoch {epoch:,}, but the run has {epochs:,} epochs.")
        layer = _LAYER.fullmatch(name)
        if layer and not 1 <= int(layer[1]) <= layers:
            raise ValueError(f"Its array {name} is of layer {layer[1]}, but the run's network has {layers}.")


def check_network(network: NetworkRecord, arrays: Arrays) -> None:
    """Hold what is recorded of a network against the arrays that belong to it.

    Raises:
        ValueError: bits are missing, or more values of a node are not zero than it has.
    """
    _check_nonzeros(arrays, INPUT_NONZEROS, network.features)
    for linear in network.maps:
        if linear.layer is None:
            continue
        if linear.input_bits is None and (f"{linear.arrays}/bits", LATEST) not in arrays:
            raise ValueError(f"It has no bits of {linear.module}, whose input is said to be quantized.")
        _check_nonzeros(arrays, f"{WORKLOAD}{linear.arrays}/nonzeros", linear.in_channels)


def _check_text(array: np.ndarray, name: str) -> None:
    """Refuse texts that no page or file can write: numbers beyond Unicode's, and halves of surrogate pairs."""
    if array.dtype.itemsize > 4 * _MOST_CHARACTERS:
        raise ValueError(f"Its array {name} has texts of more than {_MOST_CHARACTERS:,} characters; shorten them.")
    if not is_unicode(array):
        raise ValueError(f"Its array {name} holds texts with characters that Unicode does not have.")


def _num_nodes(latest: Mapping[str, np.ndarray]) -> int | None:
    """As many as the in-degrees, or, before those are known, as any other array of one value per node."""
    named = sorted((name for name in latest if _PER_NODE.fullmatch(name)), key=lambda name: name != "in_degree")
    return next((len(latest[name]) for name in named if latest[name].ndim == 1), None)


def _check_values(name: str, array: np.ndarray) -> None:
    """Hold the values of one array against what its name promises."""
    last = name.rpartition("/")[2]
    if (array.dtype.kind == "U") != (name == _NODE_NAME):
        held = "texts" if array.dtype.kind == "U" else "numbers"
        raise ValueError(f"Its array {name} holds {held}; names of nodes are texts, and all else is numbers.")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise ValueError(f"Its array {name} holds values that are no finite numbers.")
    if "/" in name and last in (*_MEASURED, *_SUMMED) and not name.startswith(PREFIX) and array.dtype.kind != "f":
        raise ValueError(f"Its array {name} is a measurement, but holds whole numbers.")
    if last == "bits" and not _within(array, MOST_BITS):
        raise ValueError(f"Its array {name} has bits outside 0 to {MOST_BITS}.")
    if name == "in_degree" and not _within(array, _MOST_COUNT):
        raise ValueError(f"Its array in_degree has values that are no counts from 0 to {_MOST_COUNT:,}.")
    if name == "graph" and not _within(array, _MOST_COUNT):
        raise ValueError(f"Its array graph has values outside 0 to {_MOST_COUNT:,}.")
    if name in _PREDICTED and array.dtype.kind != "f" and not _within(array, _MOST_COUNT, least=-1):
        raise ValueError(f"Its array {name} has classes outside -1 to {_MOST_COUNT:,}.")
    if name == "aggregates_first" and (array.shape != (1,) or not _within(array, 1)):
        raise ValueError("Its array aggregates_first is not one number, 0 or 1.")


def _check_together(latest: Mapping[str, np.ndarray]) -> None:
    """Miss what is always measured together, and labels and predictions of two kinds."""
    for name in latest:
        prefix, _, last = name.rpartition("/")
        lacking = [part for part in _MEASURED if f"{prefix}/{part}" not in latest]
        if last == "bits" and lacking:
            raise ValueError(f"Its array {name} comes without {prefix}/{lacking[0]}; export the run again.")
    if "in_degree" in latest or any(name in latest for name in _PREDICTED):
        needed = ("in_degree", "label", "prediction")
        lacking = [name for name in needed if name not in latest]
        if lacking:
            raise ValueError(f"It has no array {lacking[0]}; export the run again.")
    if len({latest[name].dtype.kind == "f" for name in _PREDICTED if name in latest}) > 1:
        raise ValueError("Its arrays label and prediction are not of one kind: classes, or values.")


def _check_nonzeros(arrays: Arrays, name: str, columns: int) -> None:
    counts = arrays.get((name, LATEST))
    if counts is not None and not _within(counts, columns):
        raise ValueError(f"Its array {name} has values outside 0 to {columns:,}.")


def _check_sample(arrays: Arrays, prefix: str, epoch: int, nodes: int) -> None:
    """Hold the parts of one layer's sample at one epoch against each other."""
    found = {part: arrays.get((f"{prefix}/{part}", epoch)) for part in PARTS}
    which, values = found["nodes"], found["values"]
    if (
        which is None
        or values is None
        or which.ndim != 1
        or not _within(which, nodes - 1)
        or (np.diff(which.astype(np.int64)) < 1).any()
    ):
        raise ValueError(f"Its sample {prefix} names nodes that the run does not have.")
    found |= {part: held for part in LEARNED_PARTS if (held := arrays.get((f"{prefix}/{part}", epoch))) is not None}
    shapes = dict.fromkeys(("nodes", "step", *LEARNED_PARTS), which.shape)
    kinds = dict.fromkeys(("nodes", "clipped", "signed"), "iu")
    for part, array in found.items():
        fits = array is not None and array.shape == shapes.get(part, values.shape) and len(array) == len(which)
        if array is None or not fits or array.dtype.kind not in kinds.get(part, "f"):
            raise ValueError(f"Its sample {prefix} has parts that do not belong together.")
    if values.ndim != 2:
        raise ValueError(f"Its sample {prefix} has values of {values.ndim} dimensions; they have 2.")


def _check_tensors(latest: Mapping[str, np.ndarray], nodes: int | None) -> None:
    for name, array in latest.items():
        if name.startswith(SAMPLE):
            continue
        if name == EDGES:
            if array.ndim != 2 or len(array) != 2 or nodes is None or not _within(array, nodes - 1):
                raise ValueError("Its edges name nodes that the run does not have.")
        elif name.startswith(PREFIX) and name.endswith(("/values", "/quantized")):
            twin = latest.get(f"{name.rpartition('/')[0]}/values")
            if array.dtype.kind != "f" or array.ndim != 2 or len(array) != nodes or twin is None:
                raise ValueError(f"Its array {name} has shape {list(array.shape)}, but the run has {nodes} nodes.")
            if twin.shape != array.shape:
                raise ValueError(f"Its array {name} is not as large as the values it quantizes.")
        elif name.startswith(PREFIX) and (kind := _OF_NODES.get(name.rpartition("/")[2])):
            dimensions, dtypes = kind
            if array.dtype.kind not in dtypes or array.ndim != dimensions or len(array) != nodes:
                raise ValueError(f"Its array {name} has shape {list(array.shape)}, but the run has {nodes} nodes.")


def _within(array: np.ndarray, most: int, least: int = 0) -> bool:
    """Whether these are whole numbers from ``least`` to ``most``."""
    if array.dtype.kind not in "iu":
        return False
    return array.size == 0 or bool(array.min() >= least and array.max() <= most)
