"""The method in formulas."""

from dataclasses import dataclass


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
        "The fixed pull towards few bits",
        (r"\lambda \, \max\left(\tfrac{1}{8 \cdot 1024} \sum_l d_l \sum_v b_{l,v} - M,\; 0\right)^2",),
        "Memory of the quantized features in KiB, above the threshold $M$; $d_l$ is the layer's width.",
        "paper, section 3.1; `penalty`, `penalty_above_kib`",
    ),
    Formula(
        "The pull with a target",
        (
            r"\lambda_t e^{\,e_t} \sum_l \bar{s}_l \sum_v b_{l,v}",
            r"\log \lambda_{t+1} = \log \lambda_t + 0.1\, e_t",
        ),
        "$e_t$ is the distance of the rounded average from the target, bounded by ±0.5; the mean step size "
        "$\\bar{s}_l$ puts the pull on the scale of the Local Gradient.",
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
