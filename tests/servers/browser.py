"""A page as a person reads it in a real browser."""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

__all__ = ["BROWSER", "FLAGS", "said"]

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --virtual-time-budget=10000 --dump-dom"
).split()

# What a client with apps does: it answers the page's greeting and hands it the tool's result. Here it also writes down
# what the page then says.
CLIENT = """<!doctype html><meta charset="utf-8"><pre id="said"></pre><script>
const result = %s;
addEventListener("message", ({ source, data }) => {
  const tell = (message) => source.postMessage({ jsonrpc: "2.0", ...message }, "*");
  if (data.method === "ui/initialize") tell({ id: data.id, result: { protocolVersion: "2026-01-26" } });
  if (data.method === "ui/notifications/initialized")
    tell({ method: "ui/notifications/tool-result", params: result });
  if (data.method === "ui/notifications/size-changed")
    document.getElementById("said").textContent = document.getElementById("page").contentDocument.body.innerText;
});
</script><iframe id="page" srcdoc="%s"></iframe>"""


def said(page: str, result: dict[str, Any], folder: Path) -> str:
    """What a person reads on the page in a browser."""
    assert BROWSER is not None
    harness = folder / "client.html"
    shown = json.dumps(result).replace("</", "<\\/")
    harness.write_text(CLIENT % (shown, html.escape(page, quote=True)), "utf-8")
    command = [BROWSER, *FLAGS, f"--user-data-dir={folder / 'browser'}", harness.as_uri()]
    dom = subprocess.run(command, check=True, capture_output=True, text=True, timeout=90).stdout
    found = re.search(r'<pre id="said">(.*?)</pre>', dom, re.DOTALL)
    assert found is not None
    return html.unescape(found[1])
