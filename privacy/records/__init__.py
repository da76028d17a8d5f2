"""
What is kept about students: the kinds of record, and (in `store`) the one place that seals them.

Nothing outside `scribetree.privacy` opens the store; `scribetree.privacy.guard` is the door.
"""

from scribetree.privacy.records.kinds import KINDS, Kind, Sensitivity, kind_of

__all__ = ["KINDS", "Kind", "Sensitivity", "kind_of"]
