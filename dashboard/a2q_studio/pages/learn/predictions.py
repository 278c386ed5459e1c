"""Predict first: the question of a step, and what really happens once it is answered."""

import streamlit as st

from a2q_studio.pages.learn.lesson.step import Step
from a2q_studio.pages.learn.lesson.teaching import Teaching

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
