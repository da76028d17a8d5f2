"""
The strategy server: what a school or a founder plans, kept sealed, and figures that are computed from it.

Its tools are in eleven sets. A process lists those that it was started with (`--toolsets`, SCRIBETREE_TOOLSETS), and
without a word the two that most people want, so that an assistant is not drowned in definitions; all can be called.
"""

from scribetree.errors import ConfigError
from scribetree.servers.catalog import SERVERS
from scribetree.servers.kit import KitServer, Toolbox, Wiring, apps_of, make_server
from scribetree.servers.strategy import (
    _analytics,
    _collaboration,
    _conversations,
    _forecasting,
    _goals,
    _integration,
    _milestones,
    _project,
    _reporting,
    _reviews,
    _templates,
)
from scribetree.settings import ALL_TOOLSETS

__all__ = ["TOOLSETS", "create"]

TOOLSETS: dict[str, Toolbox] = {
    "conversations": _conversations.tools,
    "goals": _goals.tools,
    "templates": _templates.tools,
    "integration": _integration.tools,
    "intelligence": _milestones.tools,
    "analytics": _analytics.tools,
    "forecasting": _forecasting.tools,
    "reviews": _reviews.tools,
    "collaboration": _collaboration.tools,
    "reporting": _reporting.tools,
    "project": _project.tools,
}


def create(wiring: Wiring | None = None) -> KitServer:
    """The server with the tool sets of its settings, ready to serve."""
    means = wiring or Wiring(server="strategy")
    return make_server(
        "strategy",
        title="Strategy",
        instructions="A plan of goals, work and decisions, and figures that are computed from what was entered. "
        "Tools come in sets: " + ", ".join(TOOLSETS) + ".",
        tools=Toolbox.joined(*TOOLSETS.values()),
        toolsets=_chosen(means.settings.toolsets),
        wiring=means,
        extensions=[
            apps_of(
                _analytics.BOARD,
                title="Strategy board",
                description="What happened lately, the state of goals and gaps, and what to enter for more.",
                package=__name__,
                file="board.html",
            )
        ],
    )


def _chosen(names: tuple[str, ...] | None) -> tuple[str, ...]:
    if names is None:
        return SERVERS["strategy"].default_toolsets
    if names == ALL_TOOLSETS:
        return tuple(TOOLSETS)
    unknown = [name for name in names if name not in TOOLSETS]
    if unknown:
        raise ConfigError(
            "SCRIBETREE_TOOLSETS names a tool set that there is not.",
            hint=f"Use all, or some of: {', '.join(TOOLSETS)}.",
        )
    return names
