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

_SURE_OF_PURPOSE = 0.5

Kind = Literal["content", "surface"]


@dataclass(frozen=True, slots=True)
class Revision:
    """
    One sentence pair: the kind of change, its purpose, and how sure the kind is (0.5 to 1).

    `purpose` is None where no purpose is at least as likely as all others together.
    """

    kind: Kind
    purpose: str | None
    confidence: float


def revision(old: str, new: str) -> Revision:
    """What kind of change turns the sentence `old` into `new`; an empty side means added or deleted."""
    if old == new:
        return Revision("surface", None, 1.0)
    model, edit = packaged("revision"), Edit(old, new)
    figures = edit_features(edit)
    values = [figures[name] for name in model["features"]]
    if edit.before and edit.after:
        content = logistic(model["kind"]["start"] + boosted(model["kind"]["trees"], values))
    else:
        content = model["one_sided_content"] if edit.before or edit.after else 0.0
    is_content = content > model["threshold"]
    return Revision(
        kind="content" if is_content else "surface",
        purpose="Conventions/Grammar/Spelling" if edit.is_respelling else _purpose(values, is_content=is_content),
        confidence=round(max(content, 1 - content), 3) if is_content == (content > 0.5) else 0.5,
    )


def _purpose(values: list[float], *, is_content: bool) -> str | None:
    purposes = packaged("revision")["purposes"]
    likely = softmax([each["start"] + boosted(each["trees"], values) for each in purposes])
    share, name = max(
        (p, each["name"]) for p, each in zip(likely, purposes, strict=True) if each["content"] == is_content
    )
    return name if share >= _SURE_OF_PURPOSE else None
