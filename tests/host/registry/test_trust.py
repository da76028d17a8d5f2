"""Whom the host takes in, and at which addresses; what is kept of it."""

from datetime import timedelta

import pytest

from scribetree.clock import SystemClock
from scribetree.errors import Denied, InvalidInput, UnknownName
from scribetree.host.options import RegistryOptions
from scribetree.host.registry import CAPABILITIES, Lease, Leases
from scribetree.host.registry._trust import check_address, check_name, check_role
from scribetree.privacy.context import PrivacyContext, RequesterType
from scribetree.privacy.keys import KeyRing
from scribetree.servers.catalog import SERVERS, load
from scribetree.settings import Settings

HERE = RegistryOptions()
NOW = SystemClock().now()


@pytest.mark.parametrize("url", ["http://127.0.0.1:3001/mcp", "http://localhost:3001", "https://[::1]:3001/mcp/"])
def test_an_address_on_this_machine_is_taken(url: str) -> None:
    assert check_address(url, HERE, field="url") == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "http://192.168.1.7:3001/mcp",
        "http://169.254.169.254/latest/meta-data",
        "http://0.0.0.0:3001/mcp",
        "http://[::ffff:192.168.1.7]:3001",
        "http://127.0.0.1.example.org/mcp",
        "http://localhost.example.org/mcp",
        "http://2130706433:3001/mcp",
        "http://127.1:3001/mcp",
        "http://school.example:3001/mcp",
    ],
)
def test_an_address_elsewhere_or_by_name_is_denied(url: str) -> None:
    with pytest.raises(Denied):
        check_address(url, HERE, field="url")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://127.0.0.1/x",
        "file:///etc/passwd",
        "http://127.0.0.1@192.168.1.7/mcp",
        "http://user:password@127.0.0.1/mcp",
        "http://127.0.0.1:3001/mcp?next=http://192.168.1.7",
        "http://127.0.0.1:3001/mcp#x",
        "http://127.0.0.1:99999/mcp",
        "http://127.0.0.1:0/mcp",
        " http://127.0.0.1:3001/mcp",
        "http://",
        "http://[::1/mcp",
        "http://\uff1127.0.0.1/mcp",
    ],
)
def test_what_is_no_plain_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_address(url, HERE, field="url")
    assert url.strip() not in refusal.value.message


def test_an_address_that_the_options_name_is_taken() -> None:
    options = RegistryOptions(hosts=("192.168.1.7", "school.example"))
    assert check_address("http://192.168.1.7:3001/mcp", options, field="url")
    assert check_address("https://School.example/mcp", options, field="url")
    with pytest.raises(Denied):
        check_address("http://192.168.1.8:3001/mcp", options, field="url")


def test_only_servers_that_the_host_knows_are_taken_in() -> None:
    for name in (*SERVERS, "configured", "named"):
        check_name(name, configured={"configured"}, options=RegistryOptions(servers=("named",)))
    with pytest.raises(UnknownName):
        check_name("stranger", configured={"configured"}, options=HERE)


@pytest.mark.parametrize(
    ("role", "may"), [("system", True), ("administrator", True), ("educator", False), ("student", False)]
)
def test_only_who_runs_things_may_register(role: RequesterType, may: bool) -> None:
    caller = PrivacyContext("x", role, "learning", "correlation-1")
    if may:
        check_role(caller)
    else:
        with pytest.raises(Denied):
            check_role(caller)


def lease(name: str, *, seconds: float) -> Lease:
    ends = NOW + timedelta(seconds=seconds)
    return Lease(name, "strategy", "http://127.0.0.1:3001/mcp", None, 300, ends)


def test_leases_outlive_the_process_until_they_end(settings: Settings, ring: KeyRing) -> None:
    leases = Leases(settings.home, ring)
    for each in (lease("a", seconds=10), lease("b", seconds=-1), lease("c", seconds=10)):
        leases.put(each)
    leases.drop("c")
    assert Leases(settings.home, ring).live(NOW) == [lease("a", seconds=10)]
    assert [path.name for path in (settings.home / "registry").iterdir()] == ["a"]


def test_a_lease_on_disk_is_sealed_and_one_that_was_altered_or_moved_does_not_count(
    settings: Settings, ring: KeyRing
) -> None:
    leases, folder = Leases(settings.home, ring), settings.home / "registry"
    for name in "abc":
        leases.put(lease(name, seconds=10))
    assert b"127.0.0.1" not in (folder / "a").read_bytes()
    (folder / "a").write_bytes((folder / "b").read_bytes())
    (folder / "c").write_bytes((folder / "c").read_bytes()[:-1] + b"x")
    assert [each.id for each in leases.live(NOW)] == ["b"]


@pytest.mark.anyio
async def test_every_capability_is_given_by_a_tool_that_is_there() -> None:
    tools = {tool.name for server in SERVERS for tool in await load(server).list_tools()}
    assert set(CAPABILITIES.values()) <= tools
