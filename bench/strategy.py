"""
What the strategy server costs: bytes of its tool list by set, and the time of reports on ten thousand goals.

    python bench/strategy.py
"""

import json
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import anyio
from mcp import Client

from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.plans import Plans
from scribetree.servers.catalog import load
from scribetree.servers.kit import Wiring
from scribetree.servers.strategy import TOOLSETS
from scribetree.servers.strategy._desk import Desk
from scribetree.settings import Settings
from scribetree.tools import strategy

GOALS = 10_000
MILESTONES = 2_000


def listed_bytes(names: str | None) -> tuple[int, int]:
    async def ask() -> tuple[int, int]:
        settings = Settings.from_environment().with_toolsets(names)
        async with Client(load("strategy", Wiring(settings=settings, server="strategy"))) as client:
            tools = (await client.list_tools()).tools
            return len(tools), sum(len(tool.model_dump_json(by_alias=True, exclude_none=True)) for tool in tools)

    return anyio.run(ask)


def filled(plans: Plans) -> None:
    """Ten thousand goals with a metric of three readings each, and two thousand milestones that serve them."""
    chance = Random(7)
    for number in range(GOALS):
        metric = {
            "name": "m",
            "type": "growth",
            "target": 10,
            "unit": "u",
            "due": "2027-06-30",
            "readings": [{"on": f"2026-0{month}-01", "value": chance.uniform(0, 9)} for month in (3, 5, 7)],
        }
        goal = {
            "id": "",
            "category": "product",
            "title": f"goal {number}",
            "description": "d",
            "owner": "o",
            "created_on": "2026-01-01",
            "confidence": chance.uniform(20, 90),
            "metrics": [metric],
        }
        plans.add("goal", goal, author="t", call=str(number))
    goals = [entry_id for kind, entry_id in plans.since({}).versions if kind == "goal"]
    for number in range(MILESTONES):
        low = chance.uniform(1, 10)
        work = {
            "id": "",
            "name": f"work {number}",
            "description": "d",
            "category": "feature",
            "created_on": "2026-01-01",
            "planned_date": "2026-12-01",
            "complexity": 3,
            "effort": {"likely": low * 1.5, "low": low, "high": low * 3},
            "supports": chance.sample(goals, 3),
        }
        plans.add("milestone", work, author="t", call=str(number))


def timed(name: str, work: Callable[[], object], *, runs: int = 3) -> None:
    spent: list[float] = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        spent.append(time.perf_counter() - began)
    print(f"{name:<32} {statistics.median(spent):6.3f} s (worst of {runs}: {max(spent):.3f})")


def main() -> None:
    for names in (None, "all", *TOOLSETS):
        count, size = listed_bytes(names)
        print(f"tool list, {names or 'default':<14} {count:>3} tools {size:>7} bytes, about {size // 4:>6} tokens")
    settings = Settings(home=Path(tempfile.mkdtemp()))
    wiring = Wiring(settings=settings, server="strategy")
    began = time.perf_counter()
    filled(wiring.plans)
    print(f"{GOALS + MILESTONES} entries written, each durable: {time.perf_counter() - began:.1f} s")
    desk = Desk(wiring.plans, PrivacyContext("t", "educator", "improvement", "bench-bench"), date(2026, 8, 1))
    timed("plan read, the first time", desk.plan, runs=1)
    timed("plan read, again", desk.plan)
    plan = desk.plan()
    for name, area in strategy.AREAS.items():
        timed(f"report: {name}", lambda area=area: area(plan, desk.today))
    kind = {"start": date(2026, 1, 1), "end": date(2026, 8, 1), "confidential": True}
    for report in ("executive-summary", "board-presentation", "detailed-analysis"):
        timed(
            f"whole report: {report}",
            lambda report=report: strategy.as_html(strategy.strategic_report(plan, desk.today, kind=report, **kind)),
        )
    print(datetime.now(UTC).isoformat(), json.dumps({"goals": GOALS, "milestones": MILESTONES}))


if __name__ == "__main__":
    main()
