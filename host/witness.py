"""Whether what answers at an address is a server of this installation, or somebody who has taken the address over."""

import hmac
from dataclasses import dataclass

from scribetree.errors import Unavailable
from scribetree.privacy.caller import countersign
from scribetree.privacy.keys import KeyRing

__all__ = ["Stranger", "Witness"]


class Stranger(Unavailable):
    """Somebody else answers in a server's place."""


@dataclass(frozen=True, slots=True)
class Witness:
    """Tells the answers of one server of ours from those of anybody else."""

    server: str
    ring: KeyRing

    def check(self, signed: object, token: str) -> None:
        """Nothing happens if the server has countersigned what it was sent as a token; else Stranger is raised."""
        expected = countersign(token, server=self.server, ring=self.ring)
        if not isinstance(signed, str) or not hmac.compare_digest(signed.encode(errors="replace"), expected.encode()):
            raise Stranger(
                f"What answers in place of {self.server} is not {self.server} of this installation.",
                hint="See what runs at its address; its answer was not used.",
            )
