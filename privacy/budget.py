"""
How much may still be told about a cohort, a course and each student in this term, and what was told already.

Budgets are whole micro-epsilon. A release reserves its epsilon on every account that it touches by one UPDATE that
changes all of them or none, and only then draws its noise; what was drawn is stored beside the spending and committed
with it, before anybody sees it. So nothing is told that was not paid for, whichever process dies when. What has been
reserved when a draw starts is never given back: a draw that fails has still been paid for.

A question that was asked before in this term gets the same release again, free of charge. It is told by what was asked
and about which cohort, never by the values: whether a question costs something must not depend on the records.

The rows hold keyed pseudonyms, numbers and sealed releases, in the database that all hosts of an installation share:
spenders take turns by its lock. A student's own rows end with an erasure, and none is made for who was erased.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal, NewType

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Double,
    LargeBinary,
    String,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from scribetree.clock import Clock
from scribetree.errors import BudgetExhausted, InvalidInput, Withheld
from scribetree.privacy._parts import joined
from scribetree.privacy._prepared import Prepared
from scribetree.privacy._tables import consent_epochs
from scribetree.privacy.accounting import Bound, Pure, least_epsilon
from scribetree.privacy.database import Database, metadata
from scribetree.privacy.identity import Pseudonym, pseudonym
from scribetree.privacy.keys import KeyRing
from scribetree.privacy.sealed import Sealer

__all__ = [
    "CAPS",
    "CARRIED",
    "MAX_GROUP",
    "Account",
    "Balance",
    "Budgets",
    "Group",
    "Kind",
    "MicroEpsilon",
    "Release",
    "budgets_table",
    "micro_epsilon",
    "releases_table",
    "renewal_after",
]

Kind = Literal["cohort", "course", "student"]
MicroEpsilon = NewType("MicroEpsilon", int)

CAPS: Mapping[Kind, MicroEpsilon] = {
    "cohort": MicroEpsilon(10_000_000),
    "course": MicroEpsilon(5_000_000),
    "student": MicroEpsilon(10_000_000),
}
"""A term's budget of each kind of account. The origin system named 10 and 5 and enforced neither."""

MAX_GROUP = 10_000
"""The most students of one group: far above any course, and below what a database takes in one statement."""

CARRIED = "carried"
"""The account that says what every student's account of a term begins with; see `_budget_file.py`."""

budgets_table = Table(
    "budgets",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("account", String, primary_key=True),
    Column("term", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("spent", BigInteger, nullable=False),
    Column("cap", BigInteger, nullable=False),
)
releases_table = Table(
    "budget_releases",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("question", String, primary_key=True),
    Column("term", String, nullable=False),
    Column("account", String, nullable=False),
    Column("epsilon", BigInteger, nullable=False),
    Column("released_at", Double, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)
_groups = Table(
    "budget_groups",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("group_id", String, primary_key=True),
    Column("member", String, primary_key=True),
    Column("term", String, nullable=False),
    Column("size", BigInteger, nullable=False),
)
_budgets, _releases = budgets_table, releases_table


@dataclass(frozen=True, slots=True)
class Account:
    """What has a budget of its own: a cohort, a course or a student, by its real identifier."""

    kind: Kind
    name: str


@dataclass(frozen=True, slots=True)
class Balance:
    """What one account has spent and has left, in micro-epsilon, until it is full again."""

    spent: MicroEpsilon
    left: MicroEpsilon
    renews_at: datetime


@dataclass(frozen=True, slots=True)
class Group:
    """The students whom a figure is about, and the cohort and course whose budgets it draws on."""

    cohort_id: str
    students: frozenset[str]
    course_id: str | None = None

    def accounts(self) -> list[Account]:
        """Every account that pays for a figure about this group."""
        course = [Account("course", self.course_id)] if self.course_id else []
        return [Account("cohort", self.cohort_id), *course, *(Account("student", name) for name in self.students)]


@dataclass(frozen=True, slots=True)
class Release:
    """What was told, when, and whether this call only repeats it."""

    content: Mapping[str, Any]
    released_at: datetime
    repeated: bool


class _CannotPay(Exception):
    """Some account named in a statement did not change."""


class Budgets:
    """The budgets of one tenant."""

    def __init__(
        self, database: Database, *, ring: KeyRing, clock: Clock, caps: Mapping[Kind, MicroEpsilon] = CAPS
    ) -> None:
        self._database = database
        self._ring = ring
        self._sealer = Sealer(ring, "releases")
        self._clock = clock
        self._caps = caps

    def release(
        self,
        question: Mapping[str, Any],
        *,
        group: Group,
        epsilon: MicroEpsilon,
        floor: int,
        draw: Callable[[], Mapping[str, Any]],
    ) -> Release:
        """
        The stored answer to `question` about the group's cohort, or what `draw` gives once it has been paid for.

        Withheld if the group differs from one asked about before in this term by 1 to `floor` - 1 students;
        BudgetExhausted if any account cannot pay, and then none has.
        """
        key = self._question_key(question, group)
        accounts = self._keyed(group.accounts())
        try:
            with self._database.write() as connection:
                self._take_turns(connection)
                return self._stored(connection, key) or self._draw(
                    connection, key, accounts, group, epsilon, floor, draw
                )
        except _CannotPay:
            raise self._refusal(accounts, epsilon) from None

    def spend(self, accounts: Sequence[Account], epsilon: MicroEpsilon) -> None:
        """Every account has paid `epsilon`, on disk; or BudgetExhausted, and none has."""
        keyed = self._keyed(accounts)
        with suppress(_CannotPay), self._database.write() as connection:
            self._take_turns(connection)
            return self._reserve(connection, keyed, epsilon)
        try:
            with self._database.write() as connection:
                self._take_turns(connection)
                self._open_missing(connection, keyed)
                return self._reserve(connection, keyed, epsilon)
        except _CannotPay:
            raise self._refusal(keyed, epsilon) from None

    def balance(self, account: Account) -> Balance:
        """What `account` has spent and has left in this term."""
        with self._database.read() as connection:
            spent = self._spent(self._account_key(account), connection)
            if spent is None:
                spent = self._carried(connection) if account.kind == "student" else 0
        left = max(0, self._caps[account.kind] - spent)
        return Balance(MicroEpsilon(spent), MicroEpsilon(left), renewal_after(self._clock.now()))

    def loss(self, account: Account, *, delta: float) -> Bound:
        """The least epsilon that is proved for all that this account paid for in this term."""
        query = select(_releases.c.epsilon).where(
            *self._in_this_term(_releases), _releases.c.account == self._account_key(account)
        )
        with self._database.read() as connection:
            single = [int(epsilon) for epsilon in connection.execute(query).scalars()]
        # What was paid for and is not listed is added up in the basic way, which holds for anything.
        rest = self.balance(account).spent - sum(single)
        return least_epsilon([Pure(each / 1e6) for each in (*single, rest) if each > 0], delta=delta)

    def of_student(self, subject: Pseudonym, connection: Connection) -> list[dict[str, Any]]:
        """What was spent on figures that the student's group was asked about, for an export."""
        query = select(_budgets.c.term, _budgets.c.spent).where(
            _budgets.c.tenant == self._database.tenant, _budgets.c.account == self._student_key(subject)
        )
        return [
            {"term": term, "spent_epsilon": spent / 1e6}
            for term, spent in connection.execute(query.order_by(_budgets.c.term))
        ]

    def forget(self, subject: Pseudonym, connection: Connection) -> int:
        """
        The student's budget is gone, and that they belonged to groups; how many rows that were.

        How large those groups were stays, so that the rest of one differs from it by a student, and is withheld.
        """
        key, tenant = self._student_key(subject), self._database.tenant
        own = delete(_budgets).where(_budgets.c.tenant == tenant, _budgets.c.account == key)
        membership = delete(_groups).where(_groups.c.tenant == tenant, _groups.c.member == key)
        return connection.execute(own).rowcount + connection.execute(membership).rowcount

    def _draw(
        self,
        connection: Connection,
        key: str,
        accounts: Mapping[str, Kind],
        group: Group,
        epsilon: MicroEpsilon,
        floor: int,
        draw: Callable[[], Mapping[str, Any]],
    ) -> Release:
        """Reserve, draw, store; all of it becomes true together when the transaction commits."""
        now = self._clock.now()
        erased = self._erased(group, connection)
        living: dict[str, Kind] = {account: kind for account, kind in accounts.items() if account not in erased}
        students = {account for account, kind in living.items() if kind == "student"}
        self._remember_group(connection, students, floor)
        self._open_missing(connection, living)
        self._reserve(connection, living, epsilon)
        cohort = next(iter(accounts))
        row = {"term": self._term(), "account": cohort, "epsilon": epsilon, "released_at": now.timestamp()}
        store = insert(_releases).values(tenant=self._database.tenant, **row)
        try:
            content = draw()
            sealed = self._sealer.seal(json.dumps(content).encode(), place=key)
        except BaseException:
            # The reservation stands; the question can be asked, and paid for, again.
            connection.execute(store.values(question=secrets.token_hex(16), sealed=b""))
            connection.commit()
            raise
        connection.execute(store.values(question=key, sealed=sealed))
        return Release(content, now, repeated=False)

    def _stored(self, connection: Connection, key: str) -> Release | None:
        query = select(_releases.c.released_at, _releases.c.sealed).where(
            _releases.c.tenant == self._database.tenant, _releases.c.question == key
        )
        row = connection.execute(query).first()
        if row is None:
            return None
        content = json.loads(self._sealer.open(row.sealed, place=key))
        return Release(content, datetime.fromtimestamp(row.released_at, UTC), repeated=True)

    def _reserve(self, connection: Connection, accounts: Mapping[str, Kind], epsilon: MicroEpsilon) -> None:
        """Every account has paid, by one statement; or the caller's transaction must not be committed."""
        if epsilon <= 0:
            raise InvalidInput("An epsilon to spend must be above 0.", hint="Give whole micro-epsilon.")
        given: dict[str, Any] = {"this_tenant": self._database.tenant, "this_term": self._term(), "amount": epsilon}
        given.update((f"account_{index}", account) for index, account in enumerate(accounts))
        if len(_reservation(len(accounts)).rows(connection, given)) != len(accounts):
            raise _CannotPay

    def _open_missing(self, connection: Connection, accounts: Mapping[str, Kind]) -> None:
        """Each account has a row for this term; rows that are there are left."""
        insert_row = sqlite.insert if self._database.is_sqlite else postgresql.insert
        carried = self._carried(connection)
        rows = [
            {
                "tenant": self._database.tenant,
                "account": account,
                "term": self._term(),
                "kind": kind,
                "spent": carried if kind == "student" else 0,
                "cap": self._caps[kind],
            }
            for account, kind in accounts.items()
        ]
        connection.execute(insert_row(_budgets).on_conflict_do_nothing(), rows)

    def _remember_group(self, connection: Connection, members: Collection[str], floor: int) -> None:
        """This set of students is known from now on; withheld if it is nearly, but not quite, one that was known."""
        size, shared = len(members), func.count()
        query = (
            select(_groups.c.size, shared)
            .where(*self._in_this_term(_groups), _groups.c.member.in_(list(members)))
            .group_by(_groups.c.group_id, _groups.c.size)
        )
        apart = {known_size + size - 2 * common for known_size, common in connection.execute(query)}
        if any(0 < difference < floor for difference in apart):
            raise Withheld(
                f"This group differs by fewer than {floor} students from one that was asked about before; "
                "the two answers together would say something about those few.",
                hint=f"Ask about the same group as before, or wait until {self._renewal_day()}.",
            )
        if members and 0 not in apart:
            tenant, term, name = self._database.tenant, self._term(), secrets.token_hex(16)
            connection.execute(delete(_groups).where(_groups.c.tenant == tenant, _groups.c.term != term))
            row = {"tenant": tenant, "group_id": name, "term": term, "size": size}
            connection.execute(insert(_groups), [{**row, "member": member} for member in sorted(members)])

    def _refusal(self, accounts: Mapping[str, Kind], epsilon: MicroEpsilon) -> BudgetExhausted:
        query = select(_budgets.c.kind, func.min(_budgets.c.cap - _budgets.c.spent)).where(
            *self._in_this_term(_budgets), _budgets.c.account.in_(list(accounts))
        )
        with self._database.read() as connection:
            found = {kind: int(left) for kind, left in connection.execute(query.group_by(_budgets.c.kind))}
            fresh = {**self._caps, "student": self._caps["student"] - self._carried(connection)}
        left_of = {kind: max(0, min(found.get(kind, fresh[kind]), fresh[kind])) for kind in accounts.values()}
        kind, left = min(left_of.items(), key=lambda pair: pair[1])
        whose = "some students of this group" if kind == "student" else f"this {kind}"
        smaller = f" Where an epsilon can be given, at most {left / 1e6:.6f} can be paid." if left else ""
        return BudgetExhausted(
            f"The privacy budget of {whose} has {left / 1e6:.6f} left until {self._renewal_day()}; "
            f"this question needs {epsilon / 1e6:.6f}.",
            hint=f"Repeat an earlier question for free, or wait until {self._renewal_day()}.{smaller}",
        )

    def _take_turns(self, connection: Connection) -> None:
        """Nobody else of this tenant spends until the transaction ends."""
        self._database.lock(connection, f"budgets/{self._database.tenant}")

    def _spent(self, account: str, connection: Connection) -> int | None:
        query = select(_budgets.c.spent).where(*self._in_this_term(_budgets), _budgets.c.account == account)
        return connection.execute(query).scalar()

    def _carried(self, connection: Connection) -> int:
        """What every student's account of this term begins with."""
        return self._spent(CARRIED, connection) or 0

    def _erased(self, group: Group, connection: Connection) -> set[str]:
        """The accounts of those students of whom nothing may be kept any more."""
        subjects = [self._subject(name) for name in group.students]
        query = select(consent_epochs.c.subject).where(
            consent_epochs.c.tenant == self._database.tenant,
            consent_epochs.c.is_erased == 1,
            consent_epochs.c.subject.in_(subjects),
        )
        return {self._student_key(Pseudonym(subject)) for subject in connection.execute(query).scalars()}

    def _in_this_term(self, table: Table) -> tuple[Any, Any]:
        return table.c.tenant == self._database.tenant, table.c.term == self._term()

    def _question_key(self, question: Mapping[str, Any], group: Group) -> str:
        spoken = json.dumps([self._term(), group.cohort_id, group.course_id, question], sort_keys=True)
        return self._hmac(f"question\0{spoken.strip()}".encode())

    def _keyed(self, accounts: Sequence[Account]) -> dict[str, Kind]:
        return {self._account_key(account): account.kind for account in accounts}

    def _account_key(self, account: Account) -> str:
        if account.kind == "student":
            return self._student_key(self._subject(account.name))
        return self._hmac(f"{account.kind}\0{account.name.strip()}".encode())

    def _student_key(self, subject: Pseudonym) -> str:
        """It follows from the pseudonym in the records, so that an erasure finds it, but only with the ring."""
        return self._hmac(joined("student", self._database.tenant, subject))

    def _subject(self, name: str) -> Pseudonym:
        return pseudonym(self._ring, name, tenant=self._database.tenant)

    def _hmac(self, named: bytes) -> str:
        return hmac.new(self._ring.key("budget"), named, hashlib.sha256).hexdigest()[:32]

    def _term(self) -> str:
        now = self._clock.now()
        return f"{now.year}-{1 if now.month < 7 else 2}"

    def _renewal_day(self) -> str:
        return renewal_after(self._clock.now()).date().isoformat()


def micro_epsilon(epsilon: float | str | Fraction) -> MicroEpsilon:
    """`epsilon` in millionths, rounded up, so that no more is told than is paid for."""
    return MicroEpsilon(-(-Fraction(str(epsilon)) * 1_000_000 // 1))


def renewal_after(now: datetime) -> datetime:
    """The next 1 January or 1 July, when every budget is full again."""
    return datetime(now.year, 7, 1, tzinfo=UTC) if now.month < 7 else datetime(now.year + 1, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=64)
def _reservation(accounts: int) -> Prepared:
    """The statement that reserves on so many accounts as can pay, and names those."""
    amount = bindparam("amount", type_=BigInteger)
    names = [bindparam(f"account_{index}", type_=String) for index in range(accounts)]
    return Prepared(
        update(_budgets)
        .where(_budgets.c.account.in_(names))
        .where(_budgets.c.tenant == bindparam("this_tenant", type_=String))
        .where(_budgets.c.term == bindparam("this_term", type_=String), _budgets.c.spent + amount <= _budgets.c.cap)
        .values(spent=_budgets.c.spent + amount)
        .returning(_budgets.c.account)
    )
