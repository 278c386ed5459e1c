"""Step 2: the quantizer as a ruler."""

from a2q_studio.pages.learn.lesson.step import Prediction, Step
from a2q_studio.pages.learn.lesson.teaching import MAIN
from a2q_studio.pages.learn.steps.ruler.leaf_and_hub import demo, hub_clips, hub_on_the_leafs_ruler
from a2q_studio.pages.learn.steps.ruler.widgets import ruler

STEP = Step(
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
        hub_clips,
        hub_on_the_leafs_ruler,
    ),
    interactive=ruler,
    demo=demo,
    takeaway="One ruler cannot suit both: fine marks clip the hub, coarse marks blur the leaf.",
    why=(
        "More range needs a larger step or more marks. A larger step costs every value up to half a step of "
        "rounding; each further bit doubles the marks. Leaf and hub are the nodes of median magnitude among those "
        "with an in-degree of at most 1, and of at least 11. Values are never negative here (they come after a "
        "ReLU or count words), so all codes are 0 or more."
    ),
    role=MAIN,
)
