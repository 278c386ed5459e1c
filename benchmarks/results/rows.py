"""Every row of docs/results.md: what is trained, and with how many seeds or folds."""

from dataclasses import dataclass

from a2q.datasets import DatasetConfig
from a2q.experiments.presets import preset
from a2q.experiments.run_config import RunConfig
from a2q.experiments.settings import change
from a2q.models.config import ModelName

SEEDS = 10


@dataclass(frozen=True)
class Row:
    """One line of a table.

    Attributes:
        section: heading it stands under.
        dataset, model: what is trained on what.
        title: the method, as the table names it.
        preset, settings: where its settings come from, and what differs.
        seeds: how many seeds; of a cross-validated set, how many folds (each with its own number as seed).
        folds: whether seeds are folds.
    """

    section: str
    dataset: str
    model: ModelName
    title: str
    preset: str
    settings: tuple[str, ...] = ()
    seeds: int = SEEDS
    folds: bool = False

    def configs(self, quick: bool = False) -> list[RunConfig]:
        """One run for each seed or fold; quick: two of them, 20 epochs."""
        made = []
        for number in range(min(self.seeds, 2) if quick else self.seeds):
            dataset = DatasetConfig(name=self.dataset, fold=number if self.folds else None)
            shortened = ("training.epochs=20",) if quick else ()
            base = preset(self.preset, dataset, self.model)
            made.append(change(base, [*self.settings, *shortened, f"seed={number}"]))
        return made


NODES, GRAPHS = "Node level", "Graph level"
TARGETS, ABLATIONS, UNSEEN = "Targets for the bits", "What is learned, and from what", "Unseen nodes"

_METHODS = (
    ("FP32, textbook regularisation", "fp32-textbook", ()),
    ("FP32, the preset's regularisation", "fp32", ()),
    ("A²Q, paper's command", "a2q-paper", ()),
    ("A²Q, ours", "a2q", ()),
    ("A²Q, ours, 8-bit step sizes", "a2q", ("quantization.step_bits=8",)),
    ("Manual bits, the same average", "degree-bits", ("quantization.average_bits=1.7",)),
    ("Uniform INT2", "uniform", ("quantization.bits=2",)),
    ("Uniform INT3", "uniform", ("quantization.bits=3",)),
    ("Uniform INT4", "uniform", ()),
    ("Uniform INT8", "uniform", ("quantization.bits=8",)),
    ("Degree-Quant INT4", "degree-quant", ()),
    ("Degree-Quant INT8", "degree-quant", ("quantization.bits=8",)),
)


def _teachers(weight_decay: float) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """FP32 with the weight decay of the network that ours starts from, where it is not the preset's."""
    return (("FP32, as the one ours starts from", "fp32", (f"training.weight_decay={weight_decay:g}",)),)


def _taught(*settings: str) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """The baselines nearest in bits, with distillation is: what is left is what learned bits are worth."""
    teaching = ("training.warm_start=true", "training.distillation=10", "training.temperature=2", *settings)
    return (
        ("Manual bits, with distillation", "degree-bits", ("quantization.average_bits=1.7", *teaching)),
        ("Uniform INT2, with distillation", "uniform", ("quantization.bits=2", *teaching)),
    )


_SOME = tuple(
    method
    for method in _METHODS
    if method[0] != "A²Q, ours, 8-bit step sizes"
    and (method[1] in ("fp32", "a2q-paper", "a2q") or method[0] in ("Uniform INT4", "Degree-Quant INT4"))
)


def _rows(
    section: str,
    dataset: str,
    model: ModelName,
    methods: tuple[tuple[str, str, tuple[str, ...]], ...],
    seeds: int = SEEDS,
    folds: bool = False,
) -> list[Row]:
    return [Row(section, dataset, model, title, name, settings, seeds, folds) for title, name, settings in methods]


def _short(
    methods: tuple[tuple[str, str, tuple[str, ...]], ...], epochs: int = 30
) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """The same methods for fewer epochs than the commands' 200, which would take hours or days on two cores."""
    return tuple(
        (f"{title}, {epochs} epochs", name, (*settings, f"training.epochs={epochs}"))
        for title, name, settings in methods
    )


_BY_SENSITIVITY = ("Fixed bits by sensitivity", "fixed-bits", ())
# GIN's best epochs come early: from 2 bits before any node has moved, from 4 after the clipping range has sorted them.
_FROM_4_BITS = ("A²Q, ours, from 4 bits", "a2q", ("quantization.initial_bits=4",))
_COLD = ("training.warm_start=false", "training.distillation=0")
_LEARN = tuple(
    (f"learned: {what}", "a2q-paper", (f"quantization.learn={what}",)) for what in ("nothing", "steps", "bits", "both")
)
_UNSEEN = (
    ("FP32", "fp32", ("training.hide_test=true",)),
    ("FP32, test nodes seen", "fp32", ()),
    *(
        (f"A²Q, unseen nodes by {rule}", "a2q", ("training.hide_test=true", f"quantization.unseen={rule}"))
        for rule in ("value", "degree", "topology")
    ),
    ("A²Q, test nodes seen", "a2q", ()),
)
_PIECES = (
    ("A²Q, ours", "a2q", ()),
    ("without distillation", "a2q", ("training.distillation=0",)),
    ("without warm start and distillation", "a2q", _COLD),
    ("with the identity STE", "a2q", ("quantization.straight_through=identity",)),
    ("with the task gradient", "a2q", ("quantization.gradient=task",)),
)

ROWS: tuple[Row, ...] = (
    *_rows(NODES, "cora", "gcn", (*_METHODS, ("1 bit (Bi-GCN)", "binary", ()))),
    *_rows(NODES, "cora", "gcn", (_BY_SENSITIVITY,)),
    *_rows(NODES, "cora", "gcn", _taught("model.dropout=0", "training.teacher_dropout=0.35")),
    *_rows(NODES, "citeseer", "gcn", (*_teachers(0.03), *_METHODS)),
    *_rows(
        NODES,
        "citeseer",
        "gcn",
        _taught("model.dropout=0.2", "training.teacher_dropout=0.5", "training.weight_decay=0.03"),
    ),
    *_rows(NODES, "citeseer", "gcn", (_BY_SENSITIVITY,)),
    *_rows(NODES, "pubmed", "gcn", (*_teachers(0.005), _METHODS[0], *_SOME)),
    *_rows(NODES, "cora", "gat", _SOME[:4]),
    *_rows(NODES, "citeseer", "gat", _SOME[:3], seeds=5),
    *_rows(NODES, "cora", "gin", (*_SOME[:4], _FROM_4_BITS)),
    *_rows(NODES, "citeseer", "gin", (*_SOME[:3], _FROM_4_BITS)),
    *_rows(NODES, "cora", "sage", (_METHODS[1], _METHODS[3]), seeds=3),
    *_rows(GRAPHS, "mutag", "gin", _short(_SOME[:4]), folds=True),
    *_rows(GRAPHS, "proteins", "gin", _short((_METHODS[1], _METHODS[3])), folds=True),
    *_rows(GRAPHS, "mnist-superpixels", "gcn", _short((_METHODS[1], _METHODS[3])), seeds=2),
    *_rows(GRAPHS, "zinc", "gcn", _short((_METHODS[1], _METHODS[3]), 15), seeds=1),
    *_rows(GRAPHS, "reddit-binary", "gin", _short((_METHODS[1], _METHODS[3]), 10), seeds=1, folds=True),
    *(
        row
        for dataset in ("cora", "citeseer", "pubmed")
        for row in _rows(
            TARGETS,
            dataset,
            "gcn",
            tuple(
                (f"target {target:g}", "a2q", (f"quantization.target_average_bits={target:g}",))
                for target in (1.3, 1.7, 2.0, 3.0)
            ),
            seeds=3,
        )
    ),
    *_rows(ABLATIONS, "cora", "gin", _LEARN, seeds=5),
    *_rows(ABLATIONS, "cora", "gcn", _PIECES),
    *_rows(ABLATIONS, "citeseer", "gcn", _PIECES),
    *_rows(UNSEEN, "cora", "gcn", _UNSEEN),
    *_rows(UNSEEN, "citeseer", "gcn", _UNSEEN),
)
"""All rows, in the order of the page."""
