"""Logs hold fields: whatever looks like a person or like prose does not reach them."""

import json
from typing import cast

import pytest

from scribetree import log


def logged(capfd: pytest.CaptureFixture[str], **fields: object) -> dict[str, object]:
    log.configure("info")
    log.log.info("tool_called", **fields)
    return cast("dict[str, object]", json.loads(capfd.readouterr().err))


@pytest.mark.parametrize(
    "value",
    ["ana@mail.org", "Maria Lopez", "one two three four five do", "https://a.b/c", "a\nb", b"Maria", {1}],
)  # fmt: skip
def test_a_value_that_looks_personal_is_withheld(value: object, capfd: pytest.CaptureFixture[str]) -> None:
    assert logged(capfd, note=value)["note"] == "(withheld)"


@pytest.mark.parametrize(
    "value",
    ["compare_drafts", "550e8400-e29b-41d4-a716-446655440000", "guard.py:31 < kit.py:7", 3, 2.5, None, True],
)  # fmt: skip
def test_a_field_is_logged_as_it_is(value: object, capfd: pytest.CaptureFixture[str]) -> None:
    assert logged(capfd, note=value)["note"] == value


def test_values_inside_values_are_withheld_too(capfd: pytest.CaptureFixture[str]) -> None:
    assert logged(capfd, tried=[{"who": "Maria Lopez", "ms": 3}])["tried"] == [{"who": "(withheld)", "ms": 3}]
