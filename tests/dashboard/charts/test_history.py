from a2q.training import EpochMetrics
from a2q_studio.charts import Palette, score_and_bits
from a2q_studio.charts.palette import SERIES


def history(epochs: int) -> list[EpochMetrics]:
    """Accuracy that rises by a thousandth and bits that fall by a hundredth an epoch, modulo one."""
    return [
        EpochMetrics(
            epoch=number,
            loss=1.0,
            penalty=0.0,
            train_score=0.9,
            validation_score=number / 1000 % 1,
            test_score=0.123,
            validation_loss=1.0,
            average_bits=4 - number / 100 % 1,
            bit_counts=[],
            seconds=0.1,
        )
        for number in range(1, epochs + 1)
    ]


def test_both_lines_over_epochs(colours: Palette) -> None:
    accuracy, bits = score_and_bits(history(3), "accuracy", colours).data
    assert list(accuracy.x) == list(bits.x) == [1, 2, 3]
    assert list(accuracy.y) == [0.001, 0.002, 0.003]
    assert list(bits.y) == [3.99, 3.98, 3.97]
    assert (accuracy.yaxis, bits.yaxis) == (None, "y2")
    # Told apart by more than colour.
    assert (accuracy.line.dash, bits.line.dash) == (None, "dot")
    assert (accuracy.line.color, bits.line.color) == SERIES[:2]


def test_title_and_axes(colours: Palette) -> None:
    figure = score_and_bits(history(120), "accuracy", colours)
    words = "Epoch 120: validation accuracy 12.0% (solid), 3.80 average bits (dotted)"
    assert " ".join(figure.layout.title.text.replace("<br>", " ").split()) == words
    layout = figure.layout
    axes = (layout.xaxis, layout.yaxis, layout.yaxis2)
    assert [axis.title.text for axis in axes] == ["Epoch", "Validation accuracy", "Average bits"]
    assert layout.yaxis.tickformat == ".0%"
    assert layout.yaxis2.side == "right"


def test_errors_are_no_percentages(colours: Palette) -> None:
    figure = score_and_bits(history(120), "mae", colours)
    assert "validation mean absolute error 0.120" in figure.layout.title.text.replace("<br>", " ")
    assert figure.layout.yaxis.title.text == "Validation mean absolute error (lower is better)"
    assert figure.layout.yaxis.tickformat == ".2f"


def test_one_epoch(colours: Palette) -> None:
    assert list(score_and_bits(history(1), "accuracy", colours).data[0].x) == [1]


def test_long_histories_are_thinned_but_keep_both_ends(colours: Palette) -> None:
    x = score_and_bits(history(10_000), "accuracy", colours).data[0].x
    assert (x[0], x[-1]) == (1, 10_000)
    assert len(x) <= 2_001
    assert list(x) == sorted(set(x))
