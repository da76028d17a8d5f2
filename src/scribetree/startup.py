"""
A quicker start and quicker calls: garbage is looked for when it is likely to be there.

Measured: while modules load, looking is 10 % of a server's start (bench/startup.py); with many calls at once, at
Python's own pace, 8 % of the host's time (bench/crowd.py).
"""

import gc

__all__ = ["loaded", "loading"]

_NEW_OBJECTS, _YOUNG_LOOKS, _MIDDLE_LOOKS = 20_000, 50, 100
"""Python's 700, 10 and 10 would look several times a call, at objects that live as long as the call."""


def loading() -> None:
    """The collector rests until `loaded` is called."""
    gc.disable()


def loaded() -> None:
    """The collector works again, and leaves alone what was made so far."""
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, _YOUNG_LOOKS, _MIDDLE_LOOKS)
    gc.enable()
