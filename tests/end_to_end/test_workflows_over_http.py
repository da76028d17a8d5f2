"""A workflow begun over the host's HTTP, watched as server-sent events, and looked up, as a real process."""

import json
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.processes import listening

from scribetree.clock import SystemClock
from scribetree.privacy.caller import sign
from scribetree.privacy.context import PrivacyContext, RequesterType
from scribetree.privacy.keys import KeyRing

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.timeout(120)]

ESSAY = (Path(__file__).parents[2] / "examples" / "essay-draft-2.txt").read_text("utf-8")
RUNS = "/api/v1/workflows/academic-integrity/runs"
BODY = {"inputs": {"student_id": "s-1", "content": ESSAY}, "key": "one"}


@pytest.fixture
def config(tmp_path: Path) -> str:
    servers = {name: {"type": "in-process"} for name in ("writing-analysis", "academic-integrity")}
    (tmp_path / "mcp.json").write_text(json.dumps({"mcpServers": servers}))
    return str(tmp_path / "mcp.json")


def bearer(ring: KeyRing, requester: str = "t-1", role: RequesterType = "educator") -> dict[str, str]:
    context = PrivacyContext(requester, role, "assessment", "correlation-1")
    return {"Authorization": f"Bearer {sign(context, ring=ring, clock=SystemClock())}"}


async def events(http: httpx2.AsyncClient, place: str, headers: dict[str, str]) -> list[tuple[str, dict[str, Any]]]:
    """Every event of the stream until it ends, by kind."""
    text = (await http.get(place, headers=headers)).text
    blocks = [dict(line.split(": ", 1) for line in block.splitlines() if ": " in line) for block in text.split("\n\n")]
    return [(block["event"], json.loads(block["data"])) for block in blocks if "event" in block]


async def test_a_run_is_begun_once_watched_and_looked_up_by_its_own_caller_alone(config: str, ring: KeyRing) -> None:
    async with (
        listening("host", "--transport", "http", "--config", config) as port,
        httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as http,
    ):
        own, other = bearer(ring), bearer(ring, "t-2")
        begun = [await http.post(RUNS, json=BODY, headers=own) for _ in range(2)]
        answer = begun[0].json()
        seen = await events(http, answer["events"], own)
        first = next(content["number"] for kind, content in seen if kind == "step")
        again = await events(http, answer["events"], {**own, "Last-Event-ID": str(first)})
        looked_up = (await http.get(answer["status"], headers=own)).json()
        refused = [
            (await http.get(answer["events"], headers=other)).status_code,
            (await http.get(answer["status"])).status_code,
            (await http.post(RUNS, json=BODY, headers=bearer(ring, role="student"))).status_code,
            (await http.post(RUNS, json={"inputs": {}}, headers=own)).status_code,
            (await http.post(RUNS.replace("integrity", "integrty"), json=BODY, headers=own)).status_code,
        ]
    assert [each.status_code for each in begun] == [202, 202]
    assert begun[0].json() == begun[1].json()
    steps = [content["step"] for kind, content in seen if kind == "step"]
    assert sorted(steps) == ["assistance", "citations", "continuity", "report"]
    assert seen[-1][1]["status"] == "completed"
    assert sorted(content["step"] for kind, content in again if kind == "step") == sorted(steps[1:])
    assert looked_up["report"].startswith("# Academic integrity")
    assert refused == [404, 401, 403, 400, 404]
