"""GCNAX's own closed form, to hold against the numbers its paper prints."""

from dataclasses import dataclass, replace

LANES = 16
VALUE_BYTES = 8
BYTES_PER_CYCLE = 128


@dataclass(frozen=True)
class Loops:
    """One layer A(XW) under a choice of tiles.

    Attributes:
        nodes, edges: of the graph.
        d_in, d_out: columns of X and of XW.
        density: share of X that is not zero.
        tn0, tc0: tile of XW's rows and columns; tc1, tm: of the second product where loops are not fused.
        fused: whether both products run tile by tile.
    """

    nodes: int
    edges: int
    d_in: int
    d_out: int
    density: float
    tn0: int
    tc0: int
    tc1: int
    tm: int
    fused: bool

    @property
    def features(self) -> float:
        """Non-zeros of X."""
        return self.density * self.nodes * self.d_in

    @property
    def messages(self) -> int:
        """Non-zeros of A with self-loops."""
        return self.edges + self.nodes

    @property
    def accesses(self) -> float:
        """Values moved between memory and chip; trip counts are fractions.

        fused ``|X|·C/Tc0 + K·C·N/Tn0 + |A|·C/Tc0 + 2·N·C·N/Tn0``, else ``|X|·C/Tc0 + K·C·N/Tn0 + N·C + |A|·C/Tc1 +
        N·C·N/Tm + N·C``.

        Source: GCNAX (HPCA 2021), equations of its section IV, Table III.
        """
        result = self.features * self.d_out / self.tc0 + self.d_in * self.d_out * self.nodes / self.tn0
        values = self.nodes * self.d_out
        if self.fused:
            return result + self.messages * self.d_out / self.tc0 + 2 * values * self.nodes / self.tn0
        return result + values + self.messages * self.d_out / self.tc1 + values * self.nodes / self.tm + values

    @property
    def cycles(self) -> float:
        """One non-zero a cycle for 16 columns, then memory, nothing overlapped: ``(|X|+|A|)·⌈C/16⌉ + 8·D/128``."""
        work = (self.features + self.messages) * -(-self.d_out // LANES)
        return work + VALUE_BYTES * self.accesses / BYTES_PER_CYCLE

    def tiled(self, rows: int, columns: int) -> "Loops":
        """The same layer under one tile for both products, fused or not as before."""
        return replace(self, tn0=rows, tc0=columns, tc1=columns, tm=rows)


@dataclass(frozen=True)
class Published:
    """A row of GCNAX's Table III with what the paper prints of it."""

    dataset: str
    layer: int
    loops: Loops
    accesses: int


_SIZES = {
    "Cora": (2708, 10556),
    "CiteSeer": (3327, 9104),
    "PubMed": (19717, 88648),
    "NELL": (65755, 266144),
    "Reddit": (232965, 114615892),
}


def _row(
    dataset: str, layer: int, shape: tuple[int, int, float], tiles: tuple[int, int, int, int], accesses: int
) -> Published:
    (nodes, edges), (d_in, d_out, density), (tn0, tc0, tc1, tm) = _SIZES[dataset], shape, tiles
    return Published(
        dataset, layer, Loops(nodes, edges, d_in, d_out, density, tn0, tc0, tc1, tm, fused=tm == 1), accesses
    )


# d_in, d_out and density; Tn0, Tc0, Tc1 and Tm; accesses as printed. Where Tm is 1 the loops are fused.
TABLE_III = (
    _row("Cora", 1, (1433, 16, 0.0127), (2708, 16, 16, 1), 172_131),
    _row("Cora", 2, (16, 7, 0.78), (2708, 7, 7, 1), 85_084),
    _row("CiteSeer", 1, (3703, 16, 0.0085), (3000, 16, 16, 1), 300_925),
    _row("CiteSeer", 2, (16, 6, 0.891), (3000, 6, 6, 1), 104_243),
    _row("PubMed", 1, (500, 16, 0.10), (3073, 16, 16, 3073), 3_800_622),
    _row("PubMed", 2, (16, 3, 0.776), (3000, 3, 3, 3000), 860_549),
    _row("NELL", 1, (61278, 64, 0.00011), (4096, 1, 1, 4096), 188_541_177),
    _row("NELL", 2, (64, 186, 0.864), (257, 186, 17, 2817), 320_259_165),
    _row("Reddit", 1, (602, 64, 0.516), (641, 64, 9, 4096), 1_780_902_301),
    _row("Reddit", 2, (64, 41, 0.60), (1153, 41, 17, 2817), 1_095_478_962),
)
"""GCNAX's Table III."""

FIGURE_8_CYCLES = {"Cora": 2.0e5, "CiteSeer": 2.5e5, "PubMed": 1.8e6, "NELL": 7.6e7, "Reddit": 1.3e9}
"""Cycles of both layers, as the bars of GCNAX's figure 8 are labelled."""
FIGURE_9_MEGABYTES = {"Cora": 2.4, "CiteSeer": 4.0, "PubMed": 45.0, "NELL": 5500.0, "Reddit": 30_000.0}
"""Megabytes moved by both layers, read off GCNAX's figure 9."""
FIGURE_8_TILE = (2048, 16)
"""Rows and columns of the tile that figures 8 and 9 use for every dataset."""
