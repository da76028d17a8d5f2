"""A student's own declarations of AI help: stored once, sealed, and counted where the caller may see them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from scribetree.errors import Denied
from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.guard import View
from scribetree.privacy.identity import pseudonym
from scribetree.servers.academic_integrity._arguments import DeclaredUses
from scribetree.servers.kit import WRITES_ONCE, AssignmentId, Caller, Means, PurposeWords, StudentId, Toolbox, Wiring
from scribetree.tools import integrity

__all__ = ["looked_at", "stored_disclosures", "tools"]

tools = Toolbox()

_KIND = "ai_disclosure"
_READ_FIELDS = ("used_ai", "uses", "share", "assignment")
_MOST_READ = 100


@dataclass(frozen=True, slots=True)
class RecordedDisclosure:
    """A declaration that is stored, and its credit; `state` is known where the same had been stored before."""

    disclosure_id: str
    state: Literal["stored", "known"]
    credit: integrity.Credit


@tools.add(title="Record a declaration of AI help", hints=WRITES_ONCE, roles=frozenset({"student"}))
def record_ai_disclosure(
    student_id: StudentId,
    assignment_id: AssignmentId,
    used_ai: Annotated[bool, Field(description="Whether AI helped with this work in any way.")],
    caller: Caller,
    means: Means,
    uses: DeclaredUses = [],  # noqa: B006 - the schema's default
    share: Annotated[float, Field(ge=0, le=1, description="The part of the text that it helped with.")] | None = None,
    account: Annotated[
        str, Field(max_length=2_000, description="In the student's own words: how AI helped and what that changed.")
    ] = "",
    purpose: PurposeWords = "learning",
) -> RecordedDisclosure:
    """
    Store a student's own declaration of what AI was used for in an assignment, sealed, and credit it.

    Use it when a student says how a text came to be, before it is handed in or later. Declaring costs nothing,
    whatever is declared. Nobody else can declare for a student. The same declaration of the same assignment is stored
    once; a new one stands beside it, and the newest counts.
    """
    declared = integrity.Disclosure(used_ai, tuple(sorted(set(uses))), share, account.strip())
    said = {"used_ai": used_ai, "uses": declared.uses, "share": share, "account": declared.account}
    written = means.guard.write(
        caller,
        student_id,
        _KIND,
        {**said, "assignment": assignment_id},
        record_id=pseudonym(means.ring, json.dumps([_KIND, student_id, assignment_id, said])),
    )
    return RecordedDisclosure(written.record_id, "stored" if written.is_new else "known", integrity.credit(declared))


def stored_disclosures(
    means: Wiring, caller: PrivacyContext, student_id: str | None
) -> Mapping[str | None, integrity.Disclosure] | None:
    """The student's newest declaration of each assignment, among the last hundred; None if the caller may not look."""
    if student_id is None:
        return None
    try:
        views = means.guard.read(caller, student_id, _KIND, _READ_FIELDS, limit=_MOST_READ)
    except Denied:
        return None
    return {view.values["assignment"]: _declared(view) for view in reversed(views)}


def looked_at(records: Mapping[str | None, integrity.Disclosure] | None, is_found: bool) -> integrity.StoredDisclosures:
    """What an answer says of the stored declarations."""
    if records is None:
        return "not_looked_at"
    return "counted" if is_found else "none"


def _declared(view: View) -> integrity.Disclosure:
    says = view.values
    return integrity.Disclosure(says["used_ai"], tuple(says["uses"]), says.get("share"))
