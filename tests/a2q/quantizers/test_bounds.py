"""Whatever a thousand steps do to parameters, bits and step sizes in use stay in their ranges."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from a2q.quantizers import NearestQuantizer, Quantizer

_STEPS = 1000


@settings(max_examples=10)
@given(
    seed=st.integers(0, 2**31),
    low=st.integers(0, 4),
    span=st.integers(0, 4),
    signed=st.booleans(),
    scale=st.floats(0.01, 10),
    groups=st.booleans(),
)
def test_bits_never_leave_their_range(seed: int, low: int, span: int, signed: bool, scale: float, groups: bool) -> None:
    high = max(low + span, 2)
    bounds = {"signed": signed, "bits": high, "learn_bits": True, "min_bits": low, "max_bits": high}
    quantizer = NearestQuantizer(5, **bounds) if groups else Quantizer(5, "row", **bounds)
    random = torch.Generator().manual_seed(seed)
    lowest = max(low, 2) if signed else low
    values = torch.randn(_STEPS, 5, 4, generator=random)
    kicks = scale * torch.randn(_STEPS, 2, 5, 1, generator=random)
    for x, (bits_kick, step_kick) in zip(values, kicks, strict=True):
        result = quantizer(x if signed else x.abs())
        assert torch.isfinite(result).all()
        with torch.no_grad():
            quantizer.bits.add_(bits_kick)
            quantizer.step.add_(step_kick)
        assert lowest <= int(quantizer.effective_bits.min()) <= int(quantizer.effective_bits.max()) <= high
        assert float(quantizer.positive_step.detach().min()) > 0
