"""What must not leave a server does not, over any of its ways; what the caller wrote comes back."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from mcp import Client
from mcp.types import CallToolResult
from tests.servers.school import teach

from scribetree import log
from scribetree.clock import FixedClock
from scribetree.privacy.identity import StudentId
from scribetree.servers.catalog import load
from scribetree.servers.kit import READS, Essay, KitServer, Toolbox, Wiring, error_of, make_server
from scribetree.servers.kit import StudentId as StudentArgument
from scribetree.settings import Settings

pytestmark = pytest.mark.anyio

CANARY = "canary-7f3k-quartz"
CLASSMATE = "zoe-adeyemi-04"


def server(settings: Settings, *, says: Any, wiring: Wiring | None = None) -> KitServer:
    """A server with one tool, which says what it is told to, and quotes what it is given."""
    tools = Toolbox()

    @tools.add(title="Say", hints=READS)
    async def say(content: Essay = "Nothing.", student_id: StudentArgument | None = None) -> dict[str, Any]:
        """Say something. Use it in tests of what leaves a server, and nowhere else, for it judges nothing."""
        return {"said": says, "quoted": content}

    return make_server("sayer", title="Sayer", instructions="Says.", tools=tools, wiring=wiring or Wiring(settings))


async def asked(server: KitServer, **arguments: Any) -> CallToolResult:
    return await server.answer("say", arguments, meta={}, rung="mcp")


def code_of(result: CallToolResult) -> str | None:
    error = error_of(result)
    return error and error["code"]


@pytest.fixture
def knowing(settings: Settings) -> Wiring:
    """The means of a process that has opened student data of one class."""
    wiring = Wiring(settings, clock=FixedClock(datetime(2026, 3, 2, tzinfo=UTC)))
    wiring.office.identities.enrol(StudentId(CLASSMATE))
    wiring.office.identities.enrol(StudentId("s-1"))
    return wiring


@pytest.fixture
def marked(settings: Settings) -> Settings:
    settings.home.mkdir(parents=True, exist_ok=True)
    (settings.home / "canaries").write_text(f"{CANARY}\n\nanother-mark-88\n")
    return settings


@pytest.mark.parametrize("says", [CANARY, {"deep": [CANARY.upper()]}, {CANARY: 1}, "Y2FuYXJ5LTdmM2stcXVhcnR6"])
async def test_a_canary_never_leaves_a_server(marked: Settings, says: Any) -> None:
    assert code_of(await asked(server(marked, says=says))) == "withheld"


async def test_a_canary_does_not_leave_even_if_the_caller_wrote_it(marked: Settings) -> None:
    assert code_of(await asked(server(marked, says=1), content=f"It is {CANARY}.")) == "withheld"


async def test_over_mcp_it_is_withheld_in_the_same_words(marked: Settings) -> None:
    async with Client(server(marked, says=CANARY)) as client:
        result = await client.call_tool("say", {})
    assert code_of(result) == "withheld"
    assert CANARY not in result.model_dump_json()


@pytest.mark.parametrize("says", ["ana@mail.org", "SSN 219-09-9999", "4111 1111 1111 1111"])
async def test_personal_data_that_the_caller_did_not_send_does_not_leave(settings: Settings, says: str) -> None:
    assert code_of(await asked(server(settings, says=says))) == "withheld"


@pytest.mark.parametrize("says", ["ana@mail.org", "SSN 219-09-9999", "4111 1111 1111 1111"])
async def test_what_the_caller_wrote_is_told_back(settings: Settings, says: str) -> None:
    assert code_of(await asked(server(settings, says=says), content=f"My own words: {says}.")) is None


async def test_one_address_of_the_caller_s_does_not_open_the_door_for_another(settings: Settings) -> None:
    assert code_of(await asked(server(settings, says="ben@mail.org"), content="I am ana@mail.org.")) == "withheld"


@pytest.mark.parametrize("says", [f"Like {CLASSMATE}.", {"student": "s-1"}])
async def test_a_known_student_s_identifier_does_not_leave(settings: Settings, knowing: Wiring, says: Any) -> None:
    assert code_of(await asked(server(settings, says=says, wiring=knowing))) == "withheld"
    knowing.close()


async def test_the_student_whom_a_call_is_about_may_be_named(settings: Settings, knowing: Wiring) -> None:
    result = await asked(server(settings, says=f"Like {CLASSMATE}.", wiring=knowing), student_id=CLASSMATE)
    knowing.close()
    assert code_of(result) is None


async def test_a_short_identifier_that_stands_in_prose_by_chance_is_none(settings: Settings, knowing: Wiring) -> None:
    result = await asked(server(settings, says="The paragraph's 1 claim.", wiring=knowing))
    knowing.close()
    assert code_of(result) is None


async def test_who_is_enrolled_later_is_known_a_minute_later(settings: Settings) -> None:
    clock = FixedClock(datetime(2026, 3, 2, tzinfo=UTC))
    wiring = Wiring(settings, clock=clock)
    office, sayer = wiring.office, server(settings, says=CLASSMATE, wiring=wiring)
    before = await asked(sayer)
    office.identities.enrol(StudentId(CLASSMATE))
    clock.advance(61)
    after = await asked(sayer)
    wiring.close()
    assert (code_of(before), code_of(after)) == (None, "withheld")


async def test_canaries_that_cannot_be_read_let_nothing_out(settings: Settings) -> None:
    settings.home.mkdir(parents=True, exist_ok=True)
    (settings.home / "canaries").write_bytes(b"\xff\xfe\x00")
    assert code_of(await asked(server(settings, says="harmless"))) == "withheld"


async def test_what_was_withheld_is_logged_by_its_kind_alone(
    marked: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    log.configure("error")
    await asked(server(marked, says=CANARY))
    written = capfd.readouterr().err
    assert '"answer_withheld"' in written
    assert '["canary"]' in written
    assert CANARY not in written


async def test_a_teacher_s_inbox_names_the_students_whom_the_guard_shows(settings: Settings) -> None:
    with closing(Wiring(replace(settings, requester_id="t-1"))) as wiring:
        teach(wiring, "t-1", CLASSMATE)
        alerts = load("educator-alerts", wiring)
        alert = {"alert_type": "intervention_needed", "severity": "critical", "title": "Look", "description": "Now."}
        people = {"educator_id": "t-1", "student_id": CLASSMATE}
        await alerts.answer("send_educator_alerts", {**people, "alerts": [alert]}, meta={}, rung="mcp")
        inbox = await alerts.answer("list_alerts", {"educator_id": "t-1"}, meta={}, rung="mcp")
    assert code_of(inbox) is None
    assert CLASSMATE in str(inbox.structured_content)
