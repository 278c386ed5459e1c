"""What the stacked bars of networks share."""

from typing import Any

# Short enough for bars beside each other on a phone.
_SHORT = {"uniform INT8": "INT8", "uniform INT4": "INT4", "Degree-Quant INT4": "DQ INT4"}


def bar_name(network: str) -> str:
    """A network's name below its bar."""
    return _SHORT.get(network, network)


def below(entries: int) -> dict[str, Any]:
    """Layout with a legend below the bars' names, with room for one entry a line as on a phone."""
    return {
        "barmode": "stack",
        "showlegend": True,
        "legend": {
            "orientation": "h",
            "yref": "container",
            "y": 0.01,
            "yanchor": "bottom",
            "x": 0,
            "traceorder": "normal",
        },
        "height": 430 + 20 * entries,
        "margin": {"b": 100 + 20 * entries},
    }


def pattern(shape: str, ground: str) -> dict[str, Any]:
    """Hatching over a bar's colour, in the colour of the page."""
    return {"shape": shape, "fillmode": "overlay", "fgcolor": ground, "size": 6, "solidity": 0.35}
