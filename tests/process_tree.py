"""What runs below a process, as Linux tells it in /proc."""

import os
from pathlib import Path

from scribetree.servers.catalog import SERVERS

__all__ = ["HAS_PROC", "below", "is_running", "open_files", "servers_below", "zygote_below"]

HAS_PROC = Path("/proc/self/task").exists()


def below(pid: int) -> list[int]:
    """Every process that `pid` or one of its descendants has started, and that is still there, dead ones included."""
    found: list[int] = []
    for task in _listed(Path(f"/proc/{pid}/task")):
        for child in _read(task / "children").split():
            found += [int(child), *below(int(child))]
    return found


def servers_below(pid: int) -> dict[str, int]:
    """The process of each of the six servers below `pid`, forked or started by its own command."""
    found: dict[str, int] = {}
    for each in below(pid):
        name, words = _read(Path(f"/proc/{each}/comm")).strip(), _read(Path(f"/proc/{each}/cmdline")).split("\0")
        found |= {server: each for server in SERVERS if name == server[:15] or server in words}
    return found


def zygote_below(pid: int) -> int | None:
    """The process from which the servers below `pid` are forked."""
    servers = servers_below(pid).values()
    return next((each for each in below(pid) if each not in servers and "zygote" in _command(each)), None)


def is_running(pid: int) -> bool:
    """Whether there is such a process, and it has not ended."""
    status = _read(Path(f"/proc/{pid}/stat"))
    return bool(status) and status.rpartition(")")[2].split()[0] != "Z"


def open_files(pid: int = os.getpid()) -> int:
    """How many descriptors the process holds."""
    return len(_listed(Path(f"/proc/{pid}/fd")))


def _command(pid: int) -> str:
    return _read(Path(f"/proc/{pid}/cmdline"))


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _read(path: Path) -> str:
    """The file's text; nothing where the process is gone."""
    try:
        return path.read_text("utf-8")
    except OSError:
        return ""
