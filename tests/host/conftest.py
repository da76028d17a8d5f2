"""Suites of misbehaving servers."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scribetree.host.config import Configuration, ServerSpec
from scribetree.privacy.context import PrivacyContext

PROBE = str(Path(__file__).with_name("probe_server.py"))

MakeConfiguration = Callable[..., Configuration]


@pytest.fixture
def caller() -> PrivacyContext:
    return PrivacyContext("t-1", "educator", "learning", "correlation-1")


@pytest.fixture
def configuration() -> MakeConfiguration:
    """Build a configuration from `name=(command, *arguments)`; `probe` is the probe server."""

    def build(*, connect_timeout_s: float = 20.0, call_timeout_s: float = 10.0, **servers: Any) -> Configuration:
        limits: dict[str, Any] = {"connect_timeout_s": connect_timeout_s, "call_timeout_s": call_timeout_s}
        return Configuration(
            "test",
            tuple(
                ServerSpec(name, "stdio", command, args=tuple(args), **limits)
                for name, (command, *args) in servers.items()
            ),
        )

    return build


@pytest.fixture
def probe() -> tuple[str, ...]:
    return (sys.executable, PROBE)
