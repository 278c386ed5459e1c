"""The seven steps of the lesson, in order: a folder for each, with its words, computation, charts and widgets."""

from a2q_studio.pages.learn.steps import budget, fails, listen, ruler, shuffle, watch, width

STEPS = (listen.STEP, ruler.STEP, width.STEP, budget.STEP, watch.STEP, shuffle.STEP, fails.STEP)
