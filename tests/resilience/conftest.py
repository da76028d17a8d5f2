"""What the tests of this floor share."""

import pytest

from scribetree.clock import FixedClock


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()
