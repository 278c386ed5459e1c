import io

import numpy as np
import pytest

from a2q.experiments.store.arrays import pack, unpack


@pytest.mark.parametrize(
    "array",
    [
        np.arange(12, dtype=np.uint8).reshape(3, 4),
        np.array([0.1, -np.inf, np.nan], dtype=np.float32),
        np.zeros((0, 5), dtype=np.int64),
        np.array([True, False]),
        np.array(3.5),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    ],
)
def test_round_trip(array: np.ndarray) -> None:
    back = unpack(pack(array))
    assert back.dtype == array.dtype
    assert back.shape == array.shape
    np.testing.assert_array_equal(back, array)


def test_repeated_values_take_little_room() -> None:
    assert len(pack(np.full(100_000, 4, dtype=np.uint8))) < 1_000


def test_objects_are_not_packed() -> None:
    with pytest.raises(ValueError, match="only numbers"):
        pack(np.array([{"a": 1}], dtype=object))


def test_a_pickle_is_not_unpacked() -> None:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, values=np.array([{"a": 1}], dtype=object))
    with pytest.raises(ValueError, match=r"damaged .*allow_pickle=False"):
        unpack(buffer.getvalue())


@pytest.mark.parametrize("payload", [b"", b"nonsense", pack(np.arange(1_000))[:-200], b"\x80\x04N."])
def test_damaged_bytes(payload: bytes) -> None:
    with pytest.raises(ValueError, match="damaged"):
        unpack(payload)


def test_a_flipped_byte_is_noticed() -> None:
    payload = bytearray(pack(np.random.default_rng(0).integers(0, 255, 1_000, dtype=np.uint8)))
    payload[len(payload) // 2] ^= 0xFF
    with pytest.raises(ValueError, match="damaged"):
        unpack(bytes(payload))
