"""
Sums of whole numbers that the one who adds cannot read: an alternative to `aggregate` without rounds between schools.

BFV on TenSEAL (the extra `he`): the keeper of the secret key hands out a public context, each school encrypts its
numbers, anyone adds the ciphertexts, the keeper opens the sum. The keeper and the one who adds must not be the same:
with the key, a single school's numbers can be opened. BFV counts modulo its plain modulus and wraps round silently, so
that the range is checked before anything is encrypted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from importlib import import_module
from operator import add
from typing import Any

from scribetree.errors import ConfigError, InvalidInput, Withheld

__all__ = ["MIN_PARTIES", "KeyHolder", "PublicContext", "add_encrypted"]

MIN_PARTIES = 3
_DEGREE = 4096
_MODULUS = 1_032_193
"""Prime, and 1 modulo twice the degree, which lets one ciphertext hold a number in each of its slots."""


@dataclass(frozen=True, slots=True)
class PublicContext:
    """What a school needs to encrypt: no secret in it."""

    serialized: bytes
    parties: int

    @property
    def limit(self) -> int:
        """The largest magnitude of one number, so that the sum of all parties does not wrap round."""
        return (_MODULUS - 1) // 2 // self.parties

    def encrypt(self, numbers: Sequence[int]) -> bytes:
        """The numbers, which only the holder of the key can read."""
        if not 1 <= len(numbers) <= _DEGREE or any(abs(number) > self.limit for number in numbers):
            raise InvalidInput(
                f"Each party gives 1 to {_DEGREE} whole numbers of at most {self.limit} in size.",
                hint="Scale or clamp the numbers, or use scribetree.privacy.aggregate, whose range is larger.",
            )
        seal = _tenseal()
        encrypted: bytes = seal.bfv_vector(seal.context_from(self.serialized), list(numbers)).serialize()
        return encrypted


class KeyHolder:
    """Whoever may open the sum, and must not see what it was made of."""

    def __init__(self, parties: int) -> None:
        if parties < MIN_PARTIES:
            raise Withheld(f"A sum over fewer than {MIN_PARTIES} parties gives one away.", hint="Wait for more.")
        seal = _tenseal()
        self._context = seal.context(seal.SCHEME_TYPE.BFV, poly_modulus_degree=_DEGREE, plain_modulus=_MODULUS)
        self._parties = parties

    def public(self) -> PublicContext:
        """The context for the parties, without the secret key."""
        return PublicContext(self._context.serialize(save_secret_key=False), self._parties)

    def open(self, encrypted: bytes) -> list[int]:
        """The numbers in a ciphertext, as signed whole numbers."""
        numbers: list[int] = _tenseal().bfv_vector_from(self._context, encrypted).decrypt()
        return [number - _MODULUS if number > _MODULUS // 2 else number for number in numbers]


def add_encrypted(context: PublicContext, encrypted: Sequence[bytes]) -> bytes:
    """The encrypted sum of exactly one ciphertext from each party."""
    if len(encrypted) != context.parties:
        raise Withheld("A sum needs one ciphertext of every party.", hint="Start again with those who are there.")
    seal = _tenseal()
    public = seal.context_from(context.serialized)
    total: bytes = reduce(add, (seal.bfv_vector_from(public, each) for each in encrypted)).serialize()
    return total


def _tenseal() -> Any:  # noqa: ANN401 - the library has no types
    try:
        return import_module("tenseal")
    except ModuleNotFoundError:
        raise ConfigError(
            "Homomorphic sums need TenSEAL, which is not installed.",
            hint="Run `pip install 'scribetree[he]'`, or use scribetree.privacy.aggregate, which needs nothing.",
        ) from None
