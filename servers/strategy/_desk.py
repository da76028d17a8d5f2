"""The plan as one caller reads and changes it: sealed entries in, values of `scribetree.tools.strategy` out."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast
from weakref import WeakKeyDictionary

from pydantic import TypeAdapter

from scribetree.errors import InvalidInput
from scribetree.privacy.context import PrivacyContext
from scribetree.servers.kit import Wiring
from scribetree.tools.strategy import (
    Action,
    Context,
    Conversation,
    Decision,
    Goal,
    Insight,
    Milestone,
    Plan,
    Report,
    Review,
    Session,
    Trigger,
)

if TYPE_CHECKING:
    from scribetree.privacy.plans import Entry, Plans

__all__ = ["Desk", "Kind", "Saved"]

Kind = Action | Context | Conversation | Decision | Goal | Insight | Milestone | Report | Review | Session | Trigger
T = TypeVar("T", bound=Kind)

_KINDS: dict[str, type[Kind]] = {
    "conversation": Conversation,
    "insight": Insight,
    "decision": Decision,
    "action": Action,
    "goal": Goal,
    "milestone": Milestone,
    "session": Session,
    "trigger": Trigger,
    "review": Review,
    "report": Report,
    "context": Context,
}
_NAMES: dict[type[Any], str] = {model: name for name, model in _KINDS.items()}
_adapters: dict[type[Any], TypeAdapter[Any]] = {}
CONTEXT_ID = "context-project"


@dataclass(frozen=True, slots=True)
class Saved:
    """What was stored, its id for later calls and its version; `known` where the same call had stored it before."""

    kind: str
    id: str
    version: int
    state: Literal["stored", "known"]
    next_step: str = ""


@dataclass(slots=True)
class _Kept:
    """The entries that this process has opened already, so that a report on ten thousand of them need not again."""

    lock: Lock = field(default_factory=Lock)
    versions: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])
    models: dict[tuple[str, str], Kind] = field(default_factory=dict[tuple[str, str], Kind])


_kept: "WeakKeyDictionary[Plans, _Kept]" = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Desk:
    """One call's view of the plan."""

    plans: "Plans"
    caller: PrivacyContext
    today: date

    @classmethod
    def of(cls, means: Wiring, caller: PrivacyContext) -> "Desk":
        """The desk of this call."""
        return cls(means.plans, caller, means.clock.now().date())

    def plan(self) -> Plan:
        """Everything that was entered, as it stands now."""
        kept = _kept.setdefault(self.plans, _Kept())
        with kept.lock:
            changed = self.plans.since(kept.versions)
            for entry in changed.fresh:
                kept.models[entry.kind, entry.entry_id] = _model(entry)
            kept.versions = dict(changed.versions)
            by_kind: dict[str, dict[str, Any]] = {name: {} for name in _KINDS}
            for kind, entry_id in kept.versions:
                by_kind[kind][entry_id] = kept.models[kind, entry_id]
        return Plan(**{f"{name}s": models for name, models in by_kind.items()})

    def get(self, model: type[T], entry_id: str) -> T:
        """The entry of that id; UnknownName where there is none."""
        return self.with_version(model, entry_id)[0]

    def with_version(self, model: type[T], entry_id: str) -> tuple[T, int]:
        """The entry of that id and the version that it has, of one moment."""
        entry = self.plans.get(_NAMES[model], entry_id)
        return cast("T", _model(entry)), entry.version

    def add(self, entry: Kind, *, next_step: str = "") -> Saved:
        """A new entry; its id is chosen here."""
        stored, is_new = self.plans.add(
            _NAMES[type(entry)], _body(entry), author=self.caller.requester_id, call=self.caller.correlation_id
        )
        return _saved(stored, is_new=is_new, next_step=next_step)

    def put(self, entry: Kind, *, next_step: str = "") -> Saved:
        """An entry under the id that it has, new or changed."""
        stored, is_new = self.plans.put(
            _NAMES[type(entry)],
            entry.id,
            _body(entry),
            author=self.caller.requester_id,
            call=self.caller.correlation_id,
        )
        return _saved(stored, is_new=is_new, next_step=next_step)

    def change(
        self,
        model: type[T],
        entry_id: str,
        edit: Callable[[T], T],
        *,
        said: object,
        version: int | None = None,
        next_step: str = "",
    ) -> Saved:
        """
        The entry as `edit` leaves it. `said` are the call's arguments: the same again in one call change nothing more.

        A `version` that is not the newest raises InvalidInput.
        """
        adapter = _adapter(model)

        def edited(body: Any) -> Any:  # noqa: ANN401 - JSON
            return adapter.dump_python(edit(adapter.validate_python(body)), mode="json")

        told = json.dumps(said, default=str, sort_keys=True)
        stored, is_new = self.plans.change(
            _NAMES[model],
            entry_id,
            edited,
            author=self.caller.requester_id,
            call=f"{self.caller.correlation_id}/{told}",
            based_on=version,
        )
        return _saved(stored, is_new=is_new, next_step=next_step)

    def require(self, model: type[Kind], ids: tuple[str, ...] | list[str], *, field: str) -> tuple[str, ...]:
        """The ids, each of an entry that is there; else InvalidInput names the argument."""
        known = getattr(self.plan(), f"{_NAMES[model]}s")
        lacking = sum(each not in known for each in ids)
        if lacking:
            raise InvalidInput(
                f"`{field}` names {lacking} of {len(ids)} ids that are no {_NAMES[model]}.",
                hint=f"Use ids that were given when a {_NAMES[model]} was stored.",
            )
        return tuple(dict.fromkeys(ids))


def _saved(entry: "Entry", *, is_new: bool, next_step: str) -> Saved:
    return Saved(entry.kind, entry.entry_id, entry.version, "stored" if is_new else "known", next_step)


def _body(entry: Kind) -> dict[str, Any]:
    return cast("dict[str, Any]", _adapter(type(entry)).dump_python(entry, mode="json"))


def _model(entry: "Entry") -> Kind:
    return _adapter(_KINDS[entry.kind]).validate_python(entry.body)


def _adapter(model: type[T]) -> TypeAdapter[T]:
    """The adapter of that model, built when it is first needed."""
    if model not in _adapters:
        _adapters[model] = TypeAdapter(model)
    return _adapters[model]
