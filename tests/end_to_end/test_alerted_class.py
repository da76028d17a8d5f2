"""
A class of real writers and its teacher: marks on the record, what they call for, a real e-mail, the inbox, a plan.

Essays' rubric scores of ArgRewrite V.2 (CC BY 4.0): three drafts of each writer, two raters' mean.
"""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from email import message_from_string
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, StdioServerParameters
from tests.servers import school

from scribetree.clock import FixedClock
from scribetree.privacy.context import PrivacyContext
from scribetree.servers.kit import Wiring
from scribetree.settings import Settings

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("SCRIBETREE_DATA", ROOT.parent / "shared" / "data")) / "writing" / "argrewrite_essays"
RECEIVERS = ROOT / "tests" / "servers" / "alert_receivers.py"
WRITERS = 8
ROWS = {"avg_claim": "ideas", "avg_org": "organization", "avg_prec": "word choice", "avg_conv": "conventions"}

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.timeout(120),
    pytest.mark.skipif(not (DATA / "dev.jsonl").exists(), reason="the essays of ArgRewrite are not on this machine"),
]


def marks() -> dict[str, list[dict[str, float]]]:
    """Each writer's marks for the three drafts, 0 to 1."""
    found: dict[str, dict[int, dict[str, float]]] = {}
    for line in (DATA / "dev.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        levels = {ROWS[name]: (row["scores"][name] - 1) / 4 for name in ROWS}
        found.setdefault(f"writer-{row['writer']}", {})[int(row["draft"])] = levels
    whole = {name: [drafts[number] for number in sorted(drafts)] for name, drafts in found.items() if len(drafts) == 3}
    return dict(list(whole.items())[:WRITERS])


@pytest.fixture
def written(settings: Settings) -> dict[str, list[dict[str, float]]]:
    """t-1 teaches the writers, and has marked a draft of each every three weeks."""
    clock = FixedClock(datetime.now(UTC) - timedelta(days=70))
    wiring = Wiring(settings=settings, clock=clock)
    teacher = PrivacyContext("t-1", "educator", "assessment", "correlation-1")
    known = marks()
    school.come_of_age(wiring, *known)
    school.teach(wiring, "t-1", *known)
    for number in range(3):
        clock.advance(21 * 86_400)
        for name, drafts in known.items():
            values = {"skills": drafts[number], "assignment": f"draft-{number + 1}"}
            wiring.guard.write(teacher, name, "assessment", values)
    wiring.close()
    return known


def serving(requester: str) -> StdioServerParameters:
    environment = {name: value for name, value in os.environ.items() if name.startswith("SCRIBETREE_")}
    environment |= {"SCRIBETREE_PROFILE": "educator", "SCRIBETREE_REQUESTER_ID": requester}
    arguments = ["-m", "scribetree.host", "serve", "educator-alerts"]
    return StdioServerParameters(command=sys.executable, args=arguments, env=environment)


async def told(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.structured_content
    content: dict[str, Any] = result.structured_content or {}
    return content


async def test_the_weakest_of_a_class_of_real_writers_is_told_of_mailed_planned_for_and_followed(
    settings: Settings, written: dict[str, list[dict[str, float]]], tmp_path: Path
) -> None:
    kept = tmp_path / "mail.jsonl"
    server = subprocess.Popen([sys.executable, str(RECEIVERS), "mail", str(kept)], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        (settings.home / "alerts.toml").write_text(
            f'[mail]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\nsender = "st@school.example"\n'
        )
        latest = {name: sum(drafts[-1].values()) / len(ROWS) for name, drafts in written.items()}
        weakest = min(latest, key=lambda name: latest[name])
        async with Client(serving("t-1")) as client:
            wishes = {"email": "t-1@school.example", "batch_minutes": 0, "quiet_from": "00:00", "quiet_until": "00:00"}
            await told(client, "set_alert_preferences", educator_id="t-1", **wishes)
            plans = {
                name: await told(
                    client, "generate_intervention_recommendations", student_id=name, classmates=list(written)
                )
                for name in written
            }
            # Three drafts that get better are no reason to alert anybody.
            assert not any(plan["signals"] or plan["abstained"] for plan in plans.values())
            asked = {"student_id": weakest, "quality_score": 0.1}
            plan = await told(client, "generate_intervention_recommendations", **asked)
            people = {"educator_id": "t-1", "student_id": weakest}
            sent = await told(client, "send_educator_alerts", alerts=plan["alerts"], **people)
            assert [each["channels"] for each in sent["sent"]] == [["email"]]
            with anyio.fail_after(60):
                while not kept.exists():
                    await anyio.sleep(0.1)
            first = plan["recommendations"][0]["intervention"]
            when = (datetime.now(UTC) + timedelta(days=2)).strftime("%Y-%m-%dT10:00")
            step = {"scheduled_type": "feedback_session", "scheduled_for": when, "duration_minutes": 30}
            planned = await told(client, "schedule_intervention_actions", **people, **step, intervention=first)
            values = [sum(draft.values()) / len(ROWS) for draft in written[weakest]]
            followed = await told(
                client,
                "track_intervention_effectiveness",
                student_id=weakest,
                intervention_id=planned["intervention_id"],
                measurement_type="pre_post",
                metrics=[{"metric": "quality", "baseline": values, "after": []}],
            )
            inbox = await told(client, "list_alerts", educator_id="t-1")
    finally:
        server.kill()
        server.communicate()
    (mail,) = [json.loads(line)["message"] for line in kept.read_text().splitlines()]
    assert weakest not in mail
    assert message_from_string(mail)["Subject"].startswith("Scribe Tree: 1 alert")
    assert [alert["student_id"] for alert in inbox["alerts"]] == [weakest]
    assert planned["calendar"].startswith("BEGIN:VCALENDAR")
    assert followed["overall"] == "too_early_to_say"
