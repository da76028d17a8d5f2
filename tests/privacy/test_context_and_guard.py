"""Purposes, roles, and the door."""

import pytest

from scribetree.errors import Denied
from scribetree.privacy.context import PURPOSES, PrivacyContext, Purpose, RequesterType, as_purpose, role_of_profile
from scribetree.privacy.guard import EDUCATORS, EVERYONE, Rule, admit


def context(role: RequesterType, *, purpose: Purpose = "learning", student: str | None = None) -> PrivacyContext:
    return PrivacyContext("me", role, purpose, "correlation-1", student_id=student)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_every_purpose_names_itself(purpose: Purpose) -> None:
    assert as_purpose(purpose) == purpose


@pytest.mark.parametrize(
    ("words", "purpose"),
    [
        ("student_progress_tracking", "assessment"),
        ("writing improvement", "improvement"),
        ("academic_integrity_monitoring", "integrity"),
        ("Class Performance Analysis", "analytics"),
        ("intervention_planning", "support"),
    ],
)
def test_the_words_of_the_origin_are_understood(words: str, purpose: Purpose) -> None:
    assert as_purpose(words) == purpose


@pytest.mark.parametrize("words", ["advertising", "", "sell to third parties"])
def test_words_that_name_no_purpose_are_denied(words: str) -> None:
    with pytest.raises(Denied):
        as_purpose(words)


def test_a_role_that_is_not_named_is_denied() -> None:
    with pytest.raises(Denied):
        admit(context("researcher"), Rule(EVERYONE))
    with pytest.raises(Denied):
        admit(context("student"), Rule(EDUCATORS))
    admit(context("educator"), Rule(EDUCATORS))


def test_a_student_is_admitted_about_nobody_else_and_for_no_inquiry() -> None:
    admit(context("student", student="me"), Rule(EVERYONE))
    with pytest.raises(Denied):
        admit(context("student", student="you"), Rule(EVERYONE))
    with pytest.raises(Denied):
        admit(context("student", purpose="integrity"), Rule(EVERYONE))


def test_every_denial_is_said_in_the_same_words() -> None:
    said: set[tuple[str, str]] = set()
    for refused in (context("researcher"), context("student", student="you")):
        with pytest.raises(Denied) as caught:
            admit(refused, Rule(EVERYONE))
        said.add((caught.value.message, caught.value.hint))
    assert len(said) == 1


def test_the_profile_of_all_tools_acts_as_educator() -> None:
    assert role_of_profile("all") == "educator"
    assert role_of_profile("student") == "student"
