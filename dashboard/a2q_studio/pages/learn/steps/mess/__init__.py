"""Step 6: what group means hide."""

from a2q_studio.pages.learn.lesson.step import Prediction, Step
from a2q_studio.pages.learn.lesson.teaching import EVEN_DEGREES
from a2q_studio.pages.learn.steps.mess.correlations import demo, how_correlated, why_so_small
from a2q_studio.pages.learn.steps.mess.widgets import mess

STEP = Step(
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
        how_correlated,
        why_so_small,
    ),
    interactive=mess,
    demo=demo,
    takeaway="Read group means with counts and spread; never a lone correlation.",
    why=(
        "Spearman's correlation ranks all nodes, and four of five have nearly the same in-degree: their order is "
        "chance. The claim is about the few hubs, which a mean over groups shows and a rank over nodes drowns. "
        "Whiskers are quartiles. Nodes of 0 bits, where a run allows them, have lost all their features."
    ),
    role=EVEN_DEGREES,
)
