"""
Noise whose distribution is exactly the one that its proof is about.

The samplers of Canonne, Kamath and Steinke, "The Discrete Gaussian for Differential Privacy" (2020), in integers on
the operating system's random source. Noise made from floating-point numbers betrays the true value in its last bits
(Mironov 2012; `tests/privacy/test_noise.py` shows it on the textbook formula): here no floating-point number occurs
between the source and the result. The time that a draw takes depends on what is drawn; who can time single draws to the
microsecond on the same machine learns a little of the noise.
"""

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, repeat
from math import isfinite

from scribetree.errors import InvalidInput
from scribetree.privacy import _opendp
from scribetree.settings import NoiseName

__all__ = [
    "EXACT",
    "Below",
    "NoiseSource",
    "Scale",
    "bernoulli_exp",
    "bulk_below",
    "gaussian",
    "gaussian_vector",
    "laplace",
    "laplace_vector",
    "noise_source",
]

Scale = int | float | Fraction
"""A float is read as the exact binary fraction that it is."""

Below = Callable[[int], int]
"""A uniform integer from 0 to n - 1. There is no seed: a sampler that can be repeated hides nothing."""

_MIN_SCALE, _MAX_SCALE = Fraction(1, 10**6), Fraction(10**15)
_MAX_DRAWS = 1_000_000
_WORD = 64
_BLOCK = 8192
"""Bytes that are asked of the operating system at once, where many are needed."""


def laplace(scale: Scale) -> int:
    """
    One integer drawn with probability proportional to exp(-|k| / scale).

    Added to a whole number that one person changes by at most d, it gives epsilon = d / scale.
    """
    return _laplace(*_checked(scale).as_integer_ratio(), secrets.randbelow)


@dataclass(frozen=True, slots=True)
class NoiseSource:
    """Where the Laplace noise of figures comes from."""

    name: NoiseName
    laplace: Callable[[Scale], int]


EXACT = NoiseSource("exact", laplace)
"""The sampler of this module."""


def noise_source(name: NoiseName) -> NoiseSource:
    """The source of that name, tried out; ConfigError if its library is not there."""
    if name == "exact":
        return EXACT
    source = NoiseSource("opendp", lambda scale: _opendp.laplace(_checked(scale)))
    source.laplace(1)
    return source


def gaussian(sigma: Scale) -> int:
    """
    One integer drawn with probability proportional to exp(-k^2 / (2 sigma^2)).

    Added to a whole number that one person changes by at most d, it gives rho = d^2 / (2 sigma^2) in zCDP.
    """
    return _gaussian(_checked(sigma), secrets.randbelow)


def laplace_vector(scale: Scale, size: int) -> list[int]:
    """`size` independent draws of `laplace(scale)`."""
    numerator, denominator = _checked(scale).as_integer_ratio()
    below = bulk_below(os.urandom)
    return [_laplace(numerator, denominator, below) for _ in range(_checked_size(size))]


def gaussian_vector(sigma: Scale, size: int) -> list[int]:
    """`size` independent draws of `gaussian(sigma)`."""
    exact = _checked(sigma)
    below = bulk_below(os.urandom)
    return [_gaussian(exact, below) for _ in range(_checked_size(size))]


def bulk_below(read: Callable[[int], bytes]) -> Below:
    """
    A `Below` as uniform as the bytes of `read`, which it takes by the block: five times as fast as one at a time.

    For the length of one call: what is left of a block goes with it. Kept longer, it would be the same in two processes
    after a fork, and so would be their noise.
    """
    word = chain.from_iterable(memoryview(read(_BLOCK)).cast("Q") for _ in repeat(None)).__next__

    def below(size: int) -> int:
        """As many bits as `size - 1` has, again until they are below `size`: each result is as likely as any other."""
        bits = (size - 1).bit_length()
        if bits <= _WORD:
            while (drawn := word() >> (_WORD - bits)) >= size:
                pass
            return drawn
        words = -(-bits // _WORD)
        drawn = size
        while drawn >= size:
            drawn = 0
            for _ in range(words):
                drawn = drawn << _WORD | word()
            drawn >>= words * _WORD - bits
        return drawn

    return below


def bernoulli_exp(numerator: int, denominator: int, below: Below = secrets.randbelow) -> bool:
    """True with probability exp(-numerator / denominator), exactly; the fraction is at least 0."""
    while numerator > denominator:
        if not _bernoulli_exp_to_one(1, 1, below):
            return False
        numerator -= denominator
    return _bernoulli_exp_to_one(numerator, denominator, below)


def _bernoulli_exp_to_one(numerator: int, denominator: int, below: Below) -> bool:
    """Algorithm 1 for fractions up to 1: the length of a run of ever rarer successes is odd."""
    run = 1
    while below(denominator * run) < numerator:
        run += 1
    return run % 2 == 1


def _laplace(numerator: int, denominator: int, below: Below) -> int:
    """Algorithm 2, for the scale numerator / denominator: a geometric size with a fair sign, zero counted once."""
    while True:
        remainder = below(numerator)
        if not bernoulli_exp(remainder, numerator, below):
            continue
        whole = 0
        while _bernoulli_exp_to_one(1, 1, below):
            whole += 1
        size = (remainder + numerator * whole) // denominator
        is_negative = below(2) == 1
        if not (is_negative and size == 0):
            return -size if is_negative else size


def _gaussian(sigma: Fraction, below: Below) -> int:
    """Algorithm 3: a discrete Laplace draw, kept with the probability that makes it Gaussian."""
    numerator, denominator = sigma.as_integer_ratio()
    spread = numerator // denominator + 1
    # (|drawn| - sigma^2 / spread)^2 / (2 sigma^2), with both denominators multiplied out
    step, middle, whole = spread * denominator**2, numerator**2, 2 * (numerator * denominator * spread) ** 2
    while True:
        drawn = _laplace(spread, 1, below)
        if bernoulli_exp((abs(drawn) * step - middle) ** 2, whole, below):
            return drawn


def _checked(scale: Scale) -> Fraction:
    is_number = not isinstance(scale, float) or isfinite(scale)
    if not is_number or not _MIN_SCALE <= Fraction(scale) <= _MAX_SCALE:
        raise InvalidInput(
            "A noise scale must be a number from 0.000001 to 10^15.",
            hint="Give sensitivity divided by epsilon, as a fraction where it is one.",
        )
    return Fraction(scale)


def _checked_size(size: int) -> int:
    if not 0 <= size <= _MAX_DRAWS:
        raise InvalidInput(f"At most {_MAX_DRAWS} draws are made at once.", hint="Ask for fewer, or several times.")
    return size
