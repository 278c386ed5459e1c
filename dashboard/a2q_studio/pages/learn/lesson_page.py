"""The frame of the lesson: where one is and left, a step's words on the left, its question and picture on the right."""

import streamlit as st

from a2q_studio.pages.learn.endings import open_in_explore, questions
from a2q_studio.pages.learn.lesson.step import Step, coloured
from a2q_studio.pages.learn.lesson.teaching import Teaching
from a2q_studio.pages.learn.playing import advance, end_of_play, pace, play
from a2q_studio.pages.learn.sources import choose_teaching
from a2q_studio.pages.learn.steps import STEPS
from a2q_studio.ui.lesson_flags import locked, shown, teachers_note
from a2q_studio.ui.theme import current_palette

STEP = "step"


def lesson() -> None:
    """The whole page."""
    number = _dots()
    step = STEPS[number - 1]
    teaching = choose_teaching()
    left, right = st.columns([4, 7], gap="large")
    with left:
        _words(step, number, teaching)
    with right, st.container(key=f"lesson-{step.name}"):
        ready = ask(step, teaching)
        st.fragment(_interactive, run_every=pace(step.name))(step, teaching, ready)
        if ready:
            st.success(f"**Take away:** {step.takeaway}", icon=":material/lightbulb:")
    if number == len(STEPS) and ready and shown("questions"):
        questions()
    _ways(number)
    if not locked():
        teachers_note(number)
    if shown("source"):
        st.caption(teaching.source)


def _dots() -> int:
    """The seven dots; the chosen one is part of the address, and each that was answered has a tick."""
    done = sum(answered(step) for step in STEPS)

    def name(number: int) -> str:
        return f":material/check: {number}" if answered(STEPS[number - 1]) else str(number)

    with st.container(horizontal=True, vertical_alignment="center", key="lesson-dots"):
        chosen = st.segmented_control(
            "Step",
            list(range(1, len(STEPS) + 1)),
            default=1,
            required=True,
            format_func=name,
            key=STEP,
            bind="query-params",
            label_visibility="collapsed",
            wrap=True,
        )
        left_at = bookmark(chosen or 1, answered(STEPS[(chosen or 1) - 1]), len(STEPS))
        if left_at is not None:
            st.button(
                f"Continue with step {left_at}",
                icon=":material/bookmark:",
                key="continue",
                on_click=_go,
                args=(left_at,),
                help="Where you left; your browser kept it, nobody else.",
            )
        st.caption(f"Why some nodes learn more bits, and if it matters · {done} of {len(STEPS)} done", width="content")
    # An empty parameter in a link, "?step=", chooses nothing, required or not.
    return chosen or 1


def _words(step: Step, number: int, teaching: Teaching) -> None:
    roles = current_palette().roles
    st.header(f"{number}. {step.title}", anchor=False)
    st.markdown(coloured(step.words, roles))
    st.latex(coloured(step.formula, roles))
    with st.container(horizontal=True):
        if shown("demo"):
            st.button(
                "Show me",
                icon=":material/play_circle:",
                key=f"demo-{step.name}",
                on_click=_show,
                args=(step, teaching),
                disabled=not answered(step),
                help="Moves the controls for you, one second a move.",
            )
        if shown("open") and step.role is not None:
            open_in_explore(teaching.bundles[step.role], key=f"open-{step.name}")
    if shown("why"):
        with st.expander("Why?", icon=":material/psychology_alt:"):
            st.markdown(coloured(step.why, roles))


def _show(step: Step, teaching: Teaching) -> None:
    play(step.name, step.demo(teaching))


def _interactive(step: Step, teaching: Teaching, ready: bool) -> None:
    if ready:
        advance(step.name)
    step.interactive(teaching, not ready)
    end_of_play(step.name)


def _ways(number: int) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", key="lesson-ways"):
        st.button(
            "Back", icon=":material/arrow_back:", key="back", disabled=number == 1, on_click=_go, args=(number - 1,)
        )
        if number < len(STEPS):
            st.button(
                f"Next: {STEPS[number].title}",
                icon=":material/arrow_forward:",
                icon_position="right",
                key="next",
                type="primary",
                on_click=_go,
                args=(number + 1,),
            )


def _go(number: int) -> None:
    st.session_state[STEP] = number


_BOOKMARK = "lesson-bookmark"

# The browser's own storage outlives the visit and is sent to nobody; what is read back is a number.
_BOOKMARK_JS = """
export default function ({ data, setStateValue }) {
  try {
    if (data.keep) {
      localStorage.setItem("a2q-learn-step", String(data.step))
      return
    }
    const left = Number(localStorage.getItem("a2q-learn-step")) || 0
    if (left !== data.known) setStateValue("left_at", left)
  } catch {
    // A browser that keeps nothing for pages has no bookmark.
  }
}
"""

_kept_bookmark = st.components.v2.component("a2q_bookmark", js=_BOOKMARK_JS)


def bookmark(step: int, done: bool, steps: int) -> int | None:
    """Keep the step in the browser. On the first one, untouched, return the step that was left earlier, or None.

    Args:
        step: the step that is shown, from 1.
        done: whether its question is answered: then even the first is a place to come back to.
        steps: how many there are.
    """
    keep = step > 1 or done
    known = getattr(st.session_state.get(_BOOKMARK), "left_at", 0) or 0
    found = _kept_bookmark(
        key=_BOOKMARK,
        data={"step": step, "keep": keep, "known": known},
        default={"left_at": 0},
        on_left_at_change=lambda: None,
        height=1,
    ).left_at
    return int(found) if not keep and isinstance(found, int | float) and 1 < found <= steps else None


SHOW = "Just show me"
_ANSWERS = "lesson_answers"


def answered(step: Step) -> bool:
    """Whether the step's question was answered in this session."""
    return step.name in st.session_state.get(_ANSWERS, {})


def ask(step: Step, teaching: Teaching) -> bool:
    """The question with its options; afterwards whether it was right. Returns whether there is an answer."""
    prediction = step.prediction
    with st.container(border=True, key=f"predict-{step.name}"):
        st.markdown(f":material/help: **Predict.** {prediction.question}")
        given = st.session_state.get(_ANSWERS, {}).get(step.name)
        key = f"predict_{step.name}"
        st.pills(
            "Your prediction",
            [*prediction.options, SHOW],
            default=given,
            key=key,
            on_change=_remember,
            args=(step.name, key),
            label_visibility="collapsed",
        )
        if given is None:
            st.caption("Choose one: then the controls below are yours.")
            return False
        right = prediction.options[prediction.answer(teaching)]
        told = prediction.told(teaching)
        if given == right:
            st.markdown(f":material/check_circle: **Right: {right.lower()}.** {told}")
        elif given == SHOW:
            st.markdown(f":material/visibility: **{right}.** {told}")
        else:
            st.markdown(f":material/change_circle: **Not so: {right.lower()}.** {told}")
    return True


def _remember(name: str, key: str) -> None:
    given = st.session_state[key]
    answers = dict(st.session_state.get(_ANSWERS, {}))
    if given is None:
        answers.pop(name, None)
    else:
        answers[name] = given
    st.session_state[_ANSWERS] = answers
