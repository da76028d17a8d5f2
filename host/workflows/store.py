"""Where runs are kept, and how: sealed JSON in one SQLite file, or in a shared PostgreSQL; never pickles."""

import base64
import json
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from scribetree.privacy.keys import KeyRing
from scribetree.privacy.sealed import Sealer
from scribetree.settings import Settings
from scribetree.shapes import as_object

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["has_runs", "make_serializer", "shared_connection", "system_database_url"]

_PLACE = "workflow-state"
_EXCEPTION = "!exception"


def system_database_url(settings: Settings) -> str:
    """The SQLite file of all runs of one installation, or the PostgreSQL that several share."""
    if settings.database_url:
        return "postgresql://" + settings.database_url.partition("://")[2]
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    return f"sqlite:///{settings.home / 'workflows.db'}"


@contextmanager
def shared_connection(settings: Settings) -> "Generator[Connection]":
    """A connection of its own to the PostgreSQL that several hosts share; each statement stands by itself."""
    from sqlalchemy import create_engine  # noqa: PLC0415 - 0.2 s
    from sqlalchemy.pool import NullPool  # noqa: PLC0415 - as above

    url = system_database_url(settings).replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def has_runs(settings: Settings) -> bool:
    """Whether anything was ever run here."""
    if not settings.database_url:
        return (settings.home / "workflows.db").exists()
    from sqlalchemy import text  # noqa: PLC0415 - 0.2 s

    with shared_connection(settings) as connection:
        return bool(connection.execute(text("SELECT to_regclass('dbos.workflow_status')")).scalar())


def make_serializer(ring: KeyRing) -> Any:  # noqa: ANN401 - DBOS's Serializer, which must not be imported early
    """How DBOS writes down what it is given."""
    from dbos import Serializer  # noqa: PLC0415 - half a second

    sealer = Sealer(ring, "workflows")

    class SealedJson(Serializer):
        """Inputs and results as sealed JSON; an exception as the name of its type."""

        def serialize(self, data: Any) -> str:  # noqa: ANN401 - DBOS's own signature
            plain = json.dumps(_plain(data), ensure_ascii=False, default=_time_as_text).encode()
            return base64.b64encode(sealer.seal(plain, place=_PLACE)).decode()

        def deserialize(self, serialized_data: str) -> Any:  # noqa: ANN401 - as above
            value: Any = json.loads(sealer.open(base64.b64decode(serialized_data), place=_PLACE))
            kept = as_object(value) or {}
            return RuntimeError(kept[_EXCEPTION]) if _EXCEPTION in kept else value

        def name(self) -> str:
            return "scribetree-sealed-json"

    return SealedJson()


def _time_as_text(value: object) -> str:
    """The instant at which a schedule fired, which DBOS gives its runs."""
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON, or an exception
    return {_EXCEPTION: type(value).__qualname__} if isinstance(value, BaseException) else value
