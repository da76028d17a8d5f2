"""
Google's statistical cases: a few in each run, and all that concern us, at their full size, at night.

    .venv/bin/python -m pytest -m nightly
"""

from fractions import Fraction

import pytest
from tests.privacy.google_cases import Closeness, Privacy, closeness_cases, majority, privacy_cases

FEW = 10_000
MARGIN = 3
"""In tolerances: a single vote of a correct sampler fails one time in ten; in 25 trials none came beyond two."""
CASES: list[Privacy | Closeness] = [*privacy_cases(), *closeness_cases()]


def case(name: str) -> Privacy:
    return next(each for each in privacy_cases() if name in each.name and each.law == "laplace")


@pytest.mark.parametrize("name", ["empty count, default", "large count, large epsilon", "small count, two partitions"])
def test_our_noise_passes_and_noise_too_small_by_half_does_not(name: str) -> None:
    assert case(name).accepted(FEW, widen=MARGIN)
    assert not case(name).accepted(FEW, Fraction(2), widen=MARGIN)


def test_all_cases_that_concern_us_are_read() -> None:
    assert len(CASES) == 201


@pytest.mark.nightly
@pytest.mark.timeout(0)
@pytest.mark.parametrize("each", CASES, ids=lambda each: f"{each.law}: {each.name}")
def test_most_of_nine_votes_accept_our_noise(each: Privacy | Closeness) -> None:
    assert majority(each)
