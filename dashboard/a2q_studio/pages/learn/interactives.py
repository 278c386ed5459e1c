"""The interactive part of each step, by the step's name."""

from collections.abc import Callable, Mapping

from a2q_studio.pages.learn.lesson.teaching import Teaching
from a2q_studio.pages.learn.steps.budget.widgets import budget
from a2q_studio.pages.learn.steps.fails.widgets import fails
from a2q_studio.pages.learn.steps.listen.widgets import listen
from a2q_studio.pages.learn.steps.mess.widgets import mess
from a2q_studio.pages.learn.steps.ruler.widgets import ruler
from a2q_studio.pages.learn.steps.watch.widgets import watch
from a2q_studio.pages.learn.steps.width.widgets import width

INTERACTIVES: Mapping[str, Callable[[Teaching, bool], None]] = {
    "listen": listen,
    "ruler": ruler,
    "width": width,
    "budget": budget,
    "watch": watch,
    "mess": mess,
    "fails": fails,
}
"""Each draws its controls and figures; before the prediction (True) only what does not give the answer away."""
