"""What is a choice of counting rather than of hardware, printed beside every number."""

from typing import Literal

from pydantic import Field

from a2q.config import Config

FirstInput = Literal["learned", "stored", "one-bit", "reference"]
NodeOrder = Literal["id", "bits", "metis", "metis-bits"]
LaneSync = Literal["lockstep", "queue", "ideal"]
FeatureFormat = Literal["per-node", "uniform", "fp32", "bitmap", "csr", "packages"]

REFERENCE_BITS = 4


class Conventions(Config):
    """How cycles and bytes are counted. Two honest readers can differ here; so nothing of it is hidden.

    Docs/accelerator.md tells what each does to the paper's speedup.
    """

    first_input: FirstInput = Field(
        "learned",
        title="Bits of the dataset's input",
        description="Where a run leaves layer 1's input as the dataset gives it. learned: the bits of the next "
        "layer's input stand in. stored: 1 bit for 0/1 features, else 32. one-bit: 0/1 features take 1 bit in "
        "every run, quantized there or not. reference: 4 bits in every run.",
    )
    zero_skipping: bool = Field(
        False,
        title="Skip zeros",
        description="Zero features cost no cycle, where the number of non-zeros is known; for every run alike.",
    )
    node_order: NodeOrder = Field(
        "id",
        title="Node order",
        description="id: as the dataset numbers them. bits: each layer's rows by falling bits. metis: by parts with "
        "few edges between them. metis-bits: by bits within these parts.",
    )
    lane_sync: LaneSync = Field(
        "lockstep",
        title="Waiting of lanes",
        description="lockstep: a group of lanes waits for its slowest node. queue: a free lane takes the next node. "
        "ideal: perfect balance.",
    )
    aggregation: Literal["edge-parallel", "vertex-parallel", "ideal"] = Field(
        "edge-parallel",
        title="Aggregation",
        description="edge-parallel: lanes share all edges. vertex-parallel: each lane sums for one node, hubs keep "
        "others waiting. ideal: every adder always busy.",
    )
    phases: Literal["sequential", "overlapped"] = Field(
        "sequential",
        title="Phases",
        description="sequential: combination and aggregation one after the other. overlapped: side by side, one "
        "tile apart.",
    )
    memory: Literal["stalls", "ignored"] = Field(
        "stalls",
        title="Memory",
        description="stalls: loads and stores that compute cannot hide cost cycles. ignored: compute only.",
    )
    feature_format: FeatureFormat = Field(
        "per-node",
        title="Feature format",
        description="How features lie in memory: per-node bits, the widest node's bits for all, FP32, a bitmap "
        "with the non-zeros, compressed rows, or Adaptive-Package.",
    )
    gather: Literal["random", "condensed"] = Field(
        "random",
        title="Rows of other parts",
        description="random: fetched row by row. condensed: written once more in the order of use, read in one stream.",
    )
    step_size_bits: int = Field(
        32, ge=0, le=32, title="Bits of a node's step size", description="Where nodes have their own; 0 leaves it out."
    )
    tag_bits: int = Field(4, ge=0, le=8, title="Bits of a node's bitwidth tag", description="0 leaves it out.")
    index_bytes: Literal[2, 4, 8] = Field(4, title="Bytes of an index", description="Of edges and compressed rows.")
    edge_value_bits: int = Field(
        8, ge=0, le=32, title="Bits of an edge's coefficient", description="Of GCN; other layers store none."
    )
    output_bits: int = Field(16, ge=1, le=32, title="Bits of the last output", description="Nothing quantizes it.")
