"""
Where one student stands: what the events of the consent ledger add up to, and what follows from it.

Nothing here reads or writes: `folded` makes the standing from events, `decide` asks it one question.
Whoever is under 13, or of unknown age, is a minor whose guardian has to consent first (16 CFR 312.5).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any, Literal, cast

from scribetree.privacy._vocabulary import NEEDS, SETTINGS, Audience, Value
from scribetree.privacy.context import PURPOSES, Purpose

__all__ = ["Basis", "ConsentEvent", "ConsentKind", "Decision", "Guardian", "Standing", "decide", "folded", "folded_on"]

AGE_OF_OWN_CONSENT = 13
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

ConsentKind = Literal[
    "chosen",
    "granted",
    "withdrawn",
    "guardian_consented",
    "guardian_withdrew",
    "birth_recorded",
    "restricted",
    "restriction_lifted",
]

Basis = Literal["consent", "duty"]
"""Why a kind of record may be held: because the student agrees, or because the school has a duty."""


@dataclass(frozen=True, slots=True)
class ConsentEvent:
    """Something that happened to one student's consent; versions count from 1."""

    version: int
    kind: ConsentKind
    at: datetime
    by: str
    content: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Guardian:
    """A guardian's consent: by what method, and until when."""

    method: str
    until: datetime

    @property
    def is_school(self) -> bool:
        """Whether the school stood in for the guardian, which covers education only."""
        return self.method == "school_authorised"


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a use is allowed; `version` is that of the ledger it rests on, `epoch` that of the read."""

    allowed: bool
    version: int
    epoch: int
    reason: str


@dataclass(frozen=True, slots=True)
class _Until:
    value: Value
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What a student's events add up to."""

    version: int = 0
    last_at: datetime = _LONG_AGO
    chosen: Mapping[str, _Until] = field(default_factory=dict[str, _Until])
    purposes: Mapping[Purpose, _Until] = field(default_factory=dict[Purpose, _Until])
    guardian: Guardian | None = None
    born: date | None = None
    restricted: bool = False
    erased: bool = False

    def values(self, at: datetime) -> dict[str, Value]:
        """All twelve settings as they count at `at`: expired or unconfirmed consents count as their defaults."""
        return {name: self.value(name, at) for name in SETTINGS}

    def value(self, name: str, at: datetime) -> Value:
        """One setting as it counts at `at`."""
        setting, chosen = SETTINGS[name], self.chosen.get(name)
        if chosen is None:
            return setting.default
        if not setting.is_wider(chosen.value):
            return chosen.value
        unconfirmed = self.is_minor(at) and not self._has_parent(at)
        return setting.default if unconfirmed or _is_over(chosen, at) else chosen.value

    def waiting_for_guardian(self, at: datetime) -> tuple[str, ...]:
        """What a minor chose and only a guardian can put into effect."""
        if not self.is_minor(at) or self._has_parent(at):
            return ()
        return tuple(name for name, chosen in self.chosen.items() if SETTINGS[name].is_wider(chosen.value))

    def is_minor(self, at: datetime) -> bool:
        """Whether a guardian has to consent: under 13, or of unknown age."""
        return self.born is None or at.date() < _birthday(self.born, AGE_OF_OWN_CONSENT)

    def has_guardian(self, at: datetime) -> bool:
        """Whether a guardian, or the school in their place, consents at `at`."""
        return self.guardian is not None and at < self.guardian.until

    def refuses(self, purpose: Purpose, at: datetime) -> bool:
        """Whether that purpose was withdrawn, or its consent has run out."""
        stand = self.purposes.get(purpose)
        return stand is not None and (not stand.value or _is_over(stand, at))

    def _has_parent(self, at: datetime) -> bool:
        return self.has_guardian(at) and self.guardian is not None and not self.guardian.is_school


def folded(events: Iterable[ConsentEvent]) -> Standing:
    """The standing after `events`, which come in the order of their versions."""
    standing = Standing()
    for event in events:
        standing = folded_on(standing, event)
    return standing


def folded_on(standing: Standing, event: ConsentEvent) -> Standing:
    """The standing after one more event."""
    after = _after(standing, event)
    return replace(after, version=event.version, last_at=max(standing.last_at, event.at))


def decide(
    standing: Standing,
    *,
    purpose: str,
    audience: Audience,
    at: datetime,
    epoch: int,
    basis: Basis = "consent",
    collecting: bool = False,
) -> Decision:
    """
    Whether `audience` may be given a record, or with `collecting` may have one stored, for `purpose` at `at`.

    A clock that was put back does not bring an expired consent to life again: the time of the last event counts.
    """
    reason = _obstacle(standing, purpose, audience, max(at, standing.last_at), basis=basis, collecting=collecting)
    return Decision(reason is None, standing.version, epoch, reason or "allowed")


def _obstacle(
    standing: Standing, purpose: str, audience: Audience, at: datetime, *, basis: Basis, collecting: bool
) -> str | None:
    if standing.erased:
        return "erased"
    known = cast("Purpose", purpose)
    needed = NEEDS.get((audience, known))
    if purpose not in PURPOSES or needed is None:
        return "not a purpose of this audience"
    if audience == "student":
        return "guardian consent is missing" if collecting and _lacks_guardian(standing, at, basis) else None
    if standing.restricted:
        return "processing is restricted"
    if standing.refuses(known, at):
        return "withdrawn or expired"
    if basis == "duty":
        return None
    if _lacks_guardian(standing, at, basis):
        return "guardian consent is missing"
    refused = [name for name in needed if not standing.value(name, at)]
    return f"not chosen: {', '.join(refused)}" if refused else None


def _lacks_guardian(standing: Standing, at: datetime, basis: Basis) -> bool:
    return basis == "consent" and standing.is_minor(at) and not standing.has_guardian(at)


def _after(standing: Standing, event: ConsentEvent) -> Standing:
    content = event.content
    match event.kind:
        case "chosen":
            until = _time(content.get("until"))
            chosen = {name: _Until(value, until) for name, value in content["values"].items()}
            return replace(standing, chosen={**standing.chosen, **chosen})
        case "granted" | "withdrawn":
            stand = _Until(event.kind == "granted", _time(content.get("until")))
            named: list[Purpose] = content["purposes"]
            return replace(standing, purposes={**standing.purposes, **dict.fromkeys(named, stand)})
        case "guardian_consented":
            until = _time(content["until"]) or event.at
            return replace(standing, guardian=Guardian(content["method"], until))
        case "guardian_withdrew":
            return replace(standing, guardian=None)
        case "birth_recorded":
            return replace(standing, born=date.fromisoformat(content["on"]))
        case "restricted" | "restriction_lifted":
            return replace(standing, restricted=event.kind == "restricted")


def _time(text: object) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None


def _is_over(stand: _Until, at: datetime) -> bool:
    return stand.until is not None and at >= stand.until


def _birthday(born: date, years: int) -> date:
    """The day on which somebody turns `years`; who was born on 29 February turns on 1 March of a common year."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)
