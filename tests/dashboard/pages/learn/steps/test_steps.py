import re

import numpy as np
import pytest

from a2q_studio.charts import Palette, palette
from a2q_studio.charts.twin import table_of
from a2q_studio.pages.learn.lesson.groups import groups
from a2q_studio.pages.learn.lesson.groups_chart import nodes_by_group
from a2q_studio.pages.learn.lesson.step import Step, coloured
from a2q_studio.pages.learn.lesson.teaching import Teaching
from a2q_studio.pages.learn.steps import STEPS
from a2q_studio.pages.learn.steps.budget.chart import allocation, scores
from a2q_studio.pages.learn.steps.fails.chart import memory
from a2q_studio.pages.learn.steps.fails.savings import per_value
from a2q_studio.pages.learn.steps.listen.chart import aggregated_by_edges
from a2q_studio.pages.learn.steps.ruler.chart import error_split, ruler
from a2q_studio.pages.learn.steps.watch.chart import bits_at
from a2q_studio.pages.learn.steps.width.chart import bits_needed, error_by_group
from tests.dashboard.pages.learn.figures import BITS, DEGREES, title

EACH = pytest.mark.parametrize("step", STEPS, ids=[step.name for step in STEPS])


def test_there_are_seven() -> None:
    assert len(STEPS) == len({step.name for step in STEPS}) == 7


@EACH
def test_words_are_few(step: Step) -> None:
    assert len(step.words.split()) <= 90
    assert len(step.takeaway) <= 110
    assert "\n" not in step.takeaway
    assert 3 <= len(step.prediction.options) == len(set(step.prediction.options))


@EACH
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_symbols_have_the_colours_of_the_charts(step: Step, theme: str) -> None:
    roles = palette(theme).roles
    formula, words = coloured(step.formula, roles), coloured(step.words, roles)
    assert not re.search(r"\\[XSB](?![A-Za-z])|\\[RC]\{", formula)
    assert not re.search(r"\[[xsb]\]", words)
    used = re.findall(r"\\textcolor\{(#\w+)\}", formula + words)
    assert used and set(used) <= set(roles.values())
    # A symbol of a formula that has a colour is told about in the same colour.
    assert formula.count("{") == formula.count("}")


@EACH
def test_the_answer_is_one_of_the_options_and_has_numbers(step: Step, teaching: Teaching) -> None:
    assert step.prediction.answer(teaching) in range(len(step.prediction.options))
    assert re.search(r"\d", step.prediction.told(teaching))


@EACH
def test_show_me_goes_somewhere(step: Step, teaching: Teaching) -> None:
    states = step.demo(teaching)
    assert len(states) >= 3
    assert len({str(state) for state in states}) == len(states)


def test_the_story_that_the_sample_runs_tell(teaching: Teaching) -> None:
    """What the words of the steps claim, on the very runs they come with."""
    right = {step.name: step.prediction.options[step.prediction.answer(teaching)] for step in STEPS}
    assert right == {
        "listen": "It doubles",
        "ruler": "Mostly clipping",
        "width": "Hubs (> 10)",
        "budget": "About twice as many, or more",
        "watch": "Leaves",
        "shuffle": "No difference shown",
        "fails": "They fall",
    }


def test_every_figure_has_a_title_axes_and_a_table(colours: Palette) -> None:
    found = groups(DEGREES)
    nodes = {"leaf": np.array([0.0, 0.4, 1.2]), "hub": np.array([0.3, 6.0, 9.0])}
    for figure in (
        aggregated_by_edges(3, "sum", colours),
        ruler(nodes, 0.5, 2, colours),
        error_split(nodes, 0.5, 2, colours),
        error_by_group(DEGREES, DEGREES / 10, 2, colours),
        bits_needed(DEGREES, BITS, 2, colours),
        allocation([1] * 5, found, colours, [2] * 5),
        scores({"You": 1.0, "Same": 2.0}, "You", colours),
        bits_at(DEGREES, BITS, 1, colours),
        nodes_by_group(DEGREES, colours),
        memory({"full": per_value(2, 16)}, colours),
    ):
        assert title(figure)
        assert figure.layout.xaxis.title.text
        assert len(table_of(figure)) >= 1
        assert not re.search(r"\bnan\b", title(figure))
        # In the look of the theme.
        assert figure.layout.font.color == colours.text
