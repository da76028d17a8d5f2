"""
The last good answers to reads, sealed on disk, so that a server that is away can be quoted with its age.

Kept are answers of our own tools that look at their arguments alone. A key is a keyed hash of the question and of who
asked it in which role and for what purpose; nobody is given another's answer.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from pathlib import Path

from mcp.types import CallToolResult
from pydantic import ValidationError

from scribetree.clock import Clock
from scribetree.errors import Unavailable
from scribetree.host.chain._call import Call, students_in
from scribetree.log import log, where_raised
from scribetree.privacy.identity import Pseudonym, pseudonym
from scribetree.privacy.keys import KeyRing
from scribetree.privacy.sealed import Sealer
from scribetree.resilience import Cache, DiskStore, Life

__all__ = ["Kept", "LastAnswers"]

_LIFE = Life(fresh_s=0.0, error_s=24 * 3600.0)
"""A day: an older answer about writing in progress misleads."""

_MOST_BYTES = 64 * 1024 * 1024
_FOLDER = "answers"


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer from before, and its age."""

    result: CallToolResult
    age_s: float


class LastAnswers:
    """The answers that one installation was given."""

    def __init__(self, *, home: Path, ring: KeyRing, clock: Clock) -> None:
        self._home = home
        self._ring = ring
        self._clock = clock
        self._disk: DiskStore | None = None
        self._opened: Cache | None = None

    async def keep(self, call: Call, result: CallToolResult) -> None:
        """The answer can be quoted for a day."""
        plain = result.model_copy(update={"meta": None}).model_dump_json(by_alias=True, exclude_none=True)
        tags = [pseudonym(self._ring, student) for student in students_in(call.arguments)]
        await self._cache().put(self._key(call), plain.encode(), life=_LIFE, tags=tags)

    async def last(self, call: Call) -> Kept | None:
        """The last good answer to the same question of the same caller."""
        found = await self._cache().last(self._key(call))
        if found is None:
            return None
        try:
            return Kept(CallToolResult.model_validate_json(found.value), found.age_s)
        except ValidationError:
            return None

    async def drop(self, call: Call) -> None:
        """It cannot be quoted any more: the same question was denied since."""
        await self._cache().delete(self._key(call))

    async def forget(self, subject: Pseudonym) -> None:
        """No answer to a question that named this person is kept; Unavailable if that cannot be said."""
        cache = self._cache()
        if self._disk is None:
            raise Unavailable(
                "The kept answers cannot be opened, so that some may still be there.",
                hint=f"Delete the folder `{_FOLDER}` in SCRIBETREE_HOME, then try again.",
            )
        await cache.forget(subject)

    def close(self) -> None:
        """The store is closed."""
        if self._disk is not None:
            self._disk.close()

    def _key(self, call: Call) -> str:
        asked = [
            call.server,
            call.tool,
            call.arguments,
            call.caller.requester_id,
            call.caller.requester_type,
            call.caller.purpose,
        ]
        question = json.dumps(asked, sort_keys=True, ensure_ascii=False).encode("utf-8", "surrogatepass")
        return hmac.new(self._ring.key("answers"), question, hashlib.sha256).hexdigest()

    def _cache(self) -> Cache:
        if self._opened is None:
            try:
                self._disk = DiskStore(self._home / _FOLDER, size_bytes=_MOST_BYTES)
            except Exception as error:  # noqa: BLE001 - with a full or damaged disk nothing is kept
                log.error("answers_not_kept", **where_raised(error))
            # Not in memory: what another process forgets must not be quoted here a moment longer.
            seal = Sealer(self._ring, "answers")
            self._opened = Cache(store=self._disk, seal=seal, clock=self._clock, memory_entries=0)
        return self._opened
