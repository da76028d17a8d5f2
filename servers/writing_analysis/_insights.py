"""What the records of a while say: of one student as they are, of a group only with noise, through the one door."""

from typing import Annotated, Literal

from pydantic import Field

from scribetree.errors import InvalidInput
from scribetree.privacy.context import RequesterType
from scribetree.privacy.guard import EDUCATORS, EVERYONE, Rule, admit
from scribetree.servers.kit import WRITES_ONCE, Caller, CourseId, Means, PurposeWords, StudentId, Toolbox
from scribetree.servers.writing_analysis import _group_figures, _own_records
from scribetree.servers.writing_analysis._insight_shapes import SessionMeasure, Timeframe, WritingInsights

__all__ = ["tools"]

tools = Toolbox()

_RESEARCHER: frozenset[RequesterType] = frozenset({"researcher"})
_ASK_ABOUT_GROUPS = Rule(EDUCATORS | _RESEARCHER)

Target = Annotated[
    str,
    Field(
        min_length=1,
        max_length=128,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._:@-]*$",
        description="The student, or the class or cohort by its own name.",
    ),
]


@tools.add(
    title="Generate writing insights",
    hints=WRITES_ONCE,  # figures of a group are paid for
    roles=EVERYONE | _RESEARCHER,
    reads_where={"scope": ["individual"]},
)
def generate_writing_insights(
    scope: Annotated[Literal["individual", "class", "cohort"], Field(description="Whom it is about.")],
    target: Target,
    caller: Caller,
    means: Means,
    timeframe: Annotated[Timeframe, Field(description="How far back from now.")] = "month",
    students: Annotated[list[StudentId], Field(max_length=500, description="Who belongs to the class or cohort.")] = [],  # noqa: B006 - the schema's default
    measures: Annotated[
        list[SessionMeasure],
        Field(min_length=1, max_length=4, description="For groups: what to tell; each costs 2 epsilon."),
    ] = ["words"],  # noqa: B006 - as above
    course_id: CourseId | None = None,
    include_recommendations: bool = True,
    purpose: PurposeWords = "learning",
) -> WritingInsights:
    """
    Say what recorded sessions, drafts and assessments show over time: of a student, or of a whole class or cohort.

    Use it for a student to see medians and trends (none below five texts), what they rest on and what is missing. Use
    it with `students` for a group: only those count who allow it, figures have noise and an interval and are paid for
    from the term's privacy budget (epsilon), the same question in the same period is repeated for free, and fewer than
    5 students (class) or 10 (cohort) get no figure. It records no session; that does track_writing_progress.
    """
    if scope == "individual":
        return _own_records.insights(
            means, caller, target, timeframe=timeframe, include_recommendations=include_recommendations
        )
    admit(caller, _ASK_ABOUT_GROUPS)
    if not students:
        raise InvalidInput(f"A {scope} needs `students`; nothing was read.", hint="Name who belongs to it.")
    return _group_figures.insights(
        means, caller, target, scope=scope, students=students, measures=measures, timeframe=timeframe, course=course_id
    )
