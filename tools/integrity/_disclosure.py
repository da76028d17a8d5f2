"""A student's declaration of the help that was used: what it amounts to, and the credit that it earns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from scribetree.errors import InvalidInput

__all__ = ["AiUse", "Credit", "DisclosedLevel", "Disclosure", "StoredDisclosures", "credit"]

AiUse = Literal[
    "spelling_and_grammar",
    "feedback",
    "questions",
    "ideas",
    "outline",
    "sources",
    "translation",
    "rewriting",
    "drafting",
]
DisclosedLevel = Literal["none", "minimal", "moderate", "significant", "generated"]
StoredDisclosures = Literal["counted", "none", "not_looked_at"]
"""What became of the declarations that are stored: they count here, there is none for this work, or nobody looked."""

_USES: tuple[AiUse, ...] = get_args(AiUse)
_MODERATE: frozenset[AiUse] = frozenset(("ideas", "outline", "sources", "translation"))
_SIGNIFICANT: frozenset[AiUse] = frozenset(("rewriting", "drafting"))
_MOST = 0.6
_SOME_WORDS = 8


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What a student says about AI help: for what, for how large a share of the text (0 to 1), and in own words."""

    used_ai: bool
    uses: tuple[AiUse, ...] = ()
    share: float | None = None
    account: str = ""

    def __post_init__(self) -> None:
        if any(use not in _USES for use in self.uses):
            raise InvalidInput("`uses` names a use that is not known.", hint=f"Known: {', '.join(_USES)}.")
        if not self.used_ai and (self.uses or self.share):
            raise InvalidInput(
                "The declaration says that no AI was used, and also what for or how much.",
                hint="Say that AI was used, or leave `uses` and `share` out.",
            )
        if self.share is not None and not 0 <= self.share <= 1:
            raise InvalidInput("`share` must be between 0 and 1.", hint="0.2 means a fifth of the text.")

    def level(self) -> DisclosedLevel:
        """The level of help that was declared."""
        if not self.used_ai:
            return "none"
        if "drafting" in self.uses and self.share is not None and self.share >= _MOST:
            return "generated"
        if _SIGNIFICANT & set(self.uses):
            return "significant"
        return "moderate" if _MODERATE & set(self.uses) else "minimal"

    def summary(self) -> str:
        """The declaration in one sentence."""
        if not self.used_ai:
            return "The student declares that no AI help was used."
        uses = ", ".join(use.replace("_", " ") for use in self.uses) or "a use that is not named"
        share = f", for about {self.share:.0%} of the text" if self.share is not None else ""
        return f"The student declares AI help with {uses}{share}."


@dataclass(frozen=True, slots=True)
class Credit:
    """What a declaration is worth: it never costs anything to have declared."""

    level: DisclosedLevel
    summary: str
    completeness: float
    credited: bool
    acknowledgement: str
    missing: tuple[str, ...]


def credit(disclosure: Disclosure, *, allowed: Sequence[AiUse] | None = None) -> Credit:
    """
    The credit for a declaration, and what would make it complete (0 to 1); `allowed` are the assignment's uses.

    A use beyond those is met with a conversation about the assignment, not with less credit for saying so.
    """
    parts = {
        "for what it was used": not disclosure.used_ai or bool(disclosure.uses),
        "for how much of the text": not disclosure.used_ai or disclosure.share is not None,
        "one sentence in your own words": len(disclosure.account.split()) >= _SOME_WORDS,
    }
    beyond = [use for use in disclosure.uses if allowed is not None and use not in allowed]
    talk = " Talk with your teacher about " + ", ".join(use.replace("_", " ") for use in beyond) + "." if beyond else ""
    return Credit(
        level=disclosure.level(),
        summary=disclosure.summary(),
        completeness=round(sum(parts.values()) / len(parts), 2),
        credited=True,
        acknowledgement=f"Thank you for saying how this was written: openness counts in your favour.{talk}",
        missing=tuple(name for name, is_there in parts.items() if not is_there),
    )
