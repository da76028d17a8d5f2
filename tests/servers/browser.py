"""A page as a person reads and uses it in a real browser, within a client that has apps."""

import html
import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp.types import TextResourceContents

from scribetree.servers.catalog import load
from scribetree.servers.kit import Wiring
from scribetree.settings import Settings

__all__ = ["Shown", "in_browser", "page_of", "show"]

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --virtual-time-budget=10000 --dump-dom"
).split()

in_browser = pytest.mark.skipif(BROWSER is None, reason="needs Chromium (Debian's package chromium)")

# It answers the page's greeting, tells it of the call and of what came of it, presses the first button as a person
# would, and writes down what the page then calls and shows.
CLIENT = """<!doctype html><meta charset="utf-8">
<style>iframe { width: 100%%; height: 1100px; border: 0 } pre { display: none }</style><pre id="noted"></pre><script>
const { notification, reply } = %s;
const noted = {};
let isPressed = false;
const page = () => document.getElementById("page").contentDocument;
function note() {
  noted.said = page().body.innerText;
  noted.focused = page().activeElement.getAttribute("aria-label");
  noted.scheme = page().documentElement.style.colorScheme;
  document.getElementById("noted").textContent = JSON.stringify(noted);
}
addEventListener("message", ({ source, data }) => {
  const tell = (message) => source.postMessage({ jsonrpc: "2.0", ...message }, "*");
  const ids = { id: data.id };
  if (data.method === "ui/initialize") tell({ ...ids, result: { protocolVersion: "2026-01-26", hostContext: { theme: "dark" } } });
  if (data.method === "ui/notifications/initialized") {
    tell({ method: "ui/notifications/tool-input", params: { arguments: { educator_id: "t-1" } } });
    tell(notification);
  }
  if (data.method === "tools/call") {
    noted.called = data.params;
    tell({ ...ids, ...reply });
    setTimeout(note, 200);
  }
  if (data.method === "ui/notifications/size-changed") {
    noted.height = data.params.height;
    const button = page().querySelector("button");
    if (button && !isPressed) { isPressed = true; button.focus(); button.click(); }
    note();
  }
});
</script><iframe id="page" srcdoc="%s"></iframe>"""  # noqa: E501


@dataclass(frozen=True)
class Shown:
    """What a person reads, what has the keyboard's focus, and what the page asked of the client."""

    said: str
    focused: str | None
    scheme: str
    height: int
    called: dict[str, Any] | None = None


async def page_of(server: str) -> str:
    """The one page that a server serves."""
    async with Client(load(server, Wiring(settings=Settings.from_environment().with_all_tools()))) as client:
        (resource,) = (await client.list_resources()).resources
        (content,) = (await client.read_resource(resource.uri)).contents
    assert isinstance(content, TextResourceContents)
    return content.text


def show(
    page: str,
    answer: dict[str, Any] | None,
    folder: Path,
    *,
    reply: dict[str, Any] | None = None,
) -> Shown:
    """The page with that answer (None: the call was cancelled); `reply` is what the client says to the page's call."""
    assert BROWSER is not None
    result = {"method": "ui/notifications/tool-result", "params": {"structuredContent": answer}}
    cancelled = {"method": "ui/notifications/tool-cancelled", "params": {"reason": "user"}}
    known = {"notification": cancelled if answer is None else result, "reply": reply}
    client = folder / "client.html"
    client.write_text(CLIENT % (json.dumps(known).replace("</", "<\\/"), html.escape(page, quote=True)), "utf-8")
    command = [BROWSER, *FLAGS, f"--user-data-dir={folder / 'browser'}", client.as_uri()]
    dom = subprocess.run(command, check=True, capture_output=True, text=True, timeout=90).stdout
    found = re.search(r'<pre id="noted">(.*?)</pre>', dom, re.DOTALL)
    assert found is not None
    return Shown(**json.loads(html.unescape(found[1])))
