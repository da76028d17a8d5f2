"""The chain's own traces of a student, as a place that exports and erasures reach: waiting writes, kept answers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import anyio

from scribetree.clock import Clock
from scribetree.host.chain._answers import LastAnswers
from scribetree.host.chain.outbox import Outbox
from scribetree.privacy.identity import Pseudonym
from scribetree.privacy.keys import KeyRing
from scribetree.settings import Settings

__all__ = ["ChainTraces"]


@dataclass(frozen=True, slots=True)
class ChainTraces:
    """The outbox and the kept answers of one installation; what cannot be opened raises Unavailable."""

    settings: Settings
    ring: KeyRing
    clock: Clock
    name: str = "outbox and kept answers"

    def export(self, is_subject: Callable[[str], bool]) -> list[dict[str, Any]]:
        """The writes that wait and name the student; kept answers are copies of what is exported elsewhere."""
        return self._outbox().about(is_subject)

    def erase(self, subject: Pseudonym, is_subject: Callable[[str], bool]) -> int:
        """No kept answer and no waiting write names the student, in whatever process; how many writes did."""
        del is_subject
        anyio.run(self._forget_answers, subject)
        return self._outbox().forget(subject)

    async def _forget_answers(self, subject: Pseudonym) -> None:
        answers = LastAnswers(home=self.settings.home, ring=self.ring, clock=self.clock)
        try:
            await answers.forget(subject)
        finally:
            answers.close()

    def _outbox(self) -> Outbox:
        return Outbox(home=self.settings.home, ring=self.ring, clock=self.clock)
