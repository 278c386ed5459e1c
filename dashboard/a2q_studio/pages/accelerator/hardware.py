"""Choosing an accelerator: a preset, and sliders that are in the link."""

import streamlit as st

from a2q.accelerator import Hardware
from a2q.accelerator.hardware import unit_of
from a2q.accelerator.presets import PRESETS
from a2q_studio.pages.accelerator.keys import key

_PRESET = key("hardware")
_SIZES = (1.0, 2.0, 4.0, 8.0, 16.0, 24.0, 32.0, 48.0, 64.0, 96.0, 128.0, 192.0, 256.0, 320.0, 512.0, 1024.0, 2048.0,
          4096.0, 8192.0, 16384.0)  # fmt: skip
_COUNTS = ("lanes", "columns", "operands")
_BUFFERS = ("input_kib", "weight_kib", "combination_kib", "aggregation_kib")
_MOST = {"lanes": 128, "columns": 128, "operands": 16}


def choose_preset() -> str:
    """A picker of accelerators; the name of the chosen one."""
    name = st.selectbox(
        "Accelerator",
        list(PRESETS),
        key=_PRESET,
        bind="query-params",
        on_change=_forget_sliders,
        help="Sliders start from its numbers. Each number's source is under Sources.",
    )
    # A link may name no accelerator, or one that does not exist.
    return name if name in PRESETS else next(iter(PRESETS))


def choose_hardware(preset: str) -> Hardware:
    """The preset's hardware with what the sliders change."""
    start = PRESETS[preset].hardware
    chosen: dict[str, object] = {}
    with (
        st.expander("Array, clock, memory and buffers", icon=":material/tune:", expanded=True),
        st.grid(3, min_column_width=250, gap="small") as grid,
    ):
        for field in _COUNTS:
            with grid.cell():
                chosen[field] = st.slider(
                    _label(field),
                    1,
                    _MOST[field],
                    getattr(start, field),
                    key=key(field),
                    bind="query-params",
                    help=_help(field),
                )
        with grid.cell():
            chosen["clock_ghz"] = st.slider(
                _label("clock_ghz"), 0.1, 3.0, start.clock_ghz, 0.1, key=key("clock_ghz"), bind="query-params"
            )
        with grid.cell():
            chosen["bandwidth_gb_s"] = float(
                st.slider(
                    _label("bandwidth_gb_s"),
                    1,
                    1024,
                    int(start.bandwidth_gb_s),
                    key=key("bandwidth_gb_s"),
                    bind="query-params",
                )
            )
        for field in _BUFFERS:
            with grid.cell():
                chosen[field] = st.select_slider(
                    _label(field),
                    _SIZES,
                    float(getattr(start, field)),
                    format_func=lambda kib: f"{kib:g}",
                    key=key(field),
                    bind="query-params",
                    help=_help(field),
                )
        with grid.cell():
            st.button("Back to the preset", icon=":material/restart_alt:", key=key("reset"), on_click=_forget_sliders)
    return Hardware(**(start.model_dump() | chosen))


def _forget_sliders() -> None:
    """Sliders take the chosen preset's numbers."""
    start = PRESETS[st.session_state[_PRESET]].hardware
    for field in (*_COUNTS, "clock_ghz"):
        st.session_state[key(field)] = getattr(start, field)
    for field in _BUFFERS:
        st.session_state[key(field)] = float(getattr(start, field))
    st.session_state[key("bandwidth_gb_s")] = int(start.bandwidth_gb_s)


def _label(field: str) -> str:
    title, unit = Hardware.model_fields[field].title or field, unit_of(field)
    return title if unit == field else f"{title} ({unit})"


def _help(field: str) -> str | None:
    return Hardware.model_fields[field].description
