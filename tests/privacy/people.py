"""The people of the privacy tests, and an installation that knows them."""

from collections.abc import Sequence
from datetime import date

from scribetree.clock import Clock
from scribetree.privacy.context import PrivacyContext, Purpose, RequesterType
from scribetree.privacy.office import PrivacyOffice
from scribetree.privacy.rights import ErasablePlace
from scribetree.settings import Settings

STUDENT = "s-1"
"""Grown up, so that they decide for themselves."""

TEACHER = "t-1"
TEXT = "My canary sentence about the river Unstrut."


def open_office(settings: Settings, clock: Clock, places: Sequence[ErasablePlace] = ()) -> PrivacyOffice:
    """An office where t-1 teaches s-1, who is grown up."""
    office = PrivacyOffice.open(settings, clock=clock, places=places)
    office.consent.record_birth(office.pseudonym(STUDENT), date(2007, 5, 1), by="administrator")
    office.enrol(administrator(), STUDENT, TEACHER, course="writing-1")
    return office


def caller(role: RequesterType, requester: str, purpose: Purpose = "feedback") -> PrivacyContext:
    """Somebody who asks."""
    return PrivacyContext(requester, role, purpose, "correlation-1")


def student(purpose: Purpose = "learning", *, name: str = STUDENT) -> PrivacyContext:
    """The student themselves."""
    return caller("student", name, purpose)


def teacher(purpose: Purpose = "feedback", *, name: str = TEACHER) -> PrivacyContext:
    """Their teacher."""
    return caller("educator", name, purpose)


def administrator(purpose: Purpose = "support") -> PrivacyContext:
    """Somebody of the school's administration."""
    return caller("administrator", "a-1", purpose)


def add_draft(office: PrivacyOffice, text: str = TEXT, *, name: str = STUDENT) -> str:
    """A draft that the student kept; its id."""
    values = {"title": "The river", "text": text, "words": len(text.split())}
    return office.guard.write(student(name=name), name, "draft", values).record_id
