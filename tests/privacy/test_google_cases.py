"""A part of Google's statistical cases, at a size for every run; bench/google_dp.py has them whole."""

import runpy
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SAMPLES = 10_000
MARGIN = 3
"""In tolerances: a single vote of a correct sampler fails one time in ten; in 25 trials none came beyond two."""
bench: dict[str, Any] = runpy.run_path(str(ROOT / "bench" / "google_dp.py"))
pytestmark = pytest.mark.skipif(not bench["CASES"].exists(), reason="Google's cases are not on this machine")


def case(kind: str, name: str) -> Any:
    return next(found for found in bench["cases"]([kind]) if name in found.name)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("count", "empty count, default"),
        ("count", "large count, large epsilon"),
        ("count", "small count, two partitions"),
    ],
)
def test_our_noise_passes_and_noise_too_small_by_half_does_not(kind: str, name: str) -> None:
    found = case(kind, name)
    allowed = MARGIN * bench["tolerance"](found, SAMPLES)
    assert bench["excess"](found, SAMPLES) < allowed
    assert bench["excess"](found, SAMPLES, Fraction(2)) > allowed
