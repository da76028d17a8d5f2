"""Refusing costs a student nothing: every tool that a student may call answers the same under every choice."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import anyio
import pytest
from mcp import Client

from scribetree.clock import FixedClock, SystemClock
from scribetree.privacy.caller import CALLER_KEY, sign
from scribetree.privacy.consent import SETTINGS, Value
from scribetree.privacy.context import PrivacyContext
from scribetree.servers.catalog import SERVERS, load
from scribetree.servers.kit import ROLES_KEY, Wiring
from scribetree.settings import Settings

STUDENT = "s-1"
ESSAY = "The river runs slowly. However, I learned that it never stops, because the rain feeds it. I will revise this."
EVENTS = [{"t": 0, "op": "insert", "pos": 0, "text": "River"}, {"t": 900, "op": "insert", "pos": 5, "text": "s run."}]
# What fits the arguments that no schema can make up.
SAMPLES: dict[str, Any] = {
    "student_id": STUDENT,
    "target": STUDENT,
    "session_id": "session-1",
    "purpose": "learning",
    "content": ESSAY,
    "text": ESSAY,
    "events": EVENTS,
    "data_types": ["writing_content"],
    "requester_type": "teacher",
    "assignment_id": "essay-1",
    "audience": "student",
}
# They are about the choices themselves, so what they say has to follow them.
ABOUT_THE_CHOICES = frozenset(
    {"manage_student_privacy_choices", "create_student_privacy_dashboard", "validate_data_access_requests"}
)
# Parts of an answer that say what was chosen, and so which data it rests on.
TELLS_THE_CHOICES = frozenset({"privacy_settings", "scopes"})
CHANGES_FROM_CALL_TO_CALL = frozenset({"audit_id", "immutable_hash", "notification_triggered", "state"})


@pytest.fixture(scope="module")
def wiring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wiring]:
    settings = Settings(home=tmp_path_factory.mktemp("home"), profile="student", requester_id=STUDENT)
    opened = Wiring(settings=settings, clock=FixedClock(datetime(2026, 3, 2, 12, tzinfo=UTC)))
    opened.office.consent.record_birth(opened.office.pseudonym(STUDENT), date(2007, 5, 1), by="administrator")
    yield opened
    opened.close()


def made_up(schema: dict[str, Any], definitions: dict[str, Any]) -> Any:
    """A value that fits a tool's schema for one argument."""
    if "$ref" in schema:
        return made_up(definitions[schema["$ref"].rsplit("/", 1)[1]], definitions)
    if "anyOf" in schema:
        return made_up(schema["anyOf"][0], definitions)
    if "enum" in schema or "const" in schema:
        return schema.get("const", (schema.get("enum") or [None])[0])
    kind = schema.get("type")
    if kind == "array":
        return [made_up(schema["items"], definitions)] * max(1, schema.get("minItems", 1))
    if kind == "object":
        required = schema.get("required", [])
        return {name: made_up(schema["properties"][name], definitions) for name in required}
    if kind in {"number", "integer"}:
        return max(1 if kind == "integer" else 0.5, schema.get("minimum", 0))
    return kind == "boolean" or ESSAY[: schema.get("maxLength", 60)]


def arguments_for(schema: dict[str, Any]) -> dict[str, Any]:
    properties, definitions = schema.get("properties", {}), schema.get("$defs", {})
    wanted = set(schema.get("required", [])) | ({"student_id", "purpose", "audience"} & set(properties))
    return {name: SAMPLES.get(name, made_up(properties[name], definitions)) for name in sorted(wanted)}


async def answers(wiring: Wiring, server: str) -> dict[str, str]:
    """What each tool of the server that a student may call answers, but for what counts upwards by itself."""
    context = PrivacyContext(STUDENT, "student", "learning", "correlation-1")
    meta: Any = {CALLER_KEY: sign(context, ring=wiring.ring, clock=SystemClock())}
    found: dict[str, str] = {}
    async with Client(load(server, wiring)) as client:
        for tool in (await client.list_tools()).tools:
            if "student" in (tool.meta or {})[ROLES_KEY] and tool.name not in ABOUT_THE_CHOICES:
                result = await client.call_tool(tool.name, arguments_for(tool.input_schema), meta=meta)
                content: dict[str, Any] = result.structured_content or {}
                kept = {
                    name: part
                    for name, part in content.items()
                    if name not in CHANGES_FROM_CALL_TO_CALL | TELLS_THE_CHOICES
                }
                found[tool.name] = json.dumps(kept, sort_keys=True)
    return found


def ask_all(wiring: Wiring) -> dict[str, dict[str, str]]:
    return {server: anyio.run(answers, wiring, server) for server in SERVERS}


@pytest.fixture(scope="module")
def by_default(wiring: Wiring) -> dict[str, dict[str, str]]:
    return ask_all(wiring)


def test_most_tools_can_be_asked(by_default: dict[str, dict[str, str]]) -> None:
    """Otherwise the tests below would compare refusals with refusals."""
    said = [answer for server in by_default.values() for answer in server.values()]
    assert len(said) >= 8
    assert sum('"error"' not in answer for answer in said) >= 0.8 * len(said)
    assert sum('"code": "denied"' in answer for answer in said) == 0


@pytest.mark.parametrize("value", [(name, value) for name, setting in SETTINGS.items() for value in setting.values])
def test_every_tool_answers_the_same_whatever_is_chosen(
    wiring: Wiring, by_default: dict[str, dict[str, str]], value: tuple[str, Value]
) -> None:
    subject = wiring.office.pseudonym(STUDENT)
    before = wiring.office.consent.standing(subject).values(wiring.clock.now())
    wiring.office.consent.choose(subject, {value[0]: value[1]})
    assert ask_all(wiring) == by_default
    wiring.office.consent.choose(subject, {value[0]: before[value[0]]})


def test_every_tool_answers_the_same_when_everything_is_withdrawn(
    wiring: Wiring, by_default: dict[str, dict[str, str]]
) -> None:
    wiring.office.consent.withdraw(wiring.office.pseudonym(STUDENT))
    assert ask_all(wiring) == by_default
