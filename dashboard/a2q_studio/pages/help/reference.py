"""What Help tells: variables of a server, keys, caveats, and the method in formulas."""

from dataclasses import dataclass

VARIABLES = {
    "A2Q_HOME": "Folder for runs (`runs.sqlite`), logs and caches; by default `~/.cache/a2q`.",
    "A2Q_DATA": "Folder of raw datasets that are used where they are, so that nothing needs to be downloaded.",
    "A2Q_DATABASE_URL": "SQLAlchemy address of the run store, such as `postgresql+psycopg://…`; by default a file "
    "under `A2Q_HOME`.",
    "A2Q_SCHEDULER": "Address of a Dask scheduler, such as `tcp://host:8786`: runs train there instead of here. While "
    "it does not answer, runs stay queued. Where the database has a password, start Dask's workers with their own "
    "`A2Q_DATABASE_URL`: tasks hold none.",
    "A2Q_WORKERS": "How many runs train at once on this machine; by default all cores but one.",
    "A2Q_SESSION_RUNS": "How many runs one browser session may have waiting or training; by default 50.",
    "A2Q_READONLY": "`1` serves pages for looking only: no training, cancelling, deleting or notes. The command line "
    "still can.",
}
"""Each variable and what it does."""


KEYS = (
    ("Tab, Shift + Tab", "Go to the next or previous control: past the pages, the queue and Share into the page."),
    ("Enter or Space", "Press a button, open a list, switch a toggle; on a page's name, open it."),
    ("↑ ↓ in a list", "Choose; typing searches: run pickers find any part of a name or id."),
    ("← → on a slider or a row of choices", "Move it by one."),
    ("Esc", "Close a list, a table or the queue."),
)
"""Keys and what they do."""

CHARTS = (
    "A chart is a picture that keys do not reach. Under each stands **Show as table** with the same numbers, and where "
    "a chart selects nodes, a search box or the node table selects them too. The title of a chart says what is to be "
    "seen in it, and is what a screen reader reads out."
)


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
        "More bits for hubs: learned, not always needed",
        "The control gives the same bits to random other nodes and trains step sizes anew. On Cora (GCN, ten seeds) "
        "it scores the same from 1 bit on: a step size of its own fits each node's range. With half a bit on average, "
        "where many nodes have none, the learned bits score more. *Learn*, step 6, has the figures with their "
        "intervals; docs/worth.md the study.",
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


@dataclass(frozen=True)
class Formula:
    """One formula.

    Attributes:
        title: what it defines.
        latex: the formula, in lines narrow enough for a phone.
        words: the same in words, with what the symbols mean.
        source: where it comes from.
    """

    title: str
    latex: tuple[str, ...]
    words: str
    source: str


FORMULAS = (
    Formula(
        "A layer",
        (r"H^{(l+1)} = \sigma\left(\hat{A}\, H^{(l)} W^{(l)}\right)",),
        "Combination $HW$ maps every node's features; aggregation with $\\hat{A}$ sums them over neighbours. "
        "A²Q gives every row of $H$ (every node) its own step size and bits.",
        "Kipf and Welling, 2017, for GCN; other models aggregate otherwise",
    ),
    Formula(
        "The quantizer",
        (
            r"c(x) = \operatorname{sign}(x) \left\lfloor \min\left(\tfrac{|x|}{s},\, Q\right) + \tfrac12 \right\rfloor",
            r"x_q = s\, c(x), \qquad Q = 2^{\,[b]-1} - 1",
        ),
        "Step size $s$, code bits $b$ (rounded), largest code $Q$. Values that are never negative have one effective "
        "bit less than code bits. There is no zero point.",
        "paper, section 3.1",
    ),
    Formula(
        "Two kinds of error",
        (
            r"|x - x_q| \le \tfrac{s}{2} \quad \text{where } |x| \le sQ",
            r"|x - x_q| = |x| - sQ \quad \text{beyond}",
        ),
        "A small step rounds finely but clips early; a large one the other way round. More bits ease both.",
        "follows from the quantizer",
    ),
    Formula(
        "Gradients",
        (
            r"\frac{\partial x_q}{\partial s} = \begin{cases} c - \tfrac{x}{s} & |x| \le sQ \\ "
            r"\operatorname{sign}(x)\, Q & |x| > sQ \end{cases}",
            r"\frac{\partial x_q}{\partial b} = \begin{cases} 0 & |x| \le sQ \\ "
            r"\operatorname{sign}(x)\, 2^{[b]-1} \ln 2 \; s & |x| > sQ \end{cases}",
        ),
        "Bits learn from values that are clipped: a node whose sum outgrows its range asks for more.",
        "paper, section 3.1; straight-through for rounding",
    ),
    Formula(
        "Local Gradient",
        (
            r"E_v = \frac{1}{d} \sum_{k=1}^{d} \left| x_{q,vk} - x_{vk} \right|",
            r"s_v, b_v \text{ follow } \nabla E_v",
        ),
        "A node's own quantization error teaches its step size and bits, so unlabelled nodes learn as well.",
        "paper, section 3.2",
    ),
    Formula(
        "The fixed memory penalty",
        (r"\lambda \, \max\left(\tfrac{1}{8 \cdot 1024} \sum_l d_l \sum_v b_{l,v} - M,\; 0\right)^2",),
        "Memory of the quantized features in KiB, above the threshold $M$; $d_l$ is the layer's width.",
        "paper, section 3.1; `penalty`, `penalty_above_kib`, `priced_width`",
    ),
    Formula(
        "The memory penalty with a target",
        (
            r"\lambda_t e^{\,e_t} \sum_l \bar{s}_l \sum_v b_{l,v}",
            r"\log \lambda_{t+1} = \log \lambda_t + 0.1\, e_t",
        ),
        "$e_t$ is the distance of the rounded average from the target, bounded by ±0.5; the mean step size "
        "$\\bar{s}_l$ puts the penalty on the scale of the Local Gradient.",
        "ours; `target_average_bits`, `target_kib`",
    ),
    Formula(
        "Accounts",
        (
            r"\text{paper: } \frac{32}{\operatorname{mean}_l \operatorname{mean}_v b_{l,v}}",
            r"\text{full: } \frac{\text{FP32 bits of all stored values}}{\text{stored bits, overheads included}}",
        ),
        "The paper's account counts quantized layer inputs alone; the full one counts everything that is kept "
        "between two steps. They are never mixed.",
        "paper, section 4; ours",
    ),
)
