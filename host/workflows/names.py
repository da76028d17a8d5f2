"""The names under which DBOS knows what is Scribe Tree's; they are in stored runs, so they stay."""

__all__ = ["APPLICATION_VERSION", "PAUSED", "QUEUE", "RUN", "SCHEDULED", "TAKEN_BACK"]

APPLICATION_VERSION = "2"
"""Raised when a change of the engine could not go on with runs begun before it."""

QUEUE = "scribetree"
"""Where runs wait for a worker."""

RUN = "scribetree_run"
"""Every run that somebody began."""

SCHEDULED = "scribetree_scheduled"
"""Every run that a schedule began."""

PAUSED = "paused"
"""The attribute that tells a paused run from a cancelled one, which are the same to DBOS."""

TAKEN_BACK = "taken-back"
"""The attribute of a run that is to stop and take back what it did: its own id, because a retry inherits attributes."""
