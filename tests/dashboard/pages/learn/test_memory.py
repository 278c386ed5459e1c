import pytest

from a2q_studio.pages.learn.lesson.teaching import Teaching
from a2q_studio.pages.learn.steps.fails.savings import FP32_BITS, WIDTH_TAG_BITS, per_value


def test_by_hand() -> None:
    full = per_value(1.7, 16)
    assert full.total == pytest.approx(1.7 + 2 + 3 / 16)
    assert full.compression == pytest.approx(32 / full.total)
    assert per_value(1.7, 16, step_bits=8).step == 0.5
    paper = per_value(1.7, 16, overhead=False)
    assert (paper.total, paper.compression) == pytest.approx((1.7, FP32_BITS / 1.7))


def test_it_is_what_the_runs_own_account_says(teaching: Teaching) -> None:
    bundle = teaching.bundles["gin"]
    items = {item["name"]: item for item in bundle.run.summary["items"]}
    stored, besides = items["Layer 2 map 1 input"], items["Layer 2 map 1 input: step sizes and tags"]
    average = float(teaching.main.bits.mean())
    ours = per_value(average, teaching.main.values.shape[1])
    assert ours.codes == pytest.approx(stored["bits"] / stored["values"])
    assert (ours.step + ours.tag) * stored["values"] == pytest.approx(besides["bits"])
    assert WIDTH_TAG_BITS == 3
