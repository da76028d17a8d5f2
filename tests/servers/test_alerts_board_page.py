"""The alerts board as a page: shown in a real browser, grouped by student, and answered from there."""

import html
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp.types import TextResourceContents
from tests.servers.browser import BROWSER, FLAGS

from scribetree.servers.educator_alerts import create
from scribetree.servers.kit import Wiring

pytestmark = pytest.mark.anyio

URI = "ui://scribetree/alerts-board"

# A client with apps: it greets, hands over the call and its result, answers the first alert as a person would, and
# writes down what the page calls and then says.
CLIENT = """<!doctype html><meta charset="utf-8">
<style>iframe { width: 100%%; height: 1100px; border: 0 } pre { display: none }</style>
<pre id="called"></pre><pre id="said"></pre><script>
const result = %s;
addEventListener("message", ({ source, data }) => {
  const tell = (message) => source.postMessage({ jsonrpc: "2.0", ...message }, "*");
  const page = () => document.getElementById("page").contentDocument;
  const note = () => { document.getElementById("said").textContent = page().body.innerText; };
  if (data.method === "ui/initialize") tell({ id: data.id, result: { protocolVersion: "2026-01-26" } });
  if (data.method === "ui/notifications/initialized") {
    tell({ method: "ui/notifications/tool-input", params: { arguments: { educator_id: "t-1" } } });
    tell({ method: "ui/notifications/tool-result", params: result });
  }
  if (data.method === "tools/call") {
    document.getElementById("called").textContent = JSON.stringify(data.params);
    tell({ id: data.id, result: { structuredContent: { response: data.params.arguments.response } } });
    setTimeout(note, 200);
  }
  if (data.method === "ui/notifications/size-changed") { note(); page().querySelector("button")?.click(); }
});
</script><iframe id="page" srcdoc="%s"></iframe>"""

ALERTS = [
    ("s-1", "engagement_drop", "medium", "Worth a look: engagement drop"),
    ("s-2", "urgent_support", "urgent", "Worth a look today: <b>several things</b>"),
    ("s-1", "quality_decline", "high", "Worth a look: quality decline"),
]


async def board() -> tuple[str, dict[str, Any]]:
    """The page, and the answer that it is to show."""
    wiring = Wiring()
    alerts = [
        {"student_id": who, "alert_type": kind, "severity": severity, "title": title, "description": "Unlike usual."}
        for who, kind, severity, title in ALERTS
    ]
    async with Client(create(wiring)) as client:
        sent = {"educator_id": "t-1", "alerts": alerts, "immediate": True}
        assert not (await client.call_tool("send_educator_alerts", sent)).is_error
        (content,) = (await client.read_resource(URI)).contents
        answer = await client.call_tool("list_alerts", {"educator_id": "t-1"})
    wiring.close()
    assert isinstance(content, TextResourceContents)
    assert answer.structured_content is not None
    return content.text, answer.structured_content


def shown(page: str, result: dict[str, Any], folder: Path) -> dict[str, str]:
    """What a person reads on the page in a browser, and what it called."""
    assert BROWSER is not None
    harness = folder / "client.html"
    harness.write_text(CLIENT % (json.dumps(result).replace("</", "<\\/"), html.escape(page, quote=True)), "utf-8")
    command = [BROWSER, *FLAGS, f"--user-data-dir={folder / 'browser'}", harness.as_uri()]
    dom = subprocess.run(command, check=True, capture_output=True, text=True, timeout=90).stdout
    found = re.findall(r'<pre id="(called|said)">(.*?)</pre>', dom, re.DOTALL)
    return {name: html.unescape(text) for name, text in found}


async def test_a_reader_without_the_board_is_told_the_same_in_words() -> None:
    _, answer = await board()
    lines = answer["in_words"].splitlines()
    assert lines[0] == "3 open alerts, the gravest first."
    assert lines[1].startswith("- urgent, student s-2")


@pytest.mark.skipif(BROWSER is None, reason="needs Chromium")
async def test_the_gravest_student_stands_first_and_an_alert_is_answered_from_the_board(tmp_path: Path) -> None:
    page, answer = await board()
    found = shown(page, {"structuredContent": answer}, tmp_path)
    assert found["said"].index("Student s-2") < found["said"].index("Student s-1")
    assert "<b>several things</b>" in found["said"]
    assert "You said: Seen" in found["said"]
    called = json.loads(found["called"])
    assert called["name"] == "acknowledge_alert"
    assert called["arguments"]["educator_id"] == "t-1"


@pytest.mark.skipif(BROWSER is None, reason="needs Chromium")
async def test_an_answer_that_is_an_error_is_shown_as_one(tmp_path: Path) -> None:
    page, _ = await board()
    error = {"error": {"message": "This caller may not make this call.", "fix": "Ask someone who may."}}
    assert "may not make this call" in shown(page, {"structuredContent": error}, tmp_path)["said"]
