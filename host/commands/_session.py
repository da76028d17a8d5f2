"""What commands share: a caller, a suite, and the two output streams."""

import json
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from scribetree import log
from scribetree.errors import InvalidInput, UnknownName
from scribetree.host.answer import Answer
from scribetree.host.config import Configuration
from scribetree.host.files import read_text
from scribetree.host.suite import StatusListener, Suite, open_suite
from scribetree.privacy.context import UNNAMED, PrivacyContext, RequesterType, as_purpose
from scribetree.provenance import new_correlation_id
from scribetree.servers.kit import withhold_from_traces
from scribetree.settings import Settings
from scribetree.startup import loaded

__all__ = [
    "caller_for",
    "exit_code",
    "only",
    "parse_json",
    "print_json",
    "print_line",
    "read_input",
    "read_json",
    "running_suite",
    "say",
]

_WRONG_USAGE = frozenset({"invalid_input", "unknown_name", "config"})
_MAX_INPUT_BYTES = 16 * 1024 * 1024


def caller_for(role: str, *, purpose: str, student_id: object = None) -> PrivacyContext:
    """
    The person at the command line, in the role that they named.

    Whoever says `--as student` is the student that the call is about.
    """
    settings = Settings.from_environment()
    is_self = role == "student" and isinstance(student_id, str)
    return PrivacyContext(
        requester_id=str(student_id) if is_self else settings.requester_id or UNNAMED,
        requester_type=cast("RequesterType", role),
        purpose=as_purpose(purpose),
        correlation_id=new_correlation_id(),
    )


@asynccontextmanager
async def running_suite(
    configuration: Configuration, *, on_change: StatusListener | None = None
) -> AsyncGenerator[Suite]:
    """The suite of a configuration while it runs; its servers may still be starting."""
    settings = Settings.from_environment()
    log.configure(settings.log_level)
    withhold_from_traces()
    loaded()
    async with open_suite(configuration, settings=settings, on_change=on_change) as suite:
        yield suite


def only(configuration: Configuration, server: str) -> Configuration:
    """The configuration of that one server, so that no other is started for it."""
    problems = tuple(problem for problem in configuration.problems if problem[0] == server)
    servers = tuple(spec for spec in configuration.servers if spec.name == server)
    if not servers and not problems:
        known = [spec.name for spec in configuration.servers]
        raise UnknownName.of("server", server, known, where=f" in {configuration.source}")
    return replace(configuration, servers=servers, problems=problems)


def exit_code(answer: Answer) -> int:
    """0 ok, 1 failed, 2 wrong usage, 3 denied."""
    if answer.error is None:
        return 0
    if answer.error["code"] == "denied":
        return 3
    return 2 if answer.error["code"] in _WRONG_USAGE else 1


def read_json(source: str) -> Any:  # noqa: ANN401 - whatever JSON the user wrote
    """The JSON in `source`: itself, or @FILE, or - for standard input."""
    if source == "-":
        return parse_json(sys.stdin.read(_MAX_INPUT_BYTES), "Standard input")
    if source.startswith("@"):
        return parse_json(read_input(Path(source[1:])), source[1:])
    return parse_json(source, "The argument")


def parse_json(text: str, where: str) -> Any:  # noqa: ANN401 - whatever JSON the user wrote
    """The JSON in `text`, which stands at `where`."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise InvalidInput(
            f"{where} is not valid JSON at line {error.lineno}, column {error.colno}.", hint="Mend it there."
        ) from None
    except RecursionError:
        raise InvalidInput(f"{where} is nested too deeply.", hint="Write plainer JSON.") from None


def read_input(path: Path) -> str:
    """The text of a file of at most 16 MiB."""
    return read_text(path, max_bytes=_MAX_INPUT_BYTES)


def print_json(value: object, *, indent: int | None = None) -> None:
    """`value` as JSON on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=indent) + "\n")
    sys.stdout.flush()


def print_line(text: str) -> None:
    """A line of the answer, on standard output."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def say(text: str) -> None:
    """A line for the person, on standard error."""
    sys.stderr.write(text + "\n")
