"""What a server needs from the process it runs in: settings, keys, a clock."""

import os
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from scribetree.clock import Clock, SystemClock
from scribetree.privacy.keys import KeyRing
from scribetree.settings import Settings

if TYPE_CHECKING:
    from scribetree.privacy.budget import Budgets
    from scribetree.privacy.records import AlertRecords

__all__ = ["Wiring"]


@dataclass
class Wiring:
    """One process's means; the costly ones are opened on first use."""

    settings: Settings = field(default_factory=Settings.from_environment)
    clock: Clock = field(default_factory=SystemClock)
    instance: str = field(default_factory=lambda: f"pid-{os.getpid()}")

    @cached_property
    def ring(self) -> KeyRing:
        """The installation's keys."""
        return KeyRing.at(self.settings.home)

    @cached_property
    def alerts(self) -> "AlertRecords":
        """The stored alerts."""
        from scribetree.privacy.records import AlertRecords  # noqa: PLC0415 - SQLAlchemy costs 0.2 s

        return AlertRecords(self.settings.home, self.ring)

    @cached_property
    def budgets(self) -> "Budgets":
        """What may still be told about groups, and what was told."""
        from scribetree.privacy.budget import Budgets  # noqa: PLC0415 - as above

        return Budgets.at(self.settings.home, ring=self.ring, clock=self.clock)
