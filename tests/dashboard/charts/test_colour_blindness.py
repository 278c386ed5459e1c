"""The bits' colours as colour-blind readers see them.

Simulation: Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency",
IEEE Transactions on Visualization and Computer Graphics 15(6), 2009; matrices of severity 1.0, applied to linear RGB.
Colour differences are CIE 1976 ΔE in CIELAB under D65.
"""

from itertools import combinations, pairwise

import numpy as np
import pytest
from plotly.colors import hex_to_rgb, unlabel_rgb

from a2q_studio.charts import Palette

SEEN = {
    "full colour vision": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
# Linear sRGB to XYZ, IEC 61966-2-1.
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])

# A ΔE of about 2.3 is just noticed between patches that touch; small marks that lie apart need more. Measured: the
# smallest is 9.3 on light ground (6 and 7 bits, deuteranopia) and 7.3 on dark (5 and 6). The grey of 0 bits, which is
# hollow besides, differs by 19 and more.
LEAST_DIFFERENCE = 7.0
# Measured: 11.4 on light ground (5 and 7 bits, protanopia), 13.9 on dark (4 and 6, deuteranopia).
LEAST_DIFFERENCE_TWO_APART = 11.0
# Lightness L* from 0 to 100. Measured: 3.4 on light ground (5 and 6 bits, protanopia), 5.8 on dark.
LEAST_STEP = 3.0


def lab(colour: str, matrix: np.ndarray) -> np.ndarray:
    """L*, a* and b* of a colour as it is seen through the matrix."""
    channels = np.array(hex_to_rgb(colour) if colour.startswith("#") else unlabel_rgb(colour)) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    relative = XYZ @ np.clip(matrix @ linear, 0, 1) / XYZ.sum(axis=1)
    bent = np.where(relative > (6 / 29) ** 3, np.cbrt(relative), relative * (29 / 6) ** 2 / 3 + 4 / 29)
    x, y, z = bent
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def difference(one: np.ndarray, other: np.ndarray) -> float:
    """ΔE of 1976."""
    return float(np.linalg.norm(one - other))


@pytest.fixture(params=list(SEEN))
def seen(request: pytest.FixtureRequest, colours: Palette) -> list[np.ndarray]:
    """The colours of 0 to 8 bits in one theme, with one kind of vision."""
    return [lab(colours.of_bits(bits), SEEN[request.param]) for bits in range(9)]


def test_the_colour_space_is_the_standards() -> None:
    assert lab("#ffffff", np.eye(3)) == pytest.approx([100, 0, 0], abs=0.01)
    assert lab("#000000", np.eye(3)) == pytest.approx([0, 0, 0], abs=0.01)
    assert lab("rgb(255, 0, 0)", np.eye(3)) == pytest.approx([53.2, 80.1, 67.2], abs=0.1)


@pytest.mark.parametrize("vision", list(SEEN))
def test_grey_stays_grey(vision: str) -> None:
    lightness, a, b = lab("#808080", SEEN[vision])
    assert lightness == pytest.approx(53.6, abs=0.1)
    assert (a, b) == pytest.approx((0, 0), abs=0.1)


def test_the_simulation_confuses_what_is_confused() -> None:
    # A red and a green of like lightness, plain to full colour vision.
    red, green = "#c65b4f", "#7f8a2f"
    plain = difference(lab(red, np.eye(3)), lab(green, np.eye(3)))
    assert difference(lab(red, SEEN["deuteranopia"]), lab(green, SEEN["deuteranopia"])) < plain / 3
    assert difference(lab(red, SEEN["tritanopia"]), lab(green, SEEN["tritanopia"])) > plain / 2


def test_all_bitwidths_can_be_told_apart(seen: list[np.ndarray]) -> None:
    differences = {pair: difference(seen[pair[0]], seen[pair[1]]) for pair in combinations(range(9), 2)}
    assert min(differences.values()) >= LEAST_DIFFERENCE, differences
    apart = {(less, more): size for (less, more), size in differences.items() if more - less >= 2}
    assert min(apart.values()) >= LEAST_DIFFERENCE_TWO_APART, apart


def test_more_bits_are_darker_on_light_ground_and_lighter_on_dark(seen: list[np.ndarray], colours: Palette) -> None:
    # From 1 bit: 0 bits (pruned) are hollow and grey, beside the scale.
    lightness = [colour[0] for colour in seen[1:]]
    way = -1 if colours.theme == "light" else 1
    steps = [way * (more - less) for less, more in pairwise(lightness)]
    assert min(steps) >= LEAST_STEP, lightness
