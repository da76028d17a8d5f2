"""The ai-validator server: whether AI help stays help."""

from dataclasses import dataclass
from typing import Annotated, Literal

from mcp.server import MCPServer
from pydantic import Field

from scribetree.servers.kit import MAX_TEXT_CHARACTERS, READS, PurposeWords, StudentId, Toolbox, Wiring, make_server
from scribetree.tools import validator

__all__ = ["create"]

tools = Toolbox()

Question = Annotated[str, Field(min_length=1, max_length=2_000)]
Percent = Annotated[float, Field(ge=0, le=100)]
Count = Annotated[int, Field(ge=0, le=10_000)]
Sentence = Annotated[str, Field(min_length=1, max_length=2_000)]
Questions = Annotated[list[Question], Field(min_length=1, max_length=50, description="What the assistant would send.")]
Rationale = Annotated[str, Field(max_length=5_000, description="Why these questions.")]
Attribution = Annotated[str, Field(max_length=2_000, description="What the student is told about who made them.")]
Limitations = Annotated[list[Sentence], Field(max_length=20, description="What the assistant says it cannot do.")]
Objectives = Annotated[list[Sentence], Field(max_length=20, description="What the assignment is meant to teach.")]
History = Annotated[str, Field(max_length=100_000, description="The dialogue so far, as Tutor: and Student: turns.")]
Hourly = Annotated[float, Field(ge=0, le=1000, description="Requests for help an hour.")]
Struggling = Annotated[float, Field(ge=0, le=10_000, description="Minutes without getting on.")]


@tools.add(title="Assess questions by Bloom's taxonomy", hints=READS)
async def assess_blooms_taxonomy(
    questions: Annotated[list[Question], Field(min_length=1, max_length=200, description="Questions to a student.")],
    target_level: Annotated[int, Field(ge=1, le=6, description="1 remember to 6 create.")] | None = None,
    academic_level: validator.AcademicLevel | None = None,
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
    independence_trend: validator.Trend | None = None,
    uses_help_in_overload: bool = False,
    independence_is_a_weakness: bool = False,
    reflects_for_show: Annotated[bool, Field(description="Reflections found written for the gate.")] = False,
    request_levels: Annotated[
        list[Annotated[int, Field(ge=1, le=6)]], Field(max_length=500, description="Bloom levels of the requests.")
    ] = [],  # noqa: B006 - the schema's default; never changed
    student_id: StudentId | None = None,
    purpose: PurposeWords = "support",
) -> validator.DependencyRisk:
    """
    Tell how much a student leans on AI help, from how and how often help is asked for.

    Use it to plan support. Each sign adds published points; what is unknown adds none and is named.
    """
    return validator.dependency_risk(
        validator.InteractionPattern(
            frequency=frequency,
            request_types=tuple(request_types),
            reflection_quality=reflection_quality,
            independent_work_ratio=independent_work_ratio,
            minutes_before_first_request=time_before_first_request,
            trend=independence_trend,
            uses_help_in_overload=uses_help_in_overload,
            independence_is_a_weakness=independence_is_a_weakness,
            reflects_for_show=reflects_for_show,
            request_levels=tuple(request_levels),
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


@dataclass(frozen=True, slots=True)
class GuardedReply:
    """
    What the student may be given: `text`. With `replace` it is the reason and questions, without a word of the reply.
    """

    action: Literal["pass", "replace"]
    text: str
    questions: tuple[str, ...]
    reason: str


@tools.add(title="Guard a reply to a student", hints=READS)
def guard_reply(
    response: Annotated[
        str, Field(min_length=1, max_length=MAX_TEXT_CHARACTERS, description="The reply that is about to be sent.")
    ],
    history: History = "",
    stage: Annotated[validator.WritingStage, Field(description="What the student is at.")] = "drafting",
    student_id: StudentId | None = None,
    purpose: PurposeWords = "learning",
) -> GuardedReply:
    """
    Give back an assistant's reply if it helps; if it does the student's work, questions to ask instead, and the reason.

    Use it between an assistant and a student, on every reply before the student sees it: show `text` and nothing else.
    Nothing of a withheld reply is in the answer. If it cannot be reached, show no reply. To see why a reply was judged
    as it was, use validate_bounded_enhancement, and not in front of the student.
    """
    found = validator.guard_reply(history, response, validator.Moment(stage=stage))
    return GuardedReply(found.action, found.text, found.questions, found.reason)


@tools.add(title="Validate bounded enhancement", hints=READS)
def validate_bounded_enhancement(
    questions: Questions,
    educational_rationale: Rationale = "",
    attribution: Attribution = "",
    limitations: Limitations = [],  # noqa: B006 - the schema's default; never changed
    writing_stage: validator.WritingStage = "drafting",
    academic_level: validator.AcademicLevel = "undergraduate",
    cognitive_load: validator.CognitiveLoad = "optimal",
    independence_trend: validator.Trend | None = None,
    learning_objectives: Objectives = [],  # noqa: B006 - the schema's default; never changed
    history: History = "",
    student_id: StudentId | None = None,
    purpose: PurposeWords = "learning",
) -> validator.BoundedCheck:
    """
    Tell whether an AI response stays within bounds: six parts with published weights, valid from 80 points.

    Use it on what an assistant means to send, before it is sent. A response that gives the work away is never valid,
    whatever else is good in it. Give the dialogue in `history`, so that an answer to it can be seen.
    """
    return validator.bounded_enhancement(
        validator.AiResponse.of(
            questions, rationale=educational_rationale, attribution=attribution, limitations=limitations
        ),
        validator.Moment(stage=writing_stage, level=academic_level, load=cognitive_load, trend=independence_trend),
        objectives=learning_objectives,
        history=history,
    )


@tools.add(title="Enforce the philosophy's principles", hints=READS)
def enforce_philosophy_principles(
    questions: Questions,
    educational_rationale: Rationale = "",
    attribution: Attribution = "",
    limitations: Limitations = [],  # noqa: B006 - the schema's default; never changed
    writing_stage: validator.WritingStage = "drafting",
    academic_level: validator.AcademicLevel = "undergraduate",
    cognitive_load: validator.CognitiveLoad = "optimal",
    emotional_state: validator.EmotionalState | None = None,
    independence_trend: validator.Trend | None = None,
    requests_an_hour: Hourly | None = None,
    minutes_struggling: Struggling | None = None,
    strengths: Annotated[list[validator.Strength], Field(max_length=5)] = [],  # noqa: B006 - the schema's default
    history: History = "",
    student_id: StudentId | None = None,
    purpose: PurposeWords = "learning",
) -> validator.PhilosophyCheck:
    """
    Set an AI response beside five principles: struggle, load, independence, transfer and transparency.

    Use it with what is known of the student: it counts, and `profile_used` names what did. What is unknown adds no
    penalty. For the wording of the questions alone use analyze_question_educational_value.
    """
    return validator.philosophy(
        validator.AiResponse.of(
            questions, rationale=educational_rationale, attribution=attribution, limitations=limitations
        ),
        validator.Moment(
            stage=writing_stage,
            level=academic_level,
            load=cognitive_load,
            emotion=emotional_state,
            trend=independence_trend,
            requests_an_hour=requests_an_hour,
            minutes_struggling=minutes_struggling,
            strengths=tuple(strengths),
        ),
        history=history,
    )


@tools.add(title="Validate reflection requirements", hints=READS)
async def validate_reflection_requirements(
    mandatory: Annotated[bool, Field(description="Whether a reflection comes before more help.")],
    min_words: Annotated[int, Field(ge=0, le=10_000)] = 0,
    threshold: validator.Threshold = "basic",
    prompts: Annotated[list[Sentence], Field(max_length=20)] = [],  # noqa: B006 - the schema's default
    criteria: Annotated[list[Sentence], Field(max_length=20)] = [],  # noqa: B006 - the schema's default
    reflection_depth: Percent | None = None,
    independence_trend: validator.Trend | None = None,
    cognitive_load: validator.CognitiveLoad = "optimal",
    previous_qualities: Annotated[
        list[Percent], Field(max_length=100, description="Qualities of earlier reflections, oldest first.")
    ] = [],  # noqa: B006 - the schema's default
    student_id: StudentId | None = None,
    purpose: PurposeWords = "learning",
) -> validator.RequirementsCheck:
    """
    Tell whether a response asks for the reflection that this student's work calls for, and what would be right.

    Use it when an assistant sets a reflection. It judges the demand, not a reflection: for that use
    evaluate_reflection_quality of the writing-analysis server.
    """
    return validator.reflection_requirements(
        validator.ReflectionAsked(mandatory, min_words, threshold, tuple(prompts), tuple(criteria)),
        validator.Moment(load=cognitive_load, trend=independence_trend, reflection_depth=reflection_depth),
        previous_qualities=previous_qualities,
    )


@tools.add(title="Write an educational rationale", hints=READS)
async def generate_educational_rationale(
    action: validator.ActionType,
    content: Annotated[list[Question], Field(max_length=50, description="The questions or remarks themselves.")] = [],  # noqa: B006
    educational_goals: Objectives = [],  # noqa: B006 - the schema's default; never changed
    writing_stage: validator.WritingStage = "drafting",
    emotional_state: validator.EmotionalState | None = None,
    student_id: StudentId | None = None,
    purpose: PurposeWords = "learning",
) -> validator.Rationale:
    """
    Say why an AI action is taken, in words for the student: purpose, approach, outcomes, and that an AI made it.

    Use it with every set of questions that goes to a student. It repeats nothing of the student's text and promises
    nothing that the action does not do.
    """
    return validator.educational_rationale(
        action,
        validator.Moment(stage=writing_stage, emotion=emotional_state),
        content=content,
        goals=educational_goals,
    )


@tools.add(title="Analyse a question's educational value", hints=READS)
async def analyze_question_educational_value(
    question: Question,
    learning_objectives: Objectives = [],  # noqa: B006 - the schema's default; never changed
    academic_level: validator.AcademicLevel | None = None,
) -> validator.QuestionValue:
    """
    Say what one question is worth for learning, in five parts of 0 to 100, with what is strong and what to change.

    Use it while writing questions. It looks at wording only and cannot know what the student knows. For a set of
    questions beside a target level use assess_blooms_taxonomy.
    """
    return validator.question_value(question, objectives=learning_objectives, level=academic_level)


def create(wiring: Wiring | None = None) -> MCPServer:
    """The server, ready to serve."""
    return make_server(
        "ai-validator",
        title="Educational AI validator",
        instructions="Keeps AI help bounded: questions and guidance, earned by reflection, never a written essay.",
        tools=tools,
        wiring=wiring,
    )
