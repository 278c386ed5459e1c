"""Step 6: does it matter which node has the bits?"""

from a2q_studio.pages.learn.lesson.step import Prediction, Step
from a2q_studio.pages.learn.lesson.teaching import MAIN
from a2q_studio.pages.learn.steps.shuffle.accuracy import accuracy_answer, what_accuracy_says
from a2q_studio.pages.learn.steps.shuffle.shuffling import demo
from a2q_studio.pages.learn.steps.shuffle.widgets import shuffle

STEP = Step(
    name="shuffle",
    title="Shuffle the bits",
    words=(
        "Hubs hold larger values and learn more bits: so far, so true. But does it matter **which** node has them? "
        "Here is the control. **Shuffle**: each node gets the bits [b] of a random other one. With one step size for "
        "all, hubs clip. With a step size [s] of its own, every node's ruler adapts to its range: measured against a "
        "node's own values, the error stays. Below is what trained networks say."
    ),
    formula=r"\frac1N \sum_i \frac{E_i(\B _{\pi(i)},\, \S _i)}{\tfrac1d \sum_k |\X _{ik}|} "
    r"\qquad \pi\ \text{at random}",
    prediction=Prediction(
        "Cora, GCN, more than 1 bit on average. The learned bits go to random other nodes, step sizes are trained "
        "anew. Test accuracy?",
        ("It falls by 5 points or more", "It falls by a point or two", "No difference shown"),
        accuracy_answer,
        what_accuracy_says,
    ),
    interactive=shuffle,
    demo=demo,
    takeaway="Hubs learn more bits. From 1 bit on, accuracy showed no need of it; with less, for pruned nodes, it did.",
    why=(
        "That bits rise with in-degree is seen in every run here, but a correlation is no proof of use: only the "
        "control tells, the same widths, equally often, on other nodes, from the same FP32 network, seed by seed. "
        "Below 1 bit some nodes must have none and lose all their features; there is no step size to make up for "
        "that. Group means hide how far nodes scatter: *All nodes* shows it, and *Error by degree and bits* that the "
        "relative error follows the bits, not the degree."
    ),
    role=MAIN,
)
