"""
The runs of workflows as a place that exports and erasures reach.

What a run was given and what its steps answered is sealed under the installation's key, not the student's own: so an
erasure opens each run, sees whether any identifier in it is the student's, deletes the whole run, whatever state it is
in, and rewrites the file, so that no deleted page is left in it. On a shared PostgreSQL its tables are vacuumed.
"""

import sqlite3
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from sqlalchemy import text

from scribetree.errors import Unavailable
from scribetree.host.workflows.store import has_runs, make_serializer, shared_connection, system_database_url
from scribetree.privacy.identity import Pseudonym
from scribetree.privacy.keys import KeyRing
from scribetree.settings import Settings
from scribetree.shapes import as_list, as_object

__all__ = ["StudentRuns"]

_PAGE = 200
_MAX_IDENTIFIER = 128
_BUSY_TIMEOUT_S = 10.0
_SEALED_TABLES = ("workflow_status", "workflow_input", "workflow_output", "operation_outputs", "workflow_schedules")


@dataclass(frozen=True, slots=True)
class StudentRuns:
    """The runs that an installation keeps."""

    settings: Settings
    ring: KeyRing
    name: str = "workflows"

    def export(self, is_subject: Callable[[str], bool]) -> list[dict[str, Any]]:
        """What each of the student's runs was given, and what came of it; and their schedules."""
        if not has_runs(self.settings):
            return []
        with self._client() as client:
            return [
                {"run_id": run.workflow_id, "status": run.status, "inputs": run.input, "result": run.output}
                for run in _runs(client, is_subject)
            ] + [{"schedule": each["schedule_name"], **each["context"]} for each in _schedules(client, is_subject)]

    def erase(self, subject: Pseudonym, is_subject: Callable[[str], bool]) -> int:
        """No run and no schedule of the student's is left, and the file holds no deleted bytes."""
        del subject
        if not has_runs(self.settings):
            return 0
        with self._client() as client:
            scheduled = [str(each["schedule_name"]) for each in _schedules(client, is_subject)]
            for name in scheduled:  # first, so that it begins no run meanwhile
                client.delete_schedule(name)
            found = [str(run.workflow_id) for run in _runs(client, is_subject)]
            for run_id in found:
                client.cancel_workflow(run_id)
                client.delete_workflow(run_id)
        if self.settings.database_url:
            self._vacuum()
        else:
            self._rewrite()
        return len(found) + len(scheduled)

    @property
    def _path(self) -> Path:
        return self.settings.home / "workflows.db"

    def _vacuum(self) -> None:
        with shared_connection(self.settings) as connection:
            connection.execute(text(f"VACUUM {', '.join(f'dbos.{table}' for table in _SEALED_TABLES)}"))

    def _rewrite(self) -> None:
        """Also where nothing was found: an erasure that was killed may have deleted and not rewritten."""
        connection = sqlite3.connect(self._path, timeout=_BUSY_TIMEOUT_S, isolation_level=None)
        try:
            connection.execute("VACUUM")
            busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError as error:
            raise _busy() from error
        finally:
            connection.close()
        if busy:
            raise _busy()

    @contextmanager
    def _client(self) -> Generator[Any]:
        from dbos import DBOSClient  # noqa: PLC0415 - half a second

        client = DBOSClient(
            system_database_url=system_database_url(self.settings), serializer=make_serializer(self.ring)
        )
        try:
            yield client
        finally:
            client.destroy()


def _runs(client: Any, is_subject: Callable[[str], bool]) -> Iterator[Any]:  # noqa: ANN401 - DBOS's own
    """The student's runs, found page by page."""
    offset = 0
    while True:
        page = client.list_workflows(limit=_PAGE, offset=offset)
        yield from [run for run in page if any(is_subject(found) for found in _identifiers(run.input))]
        if len(page) < _PAGE:
            return
        offset += _PAGE


def _schedules(client: Any, is_subject: Callable[[str], bool]) -> list[Any]:  # noqa: ANN401 - DBOS's own
    """The schedules whose runs are about the student."""
    return [
        each for each in client.list_schedules() if any(is_subject(found) for found in _identifiers(each["context"]))
    ]


def _identifiers(value: object) -> Iterator[str]:
    """Whatever in `value` is short enough to be somebody's identifier."""
    if isinstance(value, str):
        if len(value) <= _MAX_IDENTIFIER:
            yield value
        return
    inner = as_object(value)
    parts = list(inner.values()) if inner is not None else as_list(value) or _as_parts(value)
    for part in parts:
        yield from _identifiers(part)


def _as_parts(value: object) -> list[object]:
    return list(cast("tuple[object, ...]", value)) if isinstance(value, tuple) else []


def _busy() -> Unavailable:
    return Unavailable(
        "The runs of workflows are deleted, and their file is in use: deleted bytes are still in it.",
        hint="Stop running workflows, then ask for the erasure again; it goes on where it was.",
    )
