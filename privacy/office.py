"""
All that one process needs to deal with student data, opened together on one database and one key ring.

    office = PrivacyOffice.open(settings, clock=clock)
    office.guard.read(caller, student, "draft", ("text",))
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from scribetree.clock import Clock
from scribetree.errors import Denied, InvalidInput
from scribetree.privacy._budget_file import take_over
from scribetree.privacy.access_requests import AccessRequests
from scribetree.privacy.audit import AuditLog
from scribetree.privacy.budget import Budgets
from scribetree.privacy.consent import ConsentLedger
from scribetree.privacy.context import UNNAMED, PrivacyContext
from scribetree.privacy.database import Database
from scribetree.privacy.declared_access import DeclaredAccesses
from scribetree.privacy.deliveries import Deliveries
from scribetree.privacy.egress import EgressScan
from scribetree.privacy.guard import Guard
from scribetree.privacy.holds import Holds
from scribetree.privacy.identities import Identities
from scribetree.privacy.identity import Pseudonym, StudentId, pseudonym
from scribetree.privacy.keys import KeyRing
from scribetree.privacy.overview import Overviews
from scribetree.privacy.plans import Plans
from scribetree.privacy.private_cache import FileStore, PrivateCache
from scribetree.privacy.retention import Retention
from scribetree.privacy.rights import CachePlace, ErasablePlace, Rights
from scribetree.privacy.stores import Stores
from scribetree.privacy.teaching import Teaching
from scribetree.settings import Settings

__all__ = ["PrivacyOffice"]


@dataclass(frozen=True)
class PrivacyOffice:
    """The doors, ledgers and clocks of one installation; the records themselves are behind `guard`."""

    database: Database
    ring: KeyRing
    clock: Clock
    identities: Identities
    guard: Guard
    consent: ConsentLedger
    teaching: Teaching
    requests: AccessRequests
    declared: DeclaredAccesses
    deliveries: Deliveries
    overviews: Overviews
    rights: Rights
    retention: Retention
    holds: Holds
    audit: AuditLog
    cache: PrivateCache
    plans: Plans
    budgets: Budgets

    @classmethod
    def open(
        cls,
        settings: Settings,
        *,
        clock: Clock,
        places: Sequence[ErasablePlace] = (),
        witness: str | None = None,
    ) -> "PrivacyOffice":
        """
        The office of the installation that the settings name.

        `places` are what else an erasure has to reach; `witness` is the name under which this process watches the log.
        """
        stores = Stores.open(settings, clock=clock, witness=witness)
        take_over(settings.home / "budgets.db", stores.database)
        cache_file = FileStore(settings.home / "cache.db")
        cache = PrivateCache(cache_file, stores.ring, stores.sealer, stores.consent, clock, stores.database.tenant)
        return cls(
            database=stores.database,
            ring=stores.ring,
            clock=clock,
            identities=stores.identities,
            guard=Guard(stores),
            consent=stores.consent,
            teaching=stores.teaching,
            requests=AccessRequests(stores),
            declared=DeclaredAccesses(stores),
            deliveries=Deliveries(stores.database, stores.ring, clock),
            overviews=Overviews(stores),
            rights=Rights(stores, places=(CachePlace(cache), *places)),
            retention=Retention(stores),
            holds=stores.holds,
            audit=stores.audit,
            cache=cache,
            plans=Plans(stores.database, stores.ring, clock),
            budgets=stores.budgets,
        )

    def pseudonym(self, person_id: str) -> Pseudonym:
        """The name under which the ledgers know that person."""
        return pseudonym(self.ring, person_id, tenant=self.database.tenant)

    def enrol(
        self, caller: PrivacyContext, student: str, educator: str, *, course: str, until: datetime | None = None
    ) -> None:
        """The educator teaches the student from now on, or `until` then, and may see what teachers may."""
        if caller.requester_type not in {"administrator", "system"}:
            raise Denied("This caller may not make this call.", hint="Ask an administrator to enrol the student.")
        if educator == UNNAMED:
            raise InvalidInput(
                "`educator` is the name of the user whom nobody has named, who is nobody's teacher.",
                hint="Give the teacher's own identifier, the one with which they are named as a requester.",
            )
        subject = self.identities.enrol(StudentId(student))
        with self.database.write() as connection:
            self.teaching.enrol(
                subject,
                self.pseudonym(educator),
                course=course,
                begins_at=self.clock.now(),
                ends_at=until,
                connection=connection,
            )

    def egress_scan(self, *, canaries: Iterable[str]) -> EgressScan:
        """The scan for those canaries and for everyone enrolled here, however many they are."""
        return EgressScan(canaries=canaries, identifiers=self.identities.known())

    def close(self) -> None:
        """No connection is open any more, but for those of other threads to the cache, which end with them."""
        self.cache.close()
        self.database.close()
