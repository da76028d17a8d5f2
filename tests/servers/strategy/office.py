"""The worked year of `examples/strategy_year.json`, entered tool by tool on its days."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio
from mcp.types import CallToolResult

from scribetree.clock import FixedClock, SystemClock
from scribetree.privacy.caller import CALLER_KEY, sign
from scribetree.privacy.context import PrivacyContext, RequesterType
from scribetree.servers.kit import KitServer, Wiring, error_of
from scribetree.servers.strategy import create
from scribetree.settings import Settings
from scribetree.shapes import as_list, as_object

__all__ = ["YEAR", "Office"]

YEAR = json.loads((Path(__file__).parents[3] / "examples" / "strategy_year.json").read_text("utf-8"))


@dataclass
class Office:
    """A strategy server with all tools, a clock that is set by hand, and the ids that were given so far."""

    wiring: Wiring
    clock: FixedClock
    server: KitServer
    ids: dict[str, str] = field(default_factory=dict[str, str])
    calls: int = 0

    @classmethod
    def at(cls, settings: Settings, day: str) -> "Office":
        clock = FixedClock(_noon(day))
        wiring = Wiring(settings=settings.with_all_tools(), clock=clock, server="strategy")
        return cls(wiring, clock, create(wiring))

    def call(
        self, tool: str, role: RequesterType = "educator", correlation: str | None = None, **arguments: Any
    ) -> CallToolResult:
        self.calls += 1
        caller = PrivacyContext("t-1", role, "improvement", correlation or f"correlation-{self.calls}")
        meta = {CALLER_KEY: sign(caller, ring=self.wiring.ring, clock=SystemClock())}
        named = self._named(arguments)

        async def answer() -> CallToolResult:
            return await self.server.answer(tool, named, meta=meta, rung="mcp")

        return anyio.run(answer)

    def ask(self, tool: str, role: RequesterType = "educator", **arguments: Any) -> dict[str, Any]:
        result = self.call(tool, role, **arguments)
        assert not result.is_error, (tool, error_of(result))
        return dict(result.structured_content or {})

    def refused(self, tool: str, role: RequesterType = "educator", **arguments: Any) -> str:
        error = error_of(self.call(tool, role, **arguments))
        assert error is not None, tool
        return f"{error['code']}: {error['message']} {error['fix']}"

    def play(self, events: list[dict[str, Any]]) -> None:
        for event in events:
            self.on(event["day"])
            answer = self.ask(event["tool"], **event["arguments"])
            if "save" in event:
                self.ids[event["save"]] = answer["id"]

    def on(self, day: str) -> None:
        self.clock.moment = _noon(day)

    def figures(self, tool: str, **arguments: Any) -> dict[tuple[str, str], dict[str, Any]]:
        found = self.ask(tool, **arguments)
        return {(each["subject"], each["measure"]): each for each in found["figures"]}

    def _named(self, value: Any) -> Any:
        """The value with `$name` replaced by the id that was given under that name."""
        if isinstance(value, str) and value.startswith("$"):
            return self.ids[value[1:]]
        if (several := as_list(value)) is not None:
            return [self._named(each) for each in several]
        if (shape := as_object(value)) is not None:
            return {key: self._named(each) for key, each in shape.items()}
        return value


def _noon(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC)
