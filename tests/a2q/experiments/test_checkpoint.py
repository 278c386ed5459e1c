import io

import pytest
import torch

from a2q.experiments.checkpoint import DamagedCheckpointError, checked, with_digest


@pytest.fixture
def checkpoint(generator: torch.Generator) -> bytes:
    """Tensors and plain values as torch writes them."""
    written = io.BytesIO()
    torch.save({"epoch": 3, "weight": torch.rand(5, 7, generator=generator)}, written)
    return written.getvalue()


def loaded(checkpoint: bytes) -> str:
    return str(torch.load(io.BytesIO(checkpoint), weights_only=True))


def test_what_is_stored_comes_back(checkpoint: bytes) -> None:
    stored = with_digest(checkpoint)
    assert checked(stored) == checkpoint
    assert loaded(stored) == loaded(checkpoint), "earlier versions read it too"


def test_every_flipped_bit_of_a_checkpoint_is_found(checkpoint: bytes) -> None:
    for position in range(len(checkpoint)):
        damaged = bytearray(with_digest(checkpoint))
        damaged[position] ^= 1 << position % 8
        with pytest.raises(DamagedCheckpointError):
            checked(bytes(damaged))


def test_a_damaged_digest_is_found_or_changes_nothing(checkpoint: bytes) -> None:
    stored = with_digest(checkpoint)
    for position in range(len(checkpoint), len(stored)):
        damaged = bytearray(stored)
        damaged[position] ^= 1 << position % 8
        try:
            assert loaded(checked(bytes(damaged))) == loaded(checkpoint)
        except DamagedCheckpointError:
            assert position >= len(stored) - 32


def test_a_checkpoint_that_was_cut_off_is_found(checkpoint: bytes) -> None:
    for stored in (checkpoint, with_digest(checkpoint)[: len(checkpoint) - 1]):
        for length in range(0, len(checkpoint), 5):
            with pytest.raises(DamagedCheckpointError):
                checked(stored[:length])


def test_checkpoints_of_earlier_versions_have_checksums(checkpoint: bytes) -> None:
    assert checked(checkpoint) == checkpoint
    tensor = torch.load(io.BytesIO(checkpoint), weights_only=True)["weight"].numpy().tobytes()
    position = checkpoint.index(tensor)
    for offset in range(len(tensor)):
        damaged = bytearray(checkpoint)
        damaged[position + offset] ^= 1 << offset % 8
        with pytest.raises(DamagedCheckpointError):
            checked(bytes(damaged))
