"""The stores of one installation, opened together on one database and one key ring: one value for all who need them."""

from dataclasses import dataclass

from scribetree.clock import Clock
from scribetree.privacy.audit import AuditLog
from scribetree.privacy.budget import Budgets
from scribetree.privacy.consent import ConsentLedger
from scribetree.privacy.database import Database
from scribetree.privacy.holds import Holds
from scribetree.privacy.identities import Identities
from scribetree.privacy.keys import KeyRing
from scribetree.privacy.records.store import Records
from scribetree.privacy.sealed import FieldSealer
from scribetree.privacy.subject_keys import SubjectKeys
from scribetree.privacy.teaching import Teaching
from scribetree.privacy.tokens import AccessTokens
from scribetree.privacy.witness import Witness
from scribetree.settings import Settings

__all__ = ["Stores"]


@dataclass(frozen=True, slots=True)
class Stores:
    """What is kept, and on which clock; who may see it is for those who are handed this."""

    database: Database
    ring: KeyRing
    clock: Clock
    keys: SubjectKeys
    sealer: FieldSealer
    identities: Identities
    records: Records
    consent: ConsentLedger
    teaching: Teaching
    tokens: AccessTokens
    holds: Holds
    budgets: Budgets
    audit: AuditLog

    @classmethod
    def open(cls, settings: Settings, *, clock: Clock, witness: str | None = None) -> "Stores":
        """The stores that the settings name; `witness` is the name under which this process watches the log."""
        database, ring = Database.open(settings), KeyRing.open(settings)
        keys = SubjectKeys(database, ring, clock)
        sealer = FieldSealer(keys)
        watching = None if witness is None else Witness(settings.home, witness)
        audit = AuditLog(database, ring, clock, witness=watching)
        return cls(
            database=database,
            ring=ring,
            clock=clock,
            keys=keys,
            sealer=sealer,
            identities=Identities(database, ring, sealer),
            records=Records(database, keys),
            consent=ConsentLedger(database, sealer, audit, clock),
            teaching=Teaching(database),
            tokens=AccessTokens(database),
            holds=Holds(database, clock),
            budgets=Budgets(database, ring=ring, clock=clock),
            audit=audit,
        )
