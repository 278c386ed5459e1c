import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

from a2q_studio.charts import Palette, palette
from a2q_studio.charts.palette import SERIES

CONFIG = Path(__file__).parents[3] / ".streamlit" / "config.toml"


def channels(colour: str) -> list[float]:
    """Red, green and blue from 0 to 1."""
    if colour.startswith("#"):
        return [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    found = re.fullmatch(r"rgb\((\d+), (\d+), (\d+)\)", colour)
    assert found, colour
    return [int(channel) / 255 for channel in found.groups()]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio, 1 to 21."""
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def test_the_contrast_of_these_tests_is_the_standards() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_eight_bitwidths_have_eight_colours(colours: Palette) -> None:
    assert list(colours.bits) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert len(set(colours.bits.values())) == 8


def test_each_colour_stands_out_against_the_ground(colours: Palette) -> None:
    ratios = {bits: contrast(colour, colours.ground) for bits, colour in colours.bits.items()}
    assert min(ratios.values()) >= 3, ratios


def test_more_bits_stand_further_from_the_ground(colours: Palette) -> None:
    distances = [abs(luminance(colour) - luminance(colours.ground)) for colour in colours.bits.values()]
    assert all(less < more for less, more in pairwise(distances)), distances


def test_changes_stand_out_more_the_larger_they_are(colours: Palette) -> None:
    assert sorted(colours.changes) == [-4, -3, -2, -1, 1, 2, 3, 4]
    for sign in (-1, 1):
        shown = [colours.of_change(sign * size) for size in (1, 2, 3, 4)]
        assert min(contrast(colour, colours.ground) for colour in shown) >= 3
        distances = [abs(luminance(colour) - luminance(colours.ground)) for colour in shown]
        assert all(less < more for less, more in pairwise(distances)), distances


def test_fewer_bits_are_blue_and_more_are_orange(colours: Palette) -> None:
    for size in (1, 2, 3, 4):
        red, _, blue = channels(colours.of_change(-size))
        assert blue > red
        red, _, blue = channels(colours.of_change(size))
        assert red > blue
    assert colours.of_change(0) == colours.muted
    assert (colours.of_change(-8), colours.of_change(7)) == (colours.changes[-4], colours.changes[4])


def test_text_and_muted_can_be_read(colours: Palette) -> None:
    assert contrast(colours.text, colours.ground) >= 4.5
    assert contrast(colours.muted, colours.ground) >= 3


def test_symbols_in_formulas_can_be_read_as_text(colours: Palette) -> None:
    assert set(colours.roles) == {"x", "s", "b", "rounding", "clipping"}
    assert len(set(colours.roles.values())) == 5
    assert min(contrast(colour, colours.ground) for colour in colours.roles.values()) >= 4.5


@pytest.mark.parametrize("bits", [0, 9])
def test_what_has_no_colour_of_its_own_is_muted(colours: Palette, bits: int) -> None:
    assert colours.of_bits(bits) == colours.muted
    assert colours.muted not in colours.bits.values()


def test_bits_may_be_numpys_or_floats(colours: Palette) -> None:
    assert colours.of_bits(3.0) == colours.bits[3]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_theme_of_the_app_has_the_same_colours(theme: str) -> None:
    configured = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"][theme]
    chosen = palette(theme)
    assert chosen.theme == theme
    assert chosen.ground == configured["backgroundColor"]
    assert chosen.text == configured["textColor"]
    assert list(SERIES) == configured["chartCategoricalColors"]


def test_series_can_be_told_apart_from_both_grounds() -> None:
    assert len(set(SERIES)) == len(SERIES)
    for colour in SERIES[:2]:  # those that are drawn as lines
        for theme in ("light", "dark"):
            assert contrast(colour, palette(theme).ground) >= 3
