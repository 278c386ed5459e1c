"""The words of this app: each is defined here once, listed in Help, and shown in place as a tooltip.

``tip("in-degree")`` is the tooltip of a term, for the ``help=`` of any widget. A meaning fits two lines of a
tooltip; what goes further stands in ``more``, which Help shows below it.
"""

from dataclasses import dataclass

MOST_CHARACTERS = 160


@dataclass(frozen=True)
class Term:
    """One word of the field, or of ours.

    Attributes:
        name: as it stands in sentences.
        meaning: what it is, in at most two lines of a tooltip.
        more: what one may want to know next; empty where that is all.
    """

    name: str
    meaning: str
    more: str = ""


TERMS = (
    # Graphs
    Term("in-degree", "Number of edges that point to a node; self-loops are not counted."),
    Term("degree group", "Nodes of similar in-degree: ≤ 1, 2, 3, 4–5, 6–10, 11–30 and > 30."),
    Term("hub", "A node that many edges point to, so it sums up many messages."),
    Term("leaf", "A node with one neighbour or none; it sums up next to nothing."),
    Term("message", "What a node receives along one edge: the neighbour's features, scaled as the model does."),
    Term(
        "aggregation",
        "The sum over a node's neighbours, scaled by degrees (GCN), plain (GIN), or weighted by attention (GAT).",
        "Written ÂH or A·XW. A sum grows with the number of messages; a mean and an attention-weighted sum do not.",
    ),
    Term(
        "aggregation value",
        "Mean |feature| of a node after the sum over its neighbours that the layer reads.",
        "With quantizers off (FP32) it is what a node would hold; with quantizers on, what it does hold. It is the "
        "link between in-degree and bits: more messages, larger values, which clip first and so learn more bits.",
    ),
    Term("combination", "The product of node features and a weight matrix, XW; the linear map of a layer."),
    Term("XW", "The result of the combination: what is about to be summed over neighbours."),
    Term("features", "The numbers that describe one node: a row of X for the input, of H after a layer."),
    Term("layer input", "The features that enter a layer's linear map; this is where nodes get their own bits."),
    Term("graph-level task", "Each graph, not each node, has a class or value; nodes are pooled at the end."),
    Term("fold", "One of ten parts of a set of graphs: it is tested on, the one before validates, the rest train."),
    Term("inductive", "Test nodes and their edges are left out of training and seen only when testing."),
    # Quantization
    Term(
        "bits",
        "Bits that one value of a node's features takes: the effective bitwidth.",
        "Learned as a real number and rounded. Values that are never negative, as after ReLU, carry no sign, so b bits "
        "give the codes 0 to 2^b − 1; with a sign the codes are −(2^(b−1) − 1) to 2^(b−1) − 1.",
    ),
    Term(
        "effective bits",
        "What a value costs to store: no sign bit where values are never negative.",
        "The paper's code counts code bits, one more for such values.",
    ),
    Term("code bits", "The bitwidth in the quantizer's formula; one more than the effective bits without a sign."),
    Term("step size", "Distance between two neighbouring levels of a quantizer; each node has its own."),
    Term("codes", "The whole numbers that are stored: value over step size, rounded and clipped."),
    Term("level", "A value that a quantizer can represent: step size times a code."),
    Term("clipping range", "From the smallest to the largest level; values beyond it take the nearest end."),
    Term("fake quantization", "Rounding to levels in floating point, so that training sees what storage will do."),
    Term("straight-through estimator", "Rounding has no slope; its gradient is taken as 1 inside the clipping range."),
    Term("quantization-aware training", "Training with fake quantization in the loop (QAT)."),
    Term("calibration", "Step sizes from a first pass over the data, 2·mean|x|/√Q, before anything is learned."),
    Term("quantization error", "Distance of a value from the level it is rounded to, |x − x_q|."),
    Term("rounding error", "Error of values inside the clipping range: at most half a step size each."),
    Term("clipping error", "Error of values beyond the clipping range: the distance to its end."),
    Term("clipped share", "Share of a node's values that lie beyond the largest code."),
    Term("relative error", "Mean quantization error over mean |x| of the node's features."),
    Term("pruned node", "A node of 0 bits: all its codes are 0. Allowed only with a minimum of 0 bits."),
    Term("FP32", "32-bit floating point: nothing is quantized."),
    # A²Q
    Term("A²Q", "Aggregation-aware quantization: every node learns its own step size and bits (ICLR 2023)."),
    Term(
        "Local Gradient",
        "A node's own mean quantization error teaches its step size and bits, not the loss.",
        "In a two-layer network the loss reaches the second layer's input only within one hop of a labelled node; most "
        "nodes have no such neighbour.",
    ),
    Term("memory penalty λ", "Weight of the memory penalty; higher → fewer bits."),
    Term(
        "target average bits",
        "The average the run is trained to: the penalty's weight is adapted at every step to reach it.",
        "Only epochs within 0.05 bits of the target can be chosen as the result.",
    ),
    Term(
        "Nearest Neighbor Strategy",
        "For unseen graphs: a node takes the learned pair (step size, bits) whose clipping range is nearest.",
        "Its clipping range is compared with the node's largest value.",
    ),
    Term("warm start", "The FP32 network of the same shape and seed is trained first and quantized from there."),
    Term("distillation", "The quantized network also learns the FP32 network's scores, on all nodes."),
    Term("uniform bits", "The same bitwidth for all nodes, with learned step sizes (LSQ)."),
    Term("Degree-Quant", "A baseline of 4 or 8 uniform bits that protects nodes of high in-degree in training."),
    Term("GCN", "Sums neighbours scaled by 1/√(d_u d_v); a node of many alike neighbours grows with √degree."),
    Term("GIN", "Sums neighbours without scaling, then applies a small network: sums grow with the in-degree."),
    Term("GAT", "Sums neighbours weighted by attention, and the weights add up to 1: hubs do not grow."),
    Term("GraphSAGE", "Mean over neighbours beside the node's own features: a mean does not grow with degree."),
    # Results
    Term(
        "average bits",
        "The paper's account: mean effective bits of the quantized layer inputs, nothing else counted.",
        "The unweighted mean over layer inputs of the mean over nodes.",
    ),
    Term("compression ratio", "32 over the average bits: the paper's account, for node features only."),
    Term(
        "full bits per value",
        "The full account: all stored bits, overheads included, over the number of stored values.",
        "Counts the first layer's input, each node's step size and bit tag, XW and the weights.",
    ),
    Term("full compression", "FP32 bits over stored bits of the whole network, overheads included."),
    Term(
        "test accuracy",
        "Share of right test nodes or graphs at the epoch chosen on validation; the test part is read once.",
    ),
    Term(
        "paper's protocol",
        "Best test score over all epochs, as the paper's published code reports it.",
        "It looks at the test part to choose the epoch, so it is higher than what a user would get.",
    ),
    Term(
        "Pareto front",
        "The runs that no other run equals or beats in both bits and score.",
        "Moving along it buys score with bits; what lies below can be had for fewer bits or with a better score.",
    ),
    Term(
        "spread over seeds",
        "Sample standard deviation of a result over runs that differ in nothing but the seed, after ±.",
        "A single seed has none. A difference between two settings that is smaller than it says little.",
    ),
    Term("validation accuracy", "Share of right validation nodes or graphs; it chooses the epoch."),
    Term(
        "ROC AUC",
        "Of two classes: how often a node of one has a larger score than a node of the other; 50 % is chance.",
        "It does not change with how unequal the classes are, nor with where the line between them is drawn.",
    ),
    Term(
        "macro F1",
        "Mean over classes of 2 · precision · recall / (precision + recall).",
        "A rare class counts as much as a frequent one, so one answer for all is worth little.",
    ),
    Term("mean absolute error", "Mean |prediction − value| of a regression; lower is better (MAE)."),
    Term("seed", "Start of the random numbers: weights, dropout and random starts follow it."),
    Term("run", "One training with all its settings, its history and what it measured; equal settings, equal run."),
    Term("sample run", "A run that comes with the app, made by its own code on a generated graph."),
    Term("epoch", "One pass over the whole training set; for one graph, one step of the optimizer."),
    Term("loss", "Cross-entropy of the training part, or its absolute error; the memory penalty comes on top."),
    Term("preset", "Settings to start from; every one of them can be changed."),
    Term(
        "Spearman correlation",
        "How well one ranking follows another, −1 to 1.",
        "Most nodes of citation graphs have few neighbours, so a lone correlation between in-degree and bits is small "
        "even where group means rise clearly; group means with counts say more.",
    ),
    # Hardware
    Term("cycle", "One clock tick of the simulated accelerator; times are counted in cycles, not seconds."),
    Term("bit-serial", "Arithmetic that takes one bit of a feature per cycle: b bits take b cycles."),
    Term("KiB", "1,024 bytes."),
)

_BY_NAME = {term.name: term for term in TERMS}


def tip(name: str) -> str:
    """The tooltip of a term.

    Raises:
        KeyError: there is no such term; add it to ``TERMS``.
    """
    return _BY_NAME[name].meaning


def found(words: str) -> list[Term]:
    """The terms that have all these words in name or text, those that have them in the name first."""
    asked = words.casefold().split()
    texts = {term: f"{term.name} {term.meaning} {term.more}".casefold() for term in TERMS}
    fits = [term for term, text in texts.items() if all(word in text for word in asked)]
    return sorted(fits, key=lambda term: not all(word in term.name.casefold() for word in asked))
