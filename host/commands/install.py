"""`scribetree install claude-desktop`: one entry added to an assistant's configuration, nothing else touched."""

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scribetree.errors import ConfigError
from scribetree.host.commands._session import print_json, say
from scribetree.host.connection import own_command
from scribetree.settings import Profile, inherited_environment
from scribetree.shapes import as_object

__all__ = ["claude_desktop"]

_ENTRY = "scribetree"
_FILE = "claude_desktop_config.json"


def claude_desktop(file: Path | None, *, profile: Profile, dry_run: bool) -> int:
    """The host stands in the configuration under absolute paths; the old file stands beside the new one."""
    path = file or _usual_file()
    document = _read(path)
    document["mcpServers"][_ENTRY] = _entry(profile)
    if dry_run:
        say(f"would write {path}")
        print_json(document, indent=2)
        return 0
    backup = _backup(path)
    _write(path, document)
    say(f"wrote {path}" + (f"; the old one is {backup}" if backup else "") + "; restart Claude Desktop")
    return 0


def _entry(profile: Profile) -> dict[str, Any]:
    """The command with absolute paths: a desktop program does not see the shell's PATH."""
    command, args = own_command(("host", "--transport", "stdio", "--profile", profile))
    environment = {name: value for name, value in inherited_environment().items() if name == "SCRIBETREE_HOME"}
    entry: dict[str, Any] = {"command": command, "args": args}
    return entry | ({"env": {k: str(Path(v).absolute()) for k, v in environment.items()}} if environment else {})


def _usual_file() -> Path:
    if sys.platform == "darwin":
        folder = Path.home() / "Library" / "Application Support" / "Claude"
    elif sys.platform == "win32":
        folder = Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming") / "Claude"
    else:
        folder = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "Claude"
    return folder / _FILE


def _read(path: Path) -> dict[str, Any]:
    """The configuration as it is; a file that cannot be understood is left alone."""
    if not path.exists():
        return {"mcpServers": {}}
    try:
        document = as_object(json.loads(path.read_text("utf-8") or "{}"))
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        raise ConfigError(f"{path} is not valid JSON; it was left as it is.", hint="Mend or move it.") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.", hint="Check its permissions.") from None
    if document is None or as_object(document.setdefault("mcpServers", {})) is None:
        raise ConfigError(f"{path} has no object `mcpServers`; it was left as it is.", hint="Mend or move it.")
    return document


def _backup(path: Path) -> Path | None:
    if not path.exists():
        return None
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    backup = path.with_name(f"{path.name}.{stamp}.bak")
    backup.write_bytes(path.read_bytes())
    return backup


def _write(path: Path, document: dict[str, Any]) -> None:
    """The whole new file, or the old one: never a half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    draft.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", "utf-8")
    draft.replace(path)
