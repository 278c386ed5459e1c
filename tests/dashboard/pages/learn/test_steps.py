import re

import pytest

from a2q_studio.charts import palette
from a2q_studio.pages.learn.lesson import answers
from a2q_studio.pages.learn.lesson.step import Step, coloured
from a2q_studio.pages.learn.lesson.steps import MOST_WORDS, STEPS
from a2q_studio.pages.learn.lesson.teaching import Teaching

EACH = pytest.mark.parametrize("step", STEPS, ids=[step.name for step in STEPS])


def test_there_are_seven() -> None:
    assert len(STEPS) == len({step.name for step in STEPS}) == 7


@EACH
def test_words_are_few(step: Step) -> None:
    assert len(step.words.split()) <= MOST_WORDS == 90
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


def test_colouring_by_hand() -> None:
    roles = {"x": "#1", "s": "#2", "b": "#3", "rounding": "#4", "clipping": "#5"}
    assert coloured(r"\X _i \Sum \C{\text{c}}", roles) == r"{\textcolor{#1}{x}} _i \Sum \textcolor{#5}{\text{c}}"
    assert coloured("a [s], a [x]y", roles) == r"a ${\textcolor{#2}{s}}$, a ${\textcolor{#1}{x}}$y"


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
        "mess": "About +0.2",
        "fails": "They fall",
    }


def test_uniform_error_and_needed_bits_agree(teaching: Teaching) -> None:
    for bits in (2, 5):
        mean = answers.uniform_error(teaching, bits).mean()
        needed = answers.needed_alone(teaching, bits)
        rows = range(len(needed))
        table = teaching.main.table
        assert all(table[row, needed[row] - 1] <= mean for row in rows if needed[row] < 8)
        assert all(table[row, needed[row] - 2] > mean for row in rows if needed[row] > 1)


def test_typical_nodes(teaching: Teaching) -> None:
    layer = teaching.main
    leaf = layer.typical(0, 1)
    assert layer.in_degree[leaf] <= 1
    leaves = layer.nodes[layer.in_degree <= 1]["magnitude"]
    assert (leaves < layer.nodes["magnitude"][leaf]).mean() == pytest.approx(0.5, abs=0.01)
    with pytest.raises(ValueError, match="No node has an in-degree of 7000 to 8000"):
        layer.typical(7000, 8000)


def test_nearest() -> None:
    assert answers.nearest(0.3, (0.9, 0.5, 0.2)) == 2
    assert answers.nearest(2.0, (1.0, 1.4, 2.0)) == 2
