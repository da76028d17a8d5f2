"""A student's declaration of AI help: theirs alone to make, stored once, sealed, and counted by who may read it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from mcp.types import CallToolResult
from tests.servers import school
from tests.servers.school import code, content

from scribetree.clock import FixedClock
from scribetree.privacy.context import PrivacyContext, RequesterType
from scribetree.servers.academic_integrity import create
from scribetree.servers.kit import Wiring
from scribetree.settings import Settings

pytestmark = pytest.mark.anyio

ESSAY = "School should start later, because tired students learn less than they could. " * 15
ACCOUNT = "A canary told me which of my paragraphs was weak and why."
PIECE = {"assistance_level": "significant", "confidence": 0.6, "assignment_id": "essay-1"}


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 3, 2, 12, tzinfo=UTC))


@pytest.fixture
def wiring(clock: FixedClock, settings: Settings) -> Iterator[Wiring]:
    opened = Wiring(settings=settings, clock=clock)
    school.come_of_age(opened, "s-1", "s-2")
    school.teach(opened, "t-1", "s-1")
    yield opened
    opened.close()


async def call(wiring: Wiring, tool: str, role: RequesterType, requester: str, **arguments: Any) -> CallToolResult:
    caller = PrivacyContext(requester, role, "learning", "correlation-1")
    return await school.call(create, wiring, caller, tool, arguments)


async def record(
    wiring: Wiring, role: RequesterType = "student", requester: str = "s-1", **more: Any
) -> CallToolResult:
    said = {"student_id": "s-1", "assignment_id": "essay-1", "used_ai": True, "uses": ["feedback"], "account": ACCOUNT}
    return await call(wiring, "record_ai_disclosure", role, requester, **said | more)


async def detect(wiring: Wiring, requester: str = "t-1", **more: Any) -> dict[str, Any]:
    asked = {"content": ESSAY, "student_id": "s-1", "assignment_id": "essay-1"}
    return content(await call(wiring, "detect_ai_assistance_levels", "educator", requester, **asked | more))


async def report(wiring: Wiring, role: RequesterType, requester: str, **more: Any) -> dict[str, Any]:
    asked = {"report_type": "individual", "audience": "student", "findings": [PIECE], "student_id": "s-1"}
    return content(await call(wiring, "generate_integrity_reports", role, requester, **asked | more))


async def test_a_declaration_is_stored_and_credited(wiring: Wiring) -> None:
    found = content(await record(wiring, share=0.1))
    assert found["state"] == "stored"
    assert found["credit"]["credited"]
    assert (found["credit"]["level"], found["credit"]["completeness"]) == ("minimal", 1.0)


async def test_the_same_declaration_is_stored_once_in_whatever_order_it_names_the_uses(wiring: Wiring) -> None:
    first = content(await record(wiring, uses=["feedback", "ideas"]))
    again = content(await record(wiring, uses=["ideas", "feedback", "ideas"]))
    assert again["state"] == "known"
    assert again["disclosure_id"] == first["disclosure_id"]


async def test_the_same_words_about_another_assignment_are_another_declaration(wiring: Wiring) -> None:
    await record(wiring)
    assert content(await record(wiring, assignment_id="essay-2"))["state"] == "stored"


@pytest.mark.parametrize(
    ("role", "requester"), [("educator", "t-1"), ("administrator", "a-1"), ("system", "host"), ("student", "s-2")]
)
async def test_nobody_declares_for_a_student(wiring: Wiring, role: RequesterType, requester: str) -> None:
    assert code(await record(wiring, role, requester, purpose="support")) == "denied"
    assert (await detect(wiring))["stored_disclosures"] == "none"


async def test_a_child_without_a_guardians_consent_has_nothing_stored(wiring: Wiring) -> None:
    assert code(await record(wiring, requester="s-3", student_id="s-3")) == "denied"


async def test_a_declaration_against_itself_is_not_stored(wiring: Wiring) -> None:
    assert code(await record(wiring, used_ai=False)) == "invalid_input"
    assert (await detect(wiring))["stored_disclosures"] == "none"


async def test_the_students_words_are_nowhere_on_the_disk(wiring: Wiring, settings: Settings) -> None:
    await record(wiring)
    written = [path.read_bytes() for path in Path(settings.home).rglob("*") if path.is_file()]
    assert written
    assert not any(b"canary" in each or b"essay-1" in each for each in written)


async def test_a_stored_declaration_counts_before_what_the_call_says(wiring: Wiring) -> None:
    await record(wiring, uses=["rewriting"])
    found = await detect(wiring, declared_ai_use=False)
    assert (found["stored_disclosures"], found["assistance_level"]) == ("counted", "significant")
    assert "rewriting" in found["evidence_for"][0]["observation"]


async def test_the_newest_declaration_counts(wiring: Wiring, clock: FixedClock) -> None:
    await record(wiring, uses=["rewriting"])
    clock.advance(60)
    await record(wiring, uses=["ideas"])
    assert (await detect(wiring))["assistance_level"] == "moderate"


async def test_what_the_call_says_counts_where_none_is_stored(wiring: Wiring) -> None:
    await record(wiring, assignment_id="essay-2")
    found = await detect(wiring, declared_ai_use=True, declared_uses=["ideas"])
    assert (found["stored_disclosures"], found["assistance_level"]) == ("none", "moderate")


async def test_whoever_may_not_read_is_told_that_nobody_looked(wiring: Wiring) -> None:
    await record(wiring, uses=["rewriting"])
    found = await detect(wiring, requester="t-2")
    assert (found["stored_disclosures"], found["assistance_level"]) == ("not_looked_at", "none")


async def test_a_student_who_stops_sharing_is_not_looked_at(wiring: Wiring) -> None:
    await record(wiring)
    wiring.office.consent.choose(wiring.office.pseudonym("s-1"), {"educational_sharing.teacher": False})
    assert (await detect(wiring))["stored_disclosures"] == "not_looked_at"


@pytest.mark.parametrize("missing", ["student_id", "assignment_id"])
async def test_without_a_student_or_an_assignment_nobody_looks(wiring: Wiring, missing: str) -> None:
    await record(wiring)
    assert (await detect(wiring, "t-1", **{missing: None}))["stored_disclosures"] == "not_looked_at"


@pytest.mark.parametrize(("role", "requester"), [("student", "s-1"), ("educator", "t-1")])
async def test_a_report_counts_what_is_stored(wiring: Wiring, role: RequesterType, requester: str) -> None:
    before = await report(wiring, role, requester)
    await record(wiring)
    after = await report(wiring, role, requester)
    assert (before["stored_disclosures"], before["declared_share"]) == ("none", 0.0)
    assert (after["stored_disclosures"], after["declared_share"]) == ("counted", 1.0)
    assert after["overall_integrity_score"] > before["overall_integrity_score"]


async def test_a_declaration_counts_for_its_own_piece_only(wiring: Wiring) -> None:
    await record(wiring)
    other = PIECE | {"assignment_id": "essay-2"}
    assert (await report(wiring, "educator", "t-1", findings=[PIECE, other]))["declared_share"] == 0.5


async def test_a_report_for_whoever_may_not_read_says_that_nobody_looked(wiring: Wiring) -> None:
    await record(wiring)
    found = await report(wiring, "educator", "t-2")
    assert (found["stored_disclosures"], found["declared_share"]) == ("not_looked_at", 0.0)


async def test_erasure_reaches_declarations(wiring: Wiring) -> None:
    await record(wiring)
    administrator = PrivacyContext("a-1", "administrator", "support", "correlation-1")
    wiring.office.rights.erase(administrator, "s-1")
    assert (await detect(wiring))["stored_disclosures"] == "not_looked_at"
