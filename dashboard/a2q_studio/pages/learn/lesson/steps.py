"""The seven steps of the lesson, as data."""

from a2q_studio.pages.learn.lesson import answers
from a2q_studio.pages.learn.lesson.demos import (
    demo_budget,
    demo_fails,
    demo_listen,
    demo_mess,
    demo_ruler,
    demo_watch,
    demo_width,
)
from a2q_studio.pages.learn.lesson.step import Prediction, Step
from a2q_studio.pages.learn.lesson.teaching import ATTENTION, EVEN_DEGREES, MAIN

MOST_WORDS = 90

STEPS = (
    Step(
        name="listen",
        title="A node listens",
        words=(
            "In every layer of a graph neural network a node **listens**: it adds up what its neighbours hold. Give "
            "the node in the middle more in-edges and watch its value [x]. A plain sum grows with each of them; GCN "
            "divides by the square roots of both in-degrees; mean and attention only average. So where messages are "
            "summed, nodes with many in-edges, the **hubs**, end up with larger values than **leaves**."
        ),
        formula=r"\X _i = \sum_{j \to i} w_{ij}\, \X _j \quad w_{ij} = 1,\ \tfrac{1}{\sqrt{d_i d_j}},\ "
        r"\tfrac{1}{d_i}\ \text{or}\ \alpha_{ij}",
        prediction=Prediction(
            "A plain sum: the node hears 4 neighbours, then 8. What does its value do?",
            ("It stays about the same", "It grows about 1.4-fold", "It doubles"),
            answers.sum_doubles,
            answers.growths,
        ),
        demo=demo_listen,
        takeaway="Who sums messages grows with in-degree; who averages them does not.",
        why=(
            "For d neighbours of about the same value v a sum is d·v. With GCN's norm and neighbours of in-degree 1 it "
            "is d·v/√d = √d·v: twice the neighbours, 1.4 times the value. A mean stays v, and attention, whose weights "
            "add up to 1, stays between the smallest and the largest neighbour. Self-loops are left out of this toy; "
            "the attention scores are the values themselves."
        ),
    ),
    Step(
        name="ruler",
        title="A ruler with few marks",
        words=(
            "Quantizing is reading values off a **ruler**: marks one step size [s] apart, and with [b] bits only 2ᵇ − "
            "1 of them above zero. A value between marks is **rounded**, one beyond the last mark is **clipped**. Here "
            "are the features of a leaf and of a hub, as a trained network holds them, on one ruler. Choose a step "
            "size that suits the leaf, and look at the hub."
        ),
        formula=r"\X _q = \S \cdot \min\!\left(\left\lfloor \tfrac{\X }{\S } + \tfrac12 \right\rfloor,\; "
        r"2^{\B } - 1\right)",
        prediction=Prediction(
            "Two bits, and the step size that is best for the leaf. Where does the hub's error come from?",
            ("Mostly rounding", "Mostly clipping", "It has hardly any error"),
            answers.hub_clips,
            answers.hub_on_the_leafs_ruler,
        ),
        demo=demo_ruler,
        takeaway="One ruler cannot suit both: fine marks clip the hub, coarse marks blur the leaf.",
        why=(
            "More range needs a larger step or more marks. A larger step costs every value up to half a step of "
            "rounding; each further bit doubles the marks. Leaf and hub are the nodes of median magnitude among those "
            "with an in-degree of at most 1, and of at least 11. Values are never negative here (they come after a "
            "ReLU or count words), so all codes are 0 or more."
        ),
        role=MAIN,
    ),
    Step(
        name="width",
        title="One width for all?",
        words=(
            "Most quantized networks give every node the same bits [b] and one step size [s]. Move the width and see "
            "who pays. With few bits the error sits with the few hubs. With many bits it is small, but look below: for "
            "the very same error, each node on a ruler of its own, leaves would do with far fewer bits than everyone "
            "now has, and hubs with more than leaves."
        ),
        formula=r"E_i = \frac{1}{d}\sum_{k=1}^{d} \left|\X _{q,ik} - \X _{ik}\right|",
        prediction=Prediction(
            "Two bits for everyone. Which nodes have the largest error?",
            ("Leaves (in-degree ≤ 1)", "Those between (4–5)", "Hubs (> 10)"),
            answers.worst_group,
            answers.who_errs,
        ),
        demo=demo_width,
        takeaway="The same width for all is too little for hubs and too much for leaves.",
        why=(
            "The step size for all is the one with the least error in total, found by search, so uniform quantization "
            "is shown at its best. *Bits needed* searches, for each node, the best step size for 1 to 8 bits and takes "
            "the fewest that keep the node's error at or below the mean error of the width for all."
        ),
        role=MAIN,
    ),
    Step(
        name="budget",
        title="Your budget: beat A²Q",
        words=(
            "Here is the memory that A²Q spent, as an average of bits [b] per node. Share it out among five groups of "
            "nodes as you like. Your bits quantize the real values of the trained network, each node with the best "
            "step size [s] there is. Then reveal what A²Q learned, what the same width for all would have cost, and "
            "the best that any sharing out can do."
        ),
        formula=r"\min_{\B _1 \dots \B _N}\ \sum_i E_i(\B _i) \ \ \text{with}\ \ "
        r"\tfrac1N \sum_i \B _i \le \text{budget}",
        prediction=Prediction(
            "With bits shared out as well as possible, how many does a hub get for each bit of a leaf?",
            ("The same", "About half as many more", "About twice as many, or more"),
            answers.best_ratio,
            answers.best_share,
        ),
        demo=demo_budget,
        takeaway="Bits belong where the error is: with the hubs. A²Q finds that out node by node, while it trains.",
        why=(
            "All rows of the score use the best step size for each node, so they differ by bits alone; A²Q's error "
            "with the step sizes it learned is printed below, since in training values keep moving. *Best possible* is "
            "the optimum of the budget problem over whole bits per node. It sees the final values; A²Q only ever saw "
            "each node's own error. A small error is not the same as a high accuracy: that is what Compare is for."
        ),
        role=MAIN,
    ),
    Step(
        name="watch",
        title="Watch it learn",
        words=(
            "Nobody tells A²Q about in-degree. Each node's own quantization error teaches its bits [b] and step size "
            "[s] (the *Local Gradient*): where values are clipped, both rise. A penalty λ on memory pulls all bits "
            "down. Every node settles where the two balance, and hubs, which clip first, keep more. Play the training, "
            "then choose a weaker or stronger λ."
        ),
        formula=r"\begin{gathered} \frac{\partial E_i}{\partial \B _i} = -\frac{\ln 2}{d} "
        r"\sum_{k\ \C{\text{clipped}}} 2^{\B _i} \S _i \\ \text{against}\ \ \lambda \cdot \text{KiB}^2 \end{gathered}",
        prediction=Prediction(
            "All nodes start with the same bits and the same penalty. Who gives up more of them?",
            ("Leaves", "Hubs", "All alike"),
            answers.who_gives_up,
            answers.how_they_part,
        ),
        demo=demo_watch,
        takeaway="Bits follow in-degree because clipping does; no rule about degrees was ever given.",
        why=(
            "Within the range rounding errors have no slope in b, so only the penalty acts and b falls; as soon as "
            "values clip, b rises again. The runs differ by λ alone, one seed each. They use a fixed penalty: held to "
            "a target instead, one controller pulls all nodes alike and their bits part less (see docs/method.md). "
            "Bits are kept at up to 32 epochs; the reported epoch is the one with the best validation accuracy."
        ),
        role=MAIN,
    ),
    Step(
        name="mess",
        title="Real graph, real mess",
        words=(
            "That was GIN, which sums. Now GCN, whose norm takes half of the growth back. Group means still rise with "
            "in-degree, but look at the counts and at the spread: nearly all nodes have few edges, and among them bits "
            "depend on the features more than on the degree. A single correlation would hide both. Show all nodes, "
            "then the error by in-degree *and* bits."
        ),
        formula=r"\bar{\B }(g) = \frac{1}{n_g} \sum_{i \in g} \B _i \qquad n_g\ \text{nodes}",
        prediction=Prediction(
            "Spearman's rank correlation between in-degree and bits, over all nodes of GCN?",
            ("About +0.9", "About +0.5", "About +0.2"),
            answers.how_correlated,
            answers.why_so_small,
        ),
        demo=demo_mess,
        takeaway="Read group means with counts and spread; never a lone correlation.",
        why=(
            "Spearman's correlation ranks all nodes, and four of five have nearly the same in-degree: their order is "
            "chance. The claim is about the few hubs, which a mean over groups shows and a rank over nodes drowns. "
            "Whiskers are quartiles. Nodes of 0 bits, where a run allows them, have lost all their features."
        ),
        role=EVEN_DEGREES,
    ),
    Step(
        name="fails",
        title="When it fails, and what it buys",
        words=(
            "GAT weighs neighbours so that the weights add up to one: it **averages**. Hubs then hold no larger "
            "values, and bits do not rise with in-degree. That is no fault of A²Q, it follows the magnitudes; only the "
            "story about hubs is over. And what do bits buy? Besides its codes every node stores a step size [s] and "
            "its width [b], which the paper's account leaves out."
        ),
        formula=r"\text{bits per value} = \bar{\B } + \frac{32\ (\S )}{d} + \frac{3\ (\text{tag})}{d}",
        prediction=Prediction(
            "GAT on the same graph: how do bits go from low to high in-degree?",
            ("They rise", "They stay level", "They fall"),
            answers.attention_turns,
            answers.what_attention_does,
        ),
        demo=demo_fails,
        takeaway="Bits follow magnitude. Only where aggregation sums does magnitude follow in-degree.",
        why=(
            "Magnitudes are divided by those of the lowest group, since networks have scales of their own. With few "
            "features per node the step size weighs more than the codes: at width 16 and 32 bits it adds 2 bits to "
            "each value, at width 256 an eighth of one; stored in 8 bits a quarter. Which account is used decides the "
            "compression that is printed, so both are shown everywhere. With cycles it is the same: each bar switches "
            "one way of counting, and moves the speedup."
        ),
        role=ATTENTION,
    ),
)
