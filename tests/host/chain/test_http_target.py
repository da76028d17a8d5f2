"""The rung http, against a server's real HTTP door."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from mcp.types import CallToolResult

from scribetree.clock import FixedClock, SystemClock
from scribetree.errors import InternalError, OutOfTime, Unavailable
from scribetree.host.chain import Call, HttpTarget
from scribetree.host.chain._remote import NotSent
from scribetree.privacy.caller import sign
from scribetree.privacy.context import PrivacyContext, RequesterType
from scribetree.privacy.keys import KeyRing
from scribetree.provenance import PROVENANCE_KEY
from scribetree.servers.catalog import load
from scribetree.servers.kit import MAX_BODY_BYTES
from scribetree.servers.kit._http import add_http_door

pytestmark = pytest.mark.anyio


async def ask(
    transport: httpx2.AsyncBaseTransport, ring: KeyRing, *, role: RequesterType = "educator"
) -> CallToolResult:
    caller = PrivacyContext("t-1", role, "learning", "correlation-1")
    call = Call("strategy", "list_conversation_templates", {}, caller, 5)
    async with httpx2.AsyncClient(transport=transport) as client:
        target = HttpTarget("http://127.0.0.1:3001", server="strategy", client=client, clock=FixedClock())
        return await target.ask(call, sign(caller, ring=ring, clock=SystemClock()), timeout_s=5)


def door() -> httpx2.ASGITransport:
    server = load("strategy")
    add_http_door(server, max_body_bytes=MAX_BODY_BYTES)
    return httpx2.ASGITransport(app=server.streamable_http_app(), client=("127.0.0.1", 5000))


def raising(error: type[httpx2.RequestError]) -> httpx2.MockTransport:
    def fail(request: httpx2.Request) -> httpx2.Response:
        raise error("no", request=request)

    return httpx2.MockTransport(fail)


def saying(body: bytes) -> httpx2.MockTransport:
    return httpx2.MockTransport(lambda _: httpx2.Response(200, content=body))


async def test_the_answer_is_that_of_the_tool_with_its_origin(ring: KeyRing) -> None:
    result = await ask(door(), ring)
    assert result.structured_content is not None
    assert len(result.structured_content["templates"]) > 0
    assert (result.meta or {})[PROVENANCE_KEY]["served_by"] == "http"


async def test_a_denial_comes_through_as_one(ring: KeyRing) -> None:
    result = await ask(door(), ring, role="student")
    assert result.is_error
    assert result.structured_content is not None
    assert result.structured_content["error"]["code"] == "denied"


@pytest.mark.parametrize(
    ("transport", "expected"),
    [
        (lambda: raising(httpx2.ConnectError), NotSent),
        (lambda: raising(httpx2.ConnectTimeout), NotSent),
        (lambda: raising(httpx2.ReadTimeout), OutOfTime),
        (lambda: raising(httpx2.ReadError), Unavailable),
        (lambda: raising(httpx2.RemoteProtocolError), Unavailable),
    ],
    ids=["refused", "not reached", "silent", "broken off", "rubbish"],
)
async def test_a_fault_says_whether_anything_was_sent(
    transport: Callable[[], Any], expected: type[Exception], ring: KeyRing
) -> None:
    with pytest.raises(Unavailable) as fault:
        await ask(transport(), ring)
    assert type(fault.value) is expected


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"ok": true}'], ids=["empty", "page", "array", "other"])
async def test_what_is_no_answer_of_ours_is_a_fault_of_the_server(body: bytes, ring: KeyRing) -> None:
    with pytest.raises(InternalError):
        await ask(saying(body), ring)
