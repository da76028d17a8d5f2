"""
How much may still be told about a cohort, a course and each student in this term, and what was told already.

Budgets are whole micro-epsilon. A release takes the write lock, reserves its epsilon on every account that it touches
by one UPDATE that changes all of them or none, and only then draws its noise; what was drawn is stored beside the
spending and committed with it, before anybody sees it. So nothing is told that was not paid for, whichever process
dies when. What has been reserved when a draw starts is never given back: a draw that fails has still been paid for.

A question that was asked before in this term gets the same release again, free of charge. It is told by what was asked
and about which cohort, never by the values: whether a question costs something must not depend on the records.

The file holds keyed pseudonyms, numbers and sealed releases. All processes of an installation share it, on SQLite in
write-ahead mode or on PostgreSQL.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Literal, NewType

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Dialect,
    Engine,
    Float,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    create_engine,
    delete,
    event,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from scribetree.clock import Clock
from scribetree.errors import BudgetExhausted, InvalidInput, Unavailable, Withheld
from scribetree.privacy.accounting import Bound, Pure, least_epsilon
from scribetree.privacy.keys import KeyRing
from scribetree.privacy.sealed import Sealer

__all__ = [
    "CAPS",
    "MAX_GROUP",
    "Account",
    "Balance",
    "Budgets",
    "Group",
    "Kind",
    "MicroEpsilon",
    "Release",
    "budget_engine",
    "micro_epsilon",
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

_BUSY_TIMEOUT_MS = 5_000

_metadata = MetaData()
_budgets = Table(
    "budgets",
    _metadata,
    Column("account", String(32), primary_key=True),
    Column("term", String(8), primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("spent", BigInteger, nullable=False),
    Column("cap", BigInteger, nullable=False),
)
_releases = Table(
    "releases",
    _metadata,
    Column("question", String(32), primary_key=True),
    Column("term", String(8), nullable=False, index=True),
    Column("account", String(32), nullable=False, index=True),
    Column("epsilon", BigInteger, nullable=False),
    Column("released_at", Float, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)
_groups = Table(
    "asked_groups",
    _metadata,
    Column("group", String(32), primary_key=True),
    Column("student", String(32), primary_key=True),
    Column("term", String(8), primary_key=True),
    Column("size", BigInteger, nullable=False),
)


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
    """The budgets of one installation, over any SQLAlchemy engine."""

    def __init__(
        self, engine: Engine, *, ring: KeyRing, clock: Clock, caps: Mapping[Kind, MicroEpsilon] = CAPS
    ) -> None:
        self._engine = engine
        self._ring = ring
        self._sealer = Sealer(ring, "releases")
        self._clock = clock
        self._caps = caps
        with _as_unavailable():
            _metadata.create_all(engine)

    @classmethod
    def at(cls, home: Path, *, ring: KeyRing, clock: Clock) -> "Budgets":
        """The budgets in the file `budgets.db` of an installation's data folder."""
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        return cls(budget_engine(f"sqlite:///{home / 'budgets.db'}"), ring=ring, clock=clock)

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
            with self._writing() as connection:
                return self._stored(connection, key) or self._draw(
                    connection, key, accounts, self._member_keys(group), epsilon, floor, draw
                )
        except _CannotPay:
            raise self._refusal(accounts, epsilon) from None
        except IntegrityError:
            return self._answered_meanwhile(key)

    def spend(self, accounts: Sequence[Account], epsilon: MicroEpsilon) -> None:
        """Every account has paid `epsilon`, on disk; or BudgetExhausted, and none has."""
        keyed = self._keyed(accounts)
        with suppress(_CannotPay), self._writing() as connection:
            return self._reserve(connection, keyed, epsilon)
        try:
            with self._writing() as connection:
                self._open_missing(connection, keyed)
                return self._reserve(connection, keyed, epsilon)
        except _CannotPay:
            raise self._refusal(keyed, epsilon) from None

    def balance(self, account: Account) -> Balance:
        """What `account` has spent and has left in this term."""
        query = select(_budgets.c.spent).where(
            _budgets.c.account == self._account_key(account), _budgets.c.term == self._term()
        )
        with self._writing() as connection:
            spent = connection.execute(query).scalar() or 0
        left = max(0, self._caps[account.kind] - spent)
        return Balance(MicroEpsilon(spent), MicroEpsilon(left), renewal_after(self._clock.now()))

    def loss(self, account: Account, *, delta: float) -> Bound:
        """The least epsilon that is proved for all that this account paid for in this term."""
        query = select(_releases.c.epsilon).where(
            _releases.c.account == self._account_key(account), _releases.c.term == self._term()
        )
        with self._writing() as connection:
            single = [int(epsilon) for epsilon in connection.execute(query).scalars()]
        # What was paid for and is not listed is added up in the basic way, which holds for anything.
        rest = self.balance(account).spent - sum(single)
        return least_epsilon([Pure(each / 1e6) for each in (*single, rest) if each > 0], delta=delta)

    def close(self) -> None:
        """No connection is open any more."""
        self._engine.dispose()

    def _draw(
        self,
        connection: Connection,
        key: str,
        accounts: Mapping[str, Kind],
        members: Collection[str],
        epsilon: MicroEpsilon,
        floor: int,
        draw: Callable[[], Mapping[str, Any]],
    ) -> Release:
        """Claim the question, reserve, draw, store; all of it becomes true together when the lock is released."""
        now = self._clock.now()
        cohort = next(iter(accounts))
        row = {"term": self._term(), "account": cohort, "epsilon": epsilon, "released_at": now.timestamp()}
        connection.execute(insert(_releases).values(question=key, sealed=b"", **row))
        self._remember_group(connection, members, floor)
        self._open_missing(connection, accounts)
        self._reserve(connection, accounts, epsilon)
        try:
            content = draw()
            sealed = self._sealer.seal(json.dumps(content).encode(), place=key)
        except BaseException:
            self._keep_as_failed(connection, key)
            raise
        connection.execute(update(_releases).where(_releases.c.question == key).values(sealed=sealed))
        return Release(content, now, repeated=False)

    def _keep_as_failed(self, connection: Connection, key: str) -> None:
        """The reservation stands; the question can be asked, and paid for, again."""
        renamed = update(_releases).where(_releases.c.question == key).values(question=secrets.token_hex(16))
        connection.execute(renamed)
        connection.commit()

    def _stored(self, connection: Connection, key: str) -> Release | None:
        query = select(_releases.c.released_at, _releases.c.sealed).where(_releases.c.question == key)
        row = connection.execute(query).first()
        if row is None:
            return None
        content = json.loads(self._sealer.open(row.sealed, place=key))
        return Release(content, datetime.fromtimestamp(row.released_at, UTC), repeated=True)

    def _answered_meanwhile(self, key: str) -> Release:
        """The release of another process that asked the same at the same time (on PostgreSQL; SQLite takes turns)."""
        with self._writing() as connection:
            stored = self._stored(connection, key)
        if stored is None:
            raise Unavailable("The same question is being answered right now.", hint="Ask again in a second.")
        return stored

    def _reserve(self, connection: Connection, accounts: Mapping[str, Kind], epsilon: MicroEpsilon) -> None:
        """
        Every account has paid, by one statement; or the caller's transaction must not be committed.

        The statement is compiled once for each number of accounts and handed to the driver: SQLAlchemy's own way
        through its caches takes longer than all the rest.
        """
        if epsilon <= 0:
            raise InvalidInput("An epsilon to spend must be above 0.", hint="Give whole micro-epsilon.")
        values: dict[str, Any] = {"this_term": self._term(), "amount": epsilon}
        values.update((f"account_{index}", account) for index, account in enumerate(accounts))
        statement, order = _reservation(self._engine.dialect, len(accounts))
        parameters = tuple(values[name] for name in order) if order else values
        if connection.exec_driver_sql(statement, parameters).rowcount != len(accounts):
            raise _CannotPay

    def _open_missing(self, connection: Connection, accounts: Mapping[str, Kind]) -> None:
        """Each account has a row for this term; rows that are there, or that another process makes now, are left."""
        insert_row = sqlite.insert if self._engine.dialect.name == "sqlite" else postgresql.insert
        rows = [
            {"account": account, "term": self._term(), "kind": kind, "spent": 0, "cap": self._caps[kind]}
            for account, kind in sorted(accounts.items())
        ]
        connection.execute(insert_row(_budgets).on_conflict_do_nothing(), rows)

    def _remember_group(self, connection: Connection, members: Collection[str], floor: int) -> None:
        """This set of students is known from now on; withheld if it is nearly, but not quite, one that was known."""
        term, size = self._term(), len(members)
        shared = func.count()
        query = (
            select(_groups.c.size, shared)
            .where(_groups.c.student.in_(list(members)), _groups.c.term == term)
            .group_by(_groups.c.group, _groups.c.size)
        )
        apart = {known_size + size - 2 * common for known_size, common in connection.execute(query)}
        if any(0 < difference < floor for difference in apart):
            raise Withheld(
                f"This group differs by fewer than {floor} students from one that was asked about before; "
                "the two answers together would say something about those few.",
                hint=f"Ask about the same group as before, or wait until {self._renewal_day()}.",
            )
        if 0 not in apart:
            connection.execute(delete(_groups).where(_groups.c.term != term))
            name = secrets.token_hex(16)
            rows = [{"group": name, "student": student, "term": term, "size": size} for student in sorted(members)]
            connection.execute(insert(_groups), rows)

    def _refusal(self, accounts: Mapping[str, Kind], epsilon: MicroEpsilon) -> BudgetExhausted:
        query = select(_budgets.c.kind, func.min(_budgets.c.cap - _budgets.c.spent)).where(
            _budgets.c.account.in_(list(accounts)), _budgets.c.term == self._term()
        )
        with self._writing() as connection:
            found = {kind: int(left) for kind, left in connection.execute(query.group_by(_budgets.c.kind))}
        left_of = {kind: found.get(kind, self._caps[kind]) for kind in dict.fromkeys(accounts.values())}
        kind, left = min(left_of.items(), key=lambda pair: pair[1])
        whose = "some students of this group" if kind == "student" else f"this {kind}"
        return BudgetExhausted(
            f"The privacy budget of {whose} has {left / 1e6:.6f} left until {self._renewal_day()}; "
            f"this question needs {epsilon / 1e6:.6f}.",
            hint=f"Ask with an epsilon of at most {left / 1e6:.6f}, repeat an earlier question for free, or wait until "
            f"{self._renewal_day()}.",
        )

    def _question_key(self, question: Mapping[str, Any], group: Group) -> str:
        spoken = json.dumps([self._term(), group.cohort_id, group.course_id, question], sort_keys=True)
        return self._hmac("question", spoken)

    def _keyed(self, accounts: Sequence[Account]) -> dict[str, Kind]:
        return {self._account_key(account): account.kind for account in accounts}

    def _account_key(self, account: Account) -> str:
        return self._hmac(account.kind, account.name)

    def _member_keys(self, group: Group) -> frozenset[str]:
        return frozenset(self._hmac("student", name) for name in group.students)

    def _hmac(self, kind: str, name: str) -> str:
        digest = hmac.new(self._ring.key("budget"), f"{kind}\0{name.strip()}".encode(), hashlib.sha256)
        return digest.hexdigest()[:32]

    def _term(self) -> str:
        now = self._clock.now()
        return f"{now.year}-{1 if now.month < 7 else 2}"

    def _renewal_day(self) -> str:
        return renewal_after(self._clock.now()).date().isoformat()

    @contextmanager
    def _writing(self) -> Generator[Connection]:
        """A connection that holds the write lock; committed at the end, or nothing has happened."""
        with _as_unavailable(), self._engine.begin() as connection:
            yield connection


def micro_epsilon(epsilon: float | str | Fraction) -> MicroEpsilon:
    """`epsilon` in millionths, rounded up, so that no more is told than is paid for."""
    return MicroEpsilon(-(-Fraction(str(epsilon)) * 1_000_000 // 1))


def renewal_after(now: datetime) -> datetime:
    """The next 1 January or 1 July, when every budget is full again."""
    return datetime(now.year, 7, 1, tzinfo=UTC) if now.month < 7 else datetime(now.year + 1, 1, 1, tzinfo=UTC)


def budget_engine(url: str) -> Engine:
    """An engine whose transactions take the write lock at once, and whose commits are on disk when they return."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_immediate)
    return engine


def _configure_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own connection
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={_BUSY_TIMEOUT_MS}", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@cache
def _reservation(dialect: Dialect, accounts: int) -> tuple[str, tuple[str, ...]]:
    """The statement that reserves on every account that can pay, and the order of its parameters if they have one."""
    amount = bindparam("amount", type_=BigInteger)
    names = [bindparam(f"account_{index}", type_=String) for index in range(accounts)]
    compiled = (
        update(_budgets)
        .where(_budgets.c.account.in_(names))
        .where(_budgets.c.term == bindparam("this_term", type_=String), _budgets.c.spent + amount <= _budgets.c.cap)
        .values(spent=_budgets.c.spent + amount)
        .compile(dialect=dialect)
    )
    return str(compiled), tuple(getattr(compiled, "positiontup", None) or ())


@contextmanager
def _as_unavailable() -> Generator[None]:
    """A database that cannot be used is named as such; nothing of the statement or its values is told."""
    try:
        yield
    except IntegrityError:
        raise
    except SQLAlchemyError:
        raise Unavailable(
            "The privacy budgets cannot be used right now; nothing was told and nothing was spent.",
            hint="Try again; if it stays so, check that SCRIBETREE_HOME can be written and the disk is not full.",
        ) from None
