"""
OpenDP (the extra `dp`) as the source of Laplace noise, for schools that want noise of a reviewed library.

Its discrete Laplace on 64-bit integers has the same law as ours. A scale is handed over as the nearest float that is
not below it, so that the noise is never less than was asked for.
"""

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from importlib import import_module
from math import inf, nextafter
from typing import Any, cast

from scribetree.errors import ConfigError

__all__ = ["laplace"]


def laplace(scale: Fraction) -> int:
    """One integer of OpenDP's discrete Laplace distribution of at least that scale."""
    return _measurement(_not_below(scale))(0)


@lru_cache(maxsize=64)
def _measurement(scale: float) -> Callable[[int], int]:
    dp = _opendp()
    space = dp.atom_domain(T="i64"), dp.absolute_distance(T="i64")
    return cast("Callable[[int], int]", dp.m.make_laplace(*space, scale=scale))


def _not_below(exact: Fraction) -> float:
    near = float(exact)
    return near if Fraction(near) >= exact else nextafter(near, inf)


def _opendp() -> Any:  # noqa: ANN401 - the library is optional
    try:
        dp = import_module("opendp.prelude")
    except ImportError:
        raise ConfigError(
            "SCRIBETREE_NOISE is `opendp`, and OpenDP is not installed; nothing was told and nothing was spent.",
            hint="Install the extra: pip install 'scribetree[dp]'; or leave SCRIBETREE_NOISE out.",
        ) from None
    dp.enable_features("contrib")
    return dp
