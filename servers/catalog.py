"""The servers by name, each loaded only when it is asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, cast

from scribetree.errors import UnknownName

if TYPE_CHECKING:
    from scribetree.servers.kit import KitServer, Wiring

__all__ = ["CONFORMANCE", "SERVERS", "CatalogEntry", "load"]


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """One server: its name, the prefix of its tools on the host, and the module that makes it."""

    name: str
    prefix: str
    module: str
    toolsets: tuple[str, ...] = ()
    """Of a server whose tools come in sets, their names."""
    default_toolsets: tuple[str, ...] = ()
    """Those of them that are on without a word."""


SERVERS: dict[str, CatalogEntry] = {
    entry.name: entry
    for entry in (
        CatalogEntry("writing-analysis", "writing", "scribetree.servers.writing_analysis"),
        CatalogEntry("student-profiling", "profiling", "scribetree.servers.student_profiling"),
        CatalogEntry("educator-alerts", "alerts", "scribetree.servers.educator_alerts"),
        CatalogEntry("academic-integrity", "integrity", "scribetree.servers.academic_integrity"),
        CatalogEntry("ai-validator", "validator", "scribetree.servers.ai_validator"),
        CatalogEntry(
            "strategy",
            "strategy",
            "scribetree.servers.strategy",
            toolsets=(
                "conversations",
                "goals",
                "templates",
                "integration",
                "intelligence",
                "analytics",
                "forecasting",
                "reviews",
                "collaboration",
                "reporting",
                "project",
            ),
            default_toolsets=("conversations", "goals"),
        ),
    )
}

CONFORMANCE = CatalogEntry("conformance", "conformance", "scribetree.servers.conformance")
"""Not one of the six: what the official conformance suite calls, made by the same kit."""


def load(name: str, wiring: "Wiring | None" = None) -> "KitServer":
    """The server of that name, ready to serve."""
    entry = CONFORMANCE if name == CONFORMANCE.name else SERVERS.get(name)
    if entry is None:
        raise UnknownName.of("server", name, SERVERS)
    create = cast("Callable[[Wiring | None], KitServer]", import_module(entry.module).create)
    return create(wiring)
