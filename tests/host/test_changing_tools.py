"""A list of tools that changes is known to the host, and to its clients of both eras, without anybody asking."""

import sys
from pathlib import Path

import anyio
import pytest
from mcp import Client
from mcp.types import ToolListChangedNotification

from scribetree.host.config import Configuration, ServerSpec
from scribetree.host.mcp_server import HostServer
from scribetree.host.suite import open_suite
from scribetree.privacy.context import PrivacyContext
from scribetree.settings import Settings

pytestmark = pytest.mark.anyio

SCRIPT = str(Path(__file__).with_name("growing_server.py"))
GROWING = ServerSpec("growing", "stdio", sys.executable, args=(SCRIPT, "1.0"))


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_new_tool_is_listed_and_clients_are_told(mode: str, settings: Settings, caller: PrivacyContext) -> None:
    told = anyio.Event()

    async def heard(message: object) -> None:
        if isinstance(message, ToolListChangedNotification):
            told.set()

    async with open_suite(Configuration("test", (GROWING,)), settings=settings) as suite:
        host = HostServer(suite, settings=settings)
        async with anyio.create_task_group() as group, Client(host.server, mode=mode, message_handler=heard) as client:
            group.start_soon(host.announce_changes)
            assert [tool.name for tool in (await client.list_tools()).tools] == ["growing_which", "growing_grow"]

            async def subscribe() -> None:
                async with client.listen(tools_list_changed=True) as changes:
                    async for _ in changes:
                        told.set()

            if mode == "auto":
                group.start_soon(subscribe)
                await anyio.sleep(0.1)
            assert (await suite.call("growing", "grow", {}, caller=caller)).error is None
            names: list[str] = []
            with anyio.fail_after(30):
                while names != ["growing_which", "growing_grow", "growing_extra"]:
                    await told.wait()
                    told = anyio.Event()
                    names = [tool.name for tool in (await client.list_tools(cache_mode="refresh")).tools]
            group.cancel_scope.cancel()
