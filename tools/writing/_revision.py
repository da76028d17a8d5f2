"""
What kind of change turns one version of a sentence into another: about content or about the surface, and why.

Trees trained on ArgRewrite V.2 (`revision.json`); figures in docs/cards/revision.md. Content and surface are those of
Faigley and Witte (1981); the nine purposes are those of the corpus.
"""

from dataclasses import dataclass
from typing import Literal

from scribetree.tools.writing._edits import Edit, edit_features
from scribetree.tools.writing._models import boosted, logistic, packaged, softmax

__all__ = ["Kind", "Revision", "revision"]

_LIKELY = 0.5

Kind = Literal["content", "surface"]


@dataclass(frozen=True, slots=True)
class Revision:
    """
    One sentence pair: the kind of change with how sure it is (0.5 to 1), and its purpose with how likely that is.

    A purpose below 0.5 is the best guess among nine, and more often wrong than right; None where nothing changed.
    """

    kind: Kind
    purpose: str | None
    confidence: float
    purpose_confidence: float

    @property
    def likely_purpose(self) -> str | None:
        """The purpose where it is at least as likely as all others together."""
        return self.purpose if self.purpose_confidence >= _LIKELY else None


def revision(old: str, new: str) -> Revision:
    """What kind of change turns the sentence `old` into `new`; an empty side means added or deleted."""
    if old == new:
        return Revision("surface", None, 1.0, 1.0)
    model, edit = packaged("revision"), Edit(old, new)
    figures = edit_features(edit)
    values = [figures[name] for name in model["features"]]
    if edit.before and edit.after:
        content = logistic(model["kind"]["start"] + boosted(model["kind"]["trees"], values))
    else:
        content = model["one_sided_content"] if edit.before or edit.after else 0.0
    is_content = content > model["threshold"]
    purpose, likely = ("Conventions/Grammar/Spelling", 1.0) if edit.is_respelling else _purpose(values, is_content)
    return Revision(
        kind="content" if is_content else "surface",
        purpose=purpose,
        confidence=round(max(content, 1 - content), 3) if is_content == (content > 0.5) else 0.5,
        purpose_confidence=round(likely, 3),
    )


def _purpose(values: list[float], is_content: bool) -> tuple[str, float]:
    """The likeliest purpose of that kind, rare ones lifted, with its probability among all nine."""
    purposes = packaged("revision")["purposes"]
    likely = softmax([each["start"] + boosted(each["trees"], values) for each in purposes])
    of_kind = [(p, each) for p, each in zip(likely, purposes, strict=True) if each["content"] == is_content]
    share, chosen = max(of_kind, key=lambda pair: pair[0] * pair[1]["lift"])
    return chosen["name"], share
