"""What the stacked bars of networks share."""

from typing import Any

# Short enough for bars beside each other on a phone.
_SHORT = {"uniform INT8": "INT8", "uniform INT4": "INT4", "Degree-Quant INT4": "DQ INT4"}
# Pixels above the bars, where the title is, and of the bars themselves.
_TOP, _PLOT = 85, 260


def bar_name(network: str) -> str:
    """A network's name below its bar."""
    return _SHORT.get(network, network)


def below(entries: int, names: int) -> dict[str, Any]:
    """Layout with a legend below the bars' names, with room for one entry a line as on a phone.

    Args:
        entries: of the legend.
        names: pixels that the bars' names take on a phone, where they stand upright.
    """
    return {
        "barmode": "stack",
        "showlegend": True,
        "legend": {
            "orientation": "h",
            "y": -names / _PLOT,
            "yanchor": "top",
            "x": 0,
            "traceorder": "normal",
        },
        "height": _TOP + _PLOT + names + 20 * entries,
        "margin": {"t": _TOP, "b": names + 20 * entries},
    }


def pattern(shape: str, ground: str) -> dict[str, Any]:
    """Hatching over a bar's colour, in the colour of the page."""
    return {"shape": shape, "fillmode": "overlay", "fgcolor": ground, "size": 6, "solidity": 0.35}
