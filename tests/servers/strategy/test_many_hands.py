"""The store under the tools: two who edit one entry, one call that comes twice, wrong input, and ten thousand goals."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client
from tests.servers.strategy.office import YEAR, Office

from scribetree.errors import ConfigError
from scribetree.privacy.plans import Plans
from scribetree.servers.catalog import SERVERS, load
from scribetree.servers.kit import Wiring
from scribetree.servers.strategy import TOOLSETS
from scribetree.settings import Settings, toolset_names

HALF: dict[str, Any] = {"milestone_id": "$w", "completion_percentage": 50}
BACKWARDS: dict[str, Any] = {"type": "board-presentation", "period_start": "2026-02-01", "period_end": "2026-01-01"}
GOAL: dict[str, Any] = {"category": "product", "title": "A", "description": "b", "owner": "c"}
METRIC: dict[str, Any] = {
    "name": "classes",
    "type": "growth",
    "target": 10,
    "unit": "classes",
    "timeframe": "2026-12-01",
}
WORK: dict[str, Any] = {
    "name": "w",
    "description": "d",
    "category": "feature",
    "planned_date": "2026-05-01",
    "effort": 5,
    "complexity": 3,
}


def test_of_two_who_edit_one_decision_the_second_is_told_to_read_again(empty: Office) -> None:
    empty.play(YEAR["events"][:16])
    talk = empty.ask("get_conversation", conversation_id="$talk")
    edit: dict[str, Any] = {"conversation_id": "$talk", "decision_id": "$d1", "rationale": "r", "version": 1}
    assert talk["decisions"][0]["status"] == "approved"
    assert empty.ask("track_strategic_decision", decision="first", **edit)["version"] == 2
    refused = empty.refused("track_strategic_decision", decision="second", **edit)
    assert "`version` is not the newest: it is 2" in refused
    assert empty.ask("get_conversation", conversation_id="$talk")["decisions"][0]["decision"] == "first"


def test_one_call_that_comes_twice_is_done_once(empty: Office) -> None:
    first = empty.call("create_business_goal", correlation="correlation-the-same", **GOAL).structured_content
    again = empty.call("create_business_goal", correlation="correlation-the-same", **GOAL).structured_content
    assert first is not None
    assert again == {**first, "state": "known"}
    update: dict[str, Any] = {"goal_id": first["id"], "achievements": ["one"]}
    assert empty.ask("update_goal_progress", **update)["version"] == 2
    twice = [
        empty.call("update_goal_progress", correlation="correlation-two", **update).structured_content for _ in range(2)
    ]
    assert [each["version"] for each in twice if each] == [3, 3]


def test_every_version_stays_in_the_history(empty: Office) -> None:
    empty.ids["g"] = empty.ask("create_business_goal", **GOAL)["id"]
    empty.ask("update_goal_progress", goal_id="$g", notes="second")
    history = empty.wiring.plans.history("goal", empty.ids["g"])
    assert [(each.version, each.body["notes"]) for each in history] == [(1, ""), (2, "second")]
    assert "t-1" not in {each.author for each in history}


def test_nothing_of_the_plan_stands_readable_in_the_data_folder(empty: Office, settings: Settings) -> None:
    empty.ask("create_business_goal", "educator", **GOAL | {"title": "Canary goal of the head teacher"})
    empty.wiring.close()
    files = [path for path in settings.home.rglob("*") if path.is_file()]
    assert files
    assert not any(b"Canary goal" in path.read_bytes() for path in files)


@pytest.mark.parametrize(
    ("tool", "arguments", "rule"),
    [
        ("create_business_goal", GOAL | {"dependencies": ["goal-none"]}, "`dependencies` names 1 of 1"),
        ("create_business_goal", GOAL | {"initial_metrics": [METRIC, METRIC]}, "names a metric twice"),
        ("create_business_goal", {"category": "product"}, "`title`: Field required"),
        ("import_context_from_document", {"document": "x"}, "`document`: must be an object"),
        ("import_context_from_document", {"document": {"x": 1}}, "`document.x`: is not a field"),
        ("update_goal_progress", {"goal_id": "goal-none"}, "There is no goal of that id"),
        ("update_goal_progress", {"goal_id": "$g", "metric_updates": [{"metric": "no", "value": 1}]}, "has not"),
        (
            "update_goal_progress",
            {"goal_id": "$g", "metric_updates": [{"metric": "classes", "value": 1, "unit": "pupils"}]},
            "is not the unit",
        ),
        ("update_goal_progress", {"goal_id": "$g", "depends_on": ["$h"]}, "in a circle"),
        ("create_technical_milestone", WORK | {"effort_low": 9}, "`effort` must lie between"),
        ("update_milestone_progress", HALF | {"done_on": "2026-02-01"}, "of 100"),
        ("update_milestone_progress", HALF | {"depends_on": ["$w"]}, "in a circle"),
        ("generate_confidence_intervals", {"timeframes": [1], "goal_id": "$g", "metric": "classes"}, "6 finite"),
        ("generate_strategic_report", BACKWARDS, "is before"),
        ("configure_strategy_review_trigger", {"action": "update", "trigger_id": "trigger-none"}, "names no rule"),
        ("configure_strategy_review_trigger", {"action": "create", "name": "x"}, "needs `name`, `fact`"),
    ],
)  # fmt: skip
def test_wrong_input_is_named_and_changes_nothing(
    empty: Office, tool: str, arguments: dict[str, Any], rule: str
) -> None:
    empty.ids["g"] = empty.ask("create_business_goal", "educator", **GOAL | {"initial_metrics": [METRIC]})["id"]
    empty.ids["h"] = empty.ask("create_business_goal", "educator", **GOAL | {"title": "H", "dependencies": ["$g"]})[
        "id"
    ]
    empty.ids["w"] = empty.ask("create_technical_milestone", **WORK)["id"]
    before = empty.wiring.plans.since({}).versions
    assert rule in empty.refused(tool, **arguments)
    assert empty.wiring.plans.since({}).versions == before


def test_an_empty_plan_says_what_to_enter_and_invents_nothing(empty: Office) -> None:
    asked: tuple[tuple[str, dict[str, Any]], ...] = (
        ("get_goal_analytics", {}),
        ("generate_goal_health_report", {}),
        ("generate_business_impact_forecast", {"timeframe": 6}),
        ("analyze_development_business_alignment", {}),
        ("identify_strategy_gaps", {}),
        ("identify_strategic_opportunities", {}),
        ("generate_business_implications", {}),
        ("generate_analysis_quality_report", {}),
        ("analyze_project_context", {}),
        ("generate_competitive_intelligence", {}),
    )
    for tool, arguments in asked:
        found = empty.ask(tool, **arguments)
        assert found["missing"], tool
        assert all(each["value"] == 0 for each in found["figures"]), tool
    assert empty.ask("quick_setup_wizard")["tool"] == "initialize_project_context"


def test_a_student_may_neither_read_nor_write_the_plan(empty: Office) -> None:
    assert empty.refused("list_goals", "student").startswith("denied")
    assert empty.refused("create_business_goal", "student", **GOAL).startswith("denied")


def test_dates_that_are_past_are_taken_and_said(empty: Office) -> None:
    assert (
        "past"
        in empty.ask("create_technical_milestone", "educator", **WORK | {"planned_date": "2025-01-01"})["next_step"]
    )


def test_four_processes_that_write_at_once_lose_nothing(empty: Office, settings: Settings) -> None:
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path;"
        "from tests.servers.strategy.office import Office;"
        "from scribetree.settings import Settings; office = Office.at(Settings(home=Path(sys.argv[2])), '2026-01-05');"
        "[office.ask('update_goal_progress', goal_id=sys.argv[3], achievements=[f'{sys.argv[4]}-{n}'],"
        " correlation=f'correlation-{sys.argv[4]}-{n}') for n in range(5)]"
    )
    goal = empty.ask("create_business_goal", **GOAL)["id"]
    folder = str(Path(__file__).parents[3])
    running = [
        subprocess.Popen([sys.executable, "-c", script, folder, str(settings.home), goal, str(worker)])
        for worker in range(4)
    ]
    assert [process.wait(60) for process in running] == [0, 0, 0, 0]
    stored = empty.ask("get_goal", goal_id=goal)
    assert stored["version"] == 21
    assert len(stored["goal"]["achievements"]) == 20


def test_an_altered_entry_is_not_read(empty: Office) -> None:
    from sqlalchemy import text

    goal = empty.ask("create_business_goal", **GOAL)["id"]
    with empty.wiring.office.database.write() as connection:
        connection.execute(text("UPDATE plan_entries SET version = 2 WHERE entry_id = :id"), {"id": goal})
    assert "cannot be opened" in empty.refused("get_goal", goal_id=goal)


def test_a_report_over_hundreds_of_goals_counts_them_all_and_shows_a_bounded_number(empty: Office) -> None:
    plans: Plans = empty.wiring.plans
    goal = json.loads(json.dumps({**GOAL, "id": "", "created_on": "2026-01-01", "confidence": 50}))
    for number in range(300):
        plans.add("goal", {**goal, "title": f"goal {number}"}, author="t", call=str(number))
    figures = empty.figures("get_goal_analytics")
    assert figures["goals", "in all"]["value"] == 300
    assert len(empty.ask("generate_goal_health_report")["figures"]) == 200


def listed(names: str | None) -> list[str]:
    async def ask() -> list[str]:
        settings = Settings.from_environment().with_toolsets(names)
        async with Client(load("strategy", Wiring(settings=settings, server="strategy"))) as client:
            return [tool.name for tool in (await client.list_tools()).tools]

    return anyio.run(ask)


def test_a_process_lists_the_sets_it_was_started_with_and_answers_all() -> None:
    assert len(listed(None)) == 13
    assert len(listed("all")) == 64
    assert set(listed("forecasting,reviews")) == {*TOOLSETS["forecasting"].names(), *TOOLSETS["reviews"].names()}
    with pytest.raises(ConfigError, match="tool set that there is not"):
        listed("forecastin")
    assert toolset_names(" goals, ,goals ") == ("goals",)
    assert SERVERS["strategy"].toolsets == tuple(TOOLSETS)

    async def ask_unlisted() -> bool:
        async with Client(load("strategy", Wiring(settings=Settings.from_environment(), server="strategy"))) as client:
            return (await client.call_tool("quick_setup_wizard", {})).is_error

    assert anyio.run(ask_unlisted) is False
