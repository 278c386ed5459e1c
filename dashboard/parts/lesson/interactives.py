"""The interactive part of each step, by the step's name."""

from collections.abc import Callable, Mapping

from dashboard.lesson.teaching import Teaching
from dashboard.parts.lesson.budget import budget
from dashboard.parts.lesson.fails import fails
from dashboard.parts.lesson.listen import listen
from dashboard.parts.lesson.mess import mess
from dashboard.parts.lesson.ruler import ruler
from dashboard.parts.lesson.watch import watch
from dashboard.parts.lesson.width import width

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
