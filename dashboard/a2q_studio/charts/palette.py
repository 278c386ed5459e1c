"""One colour per bitwidth through the whole app, for each theme, defined here and nowhere else."""

from dataclasses import dataclass
from typing import Literal

from plotly.colors import sample_colorscale

from a2q.units import MOST_BITS

Theme = Literal["light", "dark"]

# Parts of Inferno that keep a contrast of 3:1 or more against the ground of the theme: beside Plasma and Magma the one
# whose bitwidths colour-blind readers tell apart best on both grounds. Many bits take the end that stands out: dark on
# light ground, bright on dark ground.
_SCALE: dict[Theme, tuple[float, float]] = {"light": (0.66, 0.08), "dark": (0.48, 1.0)}
# Below 1, the small bitwidths, which most nodes have, lie further apart.
_SPREAD = 0.85
_GROUND: dict[Theme, str] = {"light": "#ffffff", "dark": "#0e1117"}
_MUTED: dict[Theme, str] = {"light": "#8a8f98", "dark": "#7d838c"}
_TEXT: dict[Theme, str] = {"light": "#1f2530", "dark": "#e8eaee"}
# What formulas and the charts beside them speak of: as text 4.5:1 or more against the ground, told apart by lightness
# or hue by colour-blind readers too, and never by colour alone.
_ROLES: dict[Theme, dict[str, str]] = {
    "light": {"x": "#0063a6", "s": "#8e3a80", "b": "#9a5200", "rounding": "#00705a", "clipping": "#b3321f"},
    "dark": {"x": "#6cb8f0", "s": "#e49ad0", "b": "#f0b040", "rounding": "#3fcfa8", "clipping": "#ff8f78"},
}
# Okabe and Ito's palette, less its black and yellow, which fail on one ground or the other.
SERIES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")

# From a change of one bit to one of four and more; no change is muted. Blue for fewer bits and orange for more can be
# told apart by colour-blind readers; the larger change stands out more on either ground.
_FEWER: dict[Theme, tuple[str, str]] = {"light": ("#4a8fd4", "#08306b"), "dark": ("#3a78bd", "#b5d8ff")}
_MORE: dict[Theme, tuple[str, str]] = {"light": ("#cc7014", "#6b2a02"), "dark": ("#b5651a", "#ffd9a8")}
MOST_CHANGE = 4


@dataclass(frozen=True)
class Palette:
    """Colours of one theme.

    Attributes:
        theme: "light" or "dark".
        bits: colour of 1 to 8 bits; 0 bits (pruned) takes ``muted`` and is drawn hollow.
        changes: colour of a difference of -4 (fewer bits, blue) to 4 (more bits, orange); 0 takes ``muted``.
        ground: page background.
        muted: what is not in focus.
        text: lines and outlines.
        roles: "x" values, "s" step sizes, "b" bits, "rounding" and "clipping" errors, in formulas as in charts.
    """

    theme: Theme
    bits: dict[int, str]
    changes: dict[int, str]
    ground: str
    muted: str
    text: str
    roles: dict[str, str]

    @property
    def scale(self) -> list[str]:
        """Colours for a number from low to high: those of the bits, so that much stands out on either ground."""
        return [self.bits[bits] for bits in sorted(self.bits)]

    def of_bits(self, bits: int) -> str:
        """Colour of a bitwidth."""
        return self.bits.get(int(bits), self.muted)

    def of_change(self, change: int) -> str:
        """Colour of a difference in bits; differences beyond four bits have the colour of four."""
        return self.changes.get(max(-MOST_CHANGE, min(MOST_CHANGE, int(change))), self.muted)


def palette(theme: Theme) -> Palette:
    """The colours for a theme."""
    low, high = _SCALE[theme]
    positions = [low + (high - low) * (step / (MOST_BITS - 1)) ** _SPREAD for step in range(MOST_BITS)]
    colours = sample_colorscale("Inferno", positions)
    steps = [step / (MOST_CHANGE - 1) for step in range(MOST_CHANGE)]
    fewer, more = (sample_colorscale(list(ends), steps) for ends in (_FEWER[theme], _MORE[theme]))
    changes = {-size: colour for size, colour in enumerate(fewer, start=1)} | dict(enumerate(more, start=1))
    bits = dict(enumerate(colours, start=1))
    return Palette(theme, bits, changes, _GROUND[theme], _MUTED[theme], _TEXT[theme], _ROLES[theme])
