"""`scribetree call`: one call through the suite, or a batch of them."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
from mcp.types import TextContent

from scribetree.errors import InvalidInput, ScribeTreeError
from scribetree.host.answer import Answer
from scribetree.host.commands._session import (
    caller_for,
    exit_code,
    only,
    print_json,
    read_json,
    running_suite,
    say,
)
from scribetree.host.config import Configuration, load_configuration
from scribetree.host.suite import Suite
from scribetree.shapes import as_object

__all__ = ["run", "run_batch"]

_AT_ONCE = 8
_MAX_LINE_CHARACTERS = 8_000_000


def run(config: Path | None, server: str, tool: str, arguments: str, *, role: str, purpose: str, as_json: bool) -> int:
    """One call was made; its result is printed, and the exit code says how it ended."""
    given = as_object(read_json(arguments))
    if given is None:
        raise InvalidInput("The arguments are not a JSON object.", hint='Write them as {"name": value}.')
    configuration = only(load_configuration(config), server)
    answer = anyio.run(_one, configuration, server, tool, given, role, purpose)
    if as_json:
        print_json(answer.as_json())
    elif answer.error is None:
        _say_degraded(answer)
        print_json(answer.result, indent=2)
        _say_provenance(answer)
    if answer.error is not None:
        say(f"error: {answer.error['message']}\nhint: {answer.error['fix']}")
    return exit_code(answer)


def run_batch(config: Path | None, batch: Path, *, role: str, purpose: str) -> int:
    """Every line of the batch is answered, in order; the exit code is that of the worst answer."""
    return anyio.run(_batch, load_configuration(config), batch, role, purpose)


async def _one(
    configuration: Configuration, server: str, tool: str, arguments: dict[str, Any], role: str, purpose: str
) -> Answer:
    caller = caller_for(role, purpose=purpose, student_id=arguments.get("student_id"))
    async with running_suite(configuration) as suite:
        return await suite.call(server, tool, arguments, caller=caller)


async def _batch(configuration: Configuration, batch: Path, role: str, purpose: str) -> int:
    worst = 0
    async with running_suite(configuration) as suite:
        for lines in _groups(batch):
            for answer, code in await _answer_group(suite, lines, role, purpose):
                print_json(answer)
                worst = max(worst, code)
    return worst


async def _answer_group(suite: Suite, lines: list[str], role: str, purpose: str) -> list[tuple[dict[str, Any], int]]:
    """The answers to a few lines that run side by side, in the order of the lines."""
    answered: dict[int, tuple[dict[str, Any], int]] = {}

    async def answer(number: int, line: str) -> None:
        answered[number] = await _answer_line(suite, line, role, purpose)

    async with anyio.create_task_group() as group:
        for number, line in enumerate(lines):
            group.start_soon(answer, number, line)
    return [answered[number] for number in range(len(lines))]


def _groups(batch: Path) -> Iterator[list[str]]:
    """The lines of the batch that are not empty, a few at a time."""
    try:
        with batch.open(encoding="utf-8") if str(batch) != "-" else sys.stdin as file:
            group: list[str] = []
            while line := file.readline(_MAX_LINE_CHARACTERS):
                group.extend([line] if line.strip() else [])
                if len(group) == _AT_ONCE:
                    yield group
                    group = []
            if group:
                yield group
    except OSError as error:
        raise InvalidInput(f"{batch} cannot be read: {error.strerror}.", hint="Name an existing file.") from None
    except UnicodeDecodeError:
        raise InvalidInput(f"{batch} is not UTF-8 text.", hint="Save it as UTF-8.") from None


async def _answer_line(suite: Suite, line: str, role: str, purpose: str) -> tuple[dict[str, Any], int]:
    try:
        server, tool, arguments = _parse(line)
        caller = caller_for(role, purpose=purpose, student_id=arguments.get("student_id"))
    except ScribeTreeError as error:
        return {"result": None, "error": dict(error.payload()), "provenance": None}, 2
    answer = await suite.call(server, tool, arguments, caller=caller)
    return answer.as_json(), exit_code(answer)


def _parse(line: str) -> tuple[str, str, dict[str, Any]]:
    try:
        request = as_object(json.loads(line)) or {}
    except (json.JSONDecodeError, RecursionError):
        request = {}
    server, tool, arguments = request.get("server"), request.get("tool"), as_object(request.get("arguments", {}))
    if not isinstance(server, str) or not isinstance(tool, str) or arguments is None:
        raise InvalidInput(
            "This line is not a call.", hint='Write {"server": "...", "tool": "...", "arguments": {...}}.'
        )
    return server, tool, arguments


def _say_degraded(answer: Answer) -> None:
    """The first line of a degraded answer's text, which says what it is."""
    texts = [block.text for block in answer.raw.content if isinstance(block, TextContent)] if answer.raw else []
    if answer.provenance.degraded and texts:
        say(texts[0].splitlines()[0])


def _say_provenance(answer: Answer) -> None:
    origin = answer.provenance
    took = sum(attempt.ms for attempt in origin.attempts)
    place = ", ".join(part for part in (origin.server, origin.instance) if part)
    say(f"served by {origin.served_by or 'the outbox'} ({place}) in {took:.0f} ms")
