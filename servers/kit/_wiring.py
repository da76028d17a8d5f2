"""What a server needs from the process it runs in: settings, keys, a clock."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from scribetree.clock import Clock, SystemClock
from scribetree.privacy.keys import KeyRing
from scribetree.settings import Settings

if TYPE_CHECKING:
    from scribetree.privacy.budget import Budgets
    from scribetree.privacy.guard import Guard
    from scribetree.privacy.noise import NoiseSource
    from scribetree.privacy.office import PrivacyOffice
    from scribetree.privacy.plans import Plans

__all__ = ["Wiring"]

T = TypeVar("T")


@dataclass
class Wiring:
    """One process's means; the costly ones are opened on first use."""

    settings: Settings = field(default_factory=Settings.from_environment)
    clock: Clock = field(default_factory=SystemClock)
    instance: str = field(default_factory=lambda: f"pid-{os.getpid()}")
    server: str | None = None
    """Whose means these are: the name of the witness that it keeps against the audit log."""
    serves_unnamed: bool = True
    """Whether a call that names no caller is taken for one of the person whom this process serves."""
    _held: dict[str, Any] = field(default_factory=dict[str, Any], repr=False)

    @cached_property
    def ring(self) -> KeyRing:
        """The installation's keys."""
        return KeyRing.open(self.settings)

    @cached_property
    def office(self) -> "PrivacyOffice":
        """Student data and all that guards it."""
        from scribetree.privacy.office import PrivacyOffice  # noqa: PLC0415 - SQLAlchemy costs 0.2 s

        return PrivacyOffice.open(self.settings, clock=self.clock, witness=self.server)

    @property
    def guard(self) -> "Guard":
        """The doors to student data."""
        return self.office.guard

    @property
    def budgets(self) -> "Budgets":
        """What may still be told about groups, and what was told."""
        return self.office.budgets

    @cached_property
    def noise(self) -> "NoiseSource":
        """Where the noise of figures about groups comes from."""
        from scribetree.privacy.noise import noise_source  # noqa: PLC0415 - only two tools draw

        return noise_source(self.settings.noise)

    def held(self, name: str, make: Callable[[], T]) -> T:
        """What a tool holds in memory from one call to the next, made at the first; making it is cheap."""
        found: T = self._held.setdefault(name, make())
        return found

    @property
    def plans(self) -> "Plans":
        """What the school plans."""
        return self.office.plans

    def close(self) -> None:
        """What was opened is closed."""
        if "office" in self.__dict__:
            self.office.close()
