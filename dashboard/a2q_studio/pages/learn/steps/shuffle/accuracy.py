"""What the accuracy of trained networks says about shuffled bits."""

from a2q_studio.pages.learn.lesson.teaching import Teaching
from a2q_studio.study.measured import Measured, of_name

TAUGHT_ON = "Cora, GCN"
_MUCH = 0.05


def _ends() -> tuple[Measured, Measured]:
    """At the fewest and at the most bits."""
    rows = of_name(TAUGHT_ON)
    return rows[0], rows[-1]


def accuracy_answer(_: Teaching) -> int:
    """Falls much, falls, or no difference shown: where every node has bits."""
    found = _ends()[1].difference
    return 2 if found.sign <= 0 else int(found.mean < _MUCH)


def what_accuracy_says(_: Teaching) -> str:
    """The difference with its interval where every node has bits, and where some have none."""
    few, many = _ends()
    return (
        f"At {many.average_bits:g} bits learned minus shuffled is {many.figure}, over {many.difference.pairs} seeds "
        f"with 95 % intervals. At {few.average_bits:g} bits, where many nodes have none, it is {few.figure}."
    )
