import torch
from torch.testing import assert_close

from a2q.models.network import SeededDropout


def test_dropout_keeps_the_mean_and_acts_in_training_only(generator: torch.Generator) -> None:
    layer, x = SeededDropout(0.4, generator), torch.full((200, 200), 3.0)
    dropped = layer(x)
    assert_close(dropped.unique(), torch.tensor([0.0, 5.0]))
    assert abs(dropped.mean().item() - 3) < 0.05
    assert layer.eval()(x) is x
    assert SeededDropout(0.0, generator)(x) is x


def test_dropout_is_the_generators() -> None:
    x = torch.ones(50)
    results = []
    for noise in (1, 2):
        torch.manual_seed(noise)
        results.append(SeededDropout(0.5, torch.Generator().manual_seed(0))(x))
    assert torch.equal(*results)
