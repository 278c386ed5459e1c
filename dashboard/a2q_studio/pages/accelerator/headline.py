"""The numbers on top, and what sorting and one more lane would do."""

import streamlit as st

from a2q.accelerator.comparison import speedup
from a2q.accelerator.layers import BASELINES
from a2q.accelerator.presets import PRESETS
from a2q_studio.pages.accelerator.keys import key
from a2q_studio.pages.accelerator.work import OWN, Bench


def headline(bench: Bench) -> None:
    """Cycles, time, speedups, bytes and energy of the run; what the numbers are of."""
    report = bench.report()
    with st.container(horizontal=True, key=key("numbers")):
        st.metric("Clock cycles", f"{report.cycles:,}", width="content")
        st.metric("Time", _time(report.seconds), width="content")
        for name in BASELINES:
            st.metric(f"Over {name}", f"{bench.speedup(name):,.2f}×", width="content")
        st.metric("Moved", f"{report.transferred_bytes / 1024:,.0f} KiB", width="content")
        st.metric("Energy, ±2×", _energy(sum(report.energy.values())), width="content")
    bound = {layer.layer.name: layer.bound for layer in report.layers}
    told = "; ".join(f"{name} by {what}" for name, what in bound.items())
    skipped = f" Left out: {', '.join(bench.work.left_out)}." if bench.work.left_out else ""
    st.caption(
        f"A model, not a cycle-accurate simulator. Bound: {told}. Hardware `{bench.hardware.digest}`; every comparison "
        f"is on this hardware, counted alike, with the same zeros.{skipped} {bench.work.note}"
    )


def lessons(bench: Bench) -> None:
    """Sorting by bits in one click, and what one more lane would do."""
    report = bench.report()
    sort, lane = st.columns(2)
    with sort, st.container(border=True, height="stretch"):
        if bench.conventions.node_order == "id":
            by_bits = bench.report(node_order="bits").cycles
            st.markdown(
                f"**Sort nodes by bits:** {by_bits:,} cycles instead of {report.cycles:,}, "
                f"**{_difference(by_bits, report.cycles, 0)}**. Nodes of equal bits share a group of lanes, so that "
                "nobody waits."
            )
            st.button("Sort by bits", icon=":material/sort:", key=key("sort_by_bits"), on_click=_order, args=("bits",))
        else:
            own = bench.report(node_order="id").cycles
            st.markdown(
                f"**Nodes are in the order {bench.conventions.node_order}:** {report.cycles:,} cycles instead of "
                f"{own:,} in the order of the dataset, **{_difference(report.cycles, own, 0)}**."
            )
            st.button("The dataset's order", icon=":material/undo:", key=key("unsort"), on_click=_order, args=("id",))
    with lane, st.container(border=True, height="stretch"):
        more = bench.lanes(bench.hardware.lanes + 1).cycles
        why = (
            " In lockstep one more lane can cost cycles: groups shift, and wide nodes part from each other."
            if more > report.cycles
            else ""
        )
        st.markdown(
            f"**One more lane,** {bench.hardware.lanes + 1} instead of {bench.hardware.lanes}: "
            f"{more:,} cycles, **{_difference(more, report.cycles, 1)}**.{why}"
        )


def across_hardware(bench: Bench) -> None:
    """A comparison of two accelerators, which differ in more than one thing; so it has to be unlocked."""
    unlocked = st.toggle(
        "Unlock comparisons across hardware",
        key=key("unlock"),
        bind="query-params",
        help="Designs in their own configurations differ in arrays, buffers and bandwidth: a ratio then says little "
        "about the method.",
    )
    if not unlocked:
        return
    name = st.selectbox("Against", list(PRESETS), index=2, key=key("against"), bind="query-params")
    name = name if name in PRESETS else "hygcn"
    other = PRESETS[name]
    reports = {network: bench.report(network, other.hardware) for network in (OWN, "FP32")}
    own = bench.report()
    faster = {network: speedup(report, own, unlocked=True) for network, report in reports.items()}
    st.warning(
        f"Original configurations, not one design against another. Here this run takes {_time(own.seconds)}. On "
        f"{other.title}: FP32 {_time(reports['FP32'].seconds)}, {faster['FP32']:,.3g} times as fast as this run "
        f"here; this run's bits {_time(reports[OWN].seconds)}, {faster[OWN]:,.3g} times as fast. Hardware "
        f"`{other.hardware.digest}`.",
        icon=":material/lock_open:",
    )


def _difference(cycles: int, before: int, digits: int) -> str:
    """A change of cycles in words, "27% fewer"."""
    change = cycles / before - 1 if before else 0.0
    said = f"{abs(change):.{digits}%}"
    if float(said.rstrip("%")) == 0:
        return "as good as no change"
    return f"{said} {'more' if change > 0 else 'fewer'}"


def _energy(picojoules: float) -> str:
    microjoules = picojoules / 1e6
    return f"{microjoules / 1000:,.3g} mJ" if microjoules >= 1000 else f"{microjoules:,.3g} µJ"


def _order(order: str) -> None:
    st.session_state[key("node_order")] = order


def _time(seconds: float) -> str:
    """Seconds in the unit that leaves the fewest zeros: "350.2 µs", "35.02 ms"."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:,.4g} {unit}"
    return f"{seconds * 1e6:,.4g} µs"
