"""`scribetree config`: the settings and servers in force."""

from pathlib import Path
from typing import Any

from scribetree.host.commands._session import print_json, print_line, say
from scribetree.host.config import Configuration, ServerSpec, load_configuration
from scribetree.host.options import load_options, options_file, options_schema
from scribetree.settings import Settings

__all__ = ["check", "schema", "show"]


def show(config: Path | None, *, as_json: bool) -> int:
    """The settings are printed; values of environment variables and headers are withheld."""
    settings, configuration = Settings.from_environment(), load_configuration(config)
    shape: dict[str, Any] = {
        "home": str(settings.home),
        "profile": settings.profile,
        "log_level": settings.log_level,
        "source": configuration.source,
        "servers": {spec.label: _server(spec) for spec in configuration.servers},
        "problems": {name: dict(error.payload()) for name, error in configuration.problems},
    }
    print_json(shape, indent=None if as_json else 2)
    return 0


def check(config: Path | None) -> int:
    """0 if every entry can be used, else 1, with each problem named."""
    configuration: Configuration = load_configuration(config)
    settings = Settings.from_environment()
    load_options(settings)
    for name, error in configuration.problems:
        say(f"error: {name}: {error.message}\nhint: {error.hint}")
    if not configuration.problems:
        print_line(f"{configuration.source}: {len(configuration.servers)} servers, no problem found")
        options = options_file(settings)
        print_line(f"{options}: {'fits' if options.exists() else 'not there; the defaults hold'}")
    return 1 if configuration.problems else 0


def schema() -> int:
    """The JSON schema of the options file is printed."""
    print_json(options_schema(), indent=2)
    return 0


def _server(spec: ServerSpec) -> dict[str, Any]:
    return {
        "type": spec.kind,
        "target": spec.target,
        "args": list(spec.args),
        "env": [name for name, _ in spec.env],
        "headers": [name for name, _ in spec.headers],
        "connect_timeout_s": spec.connect_timeout_s,
        "call_timeout_s": spec.call_timeout_s,
        "http": list(spec.http),
    }
