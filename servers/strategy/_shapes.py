"""Answers that several strategy tools share."""

from dataclasses import dataclass

from scribetree.tools.strategy import Analysis

__all__ = ["Analyses"]


@dataclass(frozen=True, slots=True)
class Analyses:
    """Several analyses, each whole."""

    analyses: tuple[Analysis, ...]
