"""The settings that one process was started with, read once from its environment."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast, get_args

from scribetree.errors import ConfigError

__all__ = ["Environment", "NoiseName", "Profile", "Settings", "inherited_environment"]

Profile = Literal["student", "educator", "administrator", "all"]
"""Who a process serves: it shows the tools of that role, and acts in it. `all` shows every tool, as educator."""

Environment = Literal["development", "staging", "production"]
"""Which profile of the options is laid over the others."""

NoiseName = Literal["exact", "opendp"]
"""Which sampler the noise of figures about groups comes from: the package's own, or OpenDP's."""

_PREFIX = "SCRIBETREE_"


@dataclass(frozen=True, slots=True)
class Settings:
    """One process's settings: where data and keys live, whom it serves, how much it logs."""

    home: Path
    profile: Profile = "educator"
    requester_id: str | None = None
    log_level: str = "warning"
    environment: Environment = "production"
    options_file: Path | None = None
    database_url: str | None = field(default=None, repr=False)
    redis_url: str | None = field(default=None, repr=False)
    keyring: str | None = field(default=None, repr=False)
    noise: NoiseName = "exact"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """The settings in the SCRIBETREE_ variables of the README, each optional."""
        home = environment.get("SCRIBETREE_HOME")
        return cls(
            home=Path(home).expanduser() if home else _user_data_folder(environment),
            profile=_profile(environment.get("SCRIBETREE_PROFILE") or "educator"),
            requester_id=environment.get("SCRIBETREE_REQUESTER_ID") or None,
            log_level=_log_level(environment.get("SCRIBETREE_LOG_LEVEL") or "warning"),
            environment=_environment(environment.get("SCRIBETREE_ENVIRONMENT") or "production"),
            options_file=Path(options).expanduser() if (options := environment.get("SCRIBETREE_OPTIONS")) else None,
            database_url=environment.get("SCRIBETREE_DATABASE_URL") or None,
            redis_url=environment.get("SCRIBETREE_REDIS_URL") or None,
            keyring=environment.get("SCRIBETREE_KEYRING") or None,
            noise=_noise(environment.get("SCRIBETREE_NOISE") or "exact"),
        )


def inherited_environment(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The variables that a child process needs to serve the same people from the same data."""
    return {name: value for name, value in environment.items() if name.startswith(_PREFIX)}


def _profile(name: str) -> Profile:
    known = get_args(Profile)
    if name not in known:
        raise ConfigError("SCRIBETREE_PROFILE is not a known profile.", hint=f"Use one of: {', '.join(known)}.")
    return cast("Profile", name)


def _environment(name: str) -> Environment:
    known = get_args(Environment)
    if name not in known:
        raise ConfigError("SCRIBETREE_ENVIRONMENT is not a known one.", hint=f"Use one of: {', '.join(known)}.")
    return cast("Environment", name)


def _noise(name: str) -> NoiseName:
    known = get_args(NoiseName)
    if name not in known:
        raise ConfigError("SCRIBETREE_NOISE is not a known source of noise.", hint=f"Use one of: {', '.join(known)}.")
    return cast("NoiseName", name)


def _log_level(name: str) -> str:
    known = ("debug", "info", "warning", "error", "critical")
    if name.lower() not in known:
        raise ConfigError("SCRIBETREE_LOG_LEVEL is not a known level.", hint=f"Use one of: {', '.join(known)}.")
    return name.lower()


def _user_data_folder(environment: Mapping[str, str]) -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "scribetree"
    if sys.platform == "win32":
        return Path(environment.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "scribetree"
    return Path(environment.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "scribetree"
