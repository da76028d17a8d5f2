"""
Google's statistical cases: a few in each run, and all that concern us, at their full size, at night (`make nightly`).

The cases of one noise follow one another: the first waits for the votes on all of them, a minute or two.
"""

import sys
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache

import pytest
from tests.privacy import google_cases
from tests.privacy.google_cases import Case, Noise, Privacy, ballots, by_noise, closeness_cases, privacy_cases

from scribetree.privacy.noise import laplace_vector

FEW = 10_000
MARGIN = 3
"""In tolerances: a single vote of a correct sampler fails one time in ten; in 25 trials none came beyond two."""
GROUPS = by_noise()
CASES = [case for group in GROUPS.values() for case in group]


def case(name: str) -> Privacy:
    return next(each for each in privacy_cases() if name in each.name and each.law == "laplace")


@pytest.mark.parametrize("name", ["empty count, default", "large count, large epsilon", "small count, two partitions"])
def test_our_noise_passes_and_noise_too_small_by_half_does_not(name: str) -> None:
    assert case(name).accepted(FEW, widen=MARGIN)
    assert not case(name).accepted(FEW, Fraction(2), widen=MARGIN)


def test_all_cases_that_concern_us_are_read() -> None:
    assert len({each.title for each in CASES}) == 201


def test_the_cases_of_one_noise_share_two_groups_of_draws_in_a_vote_and_none_across_votes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn: list[list[int]] = []

    def counted(scale: Fraction, size: int) -> list[int]:
        drawn.append(laplace_vector(scale, size))
        return drawn[-1]

    monkeypatch.setattr(google_cases, "laplace_vector", counted)
    votes = list(ballots(GROUPS[case("empty count, default").noise], samples=FEW // 10))
    assert len(votes[-1]) == 3
    assert len(drawn) == 2 * len(votes) == 2 * max(said.total() for said in votes[-1].values())
    assert len(set(map(tuple, drawn))) == len(drawn)


def test_the_place_of_a_mean_is_exact_however_large_it_is() -> None:
    for each in closeness_cases():
        whole, rest = each.cell()
        assert abs(rest) <= 0.5
        assert whole + Fraction(rest) == pytest.approx(
            Fraction(each.mean) / Fraction(each.granularity), rel=0, abs=1e-9
        )


def test_a_case_is_asked_about_until_five_votes_agree() -> None:
    *_, last = ballots([case("empty count, default")], samples=FEW // 10)
    [said] = last.values()
    assert max(said.values()) == 5


def tell(progress: str) -> None:
    sys.stdout.write("\n" + progress)
    sys.stdout.flush()


@lru_cache(maxsize=1)
def votes_on(noise: Noise) -> Mapping[Case, Counter[bool]]:
    """What was said in the end; a line for each vote, so that nobody thinks that nothing happens."""
    said: Mapping[Case, Counter[bool]] = {}
    for number, said in enumerate(ballots(GROUPS[noise]), 1):
        tell(f"{noise[0]} noise of {len(said)} cases: vote {number}")
    return said


@pytest.mark.nightly
@pytest.mark.timeout(0)
@pytest.mark.parametrize("each", CASES, ids=lambda each: each.title)
def test_most_of_nine_votes_accept_our_noise(each: Case) -> None:
    said = votes_on(each.noise)[each]
    tell(f"{said[True]} of {said.total()} votes accept: ")
    assert said[True] > said[False]
