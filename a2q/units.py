"""Bounds and units of bits that the whole project shares."""

FULL_PRECISION_BITS = 32
"""Bits of a value that is not quantized: a float32."""

MOST_BITS = 8
"""The most bits that a quantizer gives to a code."""

BITS_PER_KIB = 8 * 1024
"""Bits in a KiB."""
