"""The noise follows its law exactly, and its bits say nothing about what it hides."""

import contextlib
import math
import os
import random
import struct
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribetree.errors import InvalidInput
from scribetree.privacy import noise
from scribetree.privacy.noise import (
    Below,
    bernoulli_exp,
    bulk_below,
    gaussian,
    gaussian_vector,
    laplace,
    laplace_vector,
)

DRAWS = 20_000
ALPHA_ONE_IN_A_MILLION = 4.8916
"""The standard normal quantile at 1 - 1e-6 / 2: a correct sampler fails one run in a million."""


def laplace_law(scale: float) -> Callable[[int], float]:
    ratio = math.exp(-1 / scale)
    return lambda k: (1 - ratio) / (1 + ratio) * ratio ** abs(k)


def gaussian_law(sigma: float) -> Callable[[int], float]:
    def weight(k: int) -> float:
        return math.exp(-(k**2) / (2 * sigma**2))

    whole = sum(weight(k) for k in range(-int(40 * sigma) - 40, int(40 * sigma) + 41))
    return lambda k: weight(k) / whole


def bins(law: Callable[[int], float]) -> list[int]:
    """The results that are expected at least 25 times each, in order."""
    half = next(k for k in count() if law(k) * DRAWS < 25)
    return list(range(1 - half, half))


def chi_square(drawn: list[int], law: Callable[[int], float]) -> tuple[float, int]:
    """The statistic over the likely results and one bin for all others, and its degrees of freedom."""
    seen, likely = Counter(drawn), bins(law)
    expected = [DRAWS * law(k) for k in likely]
    found = [seen[k] for k in likely]
    rest = DRAWS - sum(expected), DRAWS - sum(found)
    terms = [(o - e) ** 2 / e for o, e in zip(found, expected, strict=True)]
    return sum(terms) + (rest[1] - rest[0]) ** 2 / max(rest[0], 1), len(likely)


def chi_square_limit(freedom: int) -> float:
    """The value exceeded once in two million (Wilson and Hilferty 1931)."""
    spread = 2 / (9 * freedom)
    return freedom * (1 - spread + ALPHA_ONE_IN_A_MILLION * math.sqrt(spread)) ** 3


def wilson(successes: int, trials: int) -> tuple[float, float]:
    z2 = ALPHA_ONE_IN_A_MILLION**2
    middle = (successes + z2 / 2) / (trials + z2)
    half = ALPHA_ONE_IN_A_MILLION / (trials + z2) * math.sqrt(successes * (1 - successes / trials) + z2 / 4)
    return middle - half, middle + half


@pytest.mark.parametrize("scale", [1, Fraction(1, 3), Fraction(10, 3), 2.5])
def test_laplace_noise_follows_its_law(scale: noise.Scale) -> None:
    statistic, freedom = chi_square(laplace_vector(scale, DRAWS), laplace_law(float(scale)))
    assert statistic < chi_square_limit(freedom)


@pytest.mark.parametrize("sigma", [1, Fraction(7, 2), 4.25])
def test_gaussian_noise_follows_its_law(sigma: noise.Scale) -> None:
    statistic, freedom = chi_square(gaussian_vector(sigma, DRAWS), gaussian_law(float(sigma)))
    assert statistic < chi_square_limit(freedom)


def test_the_chi_square_check_can_fail() -> None:
    statistic, freedom = chi_square(laplace_vector(Fraction(6, 5), DRAWS), laplace_law(1.0))
    assert statistic > chi_square_limit(freedom)


def test_the_share_of_each_result_lies_in_its_wilson_interval() -> None:
    drawn = laplace_vector(2, DRAWS)
    for k in range(-3, 4):
        low, high = wilson(drawn.count(k), DRAWS)
        assert low <= laplace_law(2.0)(k) <= high


def drawn_from(numbers: list[int], size: int) -> list[int]:
    """All that the bulk source makes of words whose first bits are these numbers, and the others by chance."""
    bits = (size - 1).bit_length()
    words = max(1, math.ceil(bits / 64))
    spare = 64 * words - bits
    wide = [number << spare | random.getrandbits(spare) for number in numbers]
    parts = [each >> 64 * place & (2**64 - 1) for each in wide for place in reversed(range(words))]
    blocks = iter([struct.pack(f"={len(parts)}Q", *parts)])
    below, drawn = bulk_below(lambda _wanted: next(blocks)), list[int]()
    with contextlib.suppress(StopIteration, RuntimeError):  # the second is what a generator makes of the first
        while True:
            drawn.append(below(size))
    return drawn


@given(st.data(), st.one_of(st.integers(1, 100), st.integers(2**62, 2**66), st.integers(1, 2**300)))
def test_the_bulk_source_gives_each_number_below_the_size_for_as_many_bytes_and_no_other(
    data: st.DataObject, size: int
) -> None:
    numbers = data.draw(st.lists(st.integers(0, 2 ** (size - 1).bit_length() - 1), max_size=20))
    numbers += [0, size - 1, 2 ** (size - 1).bit_length() - 1]
    assert drawn_from(numbers, size) == [number for number in numbers if number < size]


def test_no_two_vectors_share_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one call left over would be the same noise in two processes after a fork."""
    reads, real = list[int](), os.urandom

    def counted(size: int) -> bytes:
        reads.append(size)
        return real(size)

    monkeypatch.setattr(os, "urandom", counted)
    for number, draw in enumerate((laplace_vector, gaussian_vector, laplace_vector), 1):
        draw(1, 1)
        assert len(reads) == number


def exact_chance(numerator: int, denominator: int, *, rounds: int) -> tuple[Fraction, Fraction]:
    """What `bernoulli_exp` surely gives, and what is open after `rounds` draws, over every possible sequence."""
    sure, mass = Fraction(0), Fraction(1)
    undecided: list[tuple[int, ...]] = [()]
    for number in range(1, rounds + 1):
        size = denominator * number
        mass /= size
        longer = [(*sequence, drawn) for sequence in undecided for drawn in range(size)]
        undecided = []
        for sequence in longer:
            script = iter(sequence)
            try:
                sure += mass * bernoulli_exp(numerator, denominator, lambda _size, script=script: next(script))  # type: ignore[misc]
            except StopIteration:
                undecided.append(sequence)
    return sure, mass * len(undecided)


@pytest.mark.parametrize(("numerator", "denominator"), [(0, 1), (1, 1), (1, 2), (2, 3), (1, 7)])
def test_the_coin_of_an_exponential_is_exact_by_enumeration(numerator: int, denominator: int) -> None:
    sure, rest = exact_chance(numerator, denominator, rounds=7)
    true = Fraction(math.exp(-numerator / denominator))
    assert rest < Fraction(1, 1000)
    assert sure - Fraction(1, 10**12) <= true <= sure + rest + Fraction(1, 10**12)


class Undecided(Exception):
    """The script ended where there are this many ways to go on."""


class OtherRound(Exception):
    """This round was rejected; the next one follows the same law."""


class Script:
    """One course of one round of the Laplace sampler, with its exact probability."""

    def __init__(self, choices: tuple[int, ...], base: Fraction) -> None:
        self._choices, self._base = iter(choices), base
        self._uniforms = 0
        self.mass = Fraction(1)

    def below(self, size: int) -> int:
        if self._uniforms == 2 or (self._uniforms == 1 and size != 2):
            raise OtherRound
        self._uniforms += 1
        self.mass /= size
        return self._next(size)

    def coin(self, exponent: int) -> bool:
        """True with probability base^exponent; the base stands for exp(-1 / numerator)."""
        falls = self._next(2) == 1
        chance: Fraction = self._base**exponent
        self.mass *= chance if falls else 1 - chance
        return falls

    def _next(self, options: int) -> int:
        for chosen in self._choices:
            return chosen
        raise Undecided(options)


def round_law(scale: Fraction, base: Fraction, monkeypatch: pytest.MonkeyPatch) -> dict[int, Fraction]:
    """The exact weight of each small result, over every course of one round that leads to it."""
    law: dict[int, Fraction] = Counter()  # type: ignore[assignment]
    courses: list[tuple[int, ...]] = [()]
    while courses:
        choices = courses.pop()
        script = Script(choices, base)

        def coin(above: int, below: int, _source: Below, script: Script = script) -> bool:
            return script.coin(above * scale.numerator // below)

        monkeypatch.setattr(noise, "_bernoulli_exp_to_one", coin)
        try:
            result = noise._laplace(scale.numerator, scale.denominator, script.below)  # pyright: ignore[reportPrivateUsage]
            law[result] += script.mass
        except OtherRound:
            continue
        except Undecided as undecided:
            if len(choices) < 12:
                courses += [(*choices, option) for option in range(undecided.args[0])]
    return law


@pytest.mark.parametrize("scale", [Fraction(1), Fraction(3), Fraction(3, 2), Fraction(10, 3), Fraction(5, 7)])
def test_neighbouring_results_differ_by_exactly_e_to_the_epsilon(
    scale: Fraction, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = Fraction(7, 10)  # any base will do: the identity is one of the sampler's steps
    law = round_law(scale, base, monkeypatch)
    bound = base**-scale.denominator
    assert all(law[k] / law[k + 1] == bound for k in range(4))
    assert all(law[k] == law[-k] for k in range(5))


def trailing_zeros(value: float) -> int:
    bits: int = struct.unpack("<Q", struct.pack("<d", value))[0]
    mantissa = bits & (2**52 - 1) | 2**52
    return (mantissa & -mantissa).bit_length() - 1


def textbook_laplace(scale: float, chance: random.Random) -> float:
    """The formula that privacy libraries used until 2012, and some still do."""
    share = chance.random() - 0.5
    return -scale * math.copysign(1, share) * math.log(1 - 2 * abs(share))


def zero_bits_near_zero(released: list[float]) -> float:
    """Of the values near 0, how many end in four zero bits; a difference between true values is an attack."""
    near = [value for value in released if abs(value) < 0.05]
    return sum(trailing_zeros(value) >= 4 for value in near) / len(near)


def test_the_last_bits_betray_textbook_noise() -> None:
    chance = random.Random(1)
    at_0, at_1 = (
        zero_bits_near_zero([true + textbook_laplace(1.0, chance) for _ in range(60_000)]) for true in (0.0, 1.0)
    )
    assert at_1 - at_0 > 0.5


def test_the_last_bits_say_nothing_about_ours() -> None:
    """The same event on our grid, as fine as that of a mean and moved by a whole student."""
    grid = 2**20
    at_0, at_1 = ([true * grid + drawn for drawn in laplace_vector(grid, DRAWS)] for true in (0, 1))
    shares = [sum(each % 16 == 0 for each in released) / DRAWS for released in (at_0, at_1)]
    assert shares == pytest.approx([1 / 16, 1 / 16], abs=ALPHA_ONE_IN_A_MILLION * math.sqrt(1 / 16 / DRAWS))


@given(st.one_of(st.floats(max_value=0), st.just(math.nan), st.just(math.inf), st.integers(max_value=0)))
def test_a_scale_that_is_no_positive_number_is_refused(scale: float) -> None:
    for draw in (laplace, gaussian):
        with pytest.raises(InvalidInput):
            draw(scale)


@given(st.fractions(min_value=Fraction(1, 1000), max_value=10**9))
def test_every_draw_is_a_whole_number_of_plausible_size(scale: Fraction) -> None:
    assert abs(laplace(scale)) <= 60 * scale + 1
    assert abs(gaussian(scale)) <= 12 * scale + 1


def test_more_draws_than_memory_should_hold_are_refused() -> None:
    with pytest.raises(InvalidInput):
        laplace_vector(1, 10**9)
