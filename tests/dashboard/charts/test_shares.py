import pytest

from a2q_studio.charts import Palette
from a2q_studio.charts.shares import bit_shares


def title(figure) -> str:
    return " ".join(figure.layout.title.text.replace("<br>", " ").split())


def shares(figure) -> dict[str, float]:
    """Sum of the shares of each group."""
    found: dict[str, float] = {}
    for trace in figure.data:
        if trace.yaxis == "y2":
            for group, share in zip(trace.x, trace.y, strict=True):
                found[group] = found.get(group, 0) + share
    return found


def test_shares_of_every_group_add_up(nodes, colours: Palette) -> None:
    figure = bit_shares(nodes, colours)
    assert shares(figure) == pytest.approx(dict.fromkeys(nodes["degree_group"].unique(), 1))
    counted = sum(row[2] for trace in figure.data if trace.yaxis == "y2" for row in trace.customdata)
    assert counted == 12
    strip = figure.data[0]
    assert dict(zip(strip.x, strip.y, strict=True)) == nodes["degree_group"].astype(str).value_counts().to_dict()


def test_colours_words_and_numbers_in_the_bars(nodes, colours: Palette) -> None:
    figure = bit_shares(nodes.assign(bits=[0, *nodes["bits"][1:]]), colours)
    bars = [trace for trace in figure.data if trace.yaxis == "y2"]
    assert [trace.name for trace in bars][:3] == ["0 (pruned) bits", "1 bit", "2 bits"]
    assert bars[0].marker.color == "rgba(0,0,0,0)"
    assert bars[1].marker.color == colours.of_bits(1)
    assert figure.layout.showlegend
    assert all(text in ("", trace.customdata[0][1]) or text.isdecimal() for trace in bars for text in trace.text)


def test_a_selection_is_a_part_of_the_strip(nodes, colours: Palette) -> None:
    figure = bit_shares(nodes, colours, nodes[nodes["in_degree"] >= 4])
    selected, others = figure.data[:2]
    assert sum(selected.y) == 6
    assert sum(selected.y) + sum(others.y) == 12
    assert others.marker.color == colours.muted
    assert max(shares(figure).values()) == pytest.approx(1)
    assert "of 6 nodes selected" in title(figure)


def test_titles(nodes, colours: Palette) -> None:
    assert title(bit_shares(nodes, colours)) == (
        "Bits by in-degree: 100% have 2 bits or fewer at in-degree ≤ 1, 0% at > 30"
    )
    assert title(bit_shares(nodes, colours, nodes[:0])) == "Bits by in-degree: no node to show"
    assert "have 2 bits or fewer" in title(bit_shares(nodes[:2], colours))
