"""What the school's operator says about channels, in `alerts.toml` of the data folder; without it, no e-mail."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from scribetree.errors import ConfigError
from scribetree.shapes import as_object

__all__ = ["MailServer", "School", "school"]

_FILE = "alerts.toml"
_MOST_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class MailServer:
    """The school's mail server; `security` is starttls, tls or none (for a server on this machine)."""

    host: str
    sender: str
    port: int = 587
    security: str = "starttls"
    user: str | None = None
    password: str | None = None


@dataclass(frozen=True, slots=True)
class School:
    """`board` is the address that messages link to; `internal_hosts` are those that webhooks may reach inside."""

    mail: MailServer | None = None
    board: str = "your alerts board"
    internal_hosts: frozenset[str] = frozenset()


def school(home: Path) -> School:
    """What the operator says now."""
    path = home / _FILE
    try:
        stamp = path.stat().st_mtime_ns
    except OSError:
        return School()
    return _read(path, stamp)


@lru_cache(maxsize=8)
def _read(path: Path, _stamp: int) -> School:
    try:
        with path.open("rb") as file:
            # A file that is cut off here is no TOML any more, or not what was meant.
            said = tomllib.loads(file.read(_MOST_BYTES).decode("utf-8"))
        mail = as_object(said.get("mail"))
        return School(
            mail=None if mail is None else _mail(mail),
            board=str(said.get("board", "your alerts board")),
            internal_hosts=frozenset(str(host) for host in said.get("internal_hosts", [])),
        )
    except (ValueError, TypeError, KeyError, OSError):
        raise ConfigError(
            f"{_FILE} in the data folder cannot be used.",
            hint="It takes board, internal_hosts, and [mail] with host, sender, port, security, user, password.",
        ) from None


def _mail(said: dict[str, Any]) -> MailServer:
    if said.get("security", "starttls") not in {"starttls", "tls", "none"}:
        raise ValueError
    return MailServer(**said)
