"""
How the host behaves, from one TOML file that can be changed while it runs.

    [health]
    probe_every_s = 30

    [flags."tool.strategy.generate_confidence_intervals"]
    enabled = true
    rollout_percent = 25

    [profiles.development.health]
    probe_every_s = 5

The file is the one that SCRIBETREE_OPTIONS names, else `scribetree.toml` in SCRIBETREE_HOME, else none. The profile of
SCRIBETREE_ENVIRONMENT is laid over the rest, and a variable such as SCRIBETREE_OPTION_HEALTH__PROBE_EVERY_S over both.
A file that does not fit is refused as a whole, with the line of its first fault.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from scribetree.errors import ConfigError
from scribetree.host.balance import Strategy
from scribetree.settings import Environment, Settings
from scribetree.shapes import as_object

__all__ = [
    "BalanceOptions",
    "Flag",
    "HealthOptions",
    "LimitOptions",
    "Options",
    "ReadOptions",
    "load_options",
    "options_file",
    "options_schema",
]

_FILE = "scribetree.toml"
_MAX_BYTES = 1_000_000
_VARIABLE = "SCRIBETREE_OPTION_"
_PROFILES = "profiles"

Seconds = Annotated[float, Field(gt=0, le=3600)]
Percent = Annotated[int, Field(ge=0, le=100)]


class HealthOptions(BaseModel):
    """How servers are watched and brought back."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    probe_every_s: Seconds = 30.0
    probe_limit_s: Seconds = 5.0
    first_retry_s: Seconds = 0.25
    longest_retry_s: Seconds = 30.0


class LimitOptions(BaseModel):
    """How often a client may ask a server over HTTP, all clients together, and how many calls it bears at once."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    client_per_minute: Annotated[float, Field(gt=0, le=1e6)] = 100.0
    service_per_minute: Annotated[float, Field(gt=0, le=1e6)] = 6000.0
    at_once: Annotated[int, Field(ge=1, le=10_000)] = 64
    waiting: Annotated[int, Field(ge=0, le=100_000)] = 256
    wait_s: Seconds = 5.0


class ReadOptions(BaseModel):
    """What is done for a read that is slow or breaks off; 0 is never."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    hedge_after_s: Annotated[float, Field(ge=0, le=3600)] = 1.0
    retries: Annotated[int, Field(ge=0, le=5)] = 1


class BalanceOptions(BaseModel):
    """Which instance of a server is asked first, and how long one that is to go may finish its calls."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    strategy: Strategy = "round-robin"
    drain_limit_s: Seconds = 30.0


class Flag(BaseModel):
    """Something that is on for a share of the people, and with `variants` in which form: name and weight."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    enabled: bool = True
    rollout_percent: Percent = 100
    variants: dict[str, Annotated[int, Field(ge=1, le=1000)]] = Field(default_factory=dict)


class Options(BaseModel):
    """All that the file may say."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    health: HealthOptions = HealthOptions()
    limits: LimitOptions = LimitOptions()
    reads: ReadOptions = ReadOptions()
    balance: BalanceOptions = BalanceOptions()
    flags: dict[Annotated[str, Field(max_length=128)], Flag] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _retries_grow(self) -> "Options":
        if self.health.first_retry_s > self.health.longest_retry_s:
            raise ValueError("health.first_retry_s is longer than health.longest_retry_s")
        return self


def options_schema() -> dict[str, Any]:
    """The JSON schema of the file: the options, and under `profiles` the same again for each environment."""
    schema = Options.model_json_schema()
    definitions: dict[str, Any] = schema.pop("$defs")
    profile = {"type": "object", "additionalProperties": False, "properties": schema["properties"]}
    profiles = {"type": "object", "propertyNames": {"enum": list(get_args(Environment))}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "Scribe Tree options",
        "properties": {
            **schema["properties"],
            _PROFILES: {**profiles, "additionalProperties": {"$ref": "#/$defs/Profile"}},
        },
        "$defs": {**definitions, "Profile": profile},
    }


def options_file(settings: Settings) -> Path:
    """Where the options stand, whether or not the file is there."""
    return settings.options_file or settings.home / _FILE


def load_options(settings: Settings, environment: Mapping[str, str] = os.environ) -> Options:
    """The options in force; raises ConfigError, with file and line, if they do not fit."""
    path = options_file(settings)
    text = _read(path, is_named=settings.options_file is not None)
    document = _parsed(text, path)
    profiles = as_object(document.pop(_PROFILES, {})) or {}
    for name in profiles.keys() - set(get_args(Environment)):
        raise ConfigError(
            f"{path}{_at(_line_of(text, (_PROFILES, name), settings.environment))}: there is no profile of that name.",
            hint=f"Use one of: {', '.join(get_args(Environment))}.",
        )
    for name in profiles.keys() - {settings.environment}:
        _fitting(_merged(document, as_object(profiles[name]) or {}), path, text, profile=name)
    merged = _merged(document, as_object(profiles.get(settings.environment)) or {})
    return _fitting(_merged(merged, _from_environment(environment)), path, text, profile=settings.environment)


def _fitting(document: dict[str, Any], path: Path, text: str, *, profile: str) -> Options:
    try:
        return Options.model_validate(document)
    except ValidationError as error:
        detail = error.errors(include_url=False, include_input=False)[0]
        where = tuple(str(part) for part in detail["loc"])
        line = _at(_line_of(text, where, profile))
        raise ConfigError(
            f"{path}{line}: `{'.'.join(where) or 'the file'}`: {detail['msg']}.",
            hint="Mend that line; until then the options from before stay in force.",
        ) from None


def _read(path: Path, *, is_named: bool) -> str:
    if not path.exists() and not is_named:
        return ""
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise ConfigError(f"{path} is larger than {_MAX_BYTES} bytes.", hint="Take out what is no option.")
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise ConfigError(f"{path} cannot be read as UTF-8 text.", hint="See that it is there and readable.") from None


def _parsed(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}.", hint="Mend that line.") from None


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """`below` with everything that `above` says laid over it."""
    merged = dict(below)
    for name, value in above.items():
        inner, under = as_object(value), as_object(merged.get(name))
        merged[name] = _merged(under, inner) if inner is not None and under is not None else value
    return merged


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    """The options that variables set: two underscores part the names."""
    found: dict[str, Any] = {}
    for variable, value in environment.items():
        if variable.startswith(_VARIABLE):
            *sections, name = variable.removeprefix(_VARIABLE).lower().split("__")
            place = found
            for section in sections:
                place = place.setdefault(section, {})
            place[name] = value
    return found


def _line_of(text: str, where: tuple[str, ...], profile: str) -> int | None:
    """The line that sets the option at `where`, or the nearest section around it; the profile's before the file's."""
    lines = _lines(text)
    for length in range(len(where), 0, -1):
        for path in ((_PROFILES, profile, *where[:length]), where[:length]):
            if path in lines:
                return lines[path]
    return next((line for path, line in lines.items() if path[: len(where)] == where), None)


def _at(line: int | None) -> str:
    return f", line {line}" if line else ""


_PART = re.compile(r'"([^"]*)"|([A-Za-z0-9_-]+)')


def _lines(text: str) -> dict[tuple[str, ...], int]:
    section: tuple[str, ...] = ()
    lines: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped.startswith("["):
            section = _parts(stripped.strip("[]"))
            lines.setdefault(section, number)
        elif "=" in stripped and not stripped.startswith("#"):
            lines.setdefault((*section, *_parts(stripped.partition("=")[0])), number)
    return lines


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(quoted or bare for quoted, bare in _PART.findall(dotted))
