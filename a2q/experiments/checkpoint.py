"""Checkpoints with a digest, so that a damaged one is known before anything is taken from it."""

import hashlib
import io
import struct
import zipfile
import zlib

_MARK = b"a2q-sha256:"
_DIGEST_BYTES = 32


class DamagedCheckpointError(ValueError):
    """A stored checkpoint is not what was stored."""


def with_digest(checkpoint: bytes) -> bytes:
    """The checkpoint and its SHA-256 behind it, where torch's own reader does not look."""
    return checkpoint + _MARK + hashlib.sha256(checkpoint).digest()


def checked(stored: bytes) -> bytes:
    """What :func:`with_digest` was given; of one that earlier versions stored without, its own checksums are compared.

    Raises:
        DamagedCheckpointError: it is damaged.
    """
    end = len(stored) - len(_MARK) - _DIGEST_BYTES
    if stored[max(0, end) : len(stored) - _DIGEST_BYTES] == _MARK:
        checkpoint, digest = stored[:end], stored[-_DIGEST_BYTES:]
        if hashlib.sha256(checkpoint).digest() != digest:
            raise DamagedCheckpointError
        return checkpoint
    try:
        with zipfile.ZipFile(io.BytesIO(stored)) as archive:
            damaged = archive.testzip()
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, struct.error) as error:
        # Damage outside of the parts: sizes, names, methods of compression.
        raise DamagedCheckpointError from error
    if damaged is not None:
        raise DamagedCheckpointError
    return stored
