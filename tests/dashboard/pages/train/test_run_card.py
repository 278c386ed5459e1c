from dataclasses import replace

import pytest

from a2q.experiments.store import RunStore, State
from a2q_studio.pages.train.run_card import brief, time_left
from a2q_studio.ui.cost import duration


@pytest.mark.parametrize(
    ("settings", "preset_name", "expected"),
    [
        (["quantization.target_average_bits=1.7"], "a2q", "trained to 1.7 average bits · 5 epochs"),
        (["quantization.target_average_bits=", "quantization.target_kib=40"], "a2q", "trained to 40 KiB · 5 epochs"),
        (["quantization.target_average_bits=", "quantization.penalty=0.5"], "a2q", "λ 0.5 · 5 epochs"),
        (["training.epochs=1000"], "uniform", "4 bits · 1,000 epochs"),
        ([], "degree-bits", "2 average bits by in-degree · 5 epochs"),
        ([], "fixed-bits", "1 average bits by sensitivity · 5 epochs"),
        (
            ["quantization.bits_of=1f2e3d4c", "quantization.assignment=permuted"],
            "fixed-bits",
            "bits of run 1f2e, permuted · 5 epochs",
        ),
        ([], "fp32", "5 epochs"),
    ],
)
def test_runs_of_one_title_are_told_apart(store: RunStore, small, settings, preset_name: str, expected: str) -> None:
    assert brief(store.submit(small(*settings, preset_name=preset_name))) == expected


def test_time_left_follows_the_latest_epochs(store: RunStore, runs_here) -> None:
    run, history = store.get(runs_here.a2q), store.epochs(runs_here.a2q)
    running = replace(run, state=State.RUNNING)
    paced = [replace(metrics, seconds=seconds) for metrics, seconds in zip(history, [9, 9, 2, 2, 2], strict=False)]
    assert time_left(running, paced) == 2 * (8 - 5)
    assert time_left(run, paced) is None, "it has ended"
    assert time_left(running, []) is None
    assert time_left(running, history) is None, "the last epoch is done"


def test_durations_are_in_the_unit_people_say() -> None:
    said = [duration(seconds) for seconds in (0.2, 8.4, 89, 91, 600, 5_399, 5_400, 36_000)]
    assert said == ["1 s", "8 s", "89 s", "2 min", "10 min", "90 min", "1.5 h", "10.0 h"]
