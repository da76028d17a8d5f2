"""The rungs outside this process: an MCP server, or the same tool over plain HTTP; each instance has its breaker."""

import json
from typing import Any, Literal, Protocol

import httpx2
from mcp.types import CallToolResult, TextContent

from scribetree.clock import Clock
from scribetree.errors import InternalError, OutOfTime, Unavailable
from scribetree.host.balance import Load
from scribetree.host.chain._call import Call
from scribetree.host.supervisor import Supervisor
from scribetree.host.witness import Witness
from scribetree.privacy.caller import CALLER_KEY, COUNTERSIGN_HEADER
from scribetree.provenance import PROVENANCE_KEY, Rung
from scribetree.resilience import Breaker
from scribetree.shapes import as_object

__all__ = ["HttpTarget", "McpTarget", "NotSent", "Target"]


Health = Literal["healthy", "unhealthy", "unknown"]

_HTTP_HINT = "See that it runs, and that its `http` in mcp.json is right."


class NotSent(Unavailable):
    """The call did not leave this process: nothing can have been done."""


class Target(Protocol):
    """One place where a tool can be asked."""

    @property
    def rung(self) -> Rung:
        """The rung on which it stands."""
        ...

    @property
    def breaker(self) -> Breaker:
        """Its circuit."""
        ...

    @property
    def load(self) -> Load:
        """What it has to do, and how quick it is."""
        ...

    def is_connected(self) -> bool:
        """Whether it is worth asking before others."""
        ...

    def overtaken(self) -> None:
        """Another one answered first: it is looked at, for it may hang."""
        ...

    def counts(self, error: Unavailable) -> bool:
        """Whether that error says something new about the target's health."""
        ...

    async def ask(self, call: Call, token: str, *, timeout_s: float) -> CallToolResult:
        """The server's own answer; Unavailable where there is none."""
        ...


class McpTarget:
    """One supervised server."""

    rung: Rung = "mcp"

    def __init__(self, supervisor: Supervisor, *, clock: Clock) -> None:
        self.supervisor = supervisor
        self.load = Load(clock)
        self._breaker = Breaker(name=supervisor.spec.label, clock=clock)
        self._life_seen = self._life_lost = 0

    @property
    def breaker(self) -> Breaker:
        """Its circuit, which is tried at once when the server was started anew."""
        life = self.supervisor.status.starts
        if life != self._life_seen and self.supervisor.is_connected:
            self._life_seen = life
            self._breaker.try_now()
        return self._breaker

    def is_connected(self) -> bool:
        return self.supervisor.is_connected

    def overtaken(self) -> None:
        self.supervisor.look_now()

    def counts(self, error: Unavailable) -> bool:
        """A time-out does; one death that ends many calls counts once; that it is away is known without asking."""
        if isinstance(error, NotSent):
            return False
        if isinstance(error, OutOfTime):
            return True
        life = self.supervisor.status.starts
        is_new, self._life_lost = life != self._life_lost, life
        return is_new

    async def ask(self, call: Call, token: str, *, timeout_s: float) -> CallToolResult:
        was_connected = self.supervisor.is_connected
        meta: Any = {CALLER_KEY: token}
        try:
            return await self.supervisor.call(
                call.tool, call.arguments, meta=meta, timeout_s=timeout_s, on_progress=call.on_progress
            )
        except Unavailable as error:
            if was_connected:
                raise
            raise NotSent(error.message, hint=error.hint) from None


class HttpTarget:
    """The same server's HTTP door."""

    rung: Rung = "http"

    def __init__(
        self, base: str, *, server: str, client: httpx2.AsyncClient, clock: Clock, witness: Witness | None = None
    ) -> None:
        self.url = base
        self._tools = f"{base}/api/v1/{server}/tools"
        self._is_healthy: bool | None = None
        self._server = server
        self._client = client
        self._witness = witness
        self.breaker = Breaker(name=f"{server} over HTTP", clock=clock)
        self.load = Load(clock)

    def is_connected(self) -> bool:
        return self._is_healthy is not False

    def overtaken(self) -> None:
        """Its breaker and its probe see to it."""

    @property
    def health(self) -> Health:
        """What the last probe found."""
        return "unknown" if self._is_healthy is None else "healthy" if self._is_healthy else "unhealthy"

    async def probe(self, *, limit_s: float) -> None:
        """It is known whether the door answers, and is that of this server."""
        try:
            response = await self._client.get(f"{self.url}/health", timeout=limit_s)
            shape = as_object(response.json()) if response.is_success else None
        except (httpx2.HTTPError, ValueError):
            shape = None
        self._is_healthy = shape is not None and shape.get("server") == self._server

    def counts(self, error: Unavailable) -> bool:
        return True

    async def ask(self, call: Call, token: str, *, timeout_s: float) -> CallToolResult:
        try:
            response = await self._client.post(
                f"{self._tools}/{call.tool}",
                json=call.arguments,
                headers={"Authorization": f"Bearer {token}"},
                timeout=timeout_s,
            )
        except (httpx2.ConnectError, httpx2.ConnectTimeout):
            raise NotSent(f"{self._server} cannot be reached over HTTP.", hint=_HTTP_HINT) from None
        except httpx2.TimeoutException:
            raise OutOfTime(
                f"{self._server} did not answer over HTTP within {round(timeout_s, 2):g} s.", hint="Try again."
            ) from None
        except httpx2.HTTPError:
            raise Unavailable(f"{self._server} broke off over HTTP.", hint=_HTTP_HINT) from None
        if self._witness is not None:
            self._witness.check(response.headers.get(COUNTERSIGN_HEADER), token)
        return self._result(response)

    def _result(self, response: httpx2.Response) -> CallToolResult:
        try:
            shape = as_object(response.json())
        except ValueError:
            shape = None
        if shape is None or "result" not in shape:
            raise InternalError(f"{self._server} answered no JSON over HTTP.", hint="See what runs at that address.")
        meta = {PROVENANCE_KEY: shape["provenance"]} if as_object(shape.get("provenance")) else None
        error, value = as_object(shape.get("error")), shape["result"]
        structured = {"error": error} if error else as_object(value)
        text = f"{error.get('message')}\n{error.get('fix')}" if error else _as_text(value)
        return CallToolResult(
            is_error=error is not None,
            content=[TextContent(type="text", text=text)],
            structured_content=structured,
            _meta=meta,
        )


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
