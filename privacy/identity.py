"""Names that can stand in a record or a log: keyed, so that nobody without the ring can tell whose they are."""

import hashlib
import hmac
from typing import NewType

from scribetree.privacy.keys import KeyRing

__all__ = ["Pseudonym", "StudentId", "pseudonym"]

StudentId = NewType("StudentId", str)
Pseudonym = NewType("Pseudonym", str)


def pseudonym(ring: KeyRing, person_id: str) -> Pseudonym:
    """The stable 128-bit pseudonym of one person on this installation."""
    digest = hmac.new(ring.key("pseudonym"), person_id.strip().encode(), hashlib.sha256)
    return Pseudonym(digest.hexdigest()[:32])
