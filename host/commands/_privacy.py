"""What the privacy commands share: the office of this installation, with all places that it reaches."""

from collections.abc import Generator
from contextlib import contextmanager

from scribetree import log
from scribetree.clock import SystemClock
from scribetree.host.chain import ChainTraces
from scribetree.host.workflows.student_runs import StudentRuns
from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.keys import KeyRing
from scribetree.privacy.office import PrivacyOffice
from scribetree.provenance import new_correlation_id
from scribetree.settings import Settings

__all__ = ["OPERATOR", "as_operator", "opened_office"]

OPERATOR = "operator"


@contextmanager
def opened_office() -> Generator[PrivacyOffice]:
    """The office of the installation in SCRIBETREE_HOME, closed afterwards."""
    settings = Settings.from_environment()
    log.configure(settings.log_level)
    ring, clock = KeyRing.open(settings), SystemClock()
    places = (StudentRuns(settings, ring), ChainTraces(settings, ring, clock))
    office = PrivacyOffice.open(settings, clock=clock, places=places, witness="host")
    try:
        yield office
    finally:
        office.close()


def as_operator() -> PrivacyContext:
    """Whoever may open this installation's key ring, doing the school's duty from its command line."""
    requester = Settings.from_environment().requester_id or OPERATOR
    return PrivacyContext(requester, "administrator", "support", new_correlation_id())
