"""
Access tokens for those who were granted a look: good for a day, or until an hour has passed without use.

Only a hash of each is kept. A token was given under one epoch of the student's consent; any change of that consent
ends it, because what was promised to the student when it was given may no longer hold.
"""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, update

from scribetree.privacy._tables import access_tokens
from scribetree.privacy.context import Purpose
from scribetree.privacy.database import Database
from scribetree.privacy.identity import Pseudonym

__all__ = ["GOOD_FOR", "IDLE_FOR", "AccessTokens", "Grant"]

GOOD_FOR = timedelta(hours=24)
IDLE_FOR = timedelta(hours=1)

_KINDS = " "


@dataclass(frozen=True, slots=True)
class Grant:
    """A token as it is given out, once."""

    token: str
    expires_at: datetime


class AccessTokens:
    """The tokens of one tenant."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def issue(
        self,
        *,
        requester: Pseudonym,
        subject: Pseudonym,
        purpose: Purpose,
        kinds: Collection[str],
        epoch: int,
        at: datetime,
        connection: Connection,
    ) -> Grant:
        """A new token of the requester's, for these kinds of record about one student, for one purpose."""
        token, expires_at = secrets.token_urlsafe(32), at + GOOD_FOR
        row = {
            "tenant": self._database.tenant,
            "token_hash": _hash(token),
            "requester": requester,
            "subject": subject,
            "purpose": purpose,
            "kinds": _KINDS.join(sorted(kinds)),
            "epoch": epoch,
            "issued_at": at.timestamp(),
            "used_at": at.timestamp(),
            "expires_at": expires_at.timestamp(),
        }
        connection.execute(insert(access_tokens).values(row))
        return Grant(token, expires_at)

    def use(
        self,
        token: str,
        *,
        requester: Pseudonym,
        subject: Pseudonym,
        purpose: Purpose,
        kind: str,
        epoch: int,
        at: datetime,
        connection: Connection,
    ) -> bool:
        """Whether the token is good for just this; if it is, its hour has begun anew."""
        mine = access_tokens.c.tenant == self._database.tenant, access_tokens.c.token_hash == _hash(token)
        found = connection.execute(select(access_tokens).where(*mine)).mappings().first()
        fits = found is not None and (
            found["requester"] == requester
            and found["subject"] == subject
            and found["purpose"] == purpose
            and kind in found["kinds"].split(_KINDS)
            and found["epoch"] == epoch
            and _is_live(found["issued_at"], found["used_at"], found["expires_at"], at)
        )
        if fits:
            connection.execute(update(access_tokens).where(*mine).values(used_at=at.timestamp()))
        return fits

    def live(self, subject: Pseudonym, *, at: datetime, connection: Connection) -> int:
        """How many tokens give access to what is held about the student at `at`."""
        query = select(func.count()).where(
            access_tokens.c.tenant == self._database.tenant,
            access_tokens.c.subject == subject,
            access_tokens.c.expires_at > at.timestamp(),
            access_tokens.c.used_at > (at - IDLE_FOR).timestamp(),
        )
        return connection.execute(query).scalar_one()

    def of_subject(self, subject: Pseudonym, connection: Connection) -> list[dict[str, object]]:
        """The tokens that gave access to the student's records, for an export; never the tokens themselves."""
        shown = ("requester", "purpose", "kinds", "issued_at", "used_at", "expires_at")
        query = (
            select(*(access_tokens.c[name] for name in shown))
            .where(access_tokens.c.tenant == self._database.tenant, access_tokens.c.subject == subject)
            .order_by(access_tokens.c.issued_at)
        )
        return [dict(row) for row in connection.execute(query).mappings()]

    def revoke(self, subject: Pseudonym, connection: Connection) -> int:
        """No token gives access to what is held about the student."""
        gone = delete(access_tokens).where(
            access_tokens.c.tenant == self._database.tenant, access_tokens.c.subject == subject
        )
        return connection.execute(gone).rowcount

    def forget_expired(self, *, at: datetime, connection: Connection) -> int:
        """Tokens that have run out are gone."""
        gone = delete(access_tokens).where(
            access_tokens.c.tenant == self._database.tenant, access_tokens.c.expires_at <= at.timestamp()
        )
        return connection.execute(gone).rowcount


def _is_live(issued_at: float, used_at: float, expires_at: float, at: datetime) -> bool:
    """A clock that was put back to before the token was given does not make it good."""
    now = at.timestamp()
    return issued_at <= now < expires_at and now - used_at < IDLE_FOR.total_seconds()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
