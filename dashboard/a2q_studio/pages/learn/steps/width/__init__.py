"""Step 3: one bitwidth for all."""

from a2q_studio.pages.learn.lesson.step import Prediction, Step
from a2q_studio.pages.learn.lesson.teaching import MAIN
from a2q_studio.pages.learn.steps.width.uniform import demo, who_errs, worst_group
from a2q_studio.pages.learn.steps.width.widgets import width

STEP = Step(
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
        worst_group,
        who_errs,
    ),
    interactive=width,
    demo=demo,
    takeaway="For one and the same error |x_q − x| hubs take more bits than leaves. Is it the error that counts?",
    why=(
        "The step size for all is the one with the least error in total, found by search, so uniform quantization "
        "is shown at its best. *Bits needed* searches, for each node, the best step size for 1 to 8 bits and takes "
        "the fewest that keep the node's error at or below the mean error of the width for all."
    ),
    role=MAIN,
)
