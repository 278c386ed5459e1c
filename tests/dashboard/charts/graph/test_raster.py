import base64
import io

import numpy as np
import pytest
from PIL import Image

from a2q_studio.charts import palette
from a2q_studio.charts.graph import density_raster, edge_raster
from a2q_studio.charts.graph.raster import CELLS


def pixels(raster) -> np.ndarray:
    """Rows from top to bottom, red, green, blue and opacity."""
    kind, _, content = raster.source.partition("base64,")
    assert kind == "data:image/png;"
    return np.array(Image.open(io.BytesIO(base64.b64decode(content))))


class TestEdges:
    CORNERS = np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0], [10.0, 10.0]])

    @pytest.mark.parametrize(("edge", "points"), [([0, 1], 0), ([2, 3], 1), ([0, 3], None)])
    def test_a_line_is_unbroken_from_end_to_end(self, edge: list[int], points: int | None) -> None:
        raster = edge_raster(self.CORNERS, np.array([edge]).T, "#8a8f98", pixels=200)
        opaque = pixels(raster)[..., 3] > 0
        assert opaque.any(axis=0).sum() == pytest.approx(200 * 10 / 10.6, abs=3)
        if points is not None:
            (row,) = np.flatnonzero(opaque.any(axis=1))
            assert (row > 100) == (points == 0), "the lower edge lies in the lower half of the picture"

    def test_where_many_lines_cross_it_is_more_opaque(self) -> None:
        edges = np.array([[0, 0, 0, 2], [1, 1, 1, 3]])
        shown = pixels(edge_raster(self.CORNERS, edges, "#8a8f98", pixels=100))[..., 3]
        assert shown[shown.shape[0] // 2 :].max() > shown[: shown.shape[0] // 2].max() > 60

    def test_it_lies_where_the_nodes_are(self) -> None:
        raster = edge_raster(self.CORNERS, np.array([[0], [3]]), "#8a8f98", pixels=100)
        assert raster.x < 0 < 10 < raster.x + raster.width
        assert raster.y > 10 > 0 > raster.y - raster.height
        assert tuple(pixels(raster)[0, 0, :3]) == (0x8A, 0x8F, 0x98)

    def test_nodes_without_a_place_have_no_edges(self) -> None:
        places = np.array([[0.0, 0.0], [1.0, 1.0], [np.nan, np.nan]])
        both = edge_raster(places, np.array([[0, 0], [1, 2]]), "#8a8f98", pixels=50)
        assert both.source == edge_raster(places, np.array([[0], [1]]), "#8a8f98", pixels=50).source

    def test_no_edges_and_no_places(self) -> None:
        empty = np.zeros((2, 0), dtype=int)
        assert not pixels(edge_raster(self.CORNERS, empty, "#8a8f98", pixels=20))[..., 3].any()
        assert edge_raster(np.full((2, 2), np.nan), empty, "#8a8f98", pixels=20).width == 2

    def test_pieces_add_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from a2q_studio.charts.graph import raster

        edges = np.random.default_rng(0).integers(0, 4, (2, 60))
        whole = edge_raster(self.CORNERS, edges, "#8a8f98", pixels=60)
        monkeypatch.setattr(raster, "_PIECE", 100)
        assert edge_raster(self.CORNERS, edges, "#8a8f98", pixels=60).source == whole.source


def test_density_is_coloured_by_the_mean_and_opaque_by_the_count() -> None:
    scale = palette("light").scale
    places = np.array([[0.0, 0.0]] * 50 + [[10.0, 10.0]])
    shown = pixels(density_raster(places, np.array([1.0] * 50 + [8.0]), scale, 1, 8))
    assert max(shown.shape) == CELLS + 1
    few, many = (shown[: len(shown) // 2], shown[len(shown) // 2 :])
    assert many[..., 3].max() > few[..., 3].max() > 0
    for part, colour in ((many, scale[0]), (few, scale[-1])):
        found = part[part[..., 3] > 0][0, :3]
        expected = [int(value) for value in colour.removeprefix("rgb(").removesuffix(")").split(",")]
        assert np.abs(found.astype(int) - expected).max() <= 3
