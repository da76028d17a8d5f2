"""Names that can stand in a record or a log: keyed, so that nobody without the ring can tell whose they are."""

import hmac
import unicodedata
from typing import NewType

from scribetree.privacy._parts import joined
from scribetree.privacy.keys import KeyRing

__all__ = ["LOCAL_TENANT", "Pseudonym", "StudentId", "pseudonym"]

StudentId = NewType("StudentId", str)
Pseudonym = NewType("Pseudonym", str)

LOCAL_TENANT = "local"
"""The tenant of an installation that serves one school."""


def pseudonym(ring: KeyRing, person_id: str, *, tenant: str = LOCAL_TENANT, scope: str = "records") -> Pseudonym:
    """
    The stable 128-bit pseudonym of one person for one tenant and one use.

    Those of two scopes cannot be brought together without the ring. How an identifier is spaced or composed
    (Unicode) does not matter. It is still personal data (GDPR 4(5)), and never a research code: see `identities.py`.
    """
    plain = " ".join(unicodedata.normalize("NFC", person_id).split())
    digest = hmac.digest(ring.key("pseudonym"), joined("pseudonym", tenant, scope, plain), "sha256")
    return Pseudonym(digest.hex()[:32])
