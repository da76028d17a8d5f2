"""Sums over schools: exact whoever drops out, and nothing else can be read."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from scribetree.errors import InvalidInput, Withheld
from scribetree.privacy._shamir import joined, split
from scribetree.privacy.aggregate import Announcement, Masked, Revealed, Round, School, federated_mean, unmask


class Play:
    """A whole round among schools, up to the masked vectors of those who are still there."""

    def __init__(self, values: Sequence[Sequence[int]], lost: frozenset[int] = frozenset(), threshold: int = 0) -> None:
        self.round = Round("2026-spring", len(values), len(values[0]), threshold)
        self.schools = [School(self.round, number) for number in range(1, len(values) + 1)]
        self.announced: list[Announcement] = [school.announce() for school in self.schools]
        shares = {school.number: school.share(self.announced) for school in self.schools}
        self.received = {
            school.number: {sender: sent[school.number] for sender, sent in shares.items() if sender != school.number}
            for school in self.schools
        }
        self.left = [school for school in self.schools if school.number not in lost]
        self.masked: list[Masked] = [
            school.mask(values[school.number - 1], self.received[school.number]) for school in self.left
        ]

    def sum(self) -> list[int]:
        survivors = {masked.school for masked in self.masked}
        revealed: list[Revealed] = [school.reveal(survivors) for school in self.left]
        return unmask(self.round, self.masked, revealed, self.announced)


@hypothesis_settings(deadline=None, max_examples=30)
@given(st.data())
def test_the_sum_is_the_plain_sum_whoever_drops_out(data: st.DataObject) -> None:
    schools, size = data.draw(st.integers(3, 8)), data.draw(st.integers(1, 5))
    limit = Round("r", schools, size).limit
    row = st.lists(st.integers(-limit, limit), min_size=size, max_size=size)
    values = data.draw(st.lists(row, min_size=schools, max_size=schools))
    threshold = Round("r", schools, size).threshold
    lost = data.draw(st.frozensets(st.integers(1, schools), max_size=schools - threshold))
    kept = [each for number, each in enumerate(values, 1) if number not in lost]
    assert Play(values, lost).sum() == [sum(column) for column in zip(*kept, strict=True)]


def test_one_masked_vector_looks_uniform_whatever_is_in_it() -> None:
    play = Play([[7] * 4096] * 3)
    seen = Counter(play.masked[0].vector)
    expected = len(play.masked[0].vector) / 256
    statistic = sum((seen[byte] - expected) ** 2 / expected for byte in range(256))
    assert 140 < statistic < 392  # chi-square with 255 degrees of freedom, beyond with probability 1e-6 or less


@pytest.mark.parametrize("schools", [0, 1, 2])
def test_fewer_than_three_schools_are_refused(schools: int) -> None:
    with pytest.raises(Withheld, match="fewer than 3 schools"):
        Round("r", schools, 1)


def test_too_many_drop_outs_end_the_round_without_a_sum() -> None:
    play = Play([[1]] * 6, frozenset({1, 2, 3}))
    with pytest.raises(Withheld, match="Fewer than 4 schools"):
        play.sum()


def test_a_school_never_reveals_both_the_key_and_the_seed_of_another() -> None:
    play = Play([[1]] * 4)
    first = play.left[0]
    found = first.reveal({1, 2, 3})
    assert (set(found.seeds), set(found.keys)) == ({1, 2, 3}, {4})
    with pytest.raises(Withheld, match="answers once"):
        first.reveal({1, 2, 4})


def test_a_school_sends_one_vector_a_round() -> None:
    play = Play([[1]] * 3)
    with pytest.raises(Withheld, match="already"):
        play.left[0].mask([2], play.received[1])


def test_a_value_that_could_wrap_the_sum_round_is_refused() -> None:
    limit = Round("r", 3, 1).limit
    assert Play([[limit], [limit], [limit]]).sum() == [3 * limit]
    with pytest.raises(InvalidInput, match="at most"):
        Play([[limit + 1], [0], [0]])


def test_altered_shares_are_refused() -> None:
    play = Play([[1]] * 4, frozenset({4}))
    received = dict(play.received[4])
    received[1] = received[1][:-1] + bytes([received[1][-1] ^ 1])
    with pytest.raises(InvalidInput, match="altered"):
        play.schools[3].mask([1], received)


def test_a_school_that_announces_twice_is_refused() -> None:
    play = Play([[1]] * 3)
    with pytest.raises(InvalidInput, match="announced itself once"):
        School(play.round, 1).share([*play.announced[:2], replace(play.announced[0])])


@given(st.integers(0, 2**256 - 1), st.integers(1, 6), st.integers(0, 3), st.randoms(use_true_random=False))
def test_as_many_shares_as_the_threshold_give_the_secret_back(
    secret: int, threshold: int, spare: int, chance: random.Random
) -> None:
    shares = split(secret, holders=range(1, threshold + spare + 1), threshold=threshold)
    chosen = dict(chance.sample(sorted(shares.items()), threshold))
    assert joined(chosen) == secret


def test_fewer_shares_than_the_threshold_give_something_else() -> None:
    shares = split(42, holders=range(1, 6), threshold=3)
    assert joined({holder: shares[holder] for holder in (1, 2)}) != 42


def test_a_mean_over_too_few_students_is_left_out() -> None:
    assert federated_mean([300, 90], [30, 9], unit=Fraction(1, 10), floor=20) == [1.0, None]
