"""A form made from the configuration objects themselves, so that no setting is described twice."""

from collections.abc import Callable
from types import NoneType
from typing import Any, Literal, get_args, get_origin

import streamlit as st
from annotated_types import Ge, Gt, Le, MaxLen
from pydantic.fields import FieldInfo

from a2q.config import Config, OneOf


def config_fields(config: Config, prefix: str, only: tuple[str, ...] | None = None) -> dict[str, Any]:
    """Draw a widget for each setting of ``config`` and return their values.

    Args:
        config: the settings to start from; titles, help texts and bounds come from its class.
        prefix: makes widget keys unique; a new prefix starts from the given values again, and so does a setting
            whose given value changes (the penalty follows the size of a generated graph).
        only: names of the settings to draw; all by default.
    """
    fields = type(config).model_fields
    return {
        name: _widget(name, field, getattr(config, name), f"{prefix}-{name}-{getattr(config, name)}")
        for name, field in fields.items()
        if only is None or name in only
    }


def _widget(name: str, field: FieldInfo, value: Any, key: str) -> Any:
    label, help_text = field.title or name, _help(field, value)
    kinds = [kind for kind in (get_args(field.annotation) or (field.annotation,)) if kind is not NoneType]
    options = _options(field)
    if options:
        return st.selectbox(label, options, index=options.index(value), help=help_text, key=key)
    if kinds == [bool]:
        return st.toggle(label, value, help=help_text, key=key)
    if kinds == [str]:
        return st.text_input(label, value, max_chars=_most_characters(field), help=help_text, key=key).strip()
    low, high = _bounds(field)
    whole = kinds == [int]
    kind: Callable[[Any], Any] = int if whole else float
    start = None if value is None else kind(value)
    optional = NoneType in get_args(field.annotation)
    if optional:
        # Only a field whose own default is empty can be emptied; so what it starts with is put beside it.
        st.session_state.setdefault(key, start)
    return st.number_input(
        label,
        min_value=None if low is None else kind(low),
        max_value=None if high is None else kind(high),
        value=None if optional else start,
        step=kind(1 if whole else 10.0 ** _magnitude(value or 1.0)),
        format="%d" if whole else "%.6g",
        help=help_text,
        key=key,
    )


def _options(field: FieldInfo) -> tuple[Any, ...]:
    """What there is to choose from; empty where a value is free."""
    if get_origin(field.annotation) is Literal:
        return get_args(field.annotation)
    return tuple(name for rule in field.metadata if isinstance(rule, OneOf) for name in rule.registry)


def _help(field: FieldInfo, value: Any) -> str:
    """What the setting does, what is allowed, and what it starts with."""
    low, high = _bounds(field)
    start = f"tarts at {_said(value)}."
    allowed = f"S{start}" if low is None or high is None else f"From {_said(low)} to {_said(high)}; s{start}"
    return " ".join(filter(None, [field.description, allowed]))


def _said(value: Any) -> str:
    if value is None or value == "":
        return "empty"
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:,}" if isinstance(value, int) else f"{value:g}" if isinstance(value, float) else str(value)


def _bounds(field: FieldInfo) -> tuple[Any, Any]:
    low: Any = None
    high: Any = None
    for rule in field.metadata:
        if isinstance(rule, Ge):
            low = rule.ge
        elif isinstance(rule, Gt):
            low = rule.gt
        elif isinstance(rule, Le):
            high = rule.le
    return low, high


def _most_characters(field: FieldInfo) -> int | None:
    return next((rule.max_length for rule in field.metadata if isinstance(rule, MaxLen)), None)


def _magnitude(value: float) -> int:
    """Power of ten of the last digit people change: one below the leading digit."""
    return int(f"{value:e}".split("e")[1]) - 1 if value else -1
