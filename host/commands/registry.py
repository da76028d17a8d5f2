"""`scribetree registry`: a client of a host's registry, with a token of this installation."""

import contextlib
import signal
import socket
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, cast
from urllib.parse import quote

import httpx2

from scribetree.clock import SystemClock
from scribetree.errors import (
    Denied,
    InternalError,
    InvalidInput,
    RateLimited,
    ScribeTreeError,
    Unavailable,
    UnknownName,
)
from scribetree.host.commands._session import caller_for, print_json, print_line, say
from scribetree.privacy.caller import sign
from scribetree.privacy.keys import KeyRing
from scribetree.settings import Settings
from scribetree.shapes import as_object

__all__ = ["drain", "find", "register", "registered", "show", "watch"]

_PLACE = "/api/v1/registry"
_LIMIT_S = 60.0
_AGAIN_AFTER_S = 1.0
_LOOK_EVERY_S = 0.05
_ERRORS: dict[str, type[ScribeTreeError]] = {
    error.code: error for error in (Denied, InvalidInput, UnknownName, Unavailable, InternalError)
}


def show(host: str, *, as_json: bool) -> int:
    """All servers and their instances are printed."""
    servers = _ask(host, "GET", _PLACE)["servers"]
    if as_json:
        print_json(servers)
        return 0
    for server in servers:
        print_line(f"{server['server']}  {server['state']}  {len(server['tools'])} tools")
        for each in server["instances"]:
            until = f", lease until {each['lease_ends_at']}" if each["lease_ends_at"] else ""
            print_line(f"  {each['id']}  {each['state']}  {each['endpoints']['mcp']}  {each['calls']} calls{until}")
    return 0


def find(host: str, capability: str, *, as_json: bool) -> int:
    """The servers that give the capability are printed; 1 if none does."""
    servers = _ask(host, "GET", f"{_PLACE}/capabilities/{quote(capability, safe='')}")["servers"]
    if as_json:
        print_json(servers)
    for server in servers if not as_json else ():
        print_line(f"{server['server']}  {server['tool']}  {server['state']}")
    if not servers:
        say("No server gives that capability.\nhint: `scribetree registry list --json` shows those that there are.")
    return 0 if servers else 1


def register(host: str, server: str, url: str, *, http: str | None, lease_s: float | None, once: bool) -> int:
    """The instance is registered, once or until a signal comes."""
    wanted = _wanted(server, url, http, lease_s)
    if once:
        print_json(_ask(host, "POST", f"{_PLACE}/instances", wanted))
        return 0
    stop = threading.Event()

    def end(_number: int, _frame: object) -> None:
        stop.set()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, end)
    _keep_registered(host, wanted, stop)
    return 0


@contextmanager
def registered(host: str, server: str, port: int) -> Generator[None]:
    """The server that this process serves on `port` is registered while the block runs, as soon as it answers."""
    base = f"http://127.0.0.1:{port}"
    stop = threading.Event()
    wanted = _wanted(server, f"{base}/mcp", base, None)
    keeper = threading.Thread(target=_keep_when_it_listens, args=(host, wanted, port, stop), daemon=True)
    keeper.start()
    # uvicorn sends the signal on when it has stopped; that must not end the process before the host knows.
    signal.signal(signal.SIGTERM, _leave)
    try:
        yield
    finally:
        stop.set()
        keeper.join(_LIMIT_S)


def _leave(_number: int, _frame: object) -> None:
    sys.exit(0)


def drain(host: str, instance: str) -> int:
    """The instance is gone."""
    print_json(_ask(host, "DELETE", f"{_PLACE}/instances/{quote(instance, safe='')}"))
    return 0


def watch(host: str) -> int:
    """Each change was printed until the host went away."""
    try:
        with _client(host, timeout=None) as client, client.stream("GET", f"{_PLACE}/events") as lines:
            _raise_for(lines)
            for line in filter(None, lines.iter_lines()):
                sys.stdout.write(line + "\n")
                sys.stdout.flush()
    except httpx2.HTTPError:
        raise _away(host) from None
    return 0


def _wanted(server: str, url: str, http: str | None, lease_s: float | None) -> dict[str, Any]:
    asked = {"server": server, "url": url, "http": http, "lease_s": lease_s}
    return {name: value for name, value in asked.items() if value is not None}


def _keep_when_it_listens(host: str, wanted: dict[str, Any], port: int, stop: threading.Event) -> None:
    """As below, once somebody listens on the port; a refusal is only said, and the server goes on serving."""
    while not _is_listening(port) and not stop.wait(_LOOK_EVERY_S):
        pass
    try:
        _keep_registered(host, wanted, stop)
    except ScribeTreeError as error:
        say(f"error: {error.message}\nhint: {error.hint}")


def _is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _keep_registered(host: str, wanted: dict[str, Any], stop: threading.Event) -> None:
    """
    Registered, and renewed in time, until `stop` is set; then let go.

    A host that is away is asked again; a refusal is raised.
    """
    lease: dict[str, Any] | None = None
    told = ""
    while not stop.is_set():
        try:
            path = f"{_PLACE}/instances" if lease is None else f"{_PLACE}/instances/{lease['instance']}/lease"
            lease = _ask(host, "POST" if lease is None else "PUT", path, wanted if lease is None else None)
            news, pause = f"Registered as {lease['instance']}.", float(lease["renew_every_s"])
        except UnknownName as error:
            if lease is None:
                raise
            lease, news, pause = None, error.message, _AGAIN_AFTER_S
        except Unavailable as error:
            news, pause = error.message, _AGAIN_AFTER_S
        if news != told:
            say(news)
            told = news
        stop.wait(pause)
    if lease is not None:
        with contextlib.suppress(ScribeTreeError):
            _ask(host, "DELETE", f"{_PLACE}/instances/{lease['instance']}")


def _ask(host: str, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    try:
        with _client(host, timeout=_LIMIT_S) as client:
            response = client.request(method, path, json=body)
            _raise_for(response)
            return cast("dict[str, Any]", response.json())
    except (httpx2.HTTPError, ValueError):
        raise _away(host) from None


def _client(host: str, *, timeout: float | None) -> httpx2.Client:
    settings = Settings.from_environment()
    caller = caller_for("administrator", purpose="learning")
    token = sign(caller, ring=KeyRing.open(settings), clock=SystemClock())
    headers = {"Authorization": f"Bearer {token}"}
    try:
        return httpx2.Client(base_url=host, headers=headers, timeout=timeout)
    except (httpx2.InvalidURL, ValueError):
        raise InvalidInput("The host's address is no URL.", hint="Write http://127.0.0.1:8000.") from None


def _raise_for(response: httpx2.Response) -> None:
    """Nothing happens for a good answer; else the error that it holds is raised here."""
    if response.is_success:
        return
    response.read()
    error = as_object((as_object(response.json()) or {}).get("error")) or {}
    if error.get("code") == RateLimited.code:
        raise Unavailable(str(error.get("message")), hint=str(error.get("fix")))
    kind = _ERRORS.get(str(error.get("code")), InternalError)
    raise kind(str(error.get("message")), hint=str(error.get("fix")))


def _away(host: str) -> Unavailable:
    return Unavailable(f"No host answers at {host}.", hint="Start one: scribetree host --transport http.")
