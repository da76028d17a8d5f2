"""The ai-validator server: whether AI help stays help."""

from typing import Annotated, Literal

from mcp.server import MCPServer
from pydantic import Field

from scribetree.servers.kit import READS, PurposeWords, StudentId, Toolbox, Wiring, make_server
from scribetree.tools import validator

__all__ = ["create"]

tools = Toolbox()

Question = Annotated[str, Field(min_length=1, max_length=2_000)]
Percent = Annotated[float, Field(ge=0, le=100)]
Count = Annotated[int, Field(ge=0, le=10_000)]


@tools.add(title="Assess questions by Bloom's taxonomy", hints=READS)
async def assess_blooms_taxonomy(
    questions: Annotated[list[Question], Field(min_length=1, max_length=200, description="Questions to a student.")],
    target_level: Annotated[int, Field(ge=1, le=6, description="1 remember to 6 create.")] | None = None,
    academic_level: Literal["elementary", "middle", "high", "undergraduate", "graduate"] | None = None,
) -> validator.BloomAssessment:
    """
    Tell which level of Bloom's revised taxonomy each question asks for, and whether the set suits a target.

    Use it on questions that an assistant or a teacher means to ask, before asking them. It looks at wording only:
    a question without a known cue gets no level.
    """
    return validator.assess_blooms(questions, target_level=target_level, academic_level=academic_level)


@tools.add(title="Check dependency risk", hints=READS)
async def check_dependency_risk(
    frequency: Annotated[float, Field(ge=0, le=1000, description="Requests for help an hour.")],
    request_types: Annotated[
        list[Annotated[str, Field(max_length=60)]],
        Field(max_length=500, description="What was asked for, in order: explanation, feedback, answer ..."),
    ] = [],  # noqa: B006 - the schema's default; never changed
    reflection_quality: Percent | None = None,
    independent_work_ratio: Annotated[float, Field(ge=0, le=1)] | None = None,
    time_before_first_request: Annotated[float, Field(ge=0, le=100_000, description="Minutes.")] | None = None,
    student_id: StudentId | None = None,
    purpose: PurposeWords = "support",
) -> validator.DependencyRisk:
    """
    Tell how much a student leans on AI help, from how and how often help is asked for.

    Use it to plan support, never to punish. Each sign adds published points; what is unknown adds none and is named.
    """
    return validator.dependency_risk(
        validator.InteractionPattern(
            frequency=frequency,
            request_types=tuple(request_types),
            reflection_quality=reflection_quality,
            independent_work_ratio=independent_work_ratio,
            minutes_before_first_request=time_before_first_request,
        )
    )


@tools.add(title="Validate progressive access", hints=READS)
async def validate_progressive_access(
    current_access_level: validator.AccessLevel,
    reflection_average: Percent,
    independence: Percent,
    consistency: Percent,
    days_in_level: Annotated[float, Field(ge=0, le=100_000)] = 0.0,
    breakthroughs: Count = 0,
    struggles: Count = 0,
    target_level: validator.AccessLevel | None = None,
    student_id: StudentId | None = None,
    purpose: PurposeWords = "assessment",
) -> validator.AccessDecision:
    """
    Tell which level of AI help a student's reflections and independence have earned, by one published formula.

    Use it before changing a student's access level. It changes nothing itself. A level rises one step at a time.
    """
    metrics = validator.StudentMetrics(
        reflection_average, independence, consistency, days_in_level, breakthroughs, struggles
    )
    return validator.progressive_access(current_access_level, metrics, proposed=target_level)


def create(wiring: Wiring | None = None) -> MCPServer:
    """The server, ready to serve."""
    return make_server(
        "ai-validator",
        title="Educational AI validator",
        instructions="Keeps AI help bounded: questions and guidance, earned by reflection, never a written essay.",
        tools=tools,
        wiring=wiring,
    )
