"""
Sums over several schools that nobody needs to be trusted with.

The protocol of Bonawitz et al., "Practical Secure Aggregation" (2017), against a curious coordinator and up to
`threshold` - 1 curious schools. Each two schools agree on a mask that one adds and the other subtracts; each adds a
mask of its own as well. What the coordinator receives is uniformly random; the masks cancel in the sum. Keys and seeds
are shared out beforehand, so that the masks of schools that drop out can be taken off again by any `threshold` others.
A school answers for each other one with either its key (if that one dropped out) or its seed (if it did not), never
both: with both, a single vector could be read.

    1. each School.announce()                    -> public keys
    2. each School.share(announced)              -> sealed shares, one for each other school
    3. each School.mask(values, received)        -> a masked vector; schools may drop out from here on
    4. each School.reveal(survivors)             -> the shares that unmask the sum
    5. unmask(masked, revealed, announced)       -> the sum

The sum is exact and has no noise: who publishes it asks `privacy.queries` first, or adds the noise at the schools.
The coordinator must pass messages on faithfully; keys that it makes up are not detected (sign announcements for that).
"""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CTR
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from scribetree.errors import InvalidInput, Withheld
from scribetree.privacy._lanes import MODULUS, Lanes, packed
from scribetree.privacy._shamir import SHARE_BYTES, joined, split

__all__ = ["MIN_SCHOOLS", "Announcement", "Masked", "Revealed", "Round", "School", "federated_mean", "unmask"]

MIN_SCHOOLS = 3
"""Of two, each would learn the other's figures from the sum."""

_MAX_SCHOOLS, _MAX_VALUES = 1_000, 1_000_000
_NONCE = bytes(12)  # every key seals one message


@dataclass(frozen=True, slots=True)
class Round:
    """One sum: what all schools know of it. `threshold` defaults to two thirds of the schools, rounded up."""

    round_id: str
    schools: int
    values: int
    threshold: int = 0

    def __post_init__(self) -> None:
        if not MIN_SCHOOLS <= self.schools <= _MAX_SCHOOLS:
            raise Withheld(
                f"A sum over fewer than {MIN_SCHOOLS} schools would give one of them away.",
                hint=f"Wait until {MIN_SCHOOLS} to {_MAX_SCHOOLS} schools take part.",
            )
        if not 1 <= self.values <= _MAX_VALUES:
            raise InvalidInput(f"A round sums 1 to {_MAX_VALUES} values.", hint="Use several rounds.")
        object.__setattr__(self, "threshold", self.threshold or max(MIN_SCHOOLS, -(-2 * self.schools // 3)))
        if not max(MIN_SCHOOLS, self.schools // 2 + 1) <= self.threshold <= self.schools:
            raise InvalidInput(
                "The threshold must be more than half of the schools, and at least three.",
                hint="Leave it out for two thirds.",
            )

    @property
    def limit(self) -> int:
        """The largest magnitude of one value, so that no sum wraps round."""
        return (MODULUS // 2 - 1) // self.schools


@dataclass(frozen=True, slots=True)
class Announcement:
    """A school's number in the round, from 1, and its public keys: for masks, and for sealing shares."""

    school: int
    mask_key: bytes
    seal_key: bytes


@dataclass(frozen=True, slots=True)
class Masked:
    """What one school sends: uniformly random bytes to everyone but itself."""

    school: int
    vector: bytes


@dataclass(frozen=True, slots=True)
class Revealed:
    """One school's shares of the seeds of those who sent, and of the keys of those who did not."""

    school: int
    seeds: Mapping[int, int]
    keys: Mapping[int, int]


@dataclass
class School:
    """One school's part in one round; its secrets never leave this object whole."""

    round: Round
    number: int
    _mask_key: X25519PrivateKey = field(default_factory=X25519PrivateKey.generate, repr=False)
    _seal_key: X25519PrivateKey = field(default_factory=X25519PrivateKey.generate, repr=False)
    _seed: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    _others: dict[int, Announcement] = field(default_factory=dict[int, Announcement], repr=False)
    _own_shares: tuple[int, int] = field(default=(0, 0), repr=False)
    _held: dict[int, tuple[int, int]] = field(default_factory=dict[int, tuple[int, int]], repr=False)
    _has_masked: bool = False
    _has_revealed: bool = False

    def announce(self) -> Announcement:
        """The public keys of this school."""
        return Announcement(
            self.number, self._mask_key.public_key().public_bytes_raw(), self._seal_key.public_key().public_bytes_raw()
        )

    def share(self, announced: Sequence[Announcement]) -> dict[int, bytes]:
        """For each other school, its shares of this one's key and seed, sealed for it alone."""
        by_number = {each.school: each for each in announced}
        if len(by_number) != len(announced) or set(by_number) != set(range(1, self.round.schools + 1)):
            raise InvalidInput("Not every school of the round has announced itself once.", hint="Start a new round.")
        self._others = {number: each for number, each in by_number.items() if number != self.number}
        holders = list(by_number)
        key = int.from_bytes(self._mask_key.private_bytes_raw(), "little")
        keys = split(key, holders=holders, threshold=self.round.threshold)
        seeds = split(int.from_bytes(self._seed, "little"), holders=holders, threshold=self.round.threshold)
        self._own_shares = keys[self.number], seeds[self.number]
        return {
            number: self._sealer(number, sender=self.number).encrypt(_NONCE, _pair(keys[number], seeds[number]), None)
            for number in self._others
        }

    def mask(self, values: Sequence[int], received: Mapping[int, bytes]) -> Masked:
        """The values under their masks, once; `received` holds the sealed shares by sender, all of them."""
        self._check(values, received)
        self._held = {number: self._opened(number, sealed) for number, sealed in received.items()}
        self._held[self.number] = self._own_shares
        lanes = Lanes(self.round.values)
        lanes.add(packed(values))
        lanes.add(_stream(self._seed, self.round.values))
        minus = Lanes(self.round.values)
        for number, other in self._others.items():
            mask = _stream(_agreed(self._mask_key, other.mask_key, self.round.round_id), self.round.values)
            (lanes if number > self.number else minus).add(mask)
        self._has_masked = True
        return Masked(self.number, packed(_difference(lanes, minus)))

    def reveal(self, survivors: Collection[int]) -> Revealed:
        """The shares that unmask the sum of `survivors`, once; a second answer could unmask one of them."""
        if self._has_revealed or not self._has_masked or self.number not in survivors:
            raise Withheld("This school answers once, after it has sent its own vector.", hint="Start a new round.")
        if len(survivors) < self.round.threshold or not self._held.keys() >= set(survivors):
            raise Withheld(
                f"Fewer than {self.round.threshold} schools are left; their sum would say too much about each.",
                hint="Start a new round when more schools can take part.",
            )
        self._has_revealed = True
        return Revealed(
            self.number,
            seeds={number: seed for number, (_, seed) in self._held.items() if number in survivors},
            keys={number: key for number, (key, _) in self._held.items() if number not in survivors},
        )

    def _check(self, values: Sequence[int], received: Mapping[int, bytes]) -> None:
        if self._has_masked:
            raise Withheld("This school has sent its vector already.", hint="Start a new round.")
        if len(values) != self.round.values or any(abs(value) > self.round.limit for value in values):
            raise InvalidInput(
                f"A school gives {self.round.values} whole numbers of at most {self.round.limit} in size.",
                hint="Scale the values, or clamp them.",
            )
        if set(received) != set(self._others) or not self._others:
            raise InvalidInput("The shares of some school are missing.", hint="Start a new round without it.")

    def _sealer(self, other: int, *, sender: int) -> AESGCM:
        direction = f"{self.round.round_id}/share/{sender}"
        return AESGCM(_agreed(self._seal_key, self._others[other].seal_key, direction))

    def _opened(self, sender: int, sealed: bytes) -> tuple[int, int]:
        try:
            plain = self._sealer(sender, sender=sender).decrypt(_NONCE, sealed, None)
        except InvalidTag:
            raise InvalidInput(
                "Shares were altered on their way, or are not for this school.", hint="Start anew."
            ) from None
        return int.from_bytes(plain[:SHARE_BYTES], "little"), int.from_bytes(plain[SHARE_BYTES:], "little")


def unmask(
    round_: Round, masked: Sequence[Masked], revealed: Sequence[Revealed], announced: Sequence[Announcement]
) -> list[int]:
    """The exact sum of the vectors in `masked`; Withheld if fewer than the threshold sent or revealed."""
    sent = {each.school: each.vector for each in masked}
    if len(sent) < round_.threshold or len(revealed) < round_.threshold:
        raise Withheld(f"Fewer than {round_.threshold} schools took part to the end.", hint="Start a new round.")
    plus, minus = Lanes(round_.values), Lanes(round_.values)
    for vector in sent.values():
        plus.add(vector)
    for number in sent:
        seed = joined({each.school: each.seeds[number] for each in revealed[: round_.threshold]})
        minus.add(_stream(_as_32_bytes(seed), round_.values))
    public = {each.school: each.mask_key for each in announced}
    for lost in public.keys() - sent.keys():
        raw = joined({each.school: each.keys[lost] for each in revealed[: round_.threshold]})
        key = X25519PrivateKey.from_private_bytes(_as_32_bytes(raw))
        for number in sent:
            mask = _stream(_agreed(key, public[number], round_.round_id), round_.values)
            (minus if lost > number else plus).add(mask)
    return [each - MODULUS if each >= MODULUS // 2 else each for each in _difference(plus, minus)]


def federated_mean(sums: Sequence[int], counts: Sequence[int], *, unit: Fraction, floor: int) -> list[float | None]:
    """
    The mean over all schools of each value, from unmasked sums (in `unit`) and counts of students.

    None where fewer than `floor` students stand behind it.
    """
    return [float(total * unit / count) if count >= floor else None for total, count in zip(sums, counts, strict=True)]


def _difference(plus: Lanes, minus: Lanes) -> list[int]:
    return [(more - less) % MODULUS for more, less in zip(plus.numbers(), minus.numbers(), strict=True)]


def _agreed(private: X25519PrivateKey, public: bytes, label: str) -> bytes:
    shared = private.exchange(X25519PublicKey.from_public_bytes(public))
    return HKDF(SHA256(), length=32, salt=None, info=f"scribetree/sum/{label}".encode()).derive(shared)


def _stream(key: bytes, values: int) -> bytes:
    """As many uniformly random 64-bit numbers as there are values; each key makes one stream."""
    encryptor = Cipher(AES256(key), CTR(bytes(16))).encryptor()
    return encryptor.update(bytes(8 * values))


def _pair(key: int, seed: int) -> bytes:
    return key.to_bytes(SHARE_BYTES, "little") + seed.to_bytes(SHARE_BYTES, "little")


def _as_32_bytes(secret: int) -> bytes:
    """The key or seed that was joined; shares that do not belong together give no such thing."""
    try:
        return secret.to_bytes(32, "little")
    except OverflowError:
        raise InvalidInput("The revealed shares do not belong together.", hint="Start a new round.") from None
