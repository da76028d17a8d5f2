"""`scribetree guard-reply`: the guard between an assistant and a student, for whatever program stands there."""

import sys
from dataclasses import asdict
from typing import Any, get_args

from scribetree.errors import InvalidInput
from scribetree.host.commands._session import print_json, read_json
from scribetree.shapes import as_object
from scribetree.tools.validator import Guarded, Moment, WritingStage, guard_reply

__all__ = ["run"]

_MAX_CHARACTERS = 200_000
_KNOWN = ("history", "response", "stage")
_HINT = 'Write {"history": TEXT, "response": TEXT, "stage": STAGE}; the stage may be left out.'


def run(source: str, *, as_json: bool) -> int:
    """What the student may be given is on standard output: the reply, or questions and the reason instead."""
    guarded = _guarded(read_json(source if source == "-" else f"@{source}"))
    if as_json:
        print_json(asdict(guarded))
    else:
        sys.stdout.write(guarded.text + "\n")
    return 0


def _guarded(given: Any) -> Guarded:  # noqa: ANN401 - whatever JSON the user wrote
    exchange = as_object(given)
    if exchange is None or not set(exchange) <= set(_KNOWN):
        raise InvalidInput("The input is not a JSON object with a history and a response.", hint=_HINT)
    return guard_reply(_text(exchange, "history"), _text(exchange, "response"), _moment(exchange.get("stage")))


def _text(exchange: dict[str, Any], name: str) -> str:
    text = exchange.get(name)
    if not isinstance(text, str) or len(text) > _MAX_CHARACTERS or _has_half_a_character(text):
        raise InvalidInput(f"`{name}` is not a text of at most {_MAX_CHARACTERS:,} characters.", hint=_HINT)
    return text


def _has_half_a_character(text: str) -> bool:
    """JSON can hold one half of a surrogate pair, which no output can."""
    return any("\ud800" <= character <= "\udfff" for character in text)


def _moment(stage: Any) -> Moment:  # noqa: ANN401 - as above
    if stage is None:
        return Moment()
    known: tuple[WritingStage, ...] = get_args(WritingStage)
    if stage not in known:
        raise InvalidInput("`stage` is no stage of writing.", hint=f"Known: {', '.join(known)}.")
    return Moment(stage=stage)
