"""The strategy server: guided conversations and figures that are computed."""

from dataclasses import dataclass
from typing import Annotated

from mcp.server import MCPServer
from pydantic import Field

from scribetree.privacy.guard import EDUCATORS
from scribetree.servers.kit import READS, Toolbox, Wiring, make_server
from scribetree.tools import strategy

__all__ = ["create"]

tools = Toolbox()

Percent = Annotated[float, Field(ge=0, le=100)]


@dataclass(frozen=True, slots=True)
class Templates:
    """All guided conversations."""

    templates: tuple[strategy.TemplateSummary, ...]


@tools.add(title="List conversation templates", hints=READS, roles=EDUCATORS)
async def list_conversation_templates() -> Templates:
    """
    List the guided strategy conversations: what each is for and how many sections it has.

    Use it to choose one; get_conversation_template gives its questions.
    """
    return Templates(strategy.list_templates())


@tools.add(title="Get a conversation template", hints=READS, roles=EDUCATORS)
async def get_conversation_template(
    template_id: Annotated[str, Field(min_length=1, max_length=64, description="From list_conversation_templates.")],
) -> strategy.Template:
    """
    Give one guided conversation whole: its sections, the questions to ask and what should be written down.

    Use it to lead a strategy talk. It holds no answers: those come from the people in the room.
    """
    return strategy.template(template_id)


@tools.add(title="Generate confidence intervals", hints=READS, roles=EDUCATORS)
async def generate_confidence_intervals(
    history: Annotated[
        list[float], Field(min_length=6, max_length=1000, description="Equally spaced figures, oldest first.")
    ],
    timeframes: Annotated[
        list[Annotated[int, Field(ge=1, le=60)]],
        Field(min_length=1, max_length=20, description="Periods after the last figure."),
    ],
    confidence_levels: Annotated[list[Annotated[float, Field(ge=0.5, le=0.99)]], Field(min_length=1, max_length=5)]
    | None = None,
) -> strategy.Forecast:
    """
    Continue the straight trend of a series, with prediction intervals at the levels asked for (else 0.8 and 0.95).

    Use it for a metric with at least six equally spaced figures. It invents nothing: with fewer figures it refuses,
    and it knows of no seasons or events.
    """
    return strategy.confidence_intervals(history, steps_ahead=timeframes, levels=confidence_levels or (0.8, 0.95))


@tools.add(title="Generate a goal health report", hints=READS, roles=EDUCATORS)
async def generate_goal_health_report(
    progress: Percent | None = None,
    velocity: Percent | None = None,
    confidence: Percent | None = None,
    dependency: Percent | None = None,
    alignment: Percent | None = None,
) -> strategy.GoalHealth:
    """
    Tell how healthy a goal is from its parts, what each part adds, and which is the weakest.

    Use it with parts that somebody has judged, in percent. What is unknown is left out and named, never guessed.
    """
    return strategy.goal_health(strategy.GoalSignals(progress, velocity, confidence, dependency, alignment))


def create(wiring: Wiring | None = None) -> MCPServer:
    """The server, ready to serve."""
    return make_server(
        "strategy",
        title="Strategy",
        instructions="Guided strategy conversations, and figures that are computed from what is given.",
        tools=tools,
        wiring=wiring,
    )
