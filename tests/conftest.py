"""What all tests share: an installation of their own, and no word from outside it."""

import os
from pathlib import Path

import pytest

from scribetree import log
from scribetree.privacy.keys import KeyRing
from scribetree.settings import Settings


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No SCRIBETREE_ variable of the machine reaches a test; data goes to its own folder."""
    for name in [name for name in os.environ if name.startswith("SCRIBETREE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SCRIBETREE_HOME", str(tmp_path / "home"))
    log.configure("error")


@pytest.fixture
def settings() -> Settings:
    return Settings.from_environment()


@pytest.fixture
def ring(settings: Settings) -> KeyRing:
    return KeyRing.open(settings)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
