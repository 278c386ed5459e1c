"""Bits that are fixed before training: they stay, and a permutation keeps how often each occurs."""

import pytest
import torch

from a2q import Graph, Trainer, node_bits
from a2q.config import ConfigError
from a2q.methods.fixed_bits import control_of

GIVEN = torch.arange(300) % 4


def _counts(trainer: Trainer) -> list[list[int]]:
    return [torch.bincount(bits, minlength=9).tolist() for bits in node_bits(trainer.model).values()]


@pytest.mark.parametrize("assignment", ["permuted", "in-degree", "reversed", "value", "sensitivity"])
def test_fixed_bits_never_move(citations: Graph, make_config, assignment: str) -> None:
    settings = (f"quantization.assignment={assignment}", "quantization.average_bits=1.5", "training.epochs=3")
    trainer = Trainer(citations, make_config("fixed-bits", *settings, "training.distillation=0"))
    trainer.run_epoch()
    first = node_bits(trainer.model)
    steps = [values.clone() for name, values in trainer.model.state_dict().items() if name.endswith("input.step")]
    while not trainer.finished:
        trainer.run_epoch()
    assert all(torch.equal(bits, first[name]) for name, bits in node_bits(trainer.model).items())
    assert all(bits.double().mean() == pytest.approx(1.5, abs=1 / 300) for bits in first.values())
    moved = [values for name, values in trainer.model.state_dict().items() if name.endswith("input.step")]
    assert not any(torch.equal(before, after) for before, after in zip(steps, moved, strict=True))


def _controlled(citations: Graph, make_config, assignment: str, seed: int = 0, permutation: int = 0) -> Trainer:
    config = make_config("a2q", "training.epochs=2", f"seed={seed}")
    control = control_of(config.quantization, "1f2e", assignment).model_copy(update={"permutation": permutation})
    trainer = Trainer(citations, config.model_copy(update={"quantization": control}))
    trainer.give_bits(dict.fromkeys(node_bits(trainer.model), GIVEN))
    trainer.run_epoch()
    return trainer


def test_given_bits_stay_on_their_nodes(citations: Graph, make_config) -> None:
    (bits,) = node_bits(_controlled(citations, make_config, "given").model).values()
    assert torch.equal(bits, GIVEN)


def test_a_permutation_keeps_how_often_each_width_occurs(citations: Graph, make_config) -> None:
    made = [
        _controlled(citations, make_config, "permuted", seed, permutation)
        for seed, permutation in ((0, 0), (0, 0), (1, 0), (0, 1))
    ]
    assert {str(_counts(trainer)) for trainer in made} == {str([[75] * 4 + [0] * 5])}
    first, again, other_seed, other = (next(iter(node_bits(trainer.model).values())) for trainer in made)
    assert torch.equal(first, again)
    assert not torch.equal(first, other_seed)
    assert not torch.equal(first, other)


@pytest.mark.parametrize(("assignment", "sign"), [("in-degree", 1), ("reversed", -1)])
def test_bits_are_sorted_by_in_degree(citations: Graph, make_config, assignment: str, sign: int) -> None:
    (bits,) = node_bits(_controlled(citations, make_config, assignment).model).values()
    in_degree = citations.in_degree
    below, above = in_degree[bits == 0], in_degree[bits == 3]
    assert (sign * below).max() <= (sign * above).min()


def test_bits_that_are_missing_or_do_not_fit_are_told(citations: Graph, make_config) -> None:
    config = make_config("a2q", "training.epochs=1")
    config = config.model_copy(update={"quantization": control_of(config.quantization, "1f2e", "permuted")})
    with pytest.raises(ConfigError, match="which were not given"):
        Trainer(citations, config).run_epoch()
    trainer = Trainer(citations, config)
    trainer.give_bits(dict.fromkeys(node_bits(trainer.model), GIVEN[:7]))
    with pytest.raises(
        ConfigError,
        match=r"The bits do not fit this network and graph\. 7 bitwidths are given for .*, which has 300 nodes",
    ):
        trainer.run_epoch()


def test_it_resumes_as_if_never_stopped(citations: Graph, make_config) -> None:
    config = make_config("fixed-bits", "training.epochs=4", "quantization.average_bits=0.5", "quantization.min_bits=0")
    whole, first, rest = (Trainer(citations, config) for _ in range(3))
    while not whole.finished:
        whole.run_epoch()
    for _ in first.warm_up():
        pass
    rest.resume(first.checkpoint())
    rest.run_epoch()
    first = Trainer(citations, config)
    first.resume(rest.checkpoint())
    while not first.finished:
        first.run_epoch()
    expected = whole.model.state_dict()
    assert all(torch.equal(value, expected[name]) for name, value in first.model.state_dict().items())


def test_one_fp32_network_starts_many_trainers(citations: Graph, make_config) -> None:
    from a2q.training.trainer import teacher_config

    config = make_config("fixed-bits", "training.epochs=3")
    alone, shared = Trainer(citations, config), Trainer(citations, config)
    teacher = Trainer(citations, teacher_config(config))
    while not teacher.finished:
        teacher.run_epoch()
    shared.start_from(teacher)
    one, other = alone.run_epoch(), shared.run_epoch()
    assert (one.loss, one.test_score, alone.fp32_test_score) == (other.loss, other.test_score, shared.fp32_test_score)


def test_a_control_starts_from_the_random_step_sizes_of_its_run(citations: Graph, make_config) -> None:
    config = make_config("a2q-paper", "training.epochs=1")
    control = control_of(config.quantization, "1f2e", "given")
    learned, other = (
        Trainer(citations, config.model_copy(update={"quantization": settings}))
        for settings in (config.quantization, control)
    )
    steps = {name: value.clone() for name, value in learned.model.state_dict().items() if name.endswith(".step")}
    other.give_bits(dict.fromkeys(node_bits(other.model), GIVEN))
    other._assign_bits()
    theirs = other.model.state_dict()
    assert steps
    assert all(torch.equal(value, theirs[name]) for name, value in steps.items())
