"""Step 7: where the intuition fails."""

from a2q_studio.pages.learn.lesson.step import Prediction, Step
from a2q_studio.pages.learn.lesson.teaching import ATTENTION
from a2q_studio.pages.learn.steps.fails.savings import attention_turns, demo, what_attention_does
from a2q_studio.pages.learn.steps.fails.widgets import fails

STEP = Step(
    name="fails",
    title="When it fails, and what it buys",
    words=(
        "GAT weighs neighbours so that the weights add up to one: it **averages**. Hubs then hold no larger "
        "values, and bits do not rise with in-degree: they follow the magnitudes. And what do bits buy? **Memory**, by "
        "their average; who has them is another question (step 6). Besides its codes every node stores a step size "
        "[s], which is what adapts to its range, and its width [b]; the paper's account leaves both out."
    ),
    formula=r"\text{bits per value} = \bar{\B } + \frac{32\ (\S )}{d} + \frac{3\ (\text{tag})}{d}",
    prediction=Prediction(
        "GAT on the same graph: how do bits go from low to high in-degree?",
        ("They rise", "They stay level", "They fall"),
        attention_turns,
        what_attention_does,
    ),
    interactive=fails,
    demo=demo,
    takeaway="Bits follow magnitude, which follows in-degree only where aggregation sums. Their average buys memory.",
    why=(
        "Magnitudes are divided by those of the lowest group, since networks have scales of their own. With few "
        "features per node the step size weighs more than the codes: at width 16 and 32 bits it adds 2 bits to "
        "each value, at width 256 an eighth of one; stored in 8 bits a quarter. Which account is used decides the "
        "compression that is printed, so both are shown everywhere. With cycles it is the same: each bar switches "
        "one way of counting, and moves the speedup."
    ),
    role=ATTENTION,
)
