"""
All that one process needs to deal with student data, opened together on one database and one key ring.

    office = PrivacyOffice.open(settings, clock=clock)
    office.guard.read(caller, student, "draft", ("text",))
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

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
from scribetree.privacy.records.store import Records
from scribetree.privacy.retention import Retention
from scribetree.privacy.rights import CachePlace, ErasablePlace, Rights
from scribetree.privacy.sealed import FieldSealer
from scribetree.privacy.subject_keys import SubjectKeys
from scribetree.privacy.teaching import Teaching
from scribetree.privacy.tokens import AccessTokens
from scribetree.privacy.witness import Witness
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
        database, ring = Database.open(settings), KeyRing.open(settings)
        keys = SubjectKeys(database, ring, clock)
        sealer, records = FieldSealer(keys), Records(database, keys)
        identities = Identities(database, ring, sealer)
        watching = None if witness is None else Witness(settings.home, witness)
        audit = AuditLog(database, ring, clock, witness=watching)
        consent = ConsentLedger(database, sealer, audit, clock)
        teaching, tokens, holds = Teaching(database), AccessTokens(database), Holds(database, clock)
        budgets = Budgets(database, ring=ring, clock=clock)
        take_over(settings.home / "budgets.db", database)
        store = FileStore(settings.home / "cache.db")
        cache = PrivateCache(store, ring, sealer, consent, clock, database.tenant)
        guard = Guard(
            database=database,
            ring=ring,
            records=records,
            consent=consent,
            teaching=teaching,
            tokens=tokens,
            audit=audit,
            clock=clock,
        )
        requests = AccessRequests(
            database=database, ring=ring, consent=consent, tokens=tokens, audit=audit, clock=clock
        )
        overviews = Overviews(
            database=database,
            ring=ring,
            records=records,
            consent=consent,
            tokens=tokens,
            holds=holds,
            audit=audit,
            clock=clock,
        )
        declared = DeclaredAccesses(database=database, ring=ring, audit=audit, clock=clock)
        rights = Rights(
            database=database,
            ring=ring,
            keys=keys,
            identities=identities,
            records=records,
            consent=consent,
            teaching=teaching,
            tokens=tokens,
            holds=holds,
            budgets=budgets,
            audit=audit,
            clock=clock,
            places=(CachePlace(cache), *places),
        )
        retention = Retention(
            database=database,
            ring=ring,
            records=records,
            consent=consent,
            tokens=tokens,
            holds=holds,
            audit=audit,
            clock=clock,
        )
        return cls(
            database=database,
            ring=ring,
            clock=clock,
            identities=identities,
            guard=guard,
            consent=consent,
            teaching=teaching,
            requests=requests,
            declared=declared,
            deliveries=Deliveries(database, ring, clock),
            overviews=overviews,
            rights=rights,
            retention=retention,
            holds=holds,
            audit=audit,
            cache=cache,
            plans=Plans(database, ring, clock),
            budgets=budgets,
        )

    def pseudonym(self, person_id: str) -> Pseudonym:
        """The name under which the ledgers know that person."""
        return pseudonym(self.ring, person_id, tenant=self.database.tenant)

    def enrol(self, caller: PrivacyContext, student: str, educator: str, *, course: str) -> None:
        """The educator teaches the student from now on, and may see what teachers may."""
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
                connection=connection,
            )

    def egress_scan(self, *, canaries: Iterable[str]) -> EgressScan:
        """The scan for those canaries and for everyone enrolled here, however many they are."""
        return EgressScan(canaries=canaries, identifiers=self.identities.known())

    def close(self) -> None:
        """No connection is open any more, but for those of other threads to the cache, which end with them."""
        self.cache.close()
        self.database.close()
