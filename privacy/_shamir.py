"""Secrets cut into shares, any `threshold` of which give them back, and fewer of which say nothing (Shamir 1979)."""

import secrets
from collections.abc import Mapping, Sequence

__all__ = ["PRIME", "SHARE_BYTES", "joined", "split"]

PRIME = 2**521 - 1
SHARE_BYTES = 66


def split(secret: int, *, holders: Sequence[int], threshold: int) -> dict[int, int]:
    """The share of each holder; holders are numbered from 1."""
    coefficients = [secret, *(secrets.randbelow(PRIME) for _ in range(threshold - 1))]
    return {holder: _at(coefficients, holder) for holder in holders}


def joined(shares: Mapping[int, int]) -> int:
    """The secret behind at least `threshold` shares; behind fewer, a number that has nothing to do with it."""
    secret = 0
    for holder, share in shares.items():
        above = below = 1
        for other in shares:
            if other != holder:
                above = above * other % PRIME
                below = below * (other - holder) % PRIME
        secret += share * above * pow(below, -1, PRIME)
    return secret % PRIME


def _at(coefficients: Sequence[int], place: int) -> int:
    value = 0
    for coefficient in reversed(coefficients):
        value = (value * place + coefficient) % PRIME
    return value
