"""
Pages that a client may show beside a tool's answer (MCP Apps): each loads nothing and reaches nobody.

What they share, the talk with the client among it, stands in `app.html`; a page is served with that in front of it. Its
policy (CSP) allows the very scripts and styles that stand in it, by their hashes, and nothing else; what it shows comes
from the tool's result by way of the client. A client without apps shows the answer's text.
"""

import re
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from mcp.server.apps import Apps, ResourceCsp

__all__ = ["app_meta", "apps_of"]

_NOTHING = ResourceCsp(connect_domains=[], resource_domains=[], frame_domains=[], base_uri_domains=[])


def apps_of(uri: str, *, title: str, description: str, package: str, file: str) -> Apps:
    """The extension that serves one page under `uri`; tools name it by `app`."""
    apps = Apps()
    apps.add_html_resource(
        uri, _page(package, file), name=uri, title=title, description=description, csp=_NOTHING, prefers_border=True
    )
    return apps


def app_meta(uri: str | None) -> dict[str, object]:
    """What a tool's `_meta` says of its page."""
    return {} if uri is None else {"ui": {"resourceUri": uri}}


def _page(package: str, file: str) -> str:
    """The whole page: the frame that all share, then its own part, with the policy in place."""
    html = _read("scribetree.servers.kit", "app.html") + _read(package, file)
    styles, scripts = (_hashes(html, tag) for tag in ("style", "script"))
    policy = f"default-src 'none'; style-src {styles}; script-src {scripts}; base-uri 'none'; form-action 'none'"
    return html.replace("<head>", f'<head>\n<meta http-equiv="Content-Security-Policy" content="{policy}">', 1)


def _read(package: str, file: str) -> str:
    return files(package).joinpath(file).read_text("utf-8")


def _hashes(html: str, tag: str) -> str:
    found = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
    return " ".join(f"'sha256-{b64encode(sha256(each.encode()).digest()).decode()}'" for each in found) or "'none'"
