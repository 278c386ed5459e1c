import xml.etree.ElementTree as ET

from a2q_studio.charts import palette
from a2q_studio.charts.mini import HEIGHT, mini_histogram

SVG = "{http://www.w3.org/2000/svg}"


def test_bars_are_as_high_as_their_share_and_named_below() -> None:
    colours = palette("light")
    picture, words = mini_histogram([0, 30, 60, 0, 10, 0, 0, 0, 0], colours)
    root = ET.fromstring(picture)
    bars, names = root.findall(f"{SVG}rect"), root.findall(f"{SVG}text")
    assert [float(bar.attrib["height"]) for bar in bars] == [HEIGHT / 2, HEIGHT, 7.3]
    assert [bar.attrib["fill"] for bar in bars] == [colours.of_bits(bits) for bits in (1, 2, 4)]
    assert [name.text for name in names] == ["1", "2", "4"]
    assert words == "Nodes by bitwidth: 1 bits 30%, 2 bits 60%, 4 bits 10%."
    assert root.findtext(f"{SVG}title") == words


def test_pruned_nodes_are_hollow() -> None:
    picture, _ = mini_histogram([5, 0, 0, 0, 0, 0, 0, 0, 0], palette("dark"))
    (bar,) = ET.fromstring(picture).findall(f"{SVG}rect")
    assert bar.attrib["fill"] == "none"
    assert bar.attrib["stroke"] == palette("dark").muted


def test_without_nodes_there_is_an_empty_picture() -> None:
    picture, _ = mini_histogram([0] * 9, palette("light"))
    assert not ET.fromstring(picture).findall(f"{SVG}rect")
