"""
The servers that `mcp.json` names, in the format that Claude Desktop, Claude Code and VS Code share.

    {"mcpServers": {"writing-analysis": {"command": "scribetree", "args": ["serve", "writing-analysis"]},
                    "elsewhere":        {"type": "http", "url": "https://...", "headers": {...}},
                    "here":             {"type": "in-process", "server": "strategy"}}}

An entry may name base URLs at which the same server also answers plain HTTP, tried when MCP fails
(`"http": ["http://127.0.0.1:3001"]`), and several instances of itself, each with what differs
(`"instances": [{}, {"env": {...}}]`). The key may also be `servers`. `${VAR}`, `${env:VAR}` and `${VAR:-default}` are
replaced from the environment.
An entry that cannot be used is a problem of that server alone: the others are served.
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from scribetree.errors import ConfigError, ScribeTreeError, UnknownName
from scribetree.host.files import read_text
from scribetree.servers.catalog import SERVERS
from scribetree.shapes import as_list, as_object

__all__ = ["OWN_COMMAND", "Configuration", "ServerSpec", "load_configuration", "prefix_of"]

_DEFAULT_FILE = "mcp.json"
_MAX_BYTES = 1_000_000
_VARIABLE = re.compile(r"\$\{(?:env:)?([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")
_SERVER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,40}", re.ASCII)

Kind = Literal["stdio", "http", "sse", "in-process"]
_KINDS: dict[str, Kind] = {
    "stdio": "stdio",
    "http": "http",
    "streamable-http": "http",
    "sse": "sse",
    "in-process": "in-process",
}


HttpBase = Annotated[str, Field(pattern=r"^https?://[^\s/]+(/[^\s?#]*)?$", max_length=500)]


class _Entry(BaseModel):
    """One entry as it stands in the file; keys that other hosts use are let through."""

    model_config = ConfigDict(extra="ignore")

    type: Literal["stdio", "http", "streamable-http", "sse", "in-process"] | None = None
    command: str | None = None
    args: list[str] = Field(default_factory=list)
    env: dict[str, str] = Field(default_factory=dict)
    cwd: str | None = None
    url: str | None = None
    headers: dict[str, str] = Field(default_factory=dict)
    server: str | None = None
    disabled: bool = False
    http: Annotated[list[HttpBase], Field(max_length=8)] = Field(default_factory=list)
    instances: Annotated[list[dict[str, Any]], Field(max_length=8)] = Field(default_factory=list)
    connect_timeout_s: Annotated[float, Field(gt=0, le=300)] = 10.0
    call_timeout_s: Annotated[float, Field(gt=0, le=3600)] = 30.0


OWN_COMMAND = "scribetree"
"""In a configuration, this command means the installation that reads it, whatever is on the PATH."""


@dataclass(frozen=True, slots=True)
class ServerSpec:
    """How to reach one instance of a server, and how long to wait for it."""

    name: str
    kind: Kind
    target: str
    """The command, the URL, or the name of the server in this process."""
    args: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    cwd: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    connect_timeout_s: float = 10.0
    call_timeout_s: float = 30.0
    http: tuple[str, ...] = ()
    """Where the same server answers plain HTTP."""
    instance: int | str | None = None
    """Which of several instances this is: its number in the file, or the id of its registration."""

    @property
    def label(self) -> str:
        """The name of the instance: the server's own where there is one."""
        return self.name if self.instance is None else f"{self.name}-{self.instance}"

    @property
    def is_ours(self) -> bool:
        """Whether it is a server of this installation, in a process of its own."""
        return self.kind == "stdio" and self.target == OWN_COMMAND and self.args[:1] == ("serve",)


@dataclass(frozen=True, slots=True)
class Configuration:
    """The usable servers of a file, and what is wrong with the others."""

    source: str
    servers: tuple[ServerSpec, ...]
    problems: tuple[tuple[str, ScribeTreeError], ...] = ()


def load_configuration(path: Path | None, environment: Mapping[str, str] = os.environ) -> Configuration:
    """The configuration in `path`, else in the current folder's `mcp.json`, else the packaged one."""
    source, text = _read(path)
    entries = _entries(source, text)
    servers: list[ServerSpec] = []
    problems: list[tuple[str, ScribeTreeError]] = []
    for name, raw in entries.items():
        try:
            servers.extend(_specs(name, _expand(raw, name, source, environment), source))
        except ScribeTreeError as problem:
            problems.append((name, problem))
    if not servers and not problems:
        raise ConfigError(f"{source} names no server.", hint="Add entries under `mcpServers`.")
    return Configuration(source, tuple(servers), tuple(problems))


def prefix_of(server: str) -> str:
    """The prefix of a server's tools on the host."""
    entry = SERVERS.get(server)
    return entry.prefix if entry else re.sub(r"[^a-z0-9]+", "_", server.lower()).strip("_")


def _read(path: Path | None) -> tuple[str, str]:
    if path is None and not Path(_DEFAULT_FILE).is_file():
        packaged = files("scribetree.host").joinpath(_DEFAULT_FILE)
        return "the packaged mcp.json", packaged.read_text("utf-8")
    chosen = path or Path(_DEFAULT_FILE)
    return str(chosen), read_text(chosen, max_bytes=_MAX_BYTES, error=ConfigError)


def _entries(source: str, text: str) -> dict[str, Any]:
    try:
        document = as_object(json.loads(text)) or {}
    except json.JSONDecodeError as error:
        raise ConfigError(
            f"{source} is not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}.",
            hint="Mend that line; `scribetree config check` tells when it is well.",
        ) from None
    except RecursionError:
        raise ConfigError(f"{source} is nested too deeply.", hint="Name an mcp.json file.") from None
    servers = as_object(document.get("mcpServers", document.get("servers")))
    if servers is None:
        raise ConfigError(
            f"{source} has no object `mcpServers` (or `servers`).",
            hint='Write {"mcpServers": {"name": {"command": "..."}}}.',
        )
    return servers


def _specs(name: str, raw: object, source: str) -> list[ServerSpec]:
    """Each instance of one entry; none if it is disabled."""
    if not _SERVER_NAME.fullmatch(name):
        raise ConfigError(
            f"A server of {source} has a name that cannot be used.",
            hint="Use up to 41 letters, digits, hyphens and underscores.",
        )
    whole = _parse(name, raw, source)
    if whole.disabled:
        return []
    if not whole.instances:
        return [_spec(name, whole, source, None)]
    shared = {key: value for key, value in (as_object(raw) or {}).items() if key != "instances"}
    return [
        _spec(name, _parse(name, shared | own, source), source, number) for number, own in enumerate(whole.instances, 1)
    ]


def _spec(name: str, entry: _Entry, source: str, instance: int | None) -> ServerSpec:
    kind = _kind(entry, name, source)
    return ServerSpec(
        name=name,
        kind=kind,
        target=_target(kind, entry, name, source),
        args=tuple(entry.args),
        env=tuple(entry.env.items()),
        cwd=entry.cwd,
        headers=tuple(entry.headers.items()),
        connect_timeout_s=entry.connect_timeout_s,
        call_timeout_s=entry.call_timeout_s,
        http=tuple(base.rstrip("/") for base in entry.http),
        instance=instance,
    )


def _parse(name: str, raw: object, source: str) -> _Entry:
    try:
        return _Entry.model_validate(raw)
    except ValidationError as error:
        detail = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in detail["loc"]) or "entry"
        raise ConfigError(
            f"{source}: `{name}.{field}` does not fit: {detail['msg']}.", hint="Mend that entry."
        ) from None


def _kind(entry: _Entry, name: str, source: str) -> Kind:
    if entry.type:
        return _KINDS[entry.type]
    if entry.command:
        return "stdio"
    if entry.url:
        return "http"
    raise ConfigError(
        f"{source}: `{name}` has neither a `command` nor a `url`.",
        hint="Give it a command (stdio), a url (http or sse), or the type in-process.",
    )


def _target(kind: Kind, entry: _Entry, name: str, source: str) -> str:
    if kind == "in-process":
        server = entry.server or name
        if server not in SERVERS:
            raise UnknownName.of("server", server, SERVERS, where=" in this process")
        return server
    target = entry.command if kind == "stdio" else entry.url
    if not target:
        missing = "command" if kind == "stdio" else "url"
        raise ConfigError(f"{source}: `{name}` is of type {kind} and has no `{missing}`.", hint=f"Add `{missing}`.")
    return target


def _expand(raw: object, name: str, source: str, environment: Mapping[str, str]) -> object:
    def replaced(match: re.Match[str]) -> str:
        variable, default = match.group(1), match.group(2)
        value = environment.get(variable) or default
        if value is None:
            raise ConfigError(
                f"{source}: `{name}` needs the environment variable {variable}, which is not set.",
                hint=f"Set {variable}, or write ${{{variable}:-default}}.",
            )
        return value

    if isinstance(raw, str):
        return _VARIABLE.sub(replaced, raw)
    if (several := as_list(raw)) is not None:
        return [_expand(inner, name, source, environment) for inner in several]
    if (named := as_object(raw)) is not None:
        return {key: _expand(inner, name, source, environment) for key, inner in named.items()}
    return raw
