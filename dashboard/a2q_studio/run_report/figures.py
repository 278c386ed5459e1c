"""The figures of a report, each with what to know when reading it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from a2q.reports.bit_changes import bit_changes
from a2q.units import MOST_BITS
from a2q_studio.charts import Palette, bit_distribution, by_degree, score_and_bits
from a2q_studio.charts.chain import chain_table, degree_to_magnitude, magnitude_to_bits
from a2q_studio.charts.shares import bit_shares
from a2q_studio.charts.worth import worth_chart
from a2q_studio.comparison.charts.change_by_degree import change_by_degree
from a2q_studio.comparison.charts.curves import curves
from a2q_studio.comparison.charts.distributions import overlaid_distributions
from a2q_studio.comparison.charts.graphs import aligned_graphs, change_maps
from a2q_studio.comparison.charts.panels import Ground
from a2q_studio.comparison.charts.pareto import ACCOUNTS
from a2q_studio.comparison.compared import Compared, letters, node_groups
from a2q_studio.comparison.ground import ground_of
from a2q_studio.comparison.scores import by_data, finished, has_quantity, pareto_of, quantities_of
from a2q_studio.run_report.contents import Contents, Places


@dataclass(frozen=True)
class Shown:
    """One figure.

    Attributes:
        figure: as the app draws it.
        note: how it was made, or what it leaves out; empty where the title says all.
    """

    figure: go.Figure
    note: str = ""


def figures_of_run(one: Compared, places: Places | None, palette: Palette) -> Iterator[Shown]:
    """What is drawn of a single run, as far as it has got."""
    if one.history:
        yield Shown(score_and_bits(one.history, one.run.metric, palette))
    if places is not None:
        figure = aligned_graphs(
            [(one.mark, one.table(_last_layer(one)))], _ground(one, places, palette), "bits", None, palette
        )
        yield Shown(figure, places.layout)
    if not one.layers:
        return
    for layer in one.layers:
        table = one.table(layer)
        note = f"Input of layer {layer}."
        yield Shown(by_degree(table, "bits", palette), note)
        value = "aggregation_fp32" if "aggregation_fp32" in table else "magnitude"
        chain = chain_table(table, value)
        yield Shown(degree_to_magnitude(chain, value, palette), note)
        yield Shown(magnitude_to_bits(chain, value, palette), note)
        yield Shown(bit_shares(table, palette), note)
    counts = {
        layer: np.bincount(one.arrays[f"layer{layer}/bits"], minlength=MOST_BITS + 1).tolist() for layer in one.layers
    }
    yield Shown(bit_distribution(counts, palette))


def figures_of_comparison(contents: Contents, palette: Palette) -> Iterator[Shown]:
    """What is drawn of several runs together."""
    compared = contents.compared
    for some in by_data(compared).values():
        if done := finished(some):
            for account in ACCOUNTS:
                figure = pareto_of(done, contents.finished, contents.repeats, account, None, palette)
                yield Shown(
                    figure, f"{letters(done)} on {done[0].run.config.dataset.name}; grey: other runs of the store."
                )
    for quantity in quantities_of(compared):
        shown = [(one.mark, one.history) for one in compared if has_quantity(one, quantity)]
        yield Shown(curves(shown, quantity, 0.0, None, palette), "Not smoothed.")
    for layer in sorted({layer for one in compared for layer in one.layers}):
        held = [(one.mark, one.arrays[f"layer{layer}/bits"]) for one in compared if layer in one.layers]
        yield Shown(overlaid_distributions(held, layer, None, palette))
    for group in node_groups(compared):
        places = contents.places[list(compared).index(group[0])]
        if len(group) > 1:
            yield from _aligned(group, places, palette)


def figures_of_worth(contents: Contents, palette: Palette) -> Iterator[Shown]:
    """What the assignments of bits are worth, where controls were trained."""
    for run, worths in contents.worths:
        if worths:
            yield Shown(
                worth_chart(worths, palette),
                f"Bits of {run.title}, minus the same bits on other nodes, trained alike and paired over seeds; "
                "whiskers are the 95 % interval of the mean (paired bootstrap); hollow marks have too few seeds.",
            )


def _aligned(group: Sequence[Compared], places: Places | None, palette: Palette) -> Iterator[Shown]:
    """Runs on the same graph, node by node."""
    if places is not None:
        tables = [(one.mark, one.table(_last_layer(one))) for one in group]
        yield Shown(aligned_graphs(tables, _ground(group[0], places, palette), "bits", None, palette), places.layout)
    for layer in sorted({layer for one in group for layer in one.layers}):
        held = [one for one in group if layer in one.layers]
        if len(held) < 2:
            continue
        base = held[0]
        changes = [(one.mark, bit_changes(base.table(layer), one.table(layer))) for one in held[1:]]
        note = f"Input of layer {layer}; difference from {base.mark.letter}."
        if places is not None:
            yield Shown(change_maps(changes, base.mark, _ground(base, places, palette), None, palette), note)
        yield Shown(change_by_degree(changes, base.mark, None, palette), note)


def _last_layer(one: Compared) -> int:
    return one.layers[-1] if one.layers else one.run.config.model.layers


def _ground(one: Compared, places: Places, palette: Palette) -> Ground:
    return ground_of(places.coordinates, one.arrays["in_degree"], places.edges, palette)
