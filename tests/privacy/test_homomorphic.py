"""Encrypted sums: what is checked without the library, and with it where it is installed (the extra `he`)."""

import importlib.util

import pytest

from scribetree.errors import ConfigError, InvalidInput, Withheld
from scribetree.privacy.homomorphic import KeyHolder, PublicContext, add_encrypted

has_tenseal = importlib.util.find_spec("tenseal") is not None
with_tenseal = pytest.mark.skipif(not has_tenseal, reason="needs the extra `he` (TenSEAL)")


def test_fewer_than_three_parties_are_refused() -> None:
    with pytest.raises(Withheld):
        KeyHolder(2)


def test_a_number_that_could_wrap_the_sum_round_is_refused_before_it_is_encrypted() -> None:
    context = PublicContext(b"", parties=30)
    with pytest.raises(InvalidInput, match="at most 17203"):
        context.encrypt([17_204])


def test_a_sum_without_every_party_is_refused() -> None:
    with pytest.raises(Withheld):
        add_encrypted(PublicContext(b"", parties=3), [b"", b""])


@pytest.mark.skipif(has_tenseal, reason="TenSEAL is installed")
def test_without_the_library_the_way_on_is_named() -> None:
    with pytest.raises(ConfigError, match="TenSEAL"):
        KeyHolder(3)


@with_tenseal
def test_the_sum_is_exact_at_the_edge_of_its_range() -> None:
    holder = KeyHolder(3)
    public = holder.public()
    edge = public.limit
    encrypted = [public.encrypt(numbers) for numbers in ([edge, -edge, 1], [edge, -edge, 2], [edge, -edge, -5])]
    assert holder.open(add_encrypted(public, encrypted)) == [3 * edge, -3 * edge, -2]
