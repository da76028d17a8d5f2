"""Several people at work on one question: who is there, what they say, what they decide."""

from dataclasses import dataclass, replace
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from scribetree.errors import InvalidInput
from scribetree.servers.kit import READS, WRITES_ONCE, Caller, Means, Toolbox
from scribetree.servers.strategy._arguments import (
    PLANNERS,
    Day,
    EntryId,
    Line,
    Lines,
    Listing,
    Paragraph,
    Row,
    bounded_rows,
)
from scribetree.servers.strategy._desk import Desk, Saved
from scribetree.tools.strategy import (
    Contribution,
    ContributionType,
    Decision,
    Participant,
    Role,
    Session,
    SessionType,
    template,
)

__all__ = ["tools"]

tools = Toolbox("collaboration")

PersonId = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[\w.@ -]+$")]


class Person(BaseModel):
    """Somebody in the session."""

    model_config = ConfigDict(extra="forbid")

    id: PersonId
    role: Role = "stakeholder"


@dataclass(frozen=True, slots=True)
class SessionWhole:
    """A session, its version, what was decided in it, and how much each participant said."""

    session: Session
    version: int
    decisions: tuple[Decision, ...]
    said_by: dict[str, int]


@tools.add(title="Create a collaboration session", hints=WRITES_ONCE, roles=PLANNERS)
def create_collaboration_session(
    title: Line,
    description: Annotated[str, Field(min_length=1, max_length=4_000)],
    type: SessionType,  # noqa: A002 - the origin's name of the argument
    participants: Annotated[list[Person], Field(min_length=1, max_length=50)],
    moderator: PersonId,
    caller: Caller,
    means: Means,
    template_id: Annotated[str, Field(max_length=64)] | None = None,
    scheduled: Day | None = None,
    shared_context: Paragraph = "",
) -> Saved:
    """
    Open a session in which several people contribute one by one, with a moderator among them.

    Use it for a meeting or a round by mail. For one person's notes of a talk use start_strategy_session.
    """
    ids = [person.id for person in participants]
    if len(set(ids)) < len(ids) or moderator not in ids:
        raise InvalidInput(
            "`participants` must name each person once, the `moderator` among them.", hint="Add the moderator."
        )
    if template_id:
        template(template_id)
    desk = Desk.of(means, caller)
    people = tuple(Participant(person.id, person.role) for person in participants)
    return desk.add(
        Session("", title, description, type, people, moderator, desk.today, template_id, scheduled, shared_context)
    )


@tools.add(title="Add a contribution to a session", hints=WRITES_ONCE, roles=PLANNERS)
def add_session_contribution(
    session_id: EntryId,
    participant_id: PersonId,
    type: ContributionType,  # noqa: A002 - the origin's name of the argument
    content: Annotated[str, Field(min_length=1, max_length=2_000)],
    caller: Caller,
    means: Means,
) -> Saved:
    """
    Keep what a participant of an open session said: an insight, question, suggestion, concern or figure.

    Use it while the session runs. Only its participants can contribute; at most 500 contributions are kept.
    """
    desk = Desk.of(means, caller)

    def told(old: Session) -> Session:
        _check_open(old)
        if participant_id not in {person.id for person in old.participants}:
            raise InvalidInput("`participant_id` is not in this session.", hint="See get_collaboration_session.")
        if len(old.contributions) >= 500:
            raise InvalidInput("The session holds 500 contributions already.", hint="Complete it and open another.")
        return replace(old, contributions=(*old.contributions, Contribution(participant_id, type, content, desk.today)))

    return desk.change(Session, session_id, told, said=[participant_id, type, content])


@tools.add(title="Record a session's decision", hints=WRITES_ONCE, roles=PLANNERS)
def record_session_decision(
    session_id: EntryId,
    decision: Annotated[str, Field(min_length=1, max_length=1_000)],
    rationale: Annotated[str, Field(min_length=1, max_length=4_000)],
    owner: Line,
    deadline: Day,
    caller: Caller,
    means: Means,
    success_criteria: Lines = [],  # noqa: B006 - the schema's default
    risks: Lines = [],  # noqa: B006 - as above
    dependencies: Lines = [],  # noqa: B006 - as above
    tradeoffs: Lines = [],  # noqa: B006 - as above
) -> Saved:
    """
    Keep what a session decided, who carries it out by when, and how success will be seen.

    Use it in an open session. It is a decision like any other: gaps, reviews and reports see it.
    """
    desk = Desk.of(means, caller)
    _check_open(desk.get(Session, session_id))
    return desk.add(
        Decision(
            "",
            decision,
            rationale,
            desk.today,
            session_id=session_id,
            owner=owner,
            tradeoffs=tuple(tradeoffs),
            deadline=deadline,
            success_criteria=tuple(success_criteria),
            risks=tuple(risks),
            dependencies=tuple(dependencies),
            status="approved",
        ),
        next_step="" if success_criteria else "Say how success will be seen.",
    )


@tools.add(title="Complete a collaboration session", hints=WRITES_ONCE, roles=PLANNERS)
def complete_collaboration_session(
    session_id: EntryId,
    key_decisions: Lines,
    next_steps: Lines,
    caller: Caller,
    means: Means,
    follow_up: Day | None = None,
) -> Saved:
    """
    Close a session with what was decided and what follows; nothing can be added to it afterwards.

    Use it at the end of the session. Decisions that need an owner and a date belong into record_session_decision.
    """

    def told(old: Session) -> Session:
        _check_open(old)
        return replace(
            old,
            status="completed",
            key_decisions=tuple(key_decisions),
            next_steps=tuple(next_steps),
            follow_up=follow_up,
        )

    said = [key_decisions, next_steps, follow_up]
    return Desk.of(means, caller).change(Session, session_id, told, said=said)


@tools.add(title="Get a collaboration session", hints=READS, roles=PLANNERS)
def get_collaboration_session(session_id: EntryId, caller: Caller, means: Means) -> SessionWhole:
    """
    Give one session whole: participants, contributions, decisions, and how often each participant spoke.

    Use it to go on with a session or to see who was not heard yet.
    """
    desk = Desk.of(means, caller)
    session, version = desk.with_version(Session, session_id)
    decisions = [each for each in desk.plan().decisions.values() if each.session_id == session_id]
    said_by = {
        person.id: sum(each.participant_id == person.id for each in session.contributions)
        for person in session.participants
    }
    return SessionWhole(session, version, tuple(decisions), said_by)


@tools.add(title="List collaboration sessions", hints=READS, roles=PLANNERS)
def list_collaboration_sessions(
    caller: Caller,
    means: Means,
    type: SessionType | None = None,  # noqa: A002 - the origin's name of the argument
    status: Literal["open", "completed"] | None = None,
    participant_id: PersonId | None = None,
) -> Listing:
    """
    List the sessions, newest first, by type, status and participant; at most two hundred.

    Use it to find a session. get_collaboration_session gives one whole.
    """
    found = [
        Row(each.id, each.title, each.status, f"{each.type}, {len(each.contributions)} contributions")
        for each in Desk.of(means, caller).plan().sessions.values()
        if type in {None, each.type}
        and status in {None, each.status}
        and (participant_id is None or any(person.id == participant_id for person in each.participants))
    ]
    return bounded_rows(found, 200)


def _check_open(session: Session) -> None:
    if session.status == "completed":
        raise InvalidInput("The session is completed.", hint="Open another session.")
