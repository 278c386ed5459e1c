"""Step 5: bits as they are learned."""

from a2q_studio.pages.learn.lesson.step import Prediction, Step
from a2q_studio.pages.learn.lesson.teaching import MAIN
from a2q_studio.pages.learn.steps.watch.settling import demo, how_they_part, who_gives_up
from a2q_studio.pages.learn.steps.watch.widgets import watch

STEP = Step(
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
        who_gives_up,
        how_they_part,
    ),
    interactive=watch,
    demo=demo,
    takeaway="Bits follow in-degree because clipping does; no rule about degrees was ever given.",
    why=(
        "Within the range rounding errors have no slope in b, so only the penalty acts and b falls; as soon as "
        "values clip, b rises again. The runs differ by λ alone, one seed each. They use a fixed penalty: held to "
        "a target instead, one controller pulls all nodes alike and their bits part less (see docs/method.md). "
        "Bits are kept at up to 32 epochs; the reported epoch is the one with the best validation accuracy."
    ),
    role=MAIN,
)
