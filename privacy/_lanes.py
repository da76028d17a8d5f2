"""
Long vectors of 64-bit numbers, added many at a time as two very long integers.

Every other number gets 64 bits of room above it, so that sums carry into nothing; this is as fast in plain Python as
an array library would be.
"""

from collections.abc import Sequence
from struct import pack, unpack

__all__ = ["MODULUS", "Lanes", "packed"]

MODULUS = 2**64


class Lanes:
    """A running sum, modulo 2^64, of vectors of one size that come as bytes, eight to a number."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._mask = int.from_bytes((b"\xff" * 8 + b"\0" * 8) * (size // 2 + 1), "little")
        self._even = self._odd = 0

    def add(self, vector: bytes) -> None:
        """`vector` is added to the sum."""
        whole = int.from_bytes(vector, "little")
        self._even += whole & self._mask
        self._odd += whole >> 64 & self._mask

    def numbers(self) -> list[int]:
        """The sum as numbers from 0 to 2^64 - 1."""
        pairs = self._size // 2 + 1
        halves = [(half & self._mask).to_bytes(16 * pairs, "little") for half in (self._even, self._odd)]
        even, odd = (unpack(f"<{2 * pairs}Q", half)[::2] for half in halves)
        return [number for pair in zip(even, odd, strict=True) for number in pair][: self._size]


def packed(numbers: Sequence[int]) -> bytes:
    """`numbers` modulo 2^64 as bytes."""
    return pack(f"<{len(numbers)}Q", *(number % MODULUS for number in numbers))
