"""The integrity and validator tools through a client: who may ask, and what a whole call gives."""

from typing import Any

import pytest
from mcp import Client
from mcp.types import CallToolResult
from tests.servers.school import content

from scribetree.servers import academic_integrity, ai_validator

pytestmark = pytest.mark.anyio

ESSAY = "School should start later, because tired students learn less than they could. " * 15
PIECE = {"assistance_level": "minimal", "confidence": 0.3, "questions_open": 1}


async def ask(server: Any, tool: str, **arguments: Any) -> CallToolResult:
    async with Client(server.create()) as client:
        return await client.call_tool(tool, arguments)


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("detect_ai_assistance_levels", {"content": ESSAY}),
        ("analyze_academic_integrity", {"content": ESSAY, "earlier_draft": ESSAY}),
        ("compare_texts", {"a": ESSAY, "b": ESSAY}),
        ("check_citations", {"content": ESSAY}),
        ("validate_educational_ai_use", {"assignment_type": "research", "ai_percent": 10}),
        ("generate_integrity_reports", {"report_type": "individual", "findings": [PIECE]}),
    ],
)
async def test_an_educator_is_answered_by_every_integrity_tool(tool: str, arguments: dict[str, Any]) -> None:
    assert content(await ask(academic_integrity, tool, **arguments))


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("validate_bounded_enhancement", {"questions": ["Why?"]}),
        ("enforce_philosophy_principles", {"questions": ["Why?"], "strengths": ["logical_reasoning"]}),
        ("validate_reflection_requirements", {"mandatory": True}),
        ("generate_educational_rationale", {"action": "feedback"}),
        ("analyze_question_educational_value", {"question": "Why?"}),
        ("check_dependency_risk", {"frequency": 2, "independence_trend": "decreasing"}),
        ("assess_blooms_taxonomy", {"questions": ["Why?"]}),
    ],
)
async def test_every_validator_tool_answers(tool: str, arguments: dict[str, Any]) -> None:
    assert content(await ask(ai_validator, tool, **arguments))


async def test_a_reply_that_does_the_work_is_not_valid() -> None:
    found = content(
        await ask(
            ai_validator,
            "validate_bounded_enhancement",
            questions=["Not quite. 7 times 8 is 56."],
            history="Tutor: What is 7 times 8?\nStudent: 54",
        )
    )
    assert not found["is_valid"]
    assert "56" in found["deciding"]


HISTORY = "Tutor: What is 7 times 8?\nStudent: 54"


async def test_a_guarded_reply_that_helps_goes_through_unchanged() -> None:
    helps = "Close! What is 7 times 7, and how could you go on from there?"
    found = content(await ask(ai_validator, "guard_reply", history=HISTORY, response=helps))
    assert (found["action"], found["text"]) == ("pass", helps)


async def test_a_guarded_reply_that_does_the_work_comes_back_as_questions_without_a_word_of_it() -> None:
    found = content(await ask(ai_validator, "guard_reply", history=HISTORY, response="Not quite. 7 times 8 is 56."))
    assert found["action"] == "replace"
    assert len(found["questions"]) >= 3
    assert found["reason"] in found["text"]
    assert "56" not in str(found)


async def test_a_student_may_have_replies_guarded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCRIBETREE_PROFILE", "student")
    monkeypatch.setenv("SCRIBETREE_REQUESTER_ID", "s-1")
    assert content(await ask(ai_validator, "guard_reply", response="What do you think yourself?"))["action"] == "pass"


@pytest.mark.parametrize("tool", ["detect_ai_assistance_levels", "analyze_academic_integrity"])
async def test_a_student_may_not_look_into_others(monkeypatch: pytest.MonkeyPatch, tool: str) -> None:
    monkeypatch.setenv("SCRIBETREE_PROFILE", "student")
    result = await ask(academic_integrity, tool, content=ESSAY, purpose="support")
    assert result.structured_content is not None
    assert result.structured_content["error"]["code"] == "denied"


@pytest.mark.parametrize(("kind", "audience"), [("class", "educator"), ("individual", "educator")])
async def test_a_student_gets_no_report_for_educators(
    monkeypatch: pytest.MonkeyPatch, kind: str, audience: str
) -> None:
    monkeypatch.setenv("SCRIBETREE_PROFILE", "student")
    result = await ask(
        academic_integrity, "generate_integrity_reports", report_type=kind, audience=audience, findings=[PIECE] * 6
    )
    assert result.structured_content is not None
    assert result.structured_content["error"]["code"] == "denied"


async def test_a_student_gets_the_own_report(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCRIBETREE_PROFILE", "student")
    found = content(
        await ask(
            academic_integrity,
            "generate_integrity_reports",
            report_type="individual",
            audience="student",
            findings=[PIECE],
        )
    )
    assert found["how_to_contest"]
