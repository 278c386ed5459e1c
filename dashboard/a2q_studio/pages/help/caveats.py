"""What a number on these pages does not say."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Caveat:
    """One thing to keep in mind.

    Attributes:
        title: the caveat in a few words.
        text: what follows from it, in Markdown.
    """

    title: str
    text: str


CAVEATS = (
    Caveat(
        "More in-degree, more bits: on average",
        "With sums (GCN, GIN) a node that collects more messages holds larger values, and its learned bits rise with "
        "in-degree **on average**. Most nodes of citation graphs have few neighbours, so single nodes scatter widely "
        "and a rank correlation over all nodes stays small. Pages show group means with counts and spread. With "
        "attention (GAT) weights add up to 1, hubs do not grow, and the trend can turn round.",
    ),
    Caveat(
        "Two accounts of compression",
        "*Average bits* and *compression ratio* are the paper's account: quantized layer inputs alone. The *full* "
        "account adds the first layer's input, every node's step size and bit tag, XW and the weights. For narrow "
        "layers a 32-bit step size for each node weighs as much as the features it serves, so the full figure is much "
        "smaller. Both stand side by side everywhere.",
    ),
    Caveat(
        "Two protocols of accuracy",
        "*Test accuracy* is read once, at the epoch with the best validation score. The paper's published code reports "
        "the best test accuracy over all epochs, which looks at the test part to choose; we print that beside it as "
        "*paper's protocol* and never instead of it.",
    ),
    Caveat(
        "One seed is one draw",
        "A single run says little about a method: compare means and standard deviations over several seeds. Numbers "
        "from one run say which seed it was.",
    ),
    Caveat(
        "Where we depart from the paper's code",
        "That code lets bits reach 0 or below, and books such nodes as 0 or −1 bit; here bits are held in [1, 8] "
        "unless a minimum of 0 is chosen. It lets clipped values pass their gradient, lets step sizes turn negative, "
        "prices code bits at the width of the script rather than of the layer, and trains GAT on superpixels on the "
        "test set. `docs/method.md` lists each departure with the setting that brings it back, where there is one.",
    ),
    Caveat(
        "Fake quantization is arithmetic in floating point",
        "Training rounds values to levels but multiplies them in FP32. What integers would give is checked by the "
        "packed export; time and energy on hardware are simulated, by our own open model, never measured on a chip.",
    ),
    Caveat(
        "Generated graphs are not data",
        "Generated citations follow a rule with a seed. They show mechanisms and how cost grows; an accuracy on them "
        "says nothing about real graphs.",
    ),
)
