"""Step 1: a node aggregates its neighbours."""

from a2q_studio.pages.learn.lesson.step import Prediction, Step
from a2q_studio.pages.learn.steps.listen.aggregation import demo, growths, sum_doubles
from a2q_studio.pages.learn.steps.listen.widgets import listen

STEP = Step(
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
        sum_doubles,
        growths,
    ),
    interactive=listen,
    demo=demo,
    takeaway="Who sums messages grows with in-degree; who averages them does not.",
    why=(
        "For d neighbours of about the same value v a sum is d·v. With GCN's norm and neighbours of in-degree 1 it "
        "is d·v/√d = √d·v: twice the neighbours, 1.4 times the value. A mean stays v, and attention, whose weights "
        "add up to 1, stays between the smallest and the largest neighbour. Self-loops are left out of this toy; "
        "the attention scores are the values themselves."
    ),
)
