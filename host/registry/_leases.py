"""Registrations on disk: one sealed file each, replaced whole, so that hosts that share a folder do not meet."""

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from scribetree.errors import ScribeTreeError, Unavailable
from scribetree.log import log, where_raised
from scribetree.privacy.keys import KeyRing
from scribetree.privacy.sealed import Sealer

__all__ = ["Lease", "Leases"]

_FOLDER = "registry"


@dataclass(frozen=True, slots=True)
class Lease:
    """One registration: which server, where, and until when it counts if it is not renewed."""

    id: str
    server: str
    url: str
    http: str | None
    lease_s: float
    expires_at: datetime


class Leases:
    """The registrations that outlive the host."""

    def __init__(self, home: Path, ring: KeyRing) -> None:
        self._folder = home / _FOLDER
        self._sealer = Sealer(ring, "registry")

    def put(self, lease: Lease) -> None:
        """The lease is on disk, in place of an earlier one of the same instance."""
        shape = asdict(lease) | {"expires_at": lease.expires_at.isoformat()}
        sealed = self._sealer.seal(json.dumps(shape).encode(), place=lease.id)
        draft = self._folder / f".{lease.id}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(sealed)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._folder / lease.id)
        except OSError:
            raise Unavailable(
                "The registration cannot be stored.", hint="Free disk space in SCRIBETREE_HOME, then try again."
            ) from None

    def drop(self, instance_id: str) -> None:
        """There is no lease of that instance on disk."""
        (self._folder / instance_id).unlink(missing_ok=True)

    def live(self, now: datetime) -> list[Lease]:
        """Those that have not expired; expired and damaged ones are removed."""
        found: list[Lease] = []
        for path in sorted(self._folder.glob("[!.]*")) if self._folder.exists() else []:
            lease = self._read(path)
            if lease is not None and lease.expires_at > now:
                found.append(lease)
            else:
                path.unlink(missing_ok=True)
        return found

    def _read(self, path: Path) -> Lease | None:
        try:
            shape = json.loads(self._sealer.open(path.read_bytes(), place=path.name))
            return Lease(**shape | {"expires_at": datetime.fromisoformat(shape["expires_at"])})
        except (OSError, ScribeTreeError, ValueError, TypeError, KeyError) as error:
            log.warning("lease_unreadable", **where_raised(error))
            return None
