"""Step 4: share out a budget of bits."""

from a2q_studio.pages.learn.lesson.step import Prediction, Step
from a2q_studio.pages.learn.lesson.teaching import MAIN
from a2q_studio.pages.learn.steps.budget.allocations import best_ratio, best_share, demo
from a2q_studio.pages.learn.steps.budget.widgets import budget

STEP = Step(
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
        best_ratio,
        best_share,
    ),
    interactive=budget,
    demo=demo,
    takeaway="The least total error gives hubs more bits. A²Q finds that out node by node, while it trains.",
    why=(
        "All rows of the score use the best step size for each node, so they differ by bits alone; A²Q's error "
        "with the step sizes it learned is printed below, since in training values keep moving. *Best possible* is "
        "the optimum of the budget problem over whole bits per node. It sees the final values; A²Q only ever saw "
        "each node's own error. A small error is not the same as a high accuracy: step 6 tests that."
    ),
    role=MAIN,
)
