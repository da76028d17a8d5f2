"""The privacy tools: choices that count, requests that the choices decide, a dashboard made of facts, a log."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from mcp.types import CallToolResult
from tests.servers import school
from tests.servers.school import code, content

from scribetree.clock import FixedClock
from scribetree.privacy.context import PrivacyContext, RequesterType
from scribetree.privacy.merkle import leaf_hash
from scribetree.servers.kit import Wiring
from scribetree.servers.student_profiling import create
from scribetree.servers.writing_analysis import create as create_writing
from scribetree.settings import Settings

pytestmark = pytest.mark.anyio


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 3, 2, 12, tzinfo=UTC))


@pytest.fixture
def wiring(clock: FixedClock, settings: Settings) -> Iterator[Wiring]:
    opened = Wiring(settings=settings, clock=clock)
    school.come_of_age(opened, "s-1")
    yield opened
    opened.close()


async def call(
    wiring: Wiring, tool: str, role: RequesterType = "student", requester: str = "s-1", **arguments: Any
) -> CallToolResult:
    factory = create_writing if tool == "audit_writing_data_access" else create
    caller = PrivacyContext(requester, role, "learning", "correlation-1")
    return await school.call(factory, wiring, caller, tool, arguments)


async def test_a_student_sets_a_choice_and_sees_before_and_after(wiring: Wiring) -> None:
    found = content(await call(wiring, "manage_student_privacy_choices", student_id="s-1", peer_sharing=True))
    assert found["previous_choices"]["educational_sharing"]["peer"] is False
    assert found["new_choices"]["educational_sharing"]["peer"] is True
    assert found["version"] == 2


async def test_without_a_choice_nothing_changes_and_all_is_shown(wiring: Wiring) -> None:
    found = content(await call(wiring, "manage_student_privacy_choices", student_id="s-1"))
    assert found["previous_choices"] == found["new_choices"]
    assert sum(len(group) for group in found["new_choices"].values()) == 12


async def test_what_a_child_opens_up_waits_for_a_guardian(wiring: Wiring) -> None:
    tool, child = "manage_student_privacy_choices", "s-2"
    found = content(await call(wiring, tool, "student", child, student_id=child, research=True))
    assert found["waiting_for_guardian"] == ["platform_improvement.research"]
    assert found["new_choices"]["platform_improvement"]["research"] is False


@pytest.mark.parametrize("tool", ["manage_student_privacy_choices", "create_student_privacy_dashboard"])
async def test_a_students_privacy_is_nobody_elses_affair(wiring: Wiring, tool: str) -> None:
    assert code(await call(wiring, tool, "student", "s-2", student_id="s-1")) == "denied"
    assert code(await call(wiring, tool, "educator", "t-1", student_id="s-1")) == "denied"
    assert not (await call(wiring, tool, "administrator", "a-1", student_id="s-1", purpose="support")).is_error


def request(**more: Any) -> dict[str, Any]:
    return {
        "requester_id": "t-1",
        "requester_type": "teacher",
        "student_id": "s-1",
        "purpose": "provide_feedback",
        "data_types": ["writing_content", "medical_info"],
        **more,
    }


async def test_a_teacher_gets_what_the_choices_allow_without_what_is_never_given(wiring: Wiring) -> None:
    found = content(await call(wiring, "validate_data_access_requests", "educator", "t-1", **request()))
    assert (found["approved"], found["granted_data_types"]) == (True, ["writing_content"])
    assert found["access_token"]
    assert {each["type"] for each in found["restrictions"]} == {"time", "field"}


async def test_a_refusal_in_the_choices_is_a_refusal_of_the_request(wiring: Wiring) -> None:
    await call(wiring, "manage_student_privacy_choices", student_id="s-1", teacher_sharing=False)
    found = content(await call(wiring, "validate_data_access_requests", "educator", "t-1", **request()))
    assert (found["approved"], found["access_token"]) == (False, None)
    assert "educational_sharing.teacher" in found["reason"]


@pytest.mark.parametrize("who", [("student", "s-1"), ("educator", "t-2")])
async def test_a_token_goes_to_nobody_but_the_requester(wiring: Wiring, who: tuple[RequesterType, str]) -> None:
    asked = request(purpose="feedback")
    found = content(await call(wiring, "validate_data_access_requests", *who, **asked))
    assert (found["approved"], found["access_token"]) == (True, None)


@pytest.mark.parametrize(
    ("requester_type", "purpose"), [("peer", "learning"), ("platform", "improvement"), ("researcher", "research")]
)
async def test_what_was_not_chosen_is_not_granted(wiring: Wiring, requester_type: str, purpose: str) -> None:
    asked = request(requester_type=requester_type, purpose=purpose, data_types=["progress_metrics"])
    found = content(await call(wiring, "validate_data_access_requests", "administrator", "a-1", **asked))
    assert not found["approved"]


async def test_the_dashboard_shows_who_asked_and_a_score_made_of_facts(wiring: Wiring) -> None:
    before = content(await call(wiring, "create_student_privacy_dashboard", student_id="s-1"))
    await call(wiring, "manage_student_privacy_choices", student_id="s-1", feature_analytics=True, portfolio=True)
    await call(wiring, "validate_data_access_requests", "educator", "t-1", **request())
    after = content(await call(wiring, "create_student_privacy_dashboard", student_id="s-1"))
    parts = {part["name"]: part for part in after["score_parts"]}
    assert parts["data_minimization"]["score"] == 0.8
    assert parts["access_control"]["score"] == 0.9
    assert "1 access tokens are live" in parts["access_control"]["because"]
    assert [entry["action"] for entry in after["data_access_log"]][0:2] == ["access_request", "consent"]
    assert before["privacy_score"] != after["privacy_score"]


async def test_a_declared_share_lowers_the_score_and_is_counted(wiring: Wiring) -> None:
    before = content(await call(wiring, "create_student_privacy_dashboard", student_id="s-1"))
    arguments = {"access_type": "share", "data_type": "reflection", "student_id": "s-1", "accessed_by": "t-1"}
    await call(wiring, "audit_writing_data_access", "educator", "t-1", **arguments)
    after = content(await call(wiring, "create_student_privacy_dashboard", student_id="s-1"))
    assert after["privacy_score"] < before["privacy_score"]
    assert "shared with others 1 times" in after["in_words"]


async def test_a_declared_access_is_on_the_log_with_its_flags(wiring: Wiring) -> None:
    arguments = {"access_type": "share", "data_type": "reflection", "student_id": "s-1", "accessed_by": "t-1"}
    found = content(await call(wiring, "audit_writing_data_access", "educator", "t-1", **arguments))
    assert found["flags"] == ["sensitive_data", "data_sharing", "educator_access"]
    assert found["notification_triggered"]
    proof = wiring.office.audit.prove(found["audit_id"])
    assert leaf_hash(proof.entry).hex() == found["immutable_hash"]


async def test_the_first_access_of_a_day_is_told_and_the_second_is_not(wiring: Wiring) -> None:
    arguments = {"access_type": "read", "data_type": "course_data", "student_id": "s-1", "accessed_by": "t-1"}
    told = [
        content(await call(wiring, "audit_writing_data_access", "educator", "t-1", **arguments))[
            "notification_triggered"
        ]
        for _ in range(2)
    ]
    assert told == [True, False]


async def test_an_erased_students_tools_are_denied_and_say_nothing(wiring: Wiring) -> None:
    office = wiring.office
    office.rights.erase(PrivacyContext("a-1", "administrator", "support", "correlation-1"), "s-1")
    changed = await call(wiring, "manage_student_privacy_choices", student_id="s-1", research=True)
    shown = await call(wiring, "create_student_privacy_dashboard", student_id="s-1")
    assert (code(changed), code(shown)) == ("denied", "denied")
