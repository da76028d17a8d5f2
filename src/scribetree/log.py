"""
Logs that hold fields and never texts, on standard error.

Exceptions are logged by type and place only: the message of an exception may quote what a student wrote.
The SDK and the libraries below it log through `logging`; their records lose their tracebacks here for the
same reason. A last processor withholds every value that looks like personal data or like prose, whoever logged it.
"""

import logging
import re
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, cast

import structlog

if TYPE_CHECKING:
    from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger

__all__ = ["configure", "log", "shown", "where_raised", "withhold_personal"]

WITHHELD = "(withheld)"

_LONGEST_VALUE = 400
# An address, a link, a long number that is not part of an identifier, two capitalised words, or a line break.
_LOOKS_PERSONAL = re.compile(
    r"[@\n]|://|(?<![\w.:-])[+(]?\d[\d ().-]{5,}\d(?![\w:-])|[^\W\d_a-z][^\W\d_A-Z]+[ \t]+[^\W\d_a-z][^\W\d_A-Z]"
)
_WORDS_OF_PROSE = re.compile(r"(?:[^\W\d_]{2,}[ ,]+){5,}[^\W\d_]{2,}")

log: "FilteringBoundLogger" = structlog.get_logger()


def configure(level: str) -> None:
    """Every log line from here on is one JSON object on standard error, at `level` or above."""
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            withhold_personal,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    _tame_libraries(max(number, logging.WARNING))


def where_raised(error: BaseException) -> dict[str, str]:
    """The type of `error` and the lines it passed through, without its message."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
    return {"error": type(error).__qualname__, "raised_at": places}


def withhold_personal(_logger: "WrappedLogger", _method: str, event: "EventDict") -> "EventDict":
    """The event with `(withheld)` in place of each value that looks like personal data, prose, or nothing known."""
    return {key: shown(value) for key, value in event.items()}


def shown(value: object) -> object:
    """The value, or `(withheld)` if it looks like personal data, like prose, or like nothing known."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str):
        unfit = len(value) > _LONGEST_VALUE or _LOOKS_PERSONAL.search(value) or _WORDS_OF_PROSE.search(value)
        return WITHHELD if unfit else value
    if isinstance(value, (list, tuple)):
        return [shown(part) for part in cast("list[object]", value)]
    if isinstance(value, dict):
        return {str(shown(key)): shown(part) for key, part in cast("dict[object, object]", value).items()}
    return WITHHELD


class _FieldsOnly(logging.Formatter):
    """A library's record as its logger, level and unfilled template: arguments may be personal data."""

    def format(self, record: logging.LogRecord) -> str:
        template = record.msg if isinstance(record.msg, str) and record.args else "(message withheld)"
        return f'{{"level": "{record.levelname.lower()}", "logger": "{record.name}", "event": {template!r}}}'


def _tame_libraries(level: int) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_FieldsOnly())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # It logs each line that a server prints and that is not MCP; the host counts those itself.
    logging.getLogger("mcp.client.stdio").setLevel(logging.CRITICAL)
