"""The statistics as numbers: a row of the first ones, a table of all."""

import pandas as pd
import streamlit as st

from a2q.datasets.statistics import Statistics


def show_metrics(statistics: Statistics) -> None:
    """The numbers to see first."""
    labels, alike = statistics.labels, statistics.homophily
    shown = {
        "Graphs": None if statistics.graphs is None else f"{statistics.graphs:,}",
        "Nodes": f"{statistics.nodes:,}",
        "Edges": f"{statistics.edges:,}",
        "Mean in-degree": f"{statistics.degrees.mean:.1f}",
        "Homophily": None if alike is None else f"{alike.edge:.2f}",
        "Clustering": f"{statistics.topology.clustering:.2f}",
        "Label rate": f"{labels.rate:.1%}",
        "Zeros in features": f"{statistics.features.zeros:.1%}",
    }
    with st.container(horizontal=True, key=f"metrics-{statistics.title}"):
        for name, value in shown.items():
            if value is not None:
                st.metric(name, value, border=True, help=_HELP.get(name), width="content")
    if statistics.sampled:
        st.caption(
            f"Beyond 200,000 nodes or 2,000,000 edges some numbers are taken at a sample: {_samples(statistics)}."
        )
    st.caption(f"Source: {statistics.source}")


def facts_table(several: list[Statistics]) -> pd.DataFrame:
    """All scalar statistics, one row each and one column a dataset, as text with units."""
    columns = {}
    for statistics in several:
        title = statistics.title if statistics.title not in columns else f"{statistics.title} (2)"
        columns[title] = _facts(statistics)
    names = list(dict.fromkeys(name for facts in columns.values() for name in facts))
    table = {"statistic": names}
    return pd.DataFrame(table | {title: [facts.get(name, "–") for name in names] for title, facts in columns.items()})


_HELP = {
    "Homophily": "Share of edges between nodes of one class, self-loops not counted.",
    "Clustering": "Mean share of pairs of a node's neighbours that are neighbours of each other.",
    "Label rate": "Share of nodes (or graphs) that are trained with.",
    "Mean in-degree": "Edges that end at a node, self-loops not counted.",
}


def _facts(statistics: Statistics) -> dict[str, str]:
    degrees, shape, features = statistics.degrees, statistics.topology, statistics.features
    alike, fit = statistics.homophily, degrees.fit
    facts = {
        "source": statistics.source,
        "task": statistics.task,
        "graphs": None if statistics.graphs is None else f"{statistics.graphs:,}",
        "nodes": f"{statistics.nodes:,}",
        "directed edges": f"{statistics.edges:,}",
        "edges whose reverse is there": f"{shape.undirected:.1%}",
        "self-loops": f"{shape.self_loops:,}",
        "repeated edges": f"{shape.repeated:,}",
        "isolated nodes": f"{shape.isolated:,}",
        "components": f"{shape.components:,}",
        "nodes in the largest component": f"{shape.largest:.1%}",
        "mean local clustering": f"{shape.clustering:.3f}{_at(shape.clustering_nodes)}",
        "in-degree, mean": f"{degrees.mean:.2f}",
        "in-degree, median": f"{degrees.median:,.0f}",
        "in-degree, greatest": f"{degrees.values[-1]:,}",
        "power law, exponent": None if fit is None else f"{fit.exponent:.2f} ± {fit.error:.2f}",
        "power law, exponents of nodes drawn anew": None if fit is None else f"{fit.low:.2f} to {fit.high:.2f} (95 %)",
        "power law, from in-degree": None if fit is None else f"{fit.start:,} ({fit.tail:,} nodes)",
        "power law, plausibility": None if fit is None else f"{fit.plausibility:.2f} (below 0.1: ruled out)",
        "homophily, edges": None if alike is None else f"{alike.edge:.3f}",
        "homophily, nodes": None if alike is None else f"{alike.node:.3f}",
        "homophily, adjusted": None if alike is None else f"{alike.adjusted:.3f}",
        "features": f"{features.width:,}",
        "zeros in features": f"{features.zeros:.2%}",
        "feature values": "0 and 1" if features.binary else f"{features.low:.4g} to {features.high:.4g}",
        "values that are not 0, a node": "least {:,.0f}, median {:,.0f}, greatest {:,.0f}".format(*features.per_node),
        "largest value of a feature": f"{features.range_low:.4g} to {features.range_high:.4g}",
        "label rate": f"{statistics.labels.rate:.2%}",
    }
    facts |= {part.name + " part": f"{part.size:,}" for part in statistics.labels.parts}
    facts |= {
        f"nodes within {hops} hops of a label": f"{share:.1%}" for hops, share in enumerate(statistics.labels.coverage)
    }
    ranks = {f"rank correlation, {found.operator}": found.rank_correlation for found in statistics.aggregation}
    at = _at(statistics.aggregation_nodes)
    facts |= {name: "–" if rank is None else f"{rank:+.2f}{at}" for name, rank in ranks.items()}
    return {name: fact for name, fact in facts.items() if fact is not None}


def _at(nodes: int | None) -> str:
    return "" if nodes is None else f" (at {nodes:,} nodes)"


def _samples(statistics: Statistics) -> str:
    fit = statistics.degrees.fit
    taken = {
        "power law": None if fit is None else fit.nodes,
        "clustering": statistics.topology.clustering_nodes,
        "aggregation values": statistics.aggregation_nodes,
    }
    return ", ".join(f"{name} at {nodes:,} nodes" for name, nodes in taken.items() if nodes is not None)
