"""On whose behalf the suite itself acts here, and how people are called where their names must not stand."""

from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.identity import pseudonym
from scribetree.servers.kit import Wiring

__all__ = ["short_name", "suite"]

_SHORT = 6


def suite(correlation_id: str) -> PrivacyContext:
    """The suite as a caller: it carries what others have been allowed to send, and stands on the log itself."""
    return PrivacyContext("scribetree-alerts", "system", "support", correlation_id)


def short_name(means: Wiring, student: str) -> str:
    """A student's name on channels that leave the installation: stable, and of use only to who can look it up here."""
    return pseudonym(means.ring, student, scope="alerts")[:_SHORT].upper()
